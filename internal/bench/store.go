package bench

import (
	"context"
	"database/sql"
	"net/url"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"
	_ "modernc.org/sqlite"             // registers the driver "sqlite"
)

// openSource opens a database beside the program, for floors and for counting. SQLite is opened for reading only.
func openSource(source string) (*sql.DB, error) {
	if strings.HasPrefix(source, "postgres") {
		return sql.Open("pgx", source)
	}
	return sql.Open("sqlite", "file:"+(&url.URL{Path: source}).EscapedPath()+"?mode=ro&_pragma=busy_timeout(10000)&_pragma=query_only(1)&_pragma=cache_size(-65536)&_pragma=temp_store(MEMORY)")
}

// createDatabase makes an empty database, or a copy of another.
func createDatabase(server, name, like string) error {
	if like == "" {
		like = "template0 ENCODING 'UTF8'"
	}
	return onServerDo(server, `CREATE DATABASE `+name+` TEMPLATE `+like)
}

func dropDatabase(server, name string) error {
	return onServerDo(server, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`)
}

func onServerDo(server, text string) error {
	d, err := sql.Open("pgx", server)
	if err != nil {
		return err
	}
	defer d.Close()
	_, err = d.Exec(text)
	return err
}

// strs returns the first column of a query.
func strs(ctx context.Context, d *sql.DB, text string, args ...any) (out []string, err error) {
	rows, err := d.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

func villageIDs(ctx context.Context, d *sql.DB) ([]string, error) {
	return strs(ctx, d, `SELECT id FROM villages WHERE town_id = $1 AND until IS NULL ORDER BY ord, id`, town)
}

func chipCodes(ctx context.Context, d *sql.DB) ([]string, error) {
	return strs(ctx, d, `SELECT code FROM categories WHERE town_id = $1 AND chip AND until IS NULL AND NOT confide ORDER BY ord, code`, town)
}

// numbersSince returns the receipt numbers of what residents registered over the web from a moment on.
func numbersSince(ctx context.Context, d *sql.DB, at int64) ([]string, error) {
	return strs(ctx, d, `SELECT number FROM open_cases WHERE town_id = $1 AND registered_at >= $2 AND channel = 'web' ORDER BY number`, town, at)
}

// organisation is what rows of a ledger name: villages, units with their leaders, categories.
type organisation struct {
	villages, units, leaders, categories []string
}

func readOrganisation(ctx context.Context, d *sql.DB) (o organisation, err error) {
	for _, x := range []struct {
		out  *[]string
		text string
	}{
		{&o.villages, `SELECT name FROM villages WHERE town_id = $1 AND until IS NULL ORDER BY ord, id`},
		{&o.units, `SELECT name FROM units WHERE town_id = $1 AND until IS NULL AND kind IN ('department', 'office_team') ORDER BY ord, id`},
		{&o.leaders, `SELECT DISTINCT p.name FROM people p JOIN posts x ON x.town_id = p.town_id AND x.person_id = p.id WHERE p.town_id = $1 AND x.role = 'leader' AND x.until IS NULL ORDER BY p.name`},
		{&o.categories, `SELECT code FROM categories WHERE town_id = $1 AND until IS NULL AND NOT confide ORDER BY code`},
	} {
		if *x.out, err = strs(ctx, d, x.text, town); err != nil {
			return o, err
		}
	}
	return o, nil
}

// filesSince counts the photos that residents sent from a moment on.
func filesSince(ctx context.Context, d *sql.DB, at int64) (n int, err error) {
	err = d.QueryRowContext(ctx, `SELECT count(*) FROM record_files WHERE town_id = $1 AND at >= $2 AND media = 'image/jpeg'`, town, at).Scan(&n)
	return n, err
}

// categoriesInUse returns every category that a case has or had.
func categoriesInUse(ctx context.Context, d *sql.DB) ([]string, error) {
	return strs(ctx, d, `SELECT category FROM open_cases WHERE town_id = $1 UNION SELECT category FROM case_spans WHERE town_id = $1`, town)
}
