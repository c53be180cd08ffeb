package report

import (
	"time"

	"yanming/internal/calendar"
	"yanming/internal/i18n"
)

// Data is the report as data for other programs. Its field names stay.
type Data struct {
	Town       string          `json:"town"`
	TownName   string          `json:"town_name"`
	Demo       bool            `json:"demo"`
	Period     calendar.Period `json:"period"`
	Cumulative calendar.Period `json:"cumulative"`
	AsOf       time.Time       `json:"as_of"`
	State      State           `json:"state"` // draft for values of now
	IssueYear  int64           `json:"issue_year,omitempty"`
	IssueNo    int64           `json:"issue_no,omitempty"`
	Set        string          `json:"set,omitempty"`
	Hash       string          `json:"hash,omitempty"`
	Confided   int64           `json:"in_confidence"` // in the number received, broken down nowhere
	Figures    []Datum         `json:"figures"`
	Breakdowns []Breakdown     `json:"breakdowns"`
	Weeks      []Datum         `json:"weeks"`
	Text       []string        `json:"text"`
}

// Datum is one number. Value of a ratio is in thousandths; Text is the number as printed.
type Datum struct {
	Code     string              `json:"code"`
	Version  int                 `json:"version"`
	Name     string              `json:"name"`
	Period   calendar.Period     `json:"period"`
	Scope    map[string][]string `json:"scope,omitempty"`
	Value    int64               `json:"value"`
	None     bool                `json:"none,omitempty"` // there is no number
	Text     string              `json:"text"`
	Unit     string              `json:"unit"`
	Evidence int64               `json:"evidence"`
	Veiled   int64               `json:"in_confidence,omitempty"`
}

// Breakdown is a number broken down by a dimension.
type Breakdown struct {
	Dim  string `json:"dim"`
	Rows []struct {
		Name    string  `json:"name"`
		Figures []Datum `json:"figures"`
	} `json:"rows"`
}

// Data returns the report as data, its names in lang.
func (s *Service) Data(r Report, lang i18n.Lang) Data {
	d := Data{Town: r.TownID, TownName: r.TownName, Demo: r.Demo, Period: r.Period, Cumulative: r.Whole, AsOf: r.AsOf, State: Draft, Confided: r.Confided()}
	if i := r.Issue; i != nil {
		d.State, d.IssueYear, d.IssueNo, d.Set, d.Hash = i.State, i.Year, i.No, i.Set, i.Hash
	}
	for _, l := range r.Lines {
		d.Figures = append(d.Figures, datum(l.Total, lang), datum(l.Week, lang))
	}
	for _, t := range r.tables() {
		b := Breakdown{Dim: t.Dim}
		for _, row := range t.Rows {
			var out []Datum
			for _, c := range row.Cells {
				out = append(out, datum(c, lang))
			}
			b.Rows = append(b.Rows, struct {
				Name    string  `json:"name"`
				Figures []Datum `json:"figures"`
			}{row.Name.In(lang), out})
		}
		d.Breakdowns = append(d.Breakdowns, b)
	}
	for _, w := range r.Weeks {
		d.Weeks = append(d.Weeks, datum(w.Received, lang), datum(w.Resolved, lang))
	}
	for _, p := range r.Text() {
		d.Text = append(d.Text, p.String())
	}
	return d
}

func datum(c Cell, lang i18n.Lang) Datum {
	v := c.Value
	return Datum{Code: v.Code, Version: v.Version, Name: v.Name.In(lang), Period: c.Period, Scope: c.Scope.Dims, Value: v.Value, None: v.None,
		Text: v.Text(), Unit: v.Unit.In(lang), Evidence: v.Evidence, Veiled: v.Veiled}
}
