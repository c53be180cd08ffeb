package bench

import (
	"context"
	"database/sql"
	"encoding/json"
)

// openText is what an open case can be found by.
type openText struct {
	number, title, text, place string
	at                         int64 // registered, Unix ms
}

// eachText calls do with every case that the index may hold, the newest first.
func eachText(ctx context.Context, d *sql.DB, do func(openText) error) error {
	rows, err := d.QueryContext(ctx, `SELECT number, title, text, rest, registered_at FROM open_cases
		WHERE town_id = $1 AND visibility IN ('public', 'summary') ORDER BY registered_at DESC, id DESC`, town)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var t openText
		var rest []byte
		if err := rows.Scan(&t.number, &t.title, &t.text, &rest, &t.at); err != nil {
			return err
		}
		var more struct{ Place string }
		if err := json.Unmarshal(rest, &more); err != nil {
			return err
		}
		t.place = more.Place
		if err := do(t); err != nil {
			return err
		}
	}
	return rows.Err()
}

// scanText reads every text with LIKE and returns how many match.
func scanText(ctx context.Context, d *sql.DB, pattern string) (n int64, err error) {
	err = d.QueryRowContext(ctx, `SELECT count(*) FROM open_cases WHERE town_id = $1 AND text LIKE $2`, town, pattern).Scan(&n)
	return n, err
}

// numbersByID returns the receipt number of each record of the index, by its id.
func numbersByID(ctx context.Context, d *sql.DB) (map[string]string, error) {
	rows, err := d.QueryContext(ctx, `SELECT id, number FROM open_cases WHERE town_id = $1`, town)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var id, number string
		if err := rows.Scan(&id, &number); err != nil {
			return nil, err
		}
		out[id] = number
	}
	return out, rows.Err()
}
