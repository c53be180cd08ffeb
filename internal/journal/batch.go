package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"yanming/internal/db"
	"yanming/internal/errs"
)

// Batch is one import or sync: what came in together and can be undone together.
type Batch struct {
	ID     string
	Kind   string // import | sync | undo
	Source string // the file's name as given
	Digest string // SHA-256 of the file, hex
	Actor  string
	At     time.Time
	Undone time.Time // zero while it stands
	Counts Counts
}

// Counts says what became of the rows of a batch: Read = Accepted + Rejected + Duplicate.
type Counts struct {
	Read      int `json:"read"`
	Accepted  int `json:"accepted"`
	Rejected  int `json:"rejected"`
	Duplicate int `json:"duplicate"`
}

// SaveBatch creates or updates a batch.
func SaveBatch(ctx context.Context, tx *db.Tx, b Batch) error {
	counts, err := json.Marshal(b.Counts)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO batches (town_id, id, kind, source, digest, actor_id, at, counts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (town_id, id) DO UPDATE SET counts = excluded.counts`,
		b.ID, b.Kind, b.Source, b.Digest, b.Actor, tx.Now.UnixMilli(), string(counts))
	if err != nil {
		return fmt.Errorf("save batch %s: %w", b.ID, err)
	}
	return nil
}

// MarkUndone notes that a batch was undone. Conflict when it was already.
func MarkUndone(ctx context.Context, tx *db.Tx, batch string) error {
	n, err := tx.Exec(ctx, `UPDATE batches SET undone_at = $3 WHERE town_id = $1 AND id = $2 AND undone_at IS NULL`, batch, tx.Now.UnixMilli())
	if err == nil && n == 0 {
		err = errs.New(errs.Conflict, "error.changed")
	}
	if err != nil {
		return fmt.Errorf("undo batch %s: %w", batch, err)
	}
	return nil
}

// GetBatch returns a batch. NotFound when the town has none of that id.
func GetBatch(ctx context.Context, tx *db.Tx, batch string) (Batch, error) {
	bs, err := batches(ctx, tx, `SELECT id, kind, source, digest, actor_id, at, undone_at, counts FROM batches WHERE town_id = $1 AND id = $2`, batch)
	if err == nil && len(bs) == 0 {
		err = errs.Missing()
	}
	if err != nil {
		return Batch{}, fmt.Errorf("get batch %s: %w", batch, err)
	}
	return bs[0], nil
}

// Batches returns the town's newest batches of a kind, at most limit.
func Batches(ctx context.Context, tx *db.Tx, kind string, limit int) ([]Batch, error) {
	return batches(ctx, tx, `SELECT id, kind, source, digest, actor_id, at, undone_at, counts FROM batches
		WHERE town_id = $1 AND kind = $2 ORDER BY id DESC LIMIT $3`, kind, limit)
}

func batches(ctx context.Context, tx *db.Tx, text string, args ...any) (bs []Batch, err error) {
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var b Batch
		var at int64
		var undone sql.NullInt64
		var counts string
		if err := r.Scan(&b.ID, &b.Kind, &b.Source, &b.Digest, &b.Actor, &at, &undone, &counts); err != nil {
			return err
		}
		b.At = time.UnixMilli(at)
		if undone.Valid {
			b.Undone = time.UnixMilli(undone.Int64)
		}
		err := json.Unmarshal([]byte(counts), &b.Counts)
		bs = append(bs, b)
		return err
	}, text, args...)
	return bs, err
}
