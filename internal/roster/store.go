package roster

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"yanming/internal/db"
)

// One transaction of Lay writes at most so many parts, and stops at so many bytes, so that others need not wait for it.
const (
	layParts = 64
	layBytes = 256 << 10
)

// Names returns the names of all parts of the town.
func Names(ctx context.Context, tx *db.Tx) (map[string]bool, error) {
	names := map[string]bool{}
	err := tx.Each(ctx, func(r *sql.Rows) error {
		var name string
		err := r.Scan(&name)
		names[name] = true
		return err
	}, `SELECT digest FROM roster_parts WHERE town_id = $1`)
	if err != nil {
		return nil, fmt.Errorf("list kept parts: %w", err)
	}
	return names, nil
}

// Lay writes parts in short transactions. It comes before the transaction that names them; where that never follows,
// they lie there until somebody makes the same again.
func (p Parts) Lay(ctx context.Context, store *db.DB, town string) error {
	for list := p.list; len(list) > 0; {
		n, size := 0, 0
		for n < min(layParts, len(list)) && (n == 0 || size+len(list[n].body) <= layBytes) {
			size += len(list[n].body)
			n++
		}
		args := make([]any, 0, 2*n)
		for _, x := range list[:n] {
			args = append(args, x.name, x.body)
		}
		err := store.Update(ctx, town, func(tx *db.Tx) error {
			return tx.Insert(ctx, `INSERT INTO roster_parts (town_id, digest, body) VALUES`, ` ON CONFLICT (town_id, digest) DO NOTHING`, 2, args)
		})
		if err != nil {
			return fmt.Errorf("lay down kept parts: %w", err)
		}
		list = list[n:]
	}
	return nil
}

// fetch returns what is in parts, by their names.
func fetch(ctx context.Context, tx *db.Tx, names ...string) (map[string][]byte, error) {
	z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxPart), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	out := make(map[string][]byte, len(names))
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var name string
		var body []byte
		if err := r.Scan(&name, &body); err != nil {
			return err
		}
		plain, err := unwrap(z, name, body)
		out[name] = plain
		return err
	}, `SELECT digest, body FROM roster_parts WHERE town_id = $1 AND digest `+tx.OneOf(2), db.Texts(names))
	if err != nil {
		return nil, fmt.Errorf("read kept parts: %w", err)
	}
	for _, name := range names {
		if _, ok := out[name]; !ok {
			return nil, fmt.Errorf("part %q is missing: %w", name, ErrDamaged)
		}
	}
	return out, nil
}
