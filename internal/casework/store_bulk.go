package casework

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/figures"
	"yanming/internal/journal"
	"yanming/internal/seal"
)

// span is one standing of a case, as putSpan would have left it.
type span struct {
	n, since int64
	until    any // nil while it stands
	values   []any
}

// deed is one thing done to a case, as putDeed notes it.
type deed struct {
	event   string
	t       Type
	at      int64
	unit    string
	outcome Outcome
}

// insertMatters writes new cases: of each table the rows of all of them at once, and what put would write event by event
// only as it ends.
func (s *Service) insertMatters(ctx context.Context, tx *db.Tx, ms []*matter) error {
	var cases, spans, deeds, people, sources, externals []any
	var keys []seal.RecordKey
	var events []journal.Ready
	today := calendar.DayOf(tx.Now)
	first := today
	for _, x := range ms {
		id := string(x.c.ID)
		values, err := x.c.values(x.box)
		if err != nil {
			return err
		}
		cases = append(append(cases, values...), x.c.State.Live(), x.c.Veiled(), x.c.Confirmed(), x.c.pending(), string(x.c.LinkedTo))
		for _, sp := range x.spans {
			spans = append(append(spans, id, sp.n, sp.since, sp.until), sp.values...)
		}
		for _, d := range x.deeds {
			deeds = append(deeds, d.event, id, string(d.t), d.at, d.unit, string(d.outcome))
			first = min(first, calendar.DayOf(time.UnixMilli(d.at)))
		}
		if x.key != nil {
			keys = append(keys, *x.key)
		}
		if x.person != nil {
			people = append(people, id, x.person)
		}
		if x.Source != nil {
			sources = append(sources, id, x.Source.Batch, x.Source.Digest, x.Source.Sheet, int64(x.Source.Row))
			if x.External.Number != "" {
				externals = append(externals, x.External.System, x.External.Number, id)
			}
		}
		events = append(events, x.events...)
	}
	if err := s.keys.StoreKeys(ctx, tx, keys); err != nil {
		return err
	}
	for _, t := range []struct {
		head, tail string
		width      int
		args       []any
	}{
		{`INSERT INTO cases (town_id, ` + columns + `, live, veiled, confirmed, pending, linked_to) VALUES`, "", 49, cases},
		{`INSERT INTO case_spans (town_id, case_id, n, since, until, state, outcome, round, unit_id, leader_id, category,
			village_id, grid_id, due_at, answered_at, took_ms, on_time, reached, solved, satisfied, confirmed, at_counter, returns, extensions) VALUES`, "", 23, spans},
		{`INSERT INTO case_deeds (town_id, id, case_id, type, at, unit_id, outcome) VALUES`, "", 6, deeds},
		{`INSERT INTO case_people (town_id, case_id, box) VALUES`, "", 2, people},
		{`INSERT INTO case_sources (town_id, case_id, batch_id, digest, sheet, row_no) VALUES`, "", 5, sources},
		// A number whose case was made void is free, and one that a case in confidence has is taken over, as in putExternal.
		{`INSERT INTO case_externals (town_id, system, number, case_id) VALUES`,
			`ON CONFLICT (town_id, system, number) DO UPDATE SET case_id = excluded.case_id`, 3, externals},
	} {
		if err := tx.Insert(ctx, t.head, t.tail, t.width, t.args); err != nil {
			return fmt.Errorf("write %d new cases: %w", len(ms), err)
		}
	}
	if first != today { // they tell of days before
		if err := figures.Touch(ctx, tx, first, caseSourceName, deedSourceName); err != nil {
			return err
		}
	}
	return journal.AppendAll(ctx, tx, events)
}

// mayBeKnown asks which rows the town may have already.
func mayBeKnown(ctx context.Context, tx *db.Tx, ms []*matter) (k had, err error) {
	var digests, numbers []string
	named := systems
	for _, x := range ms {
		switch n := x.External.Number; {
		case x.refused != nil:
		case n == "":
			digests = append(digests, x.Source.Digest)
		default:
			numbers, named = append(numbers, n), with(named, x.External.System)
		}
	}
	if k.digests, err = having(ctx, tx, digests, nil, `(SELECT s.row_no FROM case_sources s WHERE s.town_id = $1 AND s.digest = k.v LIMIT 1) IS NOT NULL`); err != nil {
		return k, err
	}
	k.numbers = map[string]bool{}
	for _, system := range named {
		found, err := having(ctx, tx, numbers, []any{system}, `(SELECT x.case_id FROM case_externals x WHERE x.town_id = $1 AND x.system = $2 AND x.number = k.v) IS NOT NULL`)
		if err != nil {
			return k, err
		}
		for n := range found {
			k.numbers[n] = true
		}
	}
	return k, nil
}

// numbersTaken returns those of the numbers that a receipt of the town has, or a printed slip.
func numbersTaken(ctx context.Context, tx *db.Tx, numbers map[seal.Number]bool) (map[seal.Number]bool, error) {
	list := make([]string, 0, len(numbers))
	for n := range numbers {
		list = append(list, string(n))
	}
	found, err := having(ctx, tx, list, nil, `((SELECT c.rev FROM cases c WHERE c.town_id = $1 AND c.number = k.v) IS NOT NULL
		OR (SELECT p.at FROM paper_numbers p WHERE p.town_id = $1 AND p.number = k.v) IS NOT NULL)`)
	taken := map[seal.Number]bool{}
	for n := range found {
		taken[seal.Number(n)] = true
	}
	return taken, err
}

// having returns those of the values for which a condition over k.v holds. args are $2 and so on.
func having(ctx context.Context, tx *db.Tx, values []string, args []any, condition string) (map[string]bool, error) {
	found := map[string]bool{}
	if len(values) == 0 {
		return found, nil
	}
	rows, more := db.Listed(2+len(args), values)
	err := tx.Each(ctx, func(r *sql.Rows) error {
		var v string
		err := r.Scan(&v)
		found[v] = true
		return err
	}, `WITH k (v) AS (VALUES `+rows+`) SELECT k.v FROM k WHERE `+condition, append(args, more...)...)
	if err != nil {
		return nil, fmt.Errorf("look for what a town has of %d rows: %w", len(values), err)
	}
	return found, nil
}
