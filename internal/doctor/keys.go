package doctor

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"yanming/internal/seal"
)

const keysAge = 31 * 24 * time.Hour // a key-encryption key older than this should have been changed a day ago

// Keys looks whether the keys in dir are complete and private, whether the newest were exported, and whether they are
// changed in time. It makes none.
func Keys(dir string, now func() time.Time) Check {
	return Check{"keys", func(context.Context) Finding {
		if _, err := os.Stat(filepath.Join(dir, "base.key")); errors.Is(err, os.ErrNotExist) {
			return todo("doctor.keys.none", dir)
		} else if errors.Is(err, os.ErrPermission) {
			return todo("doctor.keys.closed", dir)
		}
		k, err := seal.Open(dir)
		if errors.Is(err, os.ErrPermission) {
			return todo("doctor.keys.closed", dir)
		}
		if err != nil {
			return broken(err)
		}
		saved, err := k.Saved()
		switch {
		case err != nil:
			return broken(err)
		case now().Sub(k.Created()) > keysAge:
			return todo("doctor.keys.old", k.Created().Format(time.DateOnly))
		case !saved:
			return todo("doctor.keys.unsaved", k.Created().Format(time.DateOnly))
		}
		return well("doctor.keys.well", k.Created().Format(time.DateOnly))
	}}
}
