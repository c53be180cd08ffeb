package casework

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/journal"
	"yanming/internal/seal"
)

// StepByStep takes a row of a ledger as every other case comes about: registered, then one event after the other, each
// of which writes the row anew. It is what Take must come to.
func (s *Service) StepByStep(ctx context.Context, a actor.Actor, row Backfill) (Took, error) {
	town, err := s.townNumber(ctx, a.Town)
	if err != nil {
		return Took{}, err
	}
	x := &matter{}
	if x.prepared, err = s.prepare(town, row.Register); err != nil {
		return Took{Err: err}, nil
	}
	dir, err := s.orgs.Recent(ctx, a.Town)
	if err != nil {
		return Took{}, err
	}
	x.word(a, dir, s.store.Now(), seal.NewNumber(town))
	var number seal.Number
	err = s.store.Update(ctx, a.Town, func(tx *db.Tx) error {
		book, err := s.openBook(ctx, tx)
		if err != nil {
			return err
		}
		c, _, err := s.register(ctx, tx, a, x)
		if err != nil {
			return err
		}
		es, err := row.Past.events(book, c, tx.Now)
		if err != nil {
			return err
		}
		for _, e := range es {
			e.By, e.At = journal.System, tx.Now
			after, err := c.next(e)
			if err != nil {
				return err
			}
			if _, err := s.put(ctx, tx, c, after, e, x.Source.Batch); err != nil {
				return err
			}
			c = after
		}
		number = c.Number
		return nil
	})
	if errs.Is(err, errs.Invalid) {
		return Took{Err: err}, nil
	}
	return Took{Fate: Taken, Number: number}, err
}

// Everything tells what every table holds of a case, sealed text opened, without what is drawn by lot: its id and
// number, ids and salts of events, keys; and without the numbers that the journal gave.
func (s *Service) Everything(ctx context.Context, town string, n seal.Number) (lines []string, err error) {
	err = s.store.View(ctx, town, func(tx *db.Tx) error {
		st, err := findNumber(ctx, tx, n)
		if err != nil {
			return err
		}
		id := string(st.ID)
		for _, t := range []struct{ table, query, drawn string }{
			{"cases", `SELECT * FROM cases WHERE town_id = $1 AND id = $2`, ""},
			{"spans", `SELECT * FROM case_spans WHERE town_id = $1 AND case_id = $2 ORDER BY n`, ""},
			{"deeds", `SELECT e.n, d.* FROM case_deeds d JOIN events e ON e.town_id = d.town_id AND e.id = d.id AND e.record_id = d.case_id
				WHERE d.town_id = $1 AND d.case_id = $2 ORDER BY e.n`, " id "},
			{"events", `SELECT * FROM events WHERE town_id = $1 AND record_id = $2 ORDER BY n`, " seq id salt "},
			{"people", `SELECT * FROM case_people WHERE town_id = $1 AND case_id = $2`, ""},
			{"sources", `SELECT * FROM case_sources WHERE town_id = $1 AND case_id = $2`, " digest "},
			{"externals", `SELECT * FROM case_externals WHERE town_id = $1 AND case_id = $2`, ""},
			{"units", `SELECT * FROM case_units WHERE town_id = $1 AND case_id = $2`, ""},
			{"subjects", `SELECT * FROM case_subjects WHERE town_id = $1 AND case_id = $2`, ""},
			{"keys", `SELECT r.*, e.n FROM request_keys r JOIN events e ON e.town_id = r.town_id AND e.record_id = r.answer AND e.id = r.event_id
				WHERE r.town_id = $1 AND r.answer = $2`, " key digest event_id "},
			{"sealed", `SELECT kek_id, at FROM record_keys WHERE town_id = $1 AND record_id = $2`, ""},
		} {
			var rows [][]any
			var names []string
			err := tx.Each(ctx, func(r *sql.Rows) (err error) {
				if names, err = r.Columns(); err != nil {
					return err
				}
				values, at := make([]any, len(names)), make([]any, len(names))
				for i := range values {
					at[i] = &values[i]
				}
				err = r.Scan(at...)
				rows = append(rows, values)
				return err
			}, t.query, id)
			if err != nil {
				return err
			}
			for _, values := range rows {
				line := t.table
				for i, v := range values {
					if box, ok := v.([]byte); ok && (names[i] == "words" || names[i] == "secret" || names[i] == "box") {
						key, err := s.keys.Key(ctx, tx, id)
						if err != nil {
							return err
						}
						purpose := "words"
						if names[i] == "box" {
							purpose = "person"
						}
						plain, err := key.Open(purpose, box)
						if err != nil {
							return err
						}
						v = string(plain)
					}
					if !strings.Contains(t.drawn, " "+names[i]+" ") {
						line += fmt.Sprintf(" %s=%v", names[i], v)
					}
				}
				lines = append(lines, strings.NewReplacer(id, "ID", string(n), "NUMBER").Replace(line))
			}
		}
		return nil
	})
	return lines, err
}

// Numbers are the receipts' numbers that the rows would get.
func (m *Made) Numbers() (ns []seal.Number) {
	for _, x := range m.matters {
		ns = append(ns, x.c.Number)
	}
	return ns
}

// Print takes a number for a slip of paper.
func (s *Service) Print(ctx context.Context, town string, n seal.Number) error {
	return s.store.Update(ctx, town, func(tx *db.Tx) error { return reserveAll(ctx, tx, "run", []seal.Number{n}) })
}

// Word makes a registration ready as Register does, and returns what writes it: between the two the town may change.
func (s *Service) Word(ctx context.Context, a actor.Actor, cmd Register) (n seal.Number, write func() (Case, error), err error) {
	x, err := s.word(ctx, a, cmd)
	if err != nil {
		return "", nil, err
	}
	return x.c.Number, func() (c Case, err error) {
		err = s.store.Update(ctx, a.Town, func(tx *db.Tx) error { c, _, err = s.register(ctx, tx, a, x); return err })
		return c, err
	}, nil
}
