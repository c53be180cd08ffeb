package casework

import (
	"context"
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
		cases = append(append(cases, values...), x.c.State.Live(), x.c.Veiled(), x.c.Confirmed(), x.c.pending(), string(x.c.LinkedTo), x.c.answerDue())
		for _, sp := range x.spans {
			spans = append(append(spans, id, sp.n, sp.since, sp.until), sp.values...)
			first = min(first, calendar.DayOf(time.UnixMilli(sp.since)))
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
			sources = append(sources, id, x.Source.Batch, x.Source.Digest, x.Source.Sheet, int64(x.Source.Row), x.Source.Matter)
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
		{`INSERT INTO cases (town_id, ` + columns + `, live, veiled, confirmed, pending, linked_to, answer_due) VALUES`, "", 50, cases},
		{`INSERT INTO case_spans (town_id, case_id, n, since, until, state, outcome, round, unit_id, leader_id, category,
			village_id, grid_id, due_at, answered_at, took_ms, on_time, reached, solved, satisfied, confirmed, at_counter, returns, extensions) VALUES`, "", 23, spans},
		{`INSERT INTO case_deeds (town_id, id, case_id, type, at, unit_id, outcome) VALUES`, "", 6, deeds},
		{`INSERT INTO case_people (town_id, case_id, box) VALUES`, "", 2, people},
		{`INSERT INTO case_sources (town_id, case_id, batch_id, digest, sheet, row_no, matter) VALUES`, "", 6, sources},
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
