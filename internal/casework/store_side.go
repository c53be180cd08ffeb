package casework

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/seal"
)

// span is what case_spans keeps of a case.
func (c Case) span() []any {
	var onTime any
	if c.OnTime != nil {
		onTime = *c.OnTime
	}
	var took any
	if !c.Answered.IsZero() && !c.Backfilled { // how long a ledger's matter took is not known as ours are
		took = c.Took.Milliseconds()
	}
	return []any{string(c.State), string(c.Outcome), int64(c.Round), c.Unit, c.Leader, c.Category, c.Village, c.Grid, c.dueMillis(),
		millis(c.Answered), took, onTime, c.Reached, string(c.Solved), string(c.Satisfied), c.Confirmed(), c.counter(),
		int64(c.Returns), int64(c.Extensions)}
}

// putSpan closes the span that stood and opens one from since, where anything that figures read has changed.
func putSpan(ctx context.Context, tx *db.Tx, old, c Case, since int64) error {
	if slices.Equal(old.span(), c.span()) {
		return nil
	}
	err := tx.Later(ctx, `UPDATE case_spans SET until = $3 WHERE town_id = $1 AND case_id = $2 AND until IS NULL`, string(c.ID), since)
	if err != nil {
		return fmt.Errorf("close span: %w", err)
	}
	err = tx.Later(ctx, `INSERT INTO case_spans (town_id, case_id, n, since, until, state, outcome, round, unit_id, leader_id, category,
		village_id, grid_id, due_at, answered_at, took_ms, on_time, reached, solved, satisfied, confirmed, at_counter, returns, extensions)
		VALUES ($1, $2, $3, $4, NULL, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)`,
		append([]any{string(c.ID), c.Rev, since}, c.span()...)...)
	if err != nil {
		return fmt.Errorf("open span: %w", err)
	}
	return nil
}

