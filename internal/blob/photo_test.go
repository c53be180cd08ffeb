package blob_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"testing"

	"yanming/internal/blob"
)

// scene is red left above, green right above, blue left below, white right below.
func scene(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{255, 255, 255, 255}
			switch {
			case x < w/2 && y < h/2:
				c = color.RGBA{255, 0, 0, 255}
			case y < h/2:
				c = color.RGBA{0, 255, 0, 255}
			case x < w/2:
				c = color.RGBA{0, 0, 255, 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

// corners names the colours of a JPEG's corners: left above, right above, left below, right below.
func corners(t testing.TB, b []byte) (string, image.Point) {
	t.Helper()
	m, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	out := ""
	for _, p := range []image.Point{{w / 4, h / 4}, {w * 3 / 4, h / 4}, {w / 4, h * 3 / 4}, {w * 3 / 4, h * 3 / 4}} {
		r, g, b, _ := m.At(p.X, p.Y).RGBA()
		switch r, g, b := r > 0x8000, g > 0x8000, b > 0x8000; {
		case r && g && b:
			out += "w"
		case r:
			out += "r"
		case g:
			out += "g"
		case b:
			out += "b"
		default:
			out += "k"
		}
	}
	return out, m.Bounds().Size()
}

func asJPEG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// tiff is an EXIF structure with an orientation and something that must not survive.
func tiff(order binary.AppendByteOrder, orientation int) []byte {
	b := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		b = []byte("MM\x00*")
	}
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 2)
	b = order.AppendUint16(b, 0x010F) // maker
	b = order.AppendUint16(b, 2)
	b = order.AppendUint32(b, 4)
	b = append(b, "SPY\x00"...)
	b = order.AppendUint16(b, 0x0112)
	b = order.AppendUint16(b, 3)
	b = order.AppendUint32(b, 1)
	b = order.AppendUint16(b, uint16(orientation))
	return append(b, "\x00\x00GPSSECRET"...)
}

// tagged puts segments behind the first two bytes of a JPEG.
func tagged(jpg []byte, exif []byte) []byte {
	out := append([]byte{}, jpg[:2]...)
	for _, s := range []struct {
		marker byte
		data   string
	}{{0xE1, "Exif\x00\x00" + string(exif)}, {0xE1, "http://ns.adobe.com/xap/1.0/\x00<xmp>SECRET</xmp>"}, {0xE2, "ICC_PROFILE\x00SECRET"}, {0xFE, "SECRET comment"}} {
		out = append(out, 0xFF, s.marker)
		out = binary.BigEndian.AppendUint16(out, uint16(len(s.data)+2))
		out = append(out, s.data...)
	}
	return append(out, jpg[2:]...)
}

func TestAPhotoIsTurnedAndLosesWhatItTold(t *testing.T) {
	s, _ := open(t)
	plain := asJPEG(t, scene(64, 32))
	// What the eye sees of the scene for each value of the tag, by CIPA DC-008.
	for orientation, want := range map[int]string{0: "rgbw", 1: "rgbw", 2: "grwb", 3: "wbgr", 4: "bwrg", 5: "rbgw", 6: "brwg", 7: "wgbr", 8: "gwrb", 9: "rgbw"} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			got, err := s.Photo(ctx, bytes.NewReader(tagged(plain, tiff(order, orientation))), blob.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			colours, size := corners(t, got)
			if wide := orientation < 5 || orientation > 8; colours != want || wide != (size.X == 64) {
				t.Errorf("orientation %d %v: %s %v, want %s", orientation, order, colours, size, want)
			}
			for _, word := range []string{"SECRET", "SPY", "Exif", "xmp", "ICC"} {
				if bytes.Contains(got, []byte(word)) {
					t.Errorf("%s survived", word)
				}
			}
		}
	}
	withChunk := asPNG(t, scene(64, 32))
	exif := append([]byte("eXIf"), tiff(binary.BigEndian, 6)...)
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(exif)-4))
	chunk = binary.BigEndian.AppendUint32(append(chunk, exif...), crc32.ChecksumIEEE(exif))
	withChunk = append(append(append([]byte{}, withChunk[:33]...), chunk...), withChunk[33:]...)
	got, err := s.Photo(ctx, bytes.NewReader(withChunk), blob.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if colours, _ := corners(t, got); colours != "brwg" {
		t.Errorf("PNG: %s", colours)
	}
}

