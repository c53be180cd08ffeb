// Package blob keeps files on disk under the SHA-256 of their content, and makes what the outside sends harmless
// before it is kept: a photo is taken apart, or decoded and encoded anew, so that nothing but its picture is left: no
// place, time or camera; of other files only PDF and sound are let in.
//
// It refuses videos, programs, office files and whole-resolution originals, and knows no names: a file's name, its
// record and whether it is sealed stand in the database. It serves nobody: whoever opens a blob asks the gate first.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/semaphore"

	"yanming/internal/disk"
	"yanming/internal/errs"
	"yanming/internal/i18n"
)

// Store is a folder of blobs. It is safe for concurrent use.
type Store struct {
	dir     string
	decodes *semaphore.Weighted // photos decoded at once: two, or one that is large
	reads   *semaphore.Weighted // large photos in memory at once, as they were sent
	heads   *sync.Pool          // of *[handy]byte: memory in which photos arrive
	rooms   *sync.Pool          // of *[kept]byte: memory in which photos that pass as they are wait to be kept
	place   sync.RWMutex        // held for writing while Sweep removes, so that no file is removed that was just put, and while a folder is made
}

// Open opens the store in dir and makes the folder (0700) where it is missing.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(filepath.Join(dir, tempDir), 0o700); err != nil {
		return nil, fmt.Errorf("open blobs: %w", err)
	}
	if err := disk.SyncDir(dir); err != nil { // the last run may have ended before it flushed a folder it had made
		return nil, fmt.Errorf("open blobs: %w", err)
	}
	return &Store{dir: dir, decodes: semaphore.NewWeighted(2), reads: semaphore.NewWeighted(2),
		heads: &sync.Pool{New: func() any { return new([handy]byte) }}, rooms: &sync.Pool{New: func() any { return new([kept]byte) }}}, nil
}

const tempDir = "new"

// Get opens a blob; the caller closes it. NotFound when there is none, or digest is no digest.
func (s *Store) Get(digest string) (io.ReadSeekCloser, error) {
	if !isDigest.MatchString(digest) {
		return nil, errs.Missing()
	}
	f, err := os.Open(s.path(digest))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errs.Missing()
	}
	if err != nil {
		return nil, fmt.Errorf("get blob %s: %w", digest, err)
	}
	return f, nil
}

// GetBytes reads a whole blob and checks it against its digest. NotFound when there is none.
func (s *Store) GetBytes(digest string) ([]byte, error) {
	f, err := s.Get(digest)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("read blob %s: %w", digest, err)
	}
	if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != digest {
		return nil, fmt.Errorf("blob %s was changed on disk", digest)
	}
	return b, nil
}

// Has reports whether there is a blob under digest; its content is not looked at.
func (s *Store) Has(digest string) bool {
	if !isDigest.MatchString(digest) {
		return false
	}
	_, err := os.Stat(s.path(digest))
	return err == nil
}

// Each calls fn with the digest of every blob, in order. What is put or removed meanwhile may be told or not.
func (s *Store) Each(ctx context.Context, fn func(digest string) error) error {
	return filepath.WalkDir(s.dir, func(name string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil || e.IsDir() {
			return err
		}
		if d := digestOf(name); d != "" {
			return fn(d)
		}
		return nil
	})
}

// Sweep removes the blobs that were put before a time and are not in use, and what broken uploads left. used is asked
// for some hundred digests at a time and returns those that a record still names. before must be far enough back (a
// day) for the transaction that names a new blob to have committed.
func (s *Store) Sweep(ctx context.Context, before time.Time, used func(ctx context.Context, digests []string) (map[string]bool, error)) (removed int, err error) {
	var old []string
	drop := func() error {
		if len(old) == 0 {
			return nil
		}
		keep, err := used(ctx, old)
		if err != nil {
			return err
		}
		for _, d := range old {
			if keep[d] {
				continue
			}
			gone, err := s.remove(s.path(d), before)
			if err != nil {
				return err
			}
			if gone {
				removed++
			}
		}
		old = old[:0]
		return nil
	}
	err = filepath.WalkDir(s.dir, func(name string, e fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) || err == nil && !info.ModTime().Before(before) {
			return nil
		}
		if err != nil {
			return err
		}
		if filepath.Base(filepath.Dir(name)) == tempDir {
			_, err := s.remove(name, before)
			return err
		}
		if d := digestOf(name); d != "" { // anything else is not ours
			old = append(old, d)
		}
		if len(old) == 500 {
			return drop()
		}
		return nil
	})
	if err == nil {
		err = drop()
	}
	if err != nil {
		return removed, fmt.Errorf("sweep blobs: %w", err)
	}
	return removed, nil
}

// remove removes a file unless it was put again meanwhile.
func (s *Store) remove(name string, before time.Time) (bool, error) {
	s.place.Lock()
	defer s.place.Unlock()
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.ModTime().Before(before) {
		return false, nil
	}
	if err == nil {
		err = os.Remove(name)
	}
	return err == nil, err
}

var isDigest = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (s *Store) path(digest string) string { return filepath.Join(s.dir, digest[:2], digest[2:]) }

func digestOf(name string) string {
	d := filepath.Base(filepath.Dir(name)) + filepath.Base(name)
	if !isDigest.MatchString(d) || len(filepath.Base(name)) != 62 {
		return ""
	}
	return d
}

// ReadAll reads a file of at most limit bytes into memory.
// Errors: Invalid for field when there are more, or none.
func ReadAll(r io.Reader, field string, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read file: %w", err)
	case int64(len(b)) > limit:
		return nil, tooBig(field, limit)
	case len(b) == 0:
		return nil, errs.Field(field, "blob.empty")
	}
	return b, nil
}

// trouble says of an error of the file system what the installation lacks: room, or the right to write.
func trouble(err error) error {
	var code syscall.Errno
	if !errors.As(err, &code) {
		return err
	}
	key := ""
	switch code {
	case syscall.ENOSPC, syscall.EDQUOT:
		key = "error.store.full"
	case syscall.EROFS, syscall.EACCES, syscall.EPERM, syscall.EIO:
		key = "error.store.closed"
	}
	if runtime.GOOS == "windows" && (code == 112 || code == 39) { // ERROR_DISK_FULL, ERROR_HANDLE_DISK_FULL
		key = "error.store.full"
	}
	if key == "" {
		return err
	}
	return fmt.Errorf("%w: %w", errs.New(errs.Unavailable, key), err)
}

func tooBig(field string, limit int64) error {
	return errs.Field(field, "blob.big", i18n.Size(limit))
}

// reader stops reading when its context ends.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
