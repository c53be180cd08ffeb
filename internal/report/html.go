package report

import (
	"embed"
	"fmt"
	"html"
	"html/template"
	"io"
	"strings"

	"yanming/internal/chart"
	"yanming/internal/figures"
	"yanming/internal/i18n"
)

//go:embed template/weekly.html
var files embed.FS

// view is what the report's template is shown.
type view struct {
	paper
	Report *Report
	Drawn  Drawings
	Base   string
}

// titled is a break-down with its heading and the name of its first column.
type titled struct {
	Key, First string
	Table      Table
}

// T says a message.
func (v view) T(key string, args ...any) string { return v.t(key, args...) }

// Pair says a text that is data.
func (v view) Pair(p i18n.Pair) string { return v.pair(p) }

// Number is a number as a link to its evidence.
func (v view) Number(c Cell) template.HTML {
	return template.HTML(`<a class="fig" href="` + html.EscapeString(v.Base+c.Path()) + `">` + html.EscapeString(c.Text()) + `</a>`)
}

// Say is a number with its name and unit.
func (v view) Say(c Cell) template.HTML {
	return template.HTML(strings.Replace(html.EscapeString(v.t("report.number.bare", c.Value.Name, "\x01", c.Value.Unit)), "\x01", string(v.Number(c)), 1))
}

// Unit is the unit of a number that does not carry it.
func (v view) Unit(c Cell) string { return unitOf(c.Value.Unit, v.voice, c) }

// Cell says one field of an overdue case.
func (v view) Cell(i int, c figures.Cell) string {
	return v.cell(c, v.Report.Late.Columns[i], v.Report.Names)
}

// Title, IssueName, Office and Date stand in the head.
func (v view) Title() string     { return v.Report.title(v.voice) }
func (v view) IssueName() string { return issueName(v.Report.Issue, v.voice) }
func (v view) Office() string    { return v.office() }
func (v view) Date() string      { return v.date() }

// Method says what the numbers cover.
func (v view) Method() string { return v.method() }

// Signed says who wrote, reviewed and issued it.
func (v view) Signed() string { return v.signed() }

// Tables are the break-downs that have rows.
func (v view) Tables() []titled { return v.Report.titled() }

func (r *Report) titled() (out []titled) {
	for _, t := range []struct {
		key, first string
		table      *Table
	}{{"report.channels", "report.channel", &r.Channels}, {"report.subjects", "report.subject", &r.Subjects}, {"report.units", "report.unit", &r.Units},
		{"report.leaders", "report.leader", &r.Leaders}, {"report.villages", "report.village", r.Villages}} {
		if t.table != nil && len(t.table.Rows) > 0 {
			out = append(out, titled{t.key, t.first, *t.table})
		}
	}
	return out
}

// Sheet returns the report as one sheet of paper in HTML, to be set into a page. Links begin with base.
func (s *Service) Sheet(r Report, lang i18n.Lang, base string) (template.HTML, error) {
	v := view{paper: paper{voice{s.words, lang}, r}, Report: &r, Base: base}
	var err error
	if v.Drawn, err = s.Draw(r, lang, base); err != nil {
		return "", err
	}
	t, err := template.ParseFS(files, "template/weekly.html")
	if err != nil {
		return "", fmt.Errorf("parse weekly report: %w", err)
	}
	var b strings.Builder
	if err := t.Execute(&b, v); err != nil {
		return "", fmt.Errorf("write weekly report %s: %w", r.Period, err)
	}
	return template.HTML(b.String()), nil
}

// look is the style of a report that stands alone.
const look = `:root{--lake:#0a565c;--lake-m:#8fbfc0;--ok-m:#3f9a5b;--warn-m:#e0a100;--bad-m:#c9372c;--ink:#17232a;--ink-2:#4b5a63;--line:#dcd8cc}
body{margin:0;background:#eceae3;color:#000;font-family:"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;line-height:1.7}
.sheet{background:#fff;max-width:210mm;margin:1rem auto;padding:18mm 16mm;box-sizing:border-box}
.center{text-align:center}.strong{font-weight:700}.muted{color:#4b5a63}.body{text-indent:2em;margin:.3em 0}.sign{text-align:right;margin-top:8mm}
h1{text-align:center;font-size:20pt;margin:3mm 0}h2{font-size:14pt;margin:5mm 0 2mm}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}.ruled th,.ruled td{border:.6pt solid #000;padding:1.5mm 2mm;font-weight:400;text-align:left}
.ruled .n{text-align:right}caption{text-align:left;font-weight:700}a{color:inherit}.fig{font-weight:700}.demo-mark{text-align:right;margin:0}
.demo-mark b{border:1.5pt solid #000;padding:0 2mm}tr,svg{break-inside:avoid}thead{display:table-header-group}
@media(max-width:56rem){.sheet{padding:1rem}}@media print{body{background:#fff}.sheet{margin:0;padding:0;max-width:none}a{text-decoration:none}}
@page{size:A4;margin:14mm}
`

// HTML writes the report as a file of its own that needs nothing else. base is the address of the site that its links
// lead to, such as https://yn.example.
func (s *Service) HTML(w io.Writer, r Report, lang i18n.Lang, base string) error {
	sheet, err := s.Sheet(r, lang, base)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "<!doctype html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>%s</title><style>%s%s</style></head><body><main>%s</main></body></html>\n",
		lang, html.EscapeString(s.Title(r, lang)), look, chart.Style, sheet)
	return err
}
