package docx

import (
	"math"
	"strings"
)

// Letter is the head of an official letter (公文, GB/T 9704-2012 §7): the agency in red 35 mm below the top of the text
// area, the document number, a red line, the title, the addressee. Number and agency may be empty for a plain letter.
type Letter struct {
	Marks  []string // 份号, 密级, 紧急程度: top left, one line each
	Agency string   // 发文机关标志, such as "雁南镇人民政府文件"
	Number string   // 发文字号, such as "雁南政函〔2026〕12号"
	Title  string   // "\n" breaks it by meaning
	To     string   // 主送机关; the colon is added
}

func (l Letter) title() string { return oneLine(l.Title) }

func (l Letter) head(w *writer) {
	for _, m := range l.Marks {
		w.paragraph(para{style: "Flush", runs: []Run{{Text: m, look: look{font: heiti}}}})
	}
	if l.Agency != "" {
		const below = 1984 // 35 mm
		w.paragraph(para{style: "Agency", before: max(pitch, below-len(l.Marks)*pitch), runs: redName(l.Agency)})
	}
	if l.Agency != "" || l.Number != "" {
		w.paragraph(para{
			style: "Flush", align: Center, before: 2 * pitch, below: &border{16, 11, red}, // the line stands 4 mm below
			runs: plain(l.Number),
		})
	}
	w.paragraph(para{style: "Title", before: 2 * pitch, after: pitch, runs: plain(l.Title)})
	if l.To != "" {
		w.paragraph(para{style: "Flush", runs: plain(strings.TrimRight(l.To, "：:") + "：")})
	}
}

// Bulletin is the head of a bulletin (简报): its name in red, the issue, unit and date, a red line, the title.
type Bulletin struct {
	Name  string // such as "群众意见办理简报"
	Issue string // such as "第 12 期"
	Unit  string // who publishes it, left
	Date  string // right
	Title string // may be empty
}

func (b Bulletin) title() string {
	if b.Title != "" {
		return oneLine(b.Title)
	}
	return oneLine(b.Name + " " + b.Issue)
}

func (b Bulletin) head(w *writer) {
	w.paragraph(para{style: "Agency", before: pitch, runs: redName(b.Name)})
	w.paragraph(para{style: "Flush", align: Center, before: pitch / 2, runs: plain(b.Issue)})
	w.paragraph(para{
		style: "Flush", before: pitch / 2, after: pitch, tab: textW, below: &border{16, 4, red},
		runs: plain(b.Unit + "\t" + b.Date),
	})
	if b.Title != "" {
		w.paragraph(para{style: "Title", before: pitch, after: pitch, runs: plain(b.Title)})
	}
}

// Form is the head of an internal form (交办单, 督办单, 登记表): its title, and a line above the table with a word left
// and right, such as the number and the date.
type Form struct {
	Title       string
	Left, Right string
}

func (f Form) title() string { return oneLine(f.Title) }

func (f Form) head(w *writer) {
	w.paragraph(para{style: "Title", after: pitch / 2, runs: plain(f.Title)})
	if f.Left != "" || f.Right != "" {
		w.paragraph(para{style: "FormLine", tab: textW, keep: true, runs: plain(f.Left + "\t" + f.Right)})
	}
}

// redName is the red name at the top, as large as the line allows and at most 60 pt.
func redName(s string) []Run {
	if s == "" {
		return nil
	}
	half := math.Floor(float64(textW) / 10 * .97 / max(1, ems(s))) // half-points that fill the line
	return []Run{{Text: s, look: look{size: int(max(44, min(120, half)))}}}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// Signature is unit and date at the end (落款). The date stands four characters from the right, the unit is centred
// above it, as under a seal; a unit much longer than the date is set two characters from the right instead.
type Signature struct{ Unit, Date string }

func (s Signature) block(w *writer) {
	const four = 4 * char
	unit, date := ems(s.Unit)*char, ems(s.Date)*char
	right := four + int((date-unit)/2)
	if right < 2*char {
		right = 2 * char
	}
	w.paragraph(para{style: "Flush", keep: true, before: 2 * pitch, right: right, align: Right, runs: plain(s.Unit)})
	w.paragraph(para{style: "Flush", right: four, align: Right, runs: plain(s.Date)})
}

// Imprint is the foot of the last page (版记): copies, then the printing unit left and the date right, between lines.
// It belongs at the end of the body.
type Imprint struct {
	Copies string // such as "抄送：县信访局。"; may be empty
	Unit   string
	Date   string
}

func (i Imprint) block(w *writer) {
	if !w.last {
		w.fail("an imprint must be the last block")
	}
	thick, thin := &border{8, 3, "000000"}, &border{6, 3, "000000"}
	top := thick
	if i.Copies != "" {
		w.paragraph(para{style: "Imprint", bottom: true, above: thick, left: small, right: small, runs: plain(i.Copies)})
		top = thin
	}
	w.paragraph(para{
		style: "Imprint", bottom: true, above: top, below: thick, left: small, right: small, tab: textW - small,
		runs: plain(i.Unit + "\t" + i.Date),
	})
	w.paragraph(para{style: "Tiny"}) // the frame stands on the page of the paragraph after it
}
