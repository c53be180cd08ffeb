package db

import "context"

// Statement is a statement about to run for the first time, for the plan test.
type Statement struct {
	Text  string
	Town  bool // bound to one town
	Write bool
	// Plan returns the engine's plan as lines, by EXPLAIN QUERY PLAN; nil on PostgreSQL.
	Plan func() ([]string, error)
}

func (c *core) inspect(ctx context.Context, text string, args []any) {
	if c.db.opts.Inspect == nil {
		return
	}
	if _, old := c.db.seen.LoadOrStore(text, true); old {
		return
	}
	c.db.opts.Inspect(Statement{Text: text, Town: c.town, Write: c.write, Plan: func() ([]string, error) {
		if c.db.engine == Postgres {
			return nil, nil
		}
		rows, err := c.s.conn.QueryContext(ctx, "EXPLAIN QUERY PLAN "+text, args...)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		var lines []string
		for rows.Next() {
			var id, parent, unused int
			var line string
			if err := rows.Scan(&id, &parent, &unused, &line); err != nil {
				return nil, err
			}
			lines = append(lines, line)
		}
		return lines, rows.Err()
	}})
}
