//go:build linux

package main

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"yanming/internal/id"
	"yanming/internal/loadtest"
)

// mostMemory is what the program may ever hold under attack, in bytes.
const mostMemory = 300 << 20

// bigPhoto is a photo of so many pixels that takes little to send and much to decode.
func bigPhoto(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio444), &jpeg.Options{Quality: 50}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// signIn returns the cookie of a session.
func (c *county) signIn(r loadtest.Resident, name string) string {
	c.Helper()
	l := c.login(name)
	p, err := r.Post(c.Context(), "/login", url.Values{"login": {l.Login}, "password": {l.Password}, "key": {id.Token()}})
	if err != nil || p.Status != http.StatusSeeOther {
		c.Fatalf("sign in as %s: %d %s %v", name, p.Status, p.Says(), err)
	}
	cookie, _, _ := strings.Cut(p.Header.Get("Set-Cookie"), ";")
	return cookie
}

// TestHostileRequestsHarmNobody sends what tries to take memory, connections or time. Each is refused; the program
// never holds more than 300 MB; and other residents are served meanwhile.
func TestHostileRequestsHarmNobody(t *testing.T) {
	t.Parallel()
	c := fillCounty(t, "")
	s := c.serve()
	r := loadtest.Resident{Base: s.Base, Town: c.town(), Client: loadtest.Clients(64)}
	others := &loadtest.Others{Resident: r}
	others.Begin(t.Context(), 4)

	held := make(chan error, 3)
	for _, head := range []string{
		"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", // a header that never ends
		"POST /say/send HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 9000000\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nslow",
		"POST /say/where HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\nExpect: 100-continue\r\n\r\n",
	} {
		go func() {
			n, err := loadtest.Held(s.Base, 100, head, 40*time.Second)
			if err == nil && n != 100 {
				err = fmt.Errorf("%d of 100 connections ended", n)
			}
			if err != nil {
				err = fmt.Errorf("%w: %s", err, head)
			}
			held <- err
		}()
	}
	for _, a := range attacks(t, c, r) {
		at := time.Now()
		a.run(t)
		now, most := s.Memory(t)
		t.Logf("%-32s %6s, %d MB now, %d at most", a.name, time.Since(at).Round(time.Millisecond), now>>20, most>>20)
		if _, most := s.Memory(t); most > mostMemory {
			t.Fatalf("%s: the program held %d MB", a.name, most>>20)
		}
	}
	for range 3 {
		if err := <-held; err != nil {
			t.Error(err)
		}
	}
	served, longest, failed := others.End()
	_, most := s.Memory(t)
	t.Logf("%d MB at most; others were served %d times, the longest wait %s", most>>20, served, longest.Round(time.Millisecond))
	if len(failed) > 0 {
		t.Errorf("%d others were not served, the first: %v", len(failed), failed[0])
	}
	if served == 0 || longest > 20*time.Second {
		t.Errorf("others were served %d times, the longest wait %s", served, longest)
	}
	c.checked(s)
}

type attack struct {
	name string
	run  func(t *testing.T)
}

