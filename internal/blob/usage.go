package blob

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

// Usage returns how many blobs the store holds and their bytes. It looks at every file, so it is for an hourly look.
func (s *Store) Usage(ctx context.Context) (files, size int64, err error) {
	err = filepath.WalkDir(s.dir, func(name string, e fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil || e.IsDir() || digestOf(name) == "" {
			return err
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) { // swept meanwhile
			return nil
		}
		if err == nil {
			files++
			size += info.Size()
		}
		return err
	})
	if err != nil {
		return 0, 0, fmt.Errorf("measure blobs: %w", err)
	}
	return files, size, nil
}
