package bench

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"sync/atomic"
	"time"

	"yanming/internal/id"
)

// photoBytes is about how large the photo is that is sent, and photoAtOnce how many send one at the same time.
const (
	photoBytes  = 200 << 10
	photoAtOnce = 8
)

// The sides of the photo: the longer one is what the resident's page shrinks a photo to before it is sent.
const photoWidth, photoHeight = 1600, 1200

// takePhoto makes a JPEG of about photoBytes as the resident's page sends it: shrunk, upright, without a word about
// place and telephone, with grain as a camera's has. Like a browser it begins with a JFIF segment.
func takePhoto() ([]byte, error) {
	const w, h = photoWidth, photoHeight
	r := rand.New(rand.NewPCG(5, 6))
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			grain := uint8(r.IntN(14))
			shade := uint8(0)
			if (x/160+y/120)%2 == 0 {
				shade = 60
			}
			m.SetRGBA(x, y, color.RGBA{uint8(x*150/w) + grain + shade, uint8(y*150/h) + grain, 90 + grain, 255})
		}
	}
	var best bytes.Buffer
	for q := 10; q <= 95; q += 5 {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: q}); err != nil {
			return nil, err
		}
		if b.Len() > photoBytes && best.Len() > 0 {
			break
		}
		best = b
	}
	return append([]byte("\xFF\xD8\xFF\xE0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"), best.Bytes()[2:]...), nil
}

// vary makes of a photo another one that is as large, where it lies: nobody sends the same photo twice, and a file that is
// there already costs another price. n goes into the steps of the finest grain, which the photo hardly has.
func vary(photo []byte, n uint64) {
	table := bytes.Index(photo, []byte{0xFF, 0xDB}) + 5
	for i := table + 63; n > 0; i-- { // the steps are 1 to 255
		photo[i] = byte(1 + n%255)
		n /= 255
	}
}

// sender makes forms with a photo, each with another one, in memory of its own: the load generator shares the machine with
// what it measures. It is used by one worker at a time.
type sender struct {
	*browser
	form bytes.Buffer
}

func senders(addr string, n int) (all []*sender) {
	for _, b := range browsers(addr, n) {
		all = append(all, &sender{browser: b})
	}
	return all
}

// with makes the n-th form with a photo and returns its head and body, which is valid until the next one.
func (s *sender) with(fields map[string][]string, photo []byte, n uint64) (head string, body []byte, err error) {
	s.form.Reset()
	m := multipart.NewWriter(&s.form)
	for name, values := range fields {
		for _, v := range values {
			if err := m.WriteField(name, v); err != nil {
				return "", nil, err
			}
		}
	}
	part, err := m.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="photos"; filename="photo.jpg"`}, "Content-Type": {"image/jpeg"}})
	if err != nil {
		return "", nil, err
	}
	begin := s.form.Len()
	if _, err := part.Write(photo); err != nil {
		return "", nil, err
	}
	vary(s.form.Bytes()[begin:], n)
	if err := m.Close(); err != nil {
		return "", nil, err
	}
	return "Content-Type: " + m.FormDataContentType() + "\r\n", s.form.Bytes(), nil
}

// photo measures an opinion with a photo of 200 KB at 8 connections. Ours takes the photo apart, leaves out what is not
// picture, and answers when photo and word are on disk, flushed; the peer keeps the bytes that came, and does not flush
// them. A photo that did not go through the page's script, as a camera takes it, is decoded and encoded anew: that is
// not measured here.
func photo(ctx context.Context, b *bench) error {
	w, err := b.newWorld(ctx, "photo")
	if err != nil {
		return err
	}
	s, err := b.speaker(ctx, w)
	if err != nil {
		return err
	}
	picture, err := takePhoto()
	if err != nil {
		return err
	}
	begin := time.Now()
	us, err := b.serve(ctx, w)
	if err != nil {
		return err
	}
	var got receipts
	var sent atomic.Uint64
	ours := func(name string, page bool) contender {
		mine := senders(us.addr, photoAtOnce)
		return contender{name, func(ctx context.Context) (sample, error) {
			return b.load(ctx, photoAtOnce, 0, func(i int) error {
				v := s.word()
				v.Set("key", id.Request())
				head, body, err := mine[i].with(v, picture, sent.Add(1))
				if err != nil {
					return err
				}
				to, err := mine[i].send("/say/send", head, body)
				if to, err = took(to, err, &got); err != nil || !page {
					return err
				}
				_, err = mine[i].get(to)
				return err
			})
		}}
	}
	cs := []contender{ours("form and receipt page", true), ours("form alone", false)}
	var pb peer
	if b.Peer != "" {
		if pb, err = b.startPeer(ctx); err != nil {
			return err
		}
		theirs := senders(pb.addr, photoAtOnce)
		cs = append(cs, contender{"peer", func(ctx context.Context) (sample, error) {
			return b.load(ctx, photoAtOnce, 0, func(i int) error {
				head, body, err := theirs[i].with(s.word(), picture, sent.Add(1))
				if err != nil {
					return err
				}
				a, err := theirs[i].do(http.MethodPost, peerRecords, head, body)
				if err == nil && a.status != http.StatusOK {
					err = fmt.Errorf("create: status %d: %s", a.status, excerpt(a.body))
				}
				return err
			})
		}})
	}
	out, drift, err := b.rounds(ctx, true, cs...)
	if err != nil {
		return err
	}
	for _, c := range cs[:2] {
		row := Row{What: fmt.Sprintf("%s with a photo, %d connections", c.name, photoAtOnce), Unit: "/s", Ours: out[c.name].rates(), Drift: drift,
			Note: fmt.Sprintf("%d KB, %d×%d, as our page sends it; ours flushes it", len(picture)>>10, photoWidth, photoHeight)}
		if p, ok := out["peer"]; ok {
			row.Floor, row.Against = p.rates(), peerName
			if c.name == "form alone" { // a request against a request
				row.Goal = atLeast(2)
			}
		}
		b.add(row)
	}
	if p, ok := out["peer"]; ok {
		n, err := pb.count()
		if err != nil {
			return err
		}
		b.count("records of the peer counted afterwards", "records", n, p.total())
	}
	if err := b.recount(ctx, w, begin, got.numbers); err != nil {
		return err
	}
	d, err := openSource(w.source)
	if err != nil {
		return err
	}
	defer d.Close()
	n, err := filesSince(ctx, d, begin.UnixMilli())
	if err != nil {
		return err
	}
	b.count("photos found again as files of a case", "files", n, len(got.numbers))
	return nil
}
