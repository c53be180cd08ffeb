package blob

import (
	"bytes"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"
)

// FuzzStrip checks of every JPEG that passes as it is: a second time it stays the same, it holds no segment that tells
// anything, it is within the limits, and where it decodes it is the picture that came.
func FuzzStrip(f *testing.F) {
	names, err := filepath.Glob("testdata/*.jpg")
	if err != nil || len(names) == 0 {
		f.Fatal(names, err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	for _, m := range []image.Image{image.NewGray(image.Rect(0, 0, 9, 9)), image.NewRGBA(image.Rect(0, 0, 20, 9))} {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, m, nil); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	limits := Limits{Pixels: 1 << 16, Kept: 1 << 16}.filled()
	f.Fuzz(func(t *testing.T, in []byte) {
		out, ok := strip(nil, in, limits)
		if !ok {
			return
		}
		if again, ok := strip(nil, out, limits); !ok || !bytes.Equal(again, out) {
			t.Fatal("the second time it is another file")
		}
		for marker, data := range segments(out) {
			jfif := marker == mAPP0 && string(data) == "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
			adobe := marker == mAPP0+14 && len(data) == 12 && bytes.HasPrefix(data, []byte("Adobe\x00\x64\x00\x00\x00\x00"))
			if marker >= mAPP0 && !jfif && !adobe {
				t.Fatalf("segment %x is left: %q", marker, data)
			}
		}
		c, err := jpeg.DecodeConfig(bytes.NewReader(out))
		if err != nil || c.Width*c.Height > limits.Pixels || max(c.Width, c.Height) > limits.Out || len(out) > limits.Kept {
			t.Fatalf("%d × %d, %d bytes, %v", c.Width, c.Height, len(out), err)
		}
		was, errWas := jpeg.Decode(bytes.NewReader(in))
		is, errIs := jpeg.Decode(bytes.NewReader(out))
		if (errWas == nil) != (errIs == nil) {
			t.Fatalf("before: %v; after: %v", errWas, errIs)
		}
		if errWas == nil && !same(was, is) {
			t.Fatal("another picture")
		}
	})
}

func same(a, b image.Image) bool {
	if a.Bounds() != b.Bounds() {
		return false
	}
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			if a.At(x, y) != b.At(x, y) {
				return false
			}
		}
	}
	return true
}
