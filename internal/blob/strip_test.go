package blob_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"testing"

	"yanming/internal/blob"
)

// sample is a photo of 37 × 21 that the reference encoder of the Independent JPEG Group wrote.
func sample(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name + ".jpg")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// grainy is a photo as large as a phone sends it.
func grainy(w, h int) *image.RGBA {
	m, r := image.NewRGBA(image.Rect(0, 0, w, h)), rand.New(rand.NewPCG(1, 2))
	for i := range m.Pix {
		m.Pix[i] = byte(i/999) + byte(r.IntN(9))
	}
	return m
}

func decoded(t testing.TB, b []byte) image.Image {
	t.Helper()
	m, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func segment(marker byte, data string) string {
	return string([]byte{0xFF, marker}) + string(binary.BigEndian.AppendUint16(nil, uint16(len(data)+2))) + data
}

// between puts s behind the first two bytes.
func between(jpg []byte, s string) []byte { return append([]byte("\xFF\xD8"+s), jpg[2:]...) }

func TestAPhotoThatIsSmallEnoughKeepsItsPixelsAndNothingElse(t *testing.T) {
	s, _ := open(t)
	gray := image.NewGray(image.Rect(0, 0, 50, 30))
	for i := range gray.Pix {
		gray.Pix[i] = byte(i)
	}
	for name, in := range map[string][]byte{
		"as a phone sends it":               asJPEG(t, grainy(640, 480)),
		"of one tone":                       asJPEG(t, gray),
		"in several passes":                 sample(t, "passes"),
		"in several passes, with restarts":  sample(t, "passes-restarts"),
		"with restarts":                     sample(t, "restarts"),
		"of one tone, with restarts":        sample(t, "gray-restarts"),
		"each colour in a scan of its own":  sample(t, "apart"),
		"of red, green and blue themselves": sample(t, "rgb"),
	} {
		plain, err := s.Photo(ctx, bytes.NewReader(in), blob.Limits{})
		if err != nil || !bytes.Equal(plain, in) { // there is nothing to lose in it
			t.Errorf("%s: another file, %v", name, err)
			continue
		}
		full := between(in, segment(0xE0, "JFXX\x00\x10SECRET thumbnail")+segment(0xE1, "Exif\x00\x00"+string(tiff(binary.BigEndian, 1)))+"\xFF\xFF"+
			segment(0xED, "Photoshop 3.0\x008BIM SECRET")+segment(0xE2, "MPF\x00SECRET")+segment(0xE2, "ICC_PROFILE\x00SECRET")+segment(0xFE, "SECRET comment"))
		// Behind the first scan's header more may stand, and behind the end a second photo.
		full = append(full, asJPEG(t, scene(16, 16))...)
		full = append(full, "SECRET"...)
		got, err := s.Photo(ctx, bytes.NewReader(full), blob.Limits{})
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%s: with what it tells it becomes another file: %d and %d bytes, %v", name, len(got), len(plain), err)
		}
		if bytes.Contains(got, []byte("SECRET")) {
			t.Errorf("%s: something told survived", name)
		}
		if again, err := s.Photo(ctx, bytes.NewReader(got), blob.Limits{}); err != nil || !bytes.Equal(again, got) {
			t.Errorf("%s: the second time it is another file, %v", name, err)
		}
		if name == "in several passes, with restarts" { // Go's decoder does not read it; the bytes are the same
			continue
		}
		a, b := decoded(t, in), decoded(t, got)
		if a.Bounds() != b.Bounds() || a.ColorModel() != b.ColorModel() {
			t.Fatalf("%s: %v %v", name, a.Bounds(), b.Bounds())
		}
		for y := range a.Bounds().Dy() {
			for x := range a.Bounds().Dx() {
				if a.At(x, y) != b.At(x, y) {
					t.Fatalf("%s: another pixel at %d, %d", name, x, y)
				}
			}
		}
	}
}

