package main

import (
	"bytes"
	"image"
	"image/jpeg"
	"testing"
)

// bigPhoto is a photo of so many pixels that takes little to send and much to decode.
func bigPhoto(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio444), &jpeg.Options{Quality: 50}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
