package blob_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yanming/internal/blob"
	"yanming/internal/errs"
)

var ctx = context.Background()

func open(t testing.TB) (*blob.Store, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "blobs")
	s, err := blob.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s, dir
}

// files lists what the store holds on disk.
func files(t testing.TB, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func key(err error) string {
	if all := errs.All(err); len(all) == 1 {
		return all[0].Field + " " + all[0].Key
	}
	return ""
}

func TestABlobIsFoundByItsContent(t *testing.T) {
	s, dir := open(t)
	sum := sha256.Sum256([]byte("hello"))
	for range 2 {
		digest, n, err := s.Put(ctx, strings.NewReader("hello"), 5)
		if err != nil || n != 5 || digest != hex.EncodeToString(sum[:]) {
			t.Fatalf("put: %s %d %v", digest, n, err)
		}
	}
	if names := files(t, dir); len(names) != 1 {
		t.Errorf("kept %v", names)
	}
	f, err := s.Get(hex.EncodeToString(sum[:]))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if b, err := io.ReadAll(f); err != nil || string(b) != "hello" {
		t.Errorf("got %q %v", b, err)
	}
	if b, err := s.GetBytes(hex.EncodeToString(sum[:])); err != nil || string(b) != "hello" {
		t.Errorf("got %q %v", b, err)
	}
	if err := os.WriteFile(files(t, dir)[0], []byte("hullo"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.GetBytes(hex.EncodeToString(sum[:])); err == nil {
		t.Error("a changed file passed")
	}
}

func TestNothingIsLeftOfARefusedUpload(t *testing.T) {
	s, dir := open(t)
	broken := errors.New("line cut")
	gone, cancel := context.WithCancel(ctx)
	cancel()
	for name, c := range map[string]struct {
		ctx  context.Context
		r    io.Reader
		want func(error) bool
	}{
		"too big":     {ctx, strings.NewReader("123456"), func(err error) bool { return key(err) == "file blob.big" }},
		"empty":       {ctx, strings.NewReader(""), func(err error) bool { return key(err) == "file blob.empty" }},
		"cut off":     {ctx, io.MultiReader(strings.NewReader("1"), failing{broken}), func(err error) bool { return errors.Is(err, broken) }},
		"sender left": {gone, strings.NewReader("1"), func(err error) bool { return errors.Is(err, context.Canceled) }},
	} {
		if _, _, err := s.Put(c.ctx, c.r, 5); !c.want(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if names := files(t, dir); len(names) != 0 {
		t.Errorf("left %v", names)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestOnlyADigestOpensABlob(t *testing.T) {
	s, dir := open(t)
	if err := os.WriteFile(filepath.Join(filepath.Dir(dir), "secret"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{"", "ab", "../secret", strings.Repeat("a", 64), strings.Repeat("A", 64), "../" + strings.Repeat("a", 61), strings.Repeat("a", 63) + "\n"} {
		if _, err := s.Get(d); !errs.Is(err, errs.NotFound) {
			t.Errorf("%q: %v", d, err)
		}
	}
}

func TestSweepRemovesOnlyWhatIsOldAndUnused(t *testing.T) {
	s, dir := open(t)
	put := func(text string) string {
		t.Helper()
		d, err := s.PutBytes(ctx, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	used, unused, again, fresh := put("used"), put("unused"), put("again"), put("fresh")
	if err := os.WriteFile(filepath.Join(dir, "new", "cut-off"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "note.txt"), []byte("not ours"), 0o600); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-48 * time.Hour)
	for _, name := range files(t, dir) {
		if !strings.Contains(name, fresh[2:]) {
			os.Chtimes(name, old, old)
		}
	}
	put("again") // uploaded anew just now, its record not yet committed
	n, err := s.Sweep(ctx, time.Now().Add(-24*time.Hour), func(_ context.Context, ds []string) (map[string]bool, error) {
		if slices.Contains(ds, fresh) || slices.Contains(ds, again) {
			t.Error("asked for a new blob")
		}
		return map[string]bool{used: true}, nil
	})
	if n != 1 || err != nil {
		t.Errorf("removed %d, %v", n, err)
	}
	for d, want := range map[string]bool{used: true, unused: false, again: true, fresh: true} {
		if _, err := s.GetBytes(d); (err == nil) != want {
			t.Errorf("%s: %v, want kept %v", d, err, want)
		}
	}
	if names := files(t, dir); len(names) != 4 {
		t.Errorf("left %v", names)
	}
	boom := errors.New("boom")
	for _, name := range files(t, dir) {
		os.Chtimes(name, old, old)
	}
	if n, err := s.Sweep(ctx, time.Now(), func(context.Context, []string) (map[string]bool, error) { return nil, boom }); n != 0 || !errors.Is(err, boom) {
		t.Errorf("without an answer it removed %d: %v", n, err)
	}
}

func TestManyMayPutTheSameAtOnce(t *testing.T) {
	s, dir := open(t)
	content := bytes.Repeat([]byte("x"), 1<<16)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if _, err := s.PutBytes(ctx, content); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if names := files(t, dir); len(names) != 1 {
		t.Errorf("kept %v", names)
	}
}

func TestWhatAPowerCutLeftIsReplacedWhenItComesAgain(t *testing.T) {
	s, dir := open(t)
	content := bytes.Repeat([]byte("photo"), 1000)
	digest, err := s.PutBytes(ctx, content)
	if err != nil {
		t.Fatal(err)
	}
	for _, torn := range [][]byte{nil, content[:99], make([]byte, len(content))} {
		if err := os.WriteFile(files(t, dir)[0], torn, 0o600); err != nil {
			t.Fatal(err)
		}
		if again, err := s.PutBytes(ctx, content); err != nil || again != digest {
			t.Fatal(again, err)
		}
		if b, err := s.GetBytes(digest); err != nil || !bytes.Equal(b, content) {
			t.Errorf("after %d bytes of it: %v", len(torn), err)
		}
	}
	if names := files(t, dir); len(names) != 1 {
		t.Errorf("kept %v", names)
	}
}