// putDeed notes what was done, for figures of what happened in a period.
func putDeed(ctx context.Context, tx *db.Tx, event string, c Case, t Type, at int64) error {
	err := tx.Later(ctx, `INSERT INTO case_deeds (town_id, id, case_id, type, at, unit_id, outcome) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		event, string(c.ID), string(t), at, c.Unit, string(c.Outcome))
	if err != nil {
		return fmt.Errorf("note deed: %w", err)
	}
	return nil
}

// putUnits replaces the assisting units.
func putUnits(ctx context.Context, tx *db.Tx, id ID, units []string) error {
	if err := tx.Later(ctx, `DELETE FROM case_units WHERE town_id = $1 AND case_id = $2`, string(id)); err != nil {
		return fmt.Errorf("replace assisting units: %w", err)
	}
	return eachUnit(ctx, tx, `INSERT INTO case_units (town_id, case_id, unit_id) VALUES ($1, $2, $3)`, id, units)
}

// putSubjects notes which units a case is about.
func putSubjects(ctx context.Context, tx *db.Tx, id ID, units []string) error {
	return eachUnit(ctx, tx, `INSERT INTO case_subjects (town_id, case_id, unit_id) VALUES ($1, $2, $3)
		ON CONFLICT (town_id, case_id, unit_id) DO NOTHING`, id, units)
}

func eachUnit(ctx context.Context, tx *db.Tx, text string, id ID, units []string) error {
	for _, u := range units {
		if err := tx.Later(ctx, text, string(id), u); err != nil {
			return fmt.Errorf("note unit of case: %w", err)
		}
	}
	return nil
}

// subjectsOf returns the units a case is about.
func subjectsOf(ctx context.Context, tx *db.Tx, id ID) ([]string, error) {
	return texts(ctx, tx, `SELECT unit_id FROM case_subjects WHERE town_id = $1 AND case_id = $2 ORDER BY unit_id`, string(id))
}

func texts(ctx context.Context, tx *db.Tx, text string, args ...any) (out []string, err error) {
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var s string
		err := r.Scan(&s)
		out = append(out, s)
		return err
	}, text, args...)
	return out, err
}

// getPerson returns the sealed name of a case, nil for none.
func getPerson(ctx context.Context, tx *db.Tx, id ID) (box []byte, err error) {
	_, err = tx.Row(ctx, `SELECT box FROM case_people WHERE town_id = $1 AND case_id = $2`, string(id)).Maybe(&box)
	return box, err
}

// External is a matter's number in another system: the hotline's, the petition system's.
type External struct {
	System string `json:"system"` // hotline | petition | other
	Number string `json:"number"`
}

// putExternal notes a number of another system. Conflict when another case has it, so that nothing is handled twice.
// A case in confidence that has it stays unknown: an open case takes the number over as if nobody had it, and what is
// left of it with the other is in its event alone.
func putExternal(ctx context.Context, tx *db.Tx, c Case, x External) error {
	if x.Number == "" {
		return nil
	}
	veiled, err := veiledExternal(ctx, tx, x)
	if err != nil || veiled && c.Veiled() {
		return err
	}
	if !veiled {
		if other, err := findExternal(ctx, tx, x); err != nil || other != "" && other != c.ID {
			if err == nil {
				err = errs.New(errs.Conflict, "case.external_known", x.Number)
			}
			return err
		}
	}
	err = tx.Later(ctx, `INSERT INTO case_externals (town_id, system, number, case_id) VALUES ($1, $2, $3, $4)
		ON CONFLICT (town_id, system, number) DO UPDATE SET case_id = excluded.case_id`, x.System, x.Number, string(c.ID))
	return err
}

// veiledExternal reports whether a case in confidence has a number of another system.
func veiledExternal(ctx context.Context, tx *db.Tx, x External) (bool, error) {
	var one int64
	return tx.Row(ctx, `SELECT 1 FROM case_externals e JOIN veiled_cases c ON c.town_id = e.town_id AND c.id = e.case_id
		WHERE e.town_id = $1 AND e.system = $2 AND e.number = $3`, x.System, x.Number).Maybe(&one)
}

// findExternal returns the case that has a number of another system, or "". A case that was made void has lost it.
func findExternal(ctx context.Context, tx *db.Tx, x External) (id ID, err error) {
	found, err := tx.Row(ctx, `SELECT case_id FROM case_externals WHERE town_id = $1 AND system = $2 AND number = $3`, x.System, x.Number).Maybe(&id)
	if err != nil || !found {
		return "", err
	}
	if _, standing, err := standingNumber(ctx, tx, id); err != nil || !standing {
		return "", err
	}
	return id, nil
}

func externalsOf(ctx context.Context, tx *db.Tx, id ID) (xs []External, err error) {
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var x External
		err := r.Scan(&x.System, &x.Number)
		xs = append(xs, x)
		return err
	}, `SELECT system, number FROM case_externals WHERE town_id = $1 AND case_id = $2 ORDER BY system, number`, string(id))
	return xs, err
}

// Source says which row of which file an imported case came from.
type Source struct {
	Batch  string
	Digest string // of the row's normalised cells
	Sheet  string
	Row    int // as the sheet shows it
	// Matter is the same for rows of one village, person and day that say the same, whatever else stands in them; "" where
	// that cannot be said. It is stored under a key, and no part of the request.
	Matter string `json:"-"`
}

func getSource(ctx context.Context, tx *db.Tx, id ID) (s Source, found bool, err error) {
	var row int64
	found, err = tx.Row(ctx, `SELECT batch_id, digest, sheet, row_no FROM case_sources WHERE town_id = $1 AND case_id = $2`, string(id)).
		Maybe(&s.Batch, &s.Digest, &s.Sheet, &row)
	s.Row = int(row)
	return s, found, err
}

// spend uses a printed number for a case, or marks it void with a reason. Conflict when it is no number waiting.
func spend(ctx context.Context, tx *db.Tx, n seal.Number, id ID, void string) error {
	rows, err := tx.Exec(ctx, `UPDATE paper_numbers SET used_by = $3, void = $4 WHERE town_id = $1 AND number = $2 AND used_by = '' AND void = ''`,
		string(n), string(id), void)
	if err == nil && rows == 0 {
		err = errs.Field("paper", "case.paper_unknown")
	}
	return err
}

// townNumber returns the first three digits of the town's receipts. NotFound when there is no such town.
func (s *Service) townNumber(ctx context.Context, town string) (n int, err error) {
	if known, ok := s.numbers.Load(town); ok {
		return known.(int), nil
	}
	err = s.store.Across(ctx, func(w *db.Wide) error {
		return w.Row(ctx, `SELECT number FROM towns WHERE town_id = $1`, town).Scan(&n)
	})
	if err == nil {
		s.numbers.Store(town, n)
	}
	return n, err
}

// publishedCases returns what Similar shows.
func publishedCases(ctx context.Context, tx *db.Tx, village, category string) ([]stored, error) {
	return someCases(ctx, tx, `SELECT `+whole+` FROM open_cases WHERE town_id = $1 AND village_id = $2 AND category = $3 AND live
		AND consent AND visibility = 'public' AND anonymity <> 'sealed_identity' ORDER BY registered_at DESC, id DESC LIMIT 3`, village, category)
}

// followedCases returns the published cases that the holder of a receipt follows, as they were ticked.
func followedCases(ctx context.Context, tx *db.Tx, follower seal.Number) ([]stored, error) {
	return someCases(ctx, tx, `SELECT `+columnsOf("c.")+` FROM case_followers f JOIN open_cases c ON c.town_id = f.town_id AND c.id = f.case_id
		WHERE f.town_id = $1 AND f.follower = $2 AND c.consent AND c.visibility = 'public' ORDER BY f.at, f.case_id`, string(follower))
}

func putFollower(ctx context.Context, tx *db.Tx, id ID, follower seal.Number) error {
	_, err := tx.Exec(ctx, `INSERT INTO case_followers (town_id, case_id, follower, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (town_id, case_id, follower) DO NOTHING`, string(id), string(follower), tx.Now.UnixMilli())
	return err
}