// The smallest lossy WebP, one pixel; as is, and with a canvas header and an EXIF part.
const webp1 = "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA"

func TestEveryKindOfPhotoBecomesAJPEG(t *testing.T) {
	s, _ := open(t)
	var g bytes.Buffer
	pal := image.NewPaletted(image.Rect(0, 0, 8, 8), color.Palette{color.White, color.RGBA{255, 0, 0, 255}})
	other := image.NewPaletted(pal.Rect, pal.Palette)
	for i := range other.Pix {
		other.Pix[i] = 1
	}
	if err := gif.EncodeAll(&g, &gif.GIF{Image: []*image.Paletted{pal, other}, Delay: []int{1, 1}}); err != nil {
		t.Fatal(err)
	}
	lossy, err := base64.StdEncoding.DecodeString(webp1)
	if err != nil {
		t.Fatal(err)
	}
	gray := image.NewGray(image.Rect(0, 0, 9, 9))
	for name, c := range map[string]struct {
		in   []byte
		want string
	}{
		"transparent PNG on white": {asPNG(t, image.NewNRGBA(image.Rect(0, 0, 9, 9))), "wwww"},
		"gray":                     {asJPEG(t, gray), "kkkk"},
		"first frame of a GIF":     {g.Bytes(), "wwww"},
		"16 bits":                  {asPNG(t, image.NewRGBA64(image.Rect(0, 0, 3, 3))), "wwww"},
		"WebP":                     {lossy, ""},
	} {
		got, err := s.Photo(ctx, bytes.NewReader(c.in), blob.Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if colours, _ := corners(t, got); c.want != "" && colours != c.want {
			t.Errorf("%s: %s, want %s", name, colours, c.want)
		}
	}
}

func TestAPhotoIsMadeSmallEnough(t *testing.T) {
	s, _ := open(t)
	for _, c := range []struct{ w, h, wantW, wantH int }{{3200, 1000, 1600, 500}, {1000, 1700, 941, 1600}, {1601, 1601, 1600, 1600}, {1600, 900, 1600, 900}, {5000, 1, 1600, 1}, {40, 30, 40, 30}} {
		got, err := s.Photo(ctx, bytes.NewReader(asJPEG(t, scene(c.w, c.h))), blob.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		colours, size := corners(t, got)
		if size != image.Pt(c.wantW, c.wantH) || c.h > 9 && colours != "rgbw" {
			t.Errorf("%v: %v %s", c, size, colours)
		}
	}
	noise := image.NewRGBA(image.Rect(0, 0, 1600, 1200))
	r := rand.New(rand.NewPCG(1, 2))
	for i := range noise.Pix {
		noise.Pix[i] = byte(r.Uint32())
	}
	got, err := s.Photo(ctx, bytes.NewReader(asPNG(t, noise)), blob.Limits{})
	if err != nil || len(got) > 300<<10 || len(got) < 100<<10 {
		t.Errorf("noise: %d bytes, %v", len(got), err)
	}
}

func TestTheMeanOfAnAreaIsKept(t *testing.T) {
	s, _ := open(t)
	m := image.NewRGBA(image.Rect(0, 0, 3000, 2000)) // black and white columns: 50 % gray from afar
	for y := range 2000 {
		for x := range 3000 {
			m.SetRGBA(x, y, color.RGBA{byte(x % 2 * 255), byte(x % 2 * 255), byte(x % 2 * 255), 255})
		}
	}
	got, err := s.Photo(ctx, bytes.NewReader(asPNG(t, m)), blob.Limits{Out: 300})
	if err != nil {
		t.Fatal(err)
	}
	out, err := jpeg.Decode(bytes.NewReader(got))
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []int{0, 77, 150, 299} {
		if v, _, _, _ := out.At(x, 100).RGBA(); v>>8 < 120 || v>>8 > 136 {
			t.Errorf("at %d: %d", x, v>>8)
		}
	}
}

// resized changes the size that the header of a file claims.
func resized(b []byte, at int, order binary.ByteOrder, bytes, w, h int) []byte {
	out := append([]byte{}, b...)
	if bytes == 4 {
		order.PutUint32(out[at:], uint32(w))
		order.PutUint32(out[at+4:], uint32(h))
		binary.BigEndian.PutUint32(out[29:], crc32.ChecksumIEEE(out[12:29])) // of a PNG's first chunk
		return out
	}
	order.PutUint16(out[at:], uint16(w))
	order.PutUint16(out[at+2:], uint16(h))
	return out
}

func TestABombIsRefusedBeforeItIsDecoded(t *testing.T) {
	s, _ := open(t)
	jpg, pic := asJPEG(t, scene(16, 16)), asPNG(t, scene(16, 16))
	sof := bytes.Index(jpg, []byte{0xFF, 0xC0})
	slow := resized(jpg, sof+5, binary.BigEndian, 2, 5000, 5000)
	slow[sof+1] = 0xC2 // in several passes
	var g bytes.Buffer
	if err := gif.Encode(&g, scene(4, 4), nil); err != nil {
		t.Fatal(err)
	}
	heic := []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic\x00\x00\x00\x00")
	for name, c := range map[string]struct {
		in   []byte
		want string
	}{
		"JPEG of 65,535²":   {resized(jpg, sof+5, binary.BigEndian, 2, 65535, 65535), "photo blob.photo_pixels"},
		"PNG of 2³¹−1":      {resized(pic, 16, binary.BigEndian, 4, 1<<31-1, 1), "photo blob.photo_pixels"},
		"PNG of 10,000²":    {resized(pic, 16, binary.BigEndian, 4, 10_000, 10_000), "photo blob.photo_pixels"},
		"GIF of 65,535²":    {resized(g.Bytes(), 6, binary.LittleEndian, 2, 65535, 65535), "photo blob.photo_pixels"},
		"long and thin":     {resized(pic, 16, binary.BigEndian, 4, 12_001, 1), "photo blob.photo_pixels"},
		"in several passes": {slow, "photo blob.photo_pixels"},
		"HEIC":              {heic, "photo blob.heic"},
		"a web page":        {[]byte("<html><script>"), "photo blob.photo_kind"},
		"SVG":               {[]byte("<svg xmlns=\"http://www.w3.org/2000/svg\"/>"), "photo blob.photo_kind"},
		"PDF":               {[]byte("%PDF-1.7"), "photo blob.photo_kind"},
		"nothing":           {nil, "photo blob.empty"},
		"cut off":           {jpg[:len(jpg)-20], "photo blob.photo_broken"},
		"only a header":     {jpg[:20], "photo blob.photo_broken"},
		"PNG cut off":       {pic[:len(pic)-30], "photo blob.photo_broken"},
		"more than 12 MB":   {append(append([]byte{}, jpg...), make([]byte, 12<<20)...), "photo blob.big"},
	} {
		if _, err := s.Photo(ctx, bytes.NewReader(c.in), blob.Limits{}); key(err) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

func FuzzPhoto(f *testing.F) {
	s, _ := open(f)
	var seeds [][]byte
	jpg := tagged(asJPEG(f, scene(20, 12)), tiff(binary.LittleEndian, 6))
	lossy, err := base64.StdEncoding.DecodeString(webp1)
	if err != nil {
		f.Fatal(err)
	}
	var g bytes.Buffer
	if err := gif.Encode(&g, scene(4, 4), nil); err != nil {
		f.Fatal(err)
	}
	for _, b := range [][]byte{jpg, asPNG(f, scene(9, 9)), lossy, g.Bytes()} {
		for i := 1; i <= 4; i++ {
			seeds = append(seeds, b[:len(b)*i/4])
		}
	}
	for _, b := range seeds {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		out, err := s.Photo(ctx, bytes.NewReader(b), blob.Limits{Pixels: 1 << 20})
		if err != nil {
			if key(err) == "" {
				t.Fatalf("not the sender's fault: %v", err)
			}
			return
		}
		c, err := jpeg.DecodeConfig(bytes.NewReader(out))
		if err != nil || max(c.Width, c.Height) > 1600 || len(out) > 300<<10 {
			t.Fatal(fmt.Sprint(c.Width, "×", c.Height, " ", len(out), " ", err))
		}
	})
}
