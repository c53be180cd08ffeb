package casework

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"yanming/internal/db"
	"yanming/internal/seal"
)

// putDocument stores a paper with the next number of its year and returns that. The town's writers take turns, so the
// highest number is the last.
func putDocument(ctx context.Context, tx *db.Tx, id ID, d Document) (n int64, err error) {
	err = tx.Row(ctx, `SELECT COALESCE(max(n), 0) + 1 FROM paper_documents WHERE town_id = $1 AND paper = $2 AND year = $3`,
		string(d.Paper), d.Year).Scan(&n)
	if err == nil {
		_, err = tx.Exec(ctx, `INSERT INTO paper_documents (town_id, paper, year, n, event_id, case_id, actor_id, at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, string(d.Paper), d.Year, n, d.Event, string(id), d.By, d.At.UnixMilli())
	}
	if err != nil {
		return 0, fmt.Errorf("number paper of case %s: %w", id, err)
	}
	return n, nil
}

func documentsOf(ctx context.Context, tx *db.Tx, id ID) (ds []Document, err error) {
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var d Document
		var at int64
		err := r.Scan(&d.Paper, &d.Year, &d.N, &d.Event, &d.By, &at)
		d.At = time.UnixMilli(at)
		ds = append(ds, d)
		return err
	}, `SELECT paper, year, n, event_id, actor_id, at FROM paper_documents WHERE town_id = $1 AND case_id = $2 ORDER BY at, event_id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("read papers of case %s: %w", id, err)
	}
	return ds, nil
}

// reserveAll notes the printed numbers of a run.
func reserveAll(ctx context.Context, tx *db.Tx, run string, numbers []seal.Number) error {
	args := make([]any, 0, 5*len(numbers))
	for _, n := range numbers {
		args = append(args, string(n), run, tx.Now.UnixMilli(), "", "")
	}
	if err := tx.Insert(ctx, `INSERT INTO paper_numbers (town_id, number, run, at, used_by, void) VALUES`, "", 5, args); err != nil {
		return fmt.Errorf("reserve %d numbers: %w", len(numbers), err)
	}
	return nil
}

// waitingSlips returns the printed numbers that are neither used nor void, of one run or of all, the newest run first.
func waitingSlips(ctx context.Context, tx *db.Tx, run string) (ws []WaitingSlip, err error) {
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var w WaitingSlip
		var number string
		var at int64
		err := r.Scan(&number, &w.Run, &at)
		w.Number, w.Printed = seal.Number(number), time.UnixMilli(at)
		ws = append(ws, w)
		return err
	}, `SELECT number, run, at FROM paper_numbers WHERE town_id = $1 AND used_by = '' AND void = '' AND ($2 = '' OR run = $2)
		ORDER BY at DESC, number`, run)
	if err != nil {
		return nil, fmt.Errorf("read slips: %w", err)
	}
	return ws, nil
}