func TestAThumbnailOfTheFirstSegmentIsGone(t *testing.T) {
	s, _ := open(t)
	in := asJPEG(t, scene(40, 30)) // Go writes no JFIF segment
	got, err := s.Photo(ctx, bytes.NewReader(between(in, segment(0xE0, "JFIF\x00\x01\x02\x01\x01\x2C\x01\x2C\x02\x01SECRET"))), blob.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if want := between(in, segment(0xE0, "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")); !bytes.Equal(got, want) {
		t.Errorf("% x …", got[:40])
	}
}

func TestWhatIsNotUnderstoodWholeIsMadeAnewOrRefused(t *testing.T) {
	s, _ := open(t)
	jpg := asJPEG(t, scene(64, 48))
	at := func(marker byte) int { return bytes.Index(jpg, []byte{0xFF, marker}) }
	with := func(i int, v ...byte) []byte {
		return append(append(append([]byte{}, jpg[:i]...), v...), jpg[i+len(v):]...)
	}
	insert := func(i int, v string) []byte { return append(append(append([]byte{}, jpg[:i]...), v...), jpg[i:]...) }
	passes := sample(t, "passes")
	second := bytes.LastIndex(passes, []byte{0xFF, 0xDA})
	last := append(append([]byte{}, passes[:len(passes)-2]...), passes[second:]...) // the last pass twice
	end := len(jpg) - 2
	for name, c := range map[string]struct {
		in   []byte
		want string // "" for made anew
	}{
		"on its side":                   {tagged(jpg, tiff(binary.BigEndian, 3)), ""},
		"larger than what is kept":      {asJPEG(t, scene(1700, 20)), ""},
		"of cyan and black":             {sample(t, "cmyk"), ""},
		"coded arithmetically":          {sample(t, "arithmetic"), "photo blob.photo_broken"},
		"something between segments":    {insert(at(0xC0), "SECRET"), ""},
		"something hidden behind it":    {insert(end, string(bytes.Repeat([]byte("SECRET"), 99_999)[:49*210*3])), ""},
		"a restart that is not due":     {insert(end, "\xFF\xD0"), ""},
		"a colour that says another":    {between(jpg, segment(0xEE, "Adobe\x00\x64\x00\x00\x00\x00\x02")), ""},
		"no end":                        {jpg[:end], "photo blob.photo_broken"},
		"no scan":                       {append(append([]byte{}, jpg[:at(0xDA)]...), 0xFF, 0xD9), "photo blob.photo_broken"},
		"no picture":                    {[]byte("\xFF\xD8\xFF\xD9"), "photo blob.photo_broken"},
		"a scan without data":           {append(append([]byte{}, jpg[:at(0xDA)+14]...), 0xFF, 0xD9), "photo blob.photo_broken"},
		"a scan far too short":          {append(append([]byte{}, jpg[:at(0xDA)+16]...), 0xFF, 0xD9), "photo blob.photo_broken"},
		"a segment past the end":        {with(at(0xC4)+2, 0xFF, 0xFF), "photo blob.photo_broken"},
		"a table that cannot be":        {with(at(0xC4)+5, 3), "photo blob.photo_broken"},
		"a table that is not there":     {with(at(0xC0)+12, 3), ""},
		"a code that is not there":      {with(at(0xDA)+6, 0x33), "photo blob.photo_broken"},
		"a component twice":             {with(at(0xC0)+13, 1), "photo blob.photo_broken"},
		"a sampling nobody knows":       {with(at(0xC0)+11, 0x33), "photo blob.photo_broken"},
		"12 bits":                       {with(at(0xC0)+4, 12), "photo blob.photo_broken"},
		"no height":                     {with(at(0xC0)+5, 0, 0), "photo blob.photo_broken"},
		"two frames":                    {insert(at(0xDA), string(jpg[at(0xC0):at(0xC0)+19])), "photo blob.photo_broken"},
		"the same pass of pixels again": {last, "photo blob.photo_broken"},
	} {
		got, err := s.Photo(ctx, bytes.NewReader(c.in), blob.Limits{})
		if key(err) != c.want || c.want == "" && err != nil {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err == nil && (bytes.Contains(got, []byte("SECRET")) || !bytes.HasPrefix(got, jpg[:5])) { // Go's encoder begins with its tables
			t.Errorf("%s: it was kept as it is", name)
		}
	}
}

func TestAPhotoWithManyPassesIsMadeAnewOrRefused(t *testing.T) {
	s, _ := open(t)
	// A frame of several passes whose every coefficient of every colour comes alone.
	jpg := asJPEG(t, scene(16, 16))
	frame, scan := bytes.Index(jpg, []byte{0xFF, 0xC0}), bytes.Index(jpg, []byte{0xFF, 0xDA})
	many := func(n int) []byte {
		b := append([]byte{}, jpg[:scan]...)
		b[frame+1] = 0xC2
		b = append(b, "\xFF\xDA\x00\x0C\x03\x01\x00\x02\x11\x03\x11\x00\x00\x00\x00\x00"...) // the first coefficients: all alike
		for i := range n {
			b = append(b, 0xFF, 0xDA, 0, 8, 1, 1, 0, byte(i%63+1), byte(i%63+1), 0, 0xAA) // 1010 is the end of a block
			b = append(b, 0xAA)
		}
		return append(b, 0xFF, 0xD9)
	}
	few, err := s.Photo(ctx, bytes.NewReader(many(31)), blob.Limits{})
	if err != nil || !bytes.Contains(few, []byte{0xFF, 0xC2}) {
		t.Fatalf("32 scans: %v", err)
	}
	if got, err := s.Photo(ctx, bytes.NewReader(many(32)), blob.Limits{}); err != nil || bytes.Contains(got, []byte{0xFF, 0xC2}) {
		t.Errorf("33 scans: %v", err)
	}
	if _, err := s.Photo(ctx, bytes.NewReader(many(128)), blob.Limits{}); key(err) != "photo blob.photo_broken" {
		t.Errorf("129 scans: %v", err)
	}
}
