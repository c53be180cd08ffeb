package journal

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/id"
)

// File is an attachment of a record: a stored blob with the name and role it has there.
type File struct {
	ID     string
	Record string
	Event  string // the event it came with
	Digest string // of the stored blob, hex SHA-256
	Name   string
	Media  string // media type as sniffed, never as claimed
	Bytes  int64
	Role   string // original | evidence | answer
	Sealed bool   // stored under the record's key
	At     time.Time
}

// Attach notes a file with the event it came with. The blob is stored before the transaction.
func Attach(ctx context.Context, tx *db.Tx, e Entry, f File) error {
	if f.ID == "" {
		f.ID = id.New(tx.Now)
	}
	err := tx.Later(ctx, `INSERT INTO record_files (town_id, id, record_id, event_id, digest, name, media, bytes, role, sealed, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		f.ID, e.Record, e.ID, f.Digest, f.Name, f.Media, f.Bytes, f.Role, f.Sealed, tx.Now.UnixMilli())
	if err != nil {
		return fmt.Errorf("attach file: %w", err)
	}
	return nil
}

const fileColumns = `id, record_id, event_id, digest, name, media, bytes, role, sealed, at`

// Files returns a record's files, the oldest first.
func Files(ctx context.Context, tx *db.Tx, record string) ([]File, error) {
	return files(ctx, tx, `SELECT `+fileColumns+` FROM record_files WHERE town_id = $1 AND record_id = $2 ORDER BY at, id`, record)
}

// GetFile returns one file. Whoever serves it asks the record's gate first.
func GetFile(ctx context.Context, tx *db.Tx, file string) (File, error) {
	fs, err := files(ctx, tx, `SELECT `+fileColumns+` FROM record_files WHERE town_id = $1 AND id = $2`, file)
	if err == nil && len(fs) == 0 {
		err = errs.Missing()
	}
	if err != nil {
		return File{}, err
	}
	return fs[0], nil
}

func files(ctx context.Context, tx *db.Tx, text string, args ...any) (fs []File, err error) {
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var f File
		var at int64
		err := r.Scan(&f.ID, &f.Record, &f.Event, &f.Digest, &f.Name, &f.Media, &f.Bytes, &f.Role, &f.Sealed, &at)
		f.At = time.UnixMilli(at)
		fs = append(fs, f)
		return err
	}, text, args...)
	return fs, err
}

// Used returns which of the blobs some record of any town still has, for the sweep of those that none has.
func Used(ctx context.Context, w *db.Wide, digests []string) (map[string]bool, error) {
	used := map[string]bool{}
	for part := range slices.Chunk(digests, 500) {
		marks, args := make([]string, len(part)), make([]any, len(part))
		for i, d := range part {
			marks[i], args[i] = "$"+strconv.Itoa(i+1), d
		}
		err := w.Each(ctx, func(r *sql.Rows) error {
			var d string
			err := r.Scan(&d)
			used[d] = true
			return err
		}, `SELECT DISTINCT digest FROM record_files WHERE digest IN (`+strings.Join(marks, ", ")+`)`, args...)
		if err != nil {
			return nil, fmt.Errorf("find used files: %w", err)
		}
	}
	return used, nil
}
