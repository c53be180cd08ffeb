package blob

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"testing"
	"time"
)

func TestTwoPhotosAreDecodedAtOnceAndOthersWait(t *testing.T) {
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var in bytes.Buffer
	if err := png.Encode(&in, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	photo := func() error {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := s.Photo(ctx, bytes.NewReader(in.Bytes()), Limits{})
		return err
	}
	for busy, waits := range []bool{false, false, true} {
		if busy > 0 && !s.decodes.TryAcquire(1) {
			t.Fatal("a photo that was decoded still has its turn")
		}
		if err := photo(); errors.Is(err, context.DeadlineExceeded) != waits || !waits && err != nil {
			t.Errorf("beside %d others: %v", busy, err)
		}
	}
	s.decodes.Release(1)
	short, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := s.decode(short, "image/png", in.Bytes(), memory/2+1, 8); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a large one beside another: %v", err)
	}
}
