package report

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/errs"
)

const columns = `id, rev, period, state, narrative, people, reason, replaces, issue_year, issue_no, set_id, hash, changed_at`

func scan(row func(...any) error) (Record, error) {
	var r Record
	var period, people string
	var changed int64
	err := row(&r.ID, &r.Rev, &period, &r.State, &r.Narrative, &people, &r.Reason, &r.Replaces, &r.Year, &r.No, &r.Set, &r.Hash, &changed)
	if err != nil {
		return Record{}, err
	}
	r.Changed = time.UnixMilli(changed)
	if r.Period, err = calendar.ParsePeriod(period); err == nil {
		err = json.Unmarshal([]byte(people), &r.People)
	}
	if err != nil {
		return Record{}, fmt.Errorf("read report %s: %v", r.ID, err)
	}
	return r, nil
}

// get returns a report. NotFound when the town has none of that id.
func get(ctx context.Context, tx *db.Tx, id string) (Record, error) {
	r, err := scan(tx.Row(ctx, `SELECT `+columns+` FROM reports WHERE town_id = $1 AND id = $2`, id).Scan)
	if err != nil {
		return Record{}, fmt.Errorf("get report: %w", err)
	}
	return r, nil
}

// ofPeriod returns the reports of a period: what is on its way, then the issues, the newest first.
func ofPeriod(ctx context.Context, tx *db.Tx, p calendar.Period) (rs []Record, err error) {
	err = tx.Each(ctx, func(row *sql.Rows) error {
		r, err := scan(row.Scan)
		rs = append(rs, r)
		return err
	}, `SELECT `+columns+` FROM reports WHERE town_id = $1 AND period = $2
		ORDER BY CASE WHEN issue_no = 0 THEN 0 ELSE 1 END, issue_year DESC, issue_no DESC, id DESC`, p.String())
	if err != nil {
		return nil, fmt.Errorf("list reports of %s: %w", p, err)
	}
	return rs, nil
}

// between returns the reports of periods from first to last, whose texts sort as they follow each other.
func between(ctx context.Context, tx *db.Tx, first, last calendar.Period) (rs []Record, err error) {
	err = tx.Each(ctx, func(row *sql.Rows) error {
		r, err := scan(row.Scan)
		rs = append(rs, r)
		return err
	}, `SELECT `+columns+` FROM reports WHERE town_id = $1 AND period >= $2 AND period <= $3 ORDER BY period DESC,
		CASE WHEN issue_no = 0 THEN 0 ELSE 1 END, issue_year DESC, issue_no DESC, id DESC`, first.String(), last.String())
	if err != nil {
		return nil, fmt.Errorf("list reports: %w", err)
	}
	return rs, nil
}

// earliest returns the week of start, this one's where it is "", or the week of the earliest report where that is before.
func earliest(ctx context.Context, tx *db.Tx, start calendar.Day) (calendar.Period, error) {
	if start == "" {
		start = calendar.DayOf(tx.Now)
	}
	week := calendar.WeekOf(start)
	var name string
	found, err := tx.Row(ctx, `SELECT period FROM reports WHERE town_id = $1 AND period < $2 ORDER BY period LIMIT 1`, week.String()).Maybe(&name)
	if err == nil && found {
		week, err = calendar.ParsePeriod(name)
	}
	if err != nil {
		return calendar.Period{}, fmt.Errorf("find the earliest report: %w", err)
	}
	return week, nil
}

// nextNo returns the next issue number of a year.
func nextNo(ctx context.Context, tx *db.Tx, year int64) (n int64, err error) {
	err = tx.Row(ctx, `SELECT COALESCE(max(issue_no), 0) FROM reports WHERE town_id = $1 AND issue_year = $2`, year).Scan(&n)
	return n + 1, err
}

// put stores a report as it is after an event; docx and body are those of an issue, else empty.
func put(ctx context.Context, tx *db.Tx, r Record, body string, docx []byte) error {
	people, err := json.Marshal(r.People)
	if err != nil {
		return err
	}
	if r.Rev == 1 {
		_, err = tx.Exec(ctx, `INSERT INTO reports (town_id, `+columns+`, body, docx) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, '', NULL)`,
			r.ID, r.Rev, r.Period.String(), string(r.State), r.Narrative, string(people), r.Reason, r.Replaces, r.Year, r.No, r.Set, r.Hash, r.Changed.UnixMilli())
	} else {
		var n int64
		n, err = tx.Exec(ctx, `UPDATE reports SET rev = $3, state = $4, narrative = $5, people = $6, reason = $7, issue_year = $8, issue_no = $9, set_id = $10,
			hash = $11, changed_at = $12, body = $13, docx = $14 WHERE town_id = $1 AND id = $2 AND rev = $15`,
			r.ID, r.Rev, string(r.State), r.Narrative, string(people), r.Reason, r.Year, r.No, r.Set, r.Hash, r.Changed.UnixMilli(), body, docx, r.Rev-1)
		if err == nil && n != 1 {
			err = errs.New(errs.Conflict, "error.changed")
		}
	}
	if err != nil {
		return fmt.Errorf("put report %s: %w", r.ID, err)
	}
	return nil
}

// issued returns what was kept with an issue: its body and its paper.
func issued(ctx context.Context, tx *db.Tx, id string) (body string, docx []byte, err error) {
	err = tx.Row(ctx, `SELECT body, docx FROM reports WHERE town_id = $1 AND id = $2 AND state = 'issued'`, id).Scan(&body, &docx)
	if err != nil {
		return "", nil, fmt.Errorf("read issue %s: %w", id, err)
	}
	return body, docx, nil
}

// settledStart returns the first day that counts, and whether it was settled.
func settledStart(ctx context.Context, tx *db.Tx) (day calendar.Day, found bool, err error) {
	found, err = tx.Row(ctx, `SELECT day FROM report_starts WHERE town_id = $1 ORDER BY n DESC LIMIT 1`).Maybe(&day)
	if err != nil {
		return "", false, fmt.Errorf("read first day of reports: %w", err)
	}
	return day, found, nil
}

// putStart settles the first day that counts and returns the number of the row.
func putStart(ctx context.Context, tx *db.Tx, day calendar.Day, who string) (n int64, err error) {
	err = tx.Row(ctx, `SELECT COALESCE(max(n), 0) FROM report_starts WHERE town_id = $1`).Scan(&n)
	if err != nil {
		return 0, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO report_starts (town_id, n, day, actor_id, at) VALUES ($1, $2, $3, $4, $5)`, n+1, string(day), who, tx.Now.UnixMilli())
	return n + 1, err
}
