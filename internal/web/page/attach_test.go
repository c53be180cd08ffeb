package page_test

import (
	"context"
	"io"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yanming/internal/blob"
	"yanming/internal/journal"
	"yanming/internal/web/page"
)

func TestAttachmentsAreNamedAsWhatTheyAre(t *testing.T) {
	var got []journal.File
	photo := func(context.Context, io.Reader, blob.Limits) ([]byte, error) { return []byte("made anew"), nil }
	up := page.Attachments(t.Context(), 4, 1<<10, photo, func(field string, f journal.File, content []byte) error {
		f.Digest = field + " " + string(content)
		got = append(got, f)
		return nil
	})
	f, err := page.ReadForm(upload(t, [2]string{"照片.png", "\x89PNG\r\n\x1a\n"}, [2]string{"票.PDF", "%PDF-1"}, [2]string{"x.exe", "MZ"}), up)
	if err != nil {
		t.Fatal(err)
	}
	want := []journal.File{{Name: "照片.png.jpg", Media: "image/jpeg", Bytes: 9, Digest: "photo made anew"},
		{Name: "票.PDF", Media: "application/pdf", Bytes: 6, Digest: "photo %PDF-1"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"photo blob.kind"}, keys(f.Errs)); diff != "" {
		t.Error(diff)
	}
}

func TestOnlyOurOwnPicturesAreShown(t *testing.T) {
	for media, want := range map[string][2]string{
		"image/jpeg":      {"image/jpeg", "inline; filename=a"},
		"application/pdf": {"application/pdf", "attachment; filename=a"},
		"text/html":       {"application/octet-stream", "attachment; filename=a"},
	} {
		w := httptest.NewRecorder()
		page.SendFile(w, "a", media, []byte("<script>"))
		h := w.Header()
		got := [2]string{h.Get("Content-Type"), h.Get("Content-Disposition")}
		if got != want || h.Get("Content-Security-Policy") != "sandbox; default-src 'none'" || h.Get("X-Content-Type-Options") != "nosniff" ||
			h.Get("Cache-Control") != "no-store" || w.Body.String() != "<script>" {
			t.Errorf("%s: %v", media, h)
		}
	}
}
