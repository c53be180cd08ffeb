package blob_test

import (
	"bytes"
	"sync"
	"testing"

	"yanming/internal/blob"
)

func TestMemoryThatWasGivenBackIsNobodyElsesPhoto(t *testing.T) {
	s, _ := open(t)
	var ins [][]byte
	for i := range 4 {
		ins = append(ins, asJPEG(t, grainy(200+40*i, 150)))
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 50 {
				in := ins[i%len(ins)]
				got, err := s.Photo(ctx, bytes.NewReader(in), blob.Limits{})
				if err != nil || !bytes.Equal(got, in) {
					t.Errorf("photo %d is another: %v", i, err)
				}
				digest, err := s.PutBytes(ctx, got)
				s.Done(got)
				if err != nil {
					t.Error(err)
				} else if b, err := s.GetBytes(digest); err != nil || !bytes.Equal(b, in) {
					t.Errorf("photo %d was kept as another: %v", i, err)
				}
			}
		})
	}
	wg.Wait()
	s.Done(nil)
	s.Done([]byte("made anew"))
}
