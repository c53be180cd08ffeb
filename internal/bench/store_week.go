package bench

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"yanming/internal/calendar"
)

// stood joins a relation of cases with how each stood at a moment, $2.
func stood(relation string) string {
	return relation + ` r JOIN case_spans s ON s.town_id = r.town_id AND s.case_id = r.id WHERE r.town_id = $1 AND s.since < $2 AND (s.until IS NULL OR s.until >= $2)`
}

// relations are the two worlds of cases: those that may be listed, and those in confidence.
var relations = [2]string{"open_cases", "veiled_cases"}

// eachCase calls do with every case as it stood at a moment.
func eachCase(ctx context.Context, d *sql.DB, at int64, do func(caseRow)) error {
	for i, relation := range relations {
		rows, err := d.QueryContext(ctx, `SELECT r.kind, r.channel, s.state, s.outcome, s.solved, s.satisfied, s.on_time, s.category, s.unit_id, s.leader_id, s.grid_id,
			r.registered_at, s.due_at, s.took_ms, s.round, s.returns, s.extensions, s.reached, r.immediate, r.backfilled FROM `+stood(relation), town, at)
		if err != nil {
			return err
		}
		err = scanCases(rows, i == 1, do)
		if err != nil {
			return err
		}
	}
	return nil
}

func scanCases(rows *sql.Rows, veiled bool, do func(caseRow)) error {
	defer rows.Close()
	for rows.Next() {
		c := caseRow{veiled: veiled, took: -1}
		var onTime sql.NullBool
		var took sql.NullInt64
		err := rows.Scan(&c.kind, &c.channel, &c.state, &c.outcome, &c.solved, &c.satisfied, &onTime, &c.category, &c.unit, &c.leader, &c.grid,
			&c.registered, &c.due, &took, &c.round, &c.returns, &c.extensions, &c.reached, &c.immediate, &c.backfilled)
		if err != nil {
			return err
		}
		if onTime.Valid {
			c.onTime = map[bool]string{true: "yes", false: "no"}[onTime.Bool]
		}
		if took.Valid {
			c.took = took.Int64
		}
		do(c)
	}
	return rows.Err()
}

// eachDeed calls do with everything that was done before a moment.
func eachDeed(ctx context.Context, d *sql.DB, before int64, do func(kind, typ string, at int64)) error {
	for _, relation := range relations {
		rows, err := d.QueryContext(ctx, `SELECT r.kind, x.type, x.at FROM `+relation+` r JOIN case_deeds x ON x.town_id = r.town_id AND x.case_id = r.id
			WHERE r.town_id = $1 AND x.at < $2`, town, before)
		if err != nil {
			return err
		}
		for rows.Next() {
			var kind, typ string
			var at int64
			if err := rows.Scan(&kind, &typ, &at); err != nil {
				rows.Close()
				return err
			}
			do(kind, typ, at)
		}
		if err := rows.Close(); err != nil {
			return err
		}
	}
	return nil
}

// statement is one of the hand-written ones. Its first column is a code, and each further one the value of a figure.
type statement struct {
	text  string
	args  []any
	codes []string
	p     calendar.Period
	dim   string
	named bool // the first column names the figure, the second is its value
}