func attacks(t *testing.T, c *county, r loadtest.Resident) []attack {
	boss := c.signIn(r, "nan.shouli")
	raw := func(want int, most int64, send func(n int) []byte) func(*testing.T) {
		return func(t *testing.T) {
			t.Helper()
			status, sent, err := loadtest.Raw(r.Base, 30*time.Second, send)
			if err != nil || status != want && status != 0 || sent > most {
				t.Errorf("answered %d (want %d) after %d bytes, %v", status, want, sent, err)
			}
		}
	}
	post := func(path, kind string, body []byte, cookie string, want ...int) func(*testing.T) {
		return func(t *testing.T) {
			t.Helper()
			p, err := r.Do(t.Context(), http.MethodPost, path, kind, bytes.NewReader(body), cookie)
			if err != nil { // cut off while it was still sending
				return
			}
			for _, w := range want {
				if p.Status == w {
					return
				}
			}
			t.Errorf("answered %d, want %v: %s", p.Status, want, p.Says())
		}
	}
	const part = "--b\r\nContent-Disposition: form-data; name=\"photos\"; filename=\"a.jpg\"\r\n\r\n"
	head := func(more string) []byte {
		return []byte("POST /say/send HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n" + more + "\r\n\r\n")
	}
	megabyte := append([]byte("100000\r\n"), append(bytes.Repeat([]byte{0xff}, 1<<20), "\r\n"...)...)
	endless := func(n int) []byte {
		switch {
		case n == 0:
			return head("Transfer-Encoding: chunked")
		case n == 1:
			return []byte(fmt.Sprintf("%x\r\n%s\r\n", len(part), part))
		case n > 10<<10:
			return nil
		}
		return megabyte
	}
	announced := func(n int) []byte {
		if n == 0 {
			return append(head("Content-Length: 10737418240"), part...)
		}
		if n > 10<<10 {
			return nil
		}
		return megabyte
	}
	var parts bytes.Buffer
	w := multipart.NewWriter(&parts)
	for i := range 100_000 {
		w.WriteField(fmt.Sprint("f", i), "x")
	}
	w.Close()
	var fields strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&fields, "f%d=x&", i)
	}
	long := bytes.Repeat([]byte("a"), 50<<20)
	text, kind := loadtest.Multipart(url.Values{"text": {string(long)}})
	bomb, err := loadtest.Bomb(120)
	if err != nil {
		t.Fatal(err)
	}
	ledger, ledgerKind := fileForm(t, "file", "ledger.xlsx", bomb)
	huge, hugeKind := hugeForm(r.Town)
	return []attack{
		{"a form of 10 GB that says so", raw(http.StatusRequestEntityTooLarge, 64<<20, announced)},
		{"a form of 10 GB that does not", raw(http.StatusRequestEntityTooLarge, 128<<20, endless)},
		{"a compressed form", func(t *testing.T) {
			r := r
			r.Headers = http.Header{"Content-Encoding": {"gzip"}}
			p, err := r.Post(t.Context(), "/say/where", url.Values{"text": {"x"}})
			if err != nil || p.Status != http.StatusUnsupportedMediaType {
				t.Errorf("answered %d %v", p.Status, err)
			}
		}},
		{"100,000 parts", post("/say/send", w.FormDataContentType(), parts.Bytes(), "", http.StatusBadRequest, http.StatusRequestEntityTooLarge)},
		{"100,000 fields", post("/say/where", "application/x-www-form-urlencoded", []byte(fields.String()), "", http.StatusBadRequest, http.StatusRequestEntityTooLarge)},
		{"a text of 50 MB", post("/say/send", kind, text, "", http.StatusRequestEntityTooLarge)},
		{"a field of 50 MB", post("/say/send", "application/x-www-form-urlencoded", append([]byte("text="), long...), "", http.StatusRequestEntityTooLarge)},
		{"headers of a megabyte", raw(http.StatusRequestHeaderFieldsTooLarge, 8<<20, func(n int) []byte {
			if n == 0 {
				return []byte("GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("a", 1<<20) + "\r\n\r\n")
			}
			return nil
		})},
		{"junk behind a request", raw(http.StatusOK, 64<<20, func(n int) []byte {
			if n < 100 {
				return []byte("GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n\x00\xffjunk\r\n\r\n")
			}
			return nil
		})},
		{"big photos from many", func(t *testing.T) {
			photo := bigPhoto(t, 6000, 5000)
			together(4, func(i int) {
				if _, err := r.Say(t.Context(), fmt.Sprint("a photo ", i), photo); err != nil {
					t.Error(err)
				}
			})
		}},
		{"a photo that claims to be huge", post("/say/send", hugeKind, huge, "", http.StatusUnprocessableEntity)},
		{"many who guess a password", func(t *testing.T) {
			together(64, func(i int) {
				p, err := r.Post(t.Context(), "/login", url.Values{"login": {fmt.Sprint("guest", i)}, "password": {"wrong password 12345"}})
				if err != nil || p.Status >= 500 {
					t.Errorf("answered %d %v", p.Status, err)
				}
			})
		}},
		{"a ledger that unpacks to 360 MB", post("/office/import", ledgerKind, ledger, boss, http.StatusUnprocessableEntity)},
	}
}

// together runs fn n times at once.
func together(n int, fn func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { fn(i) })
	}
	wg.Wait()
}

// fileForm is a form with one file and a token.
func fileForm(t *testing.T, field, name string, content []byte) (body []byte, kind string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	w.WriteField("key", id.Token())
	f, err := w.CreateFormFile(field, name)
	if err != nil {
		t.Fatal(err)
	}
	f.Write(content)
	w.Close()
	return b.Bytes(), w.FormDataContentType()
}

// hugeForm is a word with a picture whose head claims 65,500 pixels each way.
func hugeForm(town string) (body []byte, kind string) {
	head := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\xff\xdc\x00\x00\xff\xdc\x08\x06\x00\x00\x00")
	head = append(head, 0xb1, 0x5c, 0xf6, 0x3b) // its sum; a wrong one is refused as well
	return loadtest.Multipart(url.Values{"key": {id.Token()}, "town": {town}, "who": {""}, "kind": {"opinion"}, "text": {"x"}, "where": {"u"}, "reply": {"none"}}, head)
}
