package backup

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// TestAnExchangeThatFailsInTheMiddleIsFinishedLater: what is cleared away behind a failure is never the database that
// was on its way into the other's place.
func TestAnExchangeThatFailsInTheMiddleIsFinishedLater(t *testing.T) {
	dir := t.TempDir()
	s := stagedFile{filepath.Join(dir, "yanming.db")}
	for name, text := range map[string]string{s.path: "old", s.staged(): "new"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	blocked := filepath.Join(dir, "yanming-derived.db") // a folder that is not empty cannot be taken away like a file
	if err := os.MkdirAll(filepath.Join(blocked, "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	aside := filepath.Join(dir, "replaced")
	if _, err := s.promote(context.Background(), aside); err == nil {
		t.Fatal("the exchange did not fail")
	}
	s.clear(context.Background())
	if err := os.RemoveAll(blocked); err != nil {
		t.Fatal(err)
	}
	if err := Finish(s.path); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{s.path: "new", filepath.Join(aside, "yanming.db"): "old"} {
		if b, err := os.ReadFile(name); err != nil || string(b) != want {
			t.Errorf("%s holds %q, %v; want %q", name, b, err, want)
		}
	}
	if Unfinished(s.path) {
		t.Error("it is still unfinished")
	}
}
