package bench

import (
	"bytes"
	"image/jpeg"
	"testing"

	"yanming/internal/blob"
)

// The workload is about the photo that most residents send. Were it decoded, or as small as a stamp, it would be about
// something else.
func TestThePhotoIsOneThatThePageSends(t *testing.T) {
	in, err := takePhoto()
	if err != nil {
		t.Fatal(err)
	}
	if len(in) < photoBytes*9/10 || len(in) > photoBytes {
		t.Errorf("%d bytes, want about %d", len(in), photoBytes)
	}
	s, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, n := range []uint64{0, 1, 254, 255, 256, 70_000, 1 << 40} {
		photo := bytes.Clone(in)
		vary(photo, n)
		if out, err := s.Photo(t.Context(), bytes.NewReader(photo), blob.Limits{}); err != nil || !bytes.Equal(out, photo) {
			t.Errorf("photo %d does not pass as it is: %v", n, err)
		}
		if _, err := jpeg.Decode(bytes.NewReader(photo)); err != nil || seen[string(photo)] {
			t.Errorf("photo %d: seen %v, %v", n, seen[string(photo)], err)
		}
		seen[string(photo)] = true
	}
}