// handWritten are the statements that somebody would write who wants the figures of the report and nothing else: each
// relation is read once for all figures that it can give.
func handWritten(r reported) (list []statement) {
	end := int64(0)
	_, end = r.Period.Bounds()
	sums := func(defs []definition) (text string, codes []string) {
		var b strings.Builder
		for _, f := range defs {
			fmt.Fprintf(&b, ", count(*) FILTER (WHERE %s)", f.sql)
			codes = append(codes, f.code)
		}
		return b.String(), codes
	}
	for _, p := range []calendar.Period{r.Cumulative, r.Period} {
		from, to := p.Bounds()
		for _, relation := range relations {
			text, codes := sums(cohortFigures(end))
			list = append(list, statement{text: `SELECT ''` + text + ` FROM ` + stood(relation) + ` AND r.kind IN ` + voiceKinds + ` AND r.registered_at >= $3 AND r.registered_at < $4`,
				args: []any{end, from, to}, codes: codes, p: p})
			for _, kind := range []string{"proposal", "target", "project"} {
				list = append(list, statement{text: `SELECT '', count(*), count(*) FILTER (WHERE ` + finishedSQL + `), count(*) FILTER (WHERE ` + openSQL + `) FROM ` + stood(relation) +
					` AND r.kind = '` + kind + `' AND r.registered_at >= $3 AND r.registered_at < $4`,
					args: []any{end, from, to}, codes: []string{kind + ".received", kind + ".done", kind + ".in_progress"}, p: p})
			}
			list = append(list, statement{text: `SELECT x.type, count(*) FROM ` + relation + ` r JOIN case_deeds x ON x.town_id = r.town_id AND x.case_id = r.id
				WHERE r.town_id = $1 AND r.kind IN ` + voiceKinds + ` AND x.at >= $2 AND x.at < $3 GROUP BY x.type`, args: []any{from, to}, p: p, named: true})
			text, codes = sums(stockFigures(end))
			list = append(list, statement{text: `SELECT ''` + text + ` FROM ` + stood(relation) + ` AND r.kind IN ` + voiceKinds + ` AND s.state IN ` + stockStates + ` AND r.registered_at < $2`,
				args: []any{end}, codes: codes, p: p})
		}
		list = append(list, statement{text: `SELECT CAST((s.took_ms + 43200000) / 86400000 AS TEXT), count(*) FROM ` + stood("open_cases") + ` AND r.kind IN ` + voiceKinds +
			` AND r.registered_at >= $3 AND r.registered_at < $4 AND ` + finishedSQL + ` AND s.on_time IS NOT NULL AND s.took_ms IS NOT NULL GROUP BY 1`,
			args: []any{end, from, to}, codes: []string{"days"}, p: p, dim: "days"})
	}
	from, to := r.Cumulative.Bounds()
	for _, b := range reportBreakdowns() {
		var defs []definition
		for _, f := range cohortFigures(end) {
			for _, code := range b.codes {
				if f.code == code {
					defs = append(defs, f)
				}
			}
		}
		text, codes := sums(defs)
		list = append(list, statement{text: `SELECT ` + b.column + text + ` FROM ` + stood("open_cases") + ` AND r.kind IN ` + voiceKinds + ` AND r.registered_at >= $3 AND r.registered_at < $4 GROUP BY ` + b.column,
			args: []any{end, from, to}, codes: codes, p: r.Cumulative, dim: b.dim})
	}
	return append(list, byWeek(r)...)
}

// byWeek are the statements of the series of weeks.
func byWeek(r reported) (list []statement) {
	seen := map[calendar.Period]bool{}
	for _, d := range r.Weeks {
		if seen[d.Period] {
			continue
		}
		seen[d.Period] = true
		from, to := d.Period.Bounds()
		for _, relation := range relations {
			list = append(list, statement{text: `SELECT '', count(*) FROM ` + relation + ` r WHERE r.town_id = $1 AND r.kind IN ` + voiceKinds + ` AND r.registered_at >= $2 AND r.registered_at < $3`,
				args: []any{from, to}, codes: []string{"received"}, p: d.Period, dim: "weeks"},
				statement{text: `SELECT '', count(*) FROM ` + relation + ` r JOIN case_deeds x ON x.town_id = r.town_id AND x.case_id = r.id
					WHERE r.town_id = $1 AND r.kind IN ` + voiceKinds + ` AND x.type = 'answered_resolved' AND x.at >= $2 AND x.at < $3`,
					args: []any{from, to}, codes: []string{"resolved"}, p: d.Period, dim: "weeks"})
		}
	}
	return list
}

// run runs a statement and reads its rows.
func (s statement) run(ctx context.Context, d *sql.DB, found func(group string, values []int64)) error {
	rows, err := d.QueryContext(ctx, s.text, append([]any{town}, s.args...)...)
	if err != nil {
		return fmt.Errorf("%w: %s", err, s.text)
	}
	defer rows.Close()
	n := max(len(s.codes), 1)
	for rows.Next() {
		var group string
		values := make([]int64, n)
		dest := []any{&group}
		for i := range values {
			dest = append(dest, &values[i])
		}
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		found(group, values)
	}
	return rows.Err()
}
