package report

import (
	"context"
	"strings"

	"golang.org/x/text/unicode/norm"

	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/figures"
)

// Slots returns every figure that the text of a report may name, under the headings of the report, with what it is now:
// those that the report prints as it shows them, and the others that the town has.
func (s *Service) Slots(ctx context.Context, tx *db.Tx, r Report) ([]Group, error) {
	all, err := s.cat.List(ctx, tx)
	if err != nil {
		return nil, err
	}
	lines := map[string]Line{}
	var codes, more []string
	for _, f := range all {
		codes = append(codes, f.Code)
		if l := r.Line(f.Code); l.Total.Code != "" {
			lines[f.Code] = l
		} else {
			more = append(more, f.Code)
		}
	}
	var total, week []figures.Value
	if len(more) > 0 {
		if total, err = s.cat.Compute(ctx, tx, more, figures.Scope{}, r.Whole); err != nil {
			return nil, err
		}
		if week, err = s.cat.Compute(ctx, tx, more, figures.Scope{}, r.Period); err != nil {
			return nil, err
		}
	}
	for i, code := range more {
		lines[code] = Line{Cell{Item: figures.Item{Code: code, Period: r.Whole}, Value: total[i]},
			Cell{Item: figures.Item{Code: code, Period: r.Period}, Value: week[i]}}
	}
	var out []Group
	for _, h := range Ordered(codes) {
		g := Group{Key: h.Key}
		for _, code := range h.Codes {
			g.Lines = append(g.Lines, lines[code])
		}
		out = append(out, g)
	}
	return out, nil
}

// offer adds to what is wrong with a text, where it names a figure that there is none, the figure that was probably meant.
func (s *Service) offer(ctx context.Context, tx *db.Tx, wrong error) error {
	if !errs.Is(wrong, errs.Invalid) {
		return wrong
	}
	all, err := s.cat.List(ctx, tx)
	if err != nil {
		return err
	}
	for _, e := range errs.All(wrong) {
		if e.Key != "report.narrative.slot" || len(e.Args) == 0 {
			continue
		}
		written, _ := e.Args[0].(string)
		if f, slot := nearest(all, written); slot != "" {
			e.Key, e.Args = "report.narrative.nearest", []any{written, "{" + slot + "}", f.Name}
		}
	}
	return wrong
}

// nearest returns the figure whose code, with or without what all figures of its kind begin with, or whose name differs
// least from what was written, and how it is put into a text; "" where more than half would have to be changed.
func nearest(all []figures.About, written string) (found figures.About, slot string) {
	word, _, week := strings.Cut(strings.ToLower(strings.TrimSpace(norm.NFKC.String(written))), "@")
	least := 0.5
	for _, f := range all {
		_, end, _ := strings.Cut(f.Code, ".")
		for _, name := range []struct{ whole, own string }{{f.Code, end}, {end, end}, {f.Name.ZH, f.Name.ZH}, {strings.ToLower(f.Name.EN), f.Name.EN}} {
			long := max(len([]rune(name.own)), 1)
			if share := float64(distance([]rune(word), []rune(name.whole))) / float64(long); share < least {
				least, found = share, f
			}
		}
	}
	if slot = found.Code; slot != "" && week {
		slot += "@week"
	}
	return found, slot
}

// distance is how many characters must be changed, added or left out to make b of a.
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		before := row[0]
		row[0] = i + 1
		for j, y := range b {
			change := before
			if x != y {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
