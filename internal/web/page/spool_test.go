package page_test

import (
	"errors"
	"io"
	"net/http/httptest"
	"testing"

	"yanming/internal/web/page"
)

func TestADownloadThatFailsHalfwayIsNotBegun(t *testing.T) {
	w := httptest.NewRecorder()
	broken := errors.New("the town is gone")
	err := page.Spooled(w, "text/csv", func(out io.Writer) (string, error) {
		io.WriteString(out, "half")
		return "half.csv", broken
	})
	if !errors.Is(err, broken) || w.Body.Len() > 0 || len(w.Header()) > 0 {
		t.Errorf("answered %q with %v: %v", w.Body, w.Header(), err)
	}
	err = page.Spooled(w, "text/csv", func(out io.Writer) (string, error) {
		_, err := io.WriteString(out, "whole")
		return "whole.csv", err
	})
	if err != nil || w.Body.String() != "whole" || w.Header().Get("Content-Type") != "text/csv" {
		t.Errorf("answered %q with %v: %v", w.Body, w.Header(), err)
	}
}
