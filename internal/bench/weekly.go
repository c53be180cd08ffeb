package bench

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"yanming/internal/calendar"
)

// analyst is who opens reports and the evidence behind their numbers: the general team sees every open case.
const analyst = "nan.zonghe"

// weekOf is the week that is reported of a corpus: three weeks before its end, so that much of it is still in hand.
func weekOf(c corpus) calendar.Period {
	return calendar.WeekOf(calendar.DayOf(c.about.End.Add(-21 * 24 * time.Hour)))
}

// report asks for the weekly report of a corpus as data.
func (b *bench) report(ctx context.Context, c corpus) (r reported, err error) {
	x, err := b.command(ctx, append([]string{"report", "weekly", "--town", town, "--period", weekOf(c).String(), "--live", "--format", "json"}, c.flags()...)...)
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(x.out, &r); err != nil {
		return r, fmt.Errorf("read report: %w", err)
	}
	if len(r.all()) < 100 {
		return r, fmt.Errorf("the report holds %d numbers only", len(r.all()))
	}
	return r, nil
}

// recountOf counts every number of a report again in Go, out of the rows.
func recountOf(ctx context.Context, d *sql.DB, r reported) (tally, error) {
	c := newCounted(r)
	if err := eachCase(ctx, d, c.end, c.add); err != nil {
		return nil, err
	}
	if err := eachDeed(ctx, d, c.end, c.deed); err != nil {
		return nil, err
	}
	c.close()
	return c.tally, nil
}

// byHand runs the hand-written statements and returns what they found.
func byHand(ctx context.Context, d *sql.DB, r reported) (tally, error) {
	t := tally{}
	days := map[calendar.Period]map[int64]int64{r.Period: {}, r.Cumulative: {}}
	for code := range flowFigures() {
		t[key(code, r.Period, "", "")] += 0
		t[key(code, r.Cumulative, "", "")] += 0
	}
	for _, s := range handWritten(r) {
		err := s.run(ctx, d, func(group string, values []int64) {
			switch {
			case s.named:
				for code, types := range flowFigures() {
					if slices.Contains(types, group) {
						t[key(code, s.p, "", "")] += values[0]
					}
				}
			case s.dim == "days":
				if n, err := strconv.ParseInt(group, 10, 64); err == nil {
					days[s.p][n] += values[0]
				}
			case s.dim == "weeks":
				if s.p != r.Period { // that one is counted above
					t[key(map[string]string{"received": "case.received", "resolved": "case.did_resolve"}[s.codes[0]], s.p, "", "")] += values[0]
				}
			default:
				for i, code := range s.codes {
					t[key(code, s.p, s.dim, group)] += values[i]
				}
			}
		})
		if err != nil {
			return nil, err
		}
	}
	for p, m := range days {
		t[key(medianFigure, p, "", "")] = middle(m)
	}
	return t, nil
}

// middle is the median of values with how often each comes, rounded down between two; -1 of none.
func middle(m map[int64]int64) int64 {
	var all []int64
	for v, n := range m {
		for range n {
			all = append(all, v)
		}
	}
	if len(all) == 0 {
		return -1
	}
	slices.Sort(all)
	low, high := all[(len(all)-1)/2], all[len(all)/2]
	return low + (high-low)/2
}

// weekly measures the page of the weekly report against the sum of hand-written SQL for the same figures, and compares
// each figure with what both the SQL and a count in Go say.
func weekly(ctx context.Context, b *bench) error {
	d, err := b.desk(ctx, b.Scale)
	if err != nil {
		return err
	}
	defer d.db.Close()
	r, err := b.report(ctx, d.corpus)
	if err != nil {
		return err
	}
	if err := b.compareFigures(ctx, d.db, r); err != nil {
		return err
	}
	reader, err := d.office(d.addr, analyst)
	if err != nil {
		return err
	}
	path := "/office/reports/weekly/" + r.Period.String()
	once := func(do func() error) func(context.Context) (sample, error) {
		return func(ctx context.Context) (sample, error) { return b.load(ctx, 1, 0, func(int) error { return do() }) }
	}
	out, drift, err := b.rounds(ctx, false,
		contender{"page", once(func() error { _, err := reader.get(path); return err })},
		contender{"SQL", once(func() error { _, err := byHand(ctx, d.db, r); return err })})
	if err != nil {
		return err
	}
	rows := int64(0)
	for _, f := range r.Figures {
		if f.Code == "case.received" && f.Period == r.Period {
			rows = f.Value
		}
	}
	b.add(Row{What: "page of the weekly report", Unit: "ms", Ours: out["page"].p50s(), Floor: out["SQL"].p50s(), Against: "hand-written SQL", Goal: atMost(2), Drift: drift,
		Note: fmt.Sprintf("%s, %d cases of the week", r.Period, rows)})
	return nil
}

func (b *bench) compareFigures(ctx context.Context, d *sql.DB, r reported) error {
	again, err := recountOf(ctx, d, r)
	if err != nil {
		return err
	}
	hand, err := byHand(ctx, d, r)
	if err != nil {
		return err
	}
	all := r.all()
	for _, x := range []struct {
		what string
		tally
	}{{"numbers of the report as counted again in Go", again}, {"numbers of the report as the hand-written SQL says", hand}} {
		same := 0
		for _, f := range all {
			if ok, why := x.agrees(f); ok {
				same++
			} else {
				b.say("  %s: %s", x.what, why)
			}
		}
		b.count(x.what, "numbers", same, len(all))
	}
	return nil
}
