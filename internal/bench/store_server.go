package bench

import (
	"context"
	"database/sql"
)

// serverMode says which server it is and how it commits; lax where a commit may be lost by a power cut.
func serverMode(ctx context.Context, server string) (name string, lax bool, err error) {
	d, err := sql.Open("pgx", server)
	if err != nil {
		return "", false, err
	}
	defer d.Close()
	values := map[string]string{}
	for _, setting := range []string{"server_version", "fsync", "synchronous_commit"} {
		var v string
		if err := d.QueryRowContext(ctx, `SHOW `+setting).Scan(&v); err != nil {
			return "", false, err
		}
		values[setting] = v
	}
	name = "PostgreSQL " + values["server_version"] + ", fsync=" + values["fsync"] + ", synchronous_commit=" + values["synchronous_commit"]
	return name, values["fsync"] == "off" || values["synchronous_commit"] == "off", nil
}

func makeBare(ctx context.Context, d *sql.DB) error {
	_, err := d.ExecContext(ctx, `CREATE TABLE bare (id BIGINT PRIMARY KEY, town TEXT, at BIGINT, body TEXT)`)
	return err
}

// bareCommit commits one row durably.
func bareCommit(ctx context.Context, d *sql.DB, n int64) error {
	_, err := d.ExecContext(ctx, `INSERT INTO bare (id, town, at, body) VALUES ($1, $2, $3, $4)`, n, town, n, "The lamp at the corner is out and nobody came")
	return err
}

// pointRead reads one case by its number.
func pointRead(ctx context.Context, d *sql.DB, number string) error {
	var title, text string
	return d.QueryRowContext(ctx, `SELECT title, text FROM open_cases WHERE town_id = $1 AND number = $2`, town, number).Scan(&title, &text)
}

// pageRead reads 50 cases in hand, the next to be due first.
func pageRead(ctx context.Context, d *sql.DB) error {
	_, err := strs(ctx, d, `SELECT number || title || text || unit_id || state FROM open_cases WHERE town_id = $1 AND live ORDER BY answer_due, id LIMIT 50`, town)
	return err
}

// journalLength returns how many events the town's journal has, and the number of the last: they are the same where
// none is lost and none is twice.
func journalLength(ctx context.Context, d *sql.DB) (events, last int, err error) {
	err = d.QueryRowContext(ctx, `SELECT count(*), max(seq) FROM events WHERE town_id = $1`, town).Scan(&events, &last)
	return events, last, err
}

// casesOf counts the open cases of a town.
func casesOf(ctx context.Context, d *sql.DB, town string) (n int, err error) {
	err = d.QueryRowContext(ctx, `SELECT count(*) FROM open_cases WHERE town_id = $1`, town).Scan(&n)
	return n, err
}
