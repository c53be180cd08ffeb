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

	"yanming/internal/disk"
	"yanming/internal/errs"
)

// Put keeps what r holds and returns its digest (SHA-256, hexadecimal) and size in bytes. When it returns, the file
// survives a power cut. The same content is kept once.
// Errors: Invalid field "file" when there are more than limit bytes, or none; Unavailable where the disk is full or
// cannot be written.
func (s *Store) Put(ctx context.Context, r io.Reader, limit int64) (digest string, size int64, err error) {
	f, err := os.CreateTemp(filepath.Join(s.dir, tempDir), "*") // mode 0600
	if err != nil {
		return "", 0, fmt.Errorf("put blob: %w", trouble(err))
	}
	hash := sha256.New()
	size, err = io.Copy(io.MultiWriter(f, hash), io.LimitReader(&reader{ctx, r}, limit+1))
	switch {
	case err != nil:
		err = fmt.Errorf("put blob: %w", trouble(err))
	case size > limit:
		err = tooBig("file", limit)
	case size == 0:
		err = errs.Field("file", "blob.empty")
	}
	if err != nil {
		f.Close()
		os.Remove(f.Name())
		return "", 0, err
	}
	digest = hex.EncodeToString(hash.Sum(nil))
	if err := s.keep(f, digest); err != nil {
		return "", 0, fmt.Errorf("put blob: %w", trouble(err))
	}
	return digest, size, nil
}

// PutBytes is Put of content that is in memory.
//
// New content is written under its name, so that one flush brings both to the disk; until PutBytes returns no record
// names it. What a power cut or a full disk leaves of it is replaced when the same content comes again, or swept.
func (s *Store) PutBytes(ctx context.Context, content []byte) (digest string, err error) {
	if err := ctx.Err(); err != nil {
		return "", fmt.Errorf("put blob: %w", err)
	}
	if len(content) == 0 {
		return "", errs.Field("file", "blob.empty")
	}
	sum := sha256.Sum256(content)
	digest = hex.EncodeToString(sum[:])
	name := s.path(digest)
	var f *os.File
	err = s.inPlace(name, func() (err error) {
		f, err = os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		return err
	})
	switch {
	case err == nil:
		err = s.write(f, content)
	case errors.Is(err, fs.ErrExist):
		err = s.replace(content, digest)
	}
	if err != nil {
		return "", fmt.Errorf("put blob: %w", trouble(err))
	}
	return digest, nil
}

// write fills a new file that has its name, flushes both and closes it. Where a file system keeps a journal, the flush of
// the file and that of its folder, asked for at once, wait for one and the same write of it.
func (s *Store) write(f *os.File, content []byte) error {
	err := disk.Fill(f, content)
	if err == nil {
		named := make(chan error, 1)
		go func() { named <- disk.SyncDir(filepath.Dir(f.Name())) }()
		err = errors.Join(f.Sync(), <-named)
	}
	if err != nil {
		f.Truncate(0) // gives back the room alone: under this name somebody else's file may stand by now
	}
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

// replace puts content in place of a file that is there, and perhaps in use, once it is on disk.
func (s *Store) replace(content []byte, digest string) error {
	f, err := os.CreateTemp(filepath.Join(s.dir, tempDir), "*") // mode 0600
	if err != nil {
		return err
	}
	if err := disk.Fill(f, content); err != nil {
		f.Close()
		os.Remove(f.Name())
		return err
	}
	return s.keep(f, digest)
}

// keep flushes a temporary file, closes it, moves it to its place and flushes the folder. It replaces an equal file,
// which makes it new again for Sweep. Where it fails the temporary file is gone.
func (s *Store) keep(f *os.File, digest string) error {
	err := f.Sync()
	if e := f.Close(); err == nil {
		err = e
	}
	name := s.path(digest)
	if err == nil {
		err = s.inPlace(name, func() error { return os.Rename(f.Name(), name) })
	}
	if err != nil {
		os.Remove(f.Name())
		return err
	}
	return disk.SyncDir(filepath.Dir(name))
}

// inPlace does what gives a file its name, and makes the folder for it where it is the first there.
func (s *Store) inPlace(name string, do func() error) error {
	try := func() error {
		s.place.RLock()
		defer s.place.RUnlock()
		return do()
	}
	err := try()
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := s.shard(filepath.Dir(name)); err != nil {
		return err
	}
	return try()
}

// shard makes a folder that survives a power cut before anybody else moves a file into it.
func (s *Store) shard(dir string) error {
	s.place.Lock()
	defer s.place.Unlock()
	err := os.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrExist) { // made meanwhile, and flushed
		return nil
	}
	if err == nil {
		if err = disk.SyncDir(s.dir); err != nil {
			os.Remove(dir)
		}
	}
	return err
}
