package journal

import (
	"context"
	"database/sql"
	"fmt"

	"yanming/internal/db"
)

// Name makes people the readers of a record in confidence, and nobody else. Naming twice changes nothing.
func Name(ctx context.Context, tx *db.Tx, record, by string, people ...string) error {
	for _, p := range people {
		err := tx.Later(ctx, `INSERT INTO readers (town_id, record_id, person_id, named_by, at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (town_id, record_id, person_id) DO NOTHING`, record, p, by, tx.Now.UnixMilli())
		if err != nil {
			return fmt.Errorf("name reader: %w", err)
		}
	}
	return nil
}

// Readers returns who may open a record in confidence.
func Readers(ctx context.Context, tx *db.Tx, record string) (people []string, err error) {
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var p string
		err := r.Scan(&p)
		people = append(people, p)
		return err
	}, `SELECT person_id FROM readers WHERE town_id = $1 AND record_id = $2 ORDER BY person_id`, record)
	return people, err
}
