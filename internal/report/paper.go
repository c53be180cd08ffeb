package report

import (
	"fmt"
	"slices"
	"strings"

	"yanming/internal/calendar"
	"yanming/internal/docx"
	"yanming/internal/i18n"
	"yanming/internal/seal"
)

// Form is the head that a paper carries.
type Form string

// The forms: a bulletin (简报) unless an official letter is asked for.
const (
	Bulletin Form = "bulletin"
	Letter   Form = "letter"
)

// Paper writes the report as a Word document. The same report gives the same bytes. Errors: Internal only.
func (s *Service) Paper(r Report, lang i18n.Lang, form Form) ([]byte, error) {
	p := paper{voice{s.words, lang}, r}
	d := docx.Document{Head: p.head(form), Body: p.body(form)}
	if r.Demo {
		d.Mark = p.t("report.demo")
	}
	b, err := d.Bytes()
	if err != nil {
		return nil, fmt.Errorf("write paper of weekly report %s: %w", r.Period, err)
	}
	return b, nil
}

type paper struct {
	voice
	r Report
}

func (p paper) office() string {
	if p.r.Office != "" {
		return p.r.Office
	}
	return p.r.TownName
}

func (p paper) date() string {
	day := calendar.DayOf(p.r.AsOf)
	if p.r.Issue != nil && p.r.Issue.State == Issued {
		day = calendar.DayOf(p.r.Issue.Changed)
	}
	return p.day(day)
}

func (p paper) head(form Form) docx.Head {
	if form == Letter {
		return docx.Letter{Agency: p.office(), Title: p.r.title(p.voice)}
	}
	return docx.Bulletin{Name: p.t("report.paper.name"), Issue: issueName(p.r.Issue, p.voice), Unit: p.office(), Date: p.date(), Title: p.r.title(p.voice)}
}

func (p paper) body(form Form) (out []docx.Block) {
	text := func(s string) { out = append(out, docx.Paragraph{Text: s}) }
	head := func(key string) { out = append(out, docx.Heading{Level: 1, Text: p.t(key)}) }
	if i := p.r.Issue; i != nil && i.Replaces != "" {
		text(p.t("report.replaces"))
	}
	for _, para := range p.r.Text() {
		text(para.String())
	}
	head("report.numbers")
	for _, q := range p.r.Partitions() {
		text(p.sum(q))
	}
	for _, c := range p.r.Beside() {
		text(p.t("report.number", c.Value.Name, c.Text(), c.Value.Unit))
	}
	if n := p.r.Confided(); n > 0 {
		text(p.t("report.confided", n))
	}
	out = append(out, p.lines())
	for _, t := range p.r.titled() {
		head(t.Key)
		out = append(out, p.table(t.First, t.Table))
	}
	head("report.late")
	if len(p.r.Late.Rows) > 0 {
		out = append(out, p.late())
	} else {
		text(p.t("report.late.none"))
	}
	if p.r.Late.Next != "" || p.r.Late.Unlisted > 0 {
		text(p.t("report.late.more", p.r.Late.Value.Text()))
	}
	head("report.method")
	text(p.method())
	if i := p.r.Issue; i != nil && i.Hash != "" {
		text(p.t("report.hash", i.Hash))
	}
	if by := p.signed(); by != "" {
		text(by)
	}
	if form == Letter {
		return append(out, docx.Signature{Unit: p.office(), Date: p.date()})
	}
	return append(out, docx.Imprint{Unit: p.office(), Date: p.t("report.printed", p.date())})
}

// method says what the numbers cover.
func (p paper) method() string {
	return p.t("report.method.says", p.period(p.r.Whole), p.moment(p.r.AsOf))
}

// signed says who wrote, reviewed and issued an issue; "" for a draft.
func (p paper) signed() string {
	if s := p.r.Signers; s != [3]string{} {
		return p.t("report.signed", s[0], s[1], s[2])
	}
	return ""
}

// sum says a number and what makes it up: 收到意见 75 件 = 收集意见 69 件 + 不予受理 2 件 …
func (p paper) sum(q Partition) string {
	say := func(c Cell) string { return p.t("report.number.bare", c.Value.Name, c.Text(), c.Value.Unit) }
	parts := make([]string, len(q.Parts))
	for i, c := range q.Parts {
		parts[i] = say(c)
	}
	return p.t("report.sum", say(q.Whole), strings.Join(parts, " + "))
}

// lines is the list of figures: since the first day that counts, and in the week.
func (p paper) lines() docx.Block {
	t := docx.Table{Header: []string{p.t("report.figure"), p.t("report.total"), p.t("report.week"), p.t("report.unit_of")}, Widths: []int{7, 3, 3, 2},
		Align: []docx.Align{docx.Left, docx.Right, docx.Right, docx.Center}, Small: true}
	for _, l := range p.r.Shown() {
		t.Rows = append(t.Rows, []string{p.pair(l.Total.Value.Name), l.Total.Text(), l.Week.Text(), unitOf(l.Total.Value.Unit, p.voice, l.Total)})
	}
	return t
}

func unitOf(unit i18n.Pair, v voice, c Cell) string {
	if strings.HasSuffix(c.Text(), "%") {
		return ""
	}
	return v.pair(unit)
}

// Shown are the lines that are printed: those of the sums always, others where they have something.
func (r Report) Shown() (out []Line) {
	for _, l := range r.Lines {
		if slices.Contains(cohorts(), l.Total.Code) || l.Total.Value.Value > 0 || l.Week.Value.Value > 0 {
			out = append(out, l)
		}
	}
	return out
}

func (p paper) table(first string, t Table) docx.Block {
	d := docx.Table{Header: []string{p.t(first)}, Widths: []int{5}, Align: []docx.Align{docx.Left}, Small: true}
	for i := range t.Codes {
		d.Header = append(d.Header, p.pair(t.Rows[0].Cells[i].Value.Name))
		d.Widths, d.Align = append(d.Widths, 3), append(d.Align, docx.Right)
	}
	for _, r := range t.Rows {
		row := []string{p.pair(r.Name)}
		for _, c := range r.Cells {
			row = append(row, c.Text())
		}
		d.Rows = append(d.Rows, row)
	}
	return d
}

// late lists what is overdue by its receipt number; it names no resident and no words.
func (p paper) late() docx.Block {
	d := docx.Table{Header: []string{p.t("report.receipt")}, Widths: []int{5}, Small: true}
	for _, c := range p.r.Late.Columns {
		d.Header, d.Widths = append(d.Header, p.pair(c.Head)), append(d.Widths, 4)
	}
	for _, row := range p.r.Late.Rows {
		line := []string{seal.Number(row.Label).Grouped()}
		for i, c := range row.Cells {
			line = append(line, p.cell(c, p.r.Late.Columns[i], p.r.Names))
		}
		d.Rows = append(d.Rows, line)
	}
	return d
}
