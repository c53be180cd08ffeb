package bench

import (
	"bytes"
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
	if out, err := s.Photo(t.Context(), bytes.NewReader(in), blob.Limits{}); err != nil || !bytes.Equal(out, in) {
		t.Errorf("it does not pass as it is: %v", err)
	}
}
