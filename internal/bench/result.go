package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Series are the values of one thing, one for each round.
type Series []float64

// Median is the middle value; 0 of none.
func (s Series) Median() float64 {
	if len(s) == 0 {
		return 0
	}
	t := slices.Sorted(slices.Values(s))
	if n := len(t); n%2 == 0 {
		return (t[n/2-1] + t[n/2]) / 2
	}
	return t[len(t)/2]
}

// drift is how far the values lie apart, in parts of their median.
func (s Series) drift() float64 {
	if len(s) == 0 || s.Median() == 0 {
		return 0
	}
	return (slices.Max(s) - slices.Min(s)) / s.Median()
}

// Goal is what a ratio, or a value where there is no floor, must be.
type Goal struct {
	Sign  string  `json:"sign"` // ≥, ≤ or =
	Value float64 `json:"value"`
}

func atLeast(v float64) *Goal { return &Goal{"≥", v} }
func atMost(v float64) *Goal  { return &Goal{"≤", v} }
func exactly(v float64) *Goal { return &Goal{"=", v} }

func (g Goal) met(v float64) bool {
	switch g.Sign {
	case "≥":
		return v >= g.Value
	case "≤":
		return v <= g.Value
	}
	return v == g.Value
}

// Verdict says whether a goal was met.
type Verdict string

// The verdicts. A line without a goal has none.
const (
	Met      Verdict = "met"
	NotMet   Verdict = "not met"
	Unjudged Verdict = "drift too large to judge"
	NoCommit Verdict = "not durable, not judged"
)

// maxDrift is the drift of the baseline above which nothing is judged.
const maxDrift = 0.25

// Row is one line of the table.
type Row struct {
	Workload string  `json:"workload"`
	What     string  `json:"what"`
	Unit     string  `json:"unit"`
	Ours     Series  `json:"ours"`
	Floor    Series  `json:"floor,omitempty"`
	Against  string  `json:"against,omitempty"` // what Floor is
	Goal     *Goal   `json:"goal,omitempty"`
	Drift    float64 `json:"drift"` // of the baseline, in parts of its median; 0 for what is counted
	Note     string  `json:"note,omitempty"`

	Ratio   float64    `json:"ratio,omitempty"`
	Spread  [2]float64 `json:"spread"` // least and greatest ratio of a round; of the values where there is no floor
	Verdict Verdict    `json:"verdict,omitempty"`
}

// judge fills what follows from the series.
func (r *Row) judge() {
	value, each := r.Ours.Median(), slices.Clone(r.Ours)
	if len(r.Floor) > 0 {
		if m := r.Floor.Median(); m != 0 {
			value = r.Ours.Median() / m
		}
		r.Ratio = value
		for i := range each {
			if i < len(r.Floor) && r.Floor[i] != 0 {
				each[i] /= r.Floor[i]
			}
		}
	}
	if len(each) > 0 {
		r.Spread = [2]float64{slices.Min(each), slices.Max(each)}
	}
	switch {
	case r.Goal == nil:
	case r.Drift > maxDrift:
		r.Verdict = Unjudged
	case r.Goal.met(value):
		r.Verdict = Met
	default:
		r.Verdict = NotMet
	}
}

// add judges a line and puts it into the table.
func (b *bench) add(r Row) {
	r.Workload = b.current
	r.judge()
	if b.lax && r.Verdict != "" && r.Goal.Sign != "=" {
		r.Verdict = NoCommit
	}
	b.rows = append(b.rows, r)
	b.say("  %s", strings.Join(cells(r)[1:], "  "))
}

// count adds a line of what must be exactly so: rows found again, hits that agree. It is never a matter of drift.
func (b *bench) count(what, unit string, got, want int) {
	b.add(Row{What: what, Unit: unit, Ours: Series{float64(got)}, Goal: exactly(float64(want))})
}

// Table is what a run comes to.
type Table struct {
	Machine Machine `json:"machine"`
	Engine  string  `json:"engine"`
	Texts   string  `json:"texts"` // where the words of the corpus are from
	Rounds  int     `json:"rounds"`
	Scale   int     `json:"scale"`
	Rows    []Row   `json:"rows"`
}

// Failed reports whether a goal was not met.
func (t Table) Failed() bool {
	return slices.ContainsFunc(t.Rows, func(r Row) bool { return r.Verdict == NotMet })
}

func heads() []string {
	return []string{"workload", "what", "ours", "floor or peer", "ratio", "goal", "spread", "drift", "verdict"}
}

// cells are the columns of a line, in the order of heads.
func cells(r Row) []string {
	floor, ratio, goal := "", "", ""
	if len(r.Floor) > 0 {
		floor = number(r.Floor.Median()) + " " + r.Against
		ratio = number(r.Ratio) + "×"
	}
	if r.Goal != nil {
		goal = r.Goal.Sign + " " + number(r.Goal.Value)
		if len(r.Floor) > 0 {
			goal += "×"
		}
	}
	spread := number(r.Spread[0]) + "–" + number(r.Spread[1])
	if len(r.Ours) < 2 {
		spread = ""
	}
	drift := ""
	if r.Drift > 0 {
		drift = fmt.Sprintf("%.0f %%", 100*r.Drift)
	}
	what := r.What
	if r.Note != "" {
		what += " (" + r.Note + ")"
	}
	return []string{r.Workload, what, strings.TrimSpace(number(r.Ours.Median()) + " " + r.Unit), floor, ratio, goal, spread, drift, string(r.Verdict)}
}

// number shows three digits that count.
func number(v float64) string {
	switch a := max(v, -v); {
	case v == float64(int64(v)) && a < 1e15, a >= 100:
		return fmt.Sprintf("%.0f", v)
	case a >= 10:
		return fmt.Sprintf("%.1f", v)
	case a >= 0.1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.2g", v)
}

// JSON writes the table as data.
func (t Table) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(t)
}

// Markdown writes the table with its machine, as docs/benchmarks.md shows it.
func (t Table) Markdown(w io.Writer) error {
	var b strings.Builder
	for _, l := range t.about() {
		fmt.Fprintf(&b, "- %s\n", l)
	}
	fmt.Fprintf(&b, "\n| %s |\n|%s\n", strings.Join(heads(), " | "), strings.Repeat(" --- |", len(heads())))
	for _, r := range t.Rows {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(cells(r), " | "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Text writes the table in columns.
func (t Table) Text(w io.Writer) error {
	lines := [][]string{heads()}
	for _, r := range t.Rows {
		lines = append(lines, cells(r))
	}
	wide := make([]int, len(heads()))
	for _, l := range lines {
		for i, c := range l {
			wide[i] = max(wide[i], utf8.RuneCountInString(c))
		}
	}
	var b strings.Builder
	for _, l := range t.about() {
		fmt.Fprintln(&b, l)
	}
	fmt.Fprintln(&b)
	for _, l := range lines {
		line := ""
		for i, c := range l {
			line += c + strings.Repeat(" ", wide[i]-utf8.RuneCountInString(c)+2)
		}
		fmt.Fprintln(&b, strings.TrimRight(line, " "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (t Table) about() []string {
	m := t.Machine
	return []string{
		fmt.Sprintf("%d cores, %s; %s; %s; data on %s; load average at the start %s", m.Cores, m.CPU, m.Kernel, m.Go, m.Files, m.Load),
		fmt.Sprintf("%s; %d cases; %s; medians of %d interleaved rounds; spread: least and greatest ratio of a round", t.Engine, t.Scale, t.Texts, t.Rounds),
	}
}
