package register

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"yanming/internal/casework"
	"yanming/internal/errs"
	"yanming/internal/sheet"
)

// Plan is what a file holds and what would be made of one of its sheets.
type Plan struct {
	Name    string
	Digest  string // SHA-256 of the file, hex
	Format  sheet.Format
	Sheets  []SheetPlan
	Sheet   string // the one chosen
	Header  sheet.Header
	Columns []ColumnPlan
	Mapping Mapping
	Kept    bool // the mapping is one that the town settled before
}

// SheetPlan is one sheet of the file and why it is, or is not, a candidate.
type SheetPlan struct {
	sheet.SheetInfo
	Why SheetWhy
}

// SheetWhy says what a sheet looks like.
type SheetWhy string

// What a sheet looks like. Only Ready and Copy sheets can be read.
const (
	Ready    SheetWhy = "ready"
	Copy     SheetWhy = "copy"      // an older copy of one before it
	Hidden   SheetWhy = "hidden"    // not shown by the spreadsheet program
	NoHeader SheetWhy = "no_header" // no row of column names
	Form     SheetWhy = "form"      // one household's or one matter's, names on the left and what was filled in beside them
	NoText   SheetWhy = "no_text"   // no column of what was said
	Empty    SheetWhy = "empty"
	Bare     SheetWhy = "bare" // names of columns and no row below them
)

// ColumnPlan is one column of the chosen sheet.
type ColumnPlan struct {
	Key      string // names it in Mapping.Columns
	Name     string // as the header says, "" for none
	Field    Field
	Identity bool     // holds identity numbers, which are never taken
	Dated    bool     // with the others of year, month and day it says when it was said
	Samples  []string // the first values, redacted; none for an actor who may not read them
}

// Readable reports whether such a sheet can be read, once a person has said what its columns are.
func (w SheetWhy) Readable() bool { return w != Empty && w != NoHeader && w != Form }

// headRows is how far into a sheet the header is looked for.
const headRows = 40

// Inspect says what a file holds and proposes a mapping for one of its sheets: the one that settled knows for the header's
// fingerprint, else by the names. pick chooses the sheet; the first visible one that holds opinions when "". samples is
// whether the first values of each column may be shown.
//
// Errors: Invalid where the file holds no sheet that can be read; those of settled.
func Inspect(b *sheet.Book, pick string, samples bool, settled func(fingerprint string) (Mapping, bool, error)) (Plan, error) {
	p := Plan{Name: b.Name(), Digest: b.Sum(), Format: b.Format()}
	heads := map[string][]sheet.Row{}
	headers := map[string]sheet.Header{}
	said := map[string]bool{} // texts of the sheets before
	for _, info := range b.Sheets() {
		head, err := b.Head(info.Name, headRows)
		if err != nil {
			return p, err
		}
		sp := SheetPlan{SheetInfo: info, Why: Ready}
		h, found := sheet.FindHeader(head, columns...)
		texts := sampleTexts(h, head, propose(h))
		switch {
		case len(head) == 0:
			sp.Why = Empty
		case isForm(head) && !(found && mostlyNames(head, h)):
			sp.Why = Form
		case !found:
			sp.Why = NoHeader
		case propose(h).check() != nil:
			sp.Why = NoText
		case info.Hidden:
			sp.Why = Hidden
		case isBare(h, head):
			sp.Why = Bare
		case len(said) > 0 && (oldName.MatchString(info.Name) || overlap(texts, said)):
			sp.Why = Copy
		default:
			for _, t := range texts {
				said[t] = true
			}
		}
		heads[info.Name], headers[info.Name] = head, h
		p.Sheets = append(p.Sheets, sp)
		if p.Sheet == "" && sp.Why == Ready {
			p.Sheet = info.Name
		}
	}
	if pick != "" {
		p.Sheet = pick
	}
	if p.Sheet == "" { // every sheet is hidden, or the names say nothing: the first with a header, for a person to map
		for _, sp := range p.Sheets {
			if sp.Why.Readable() {
				p.Sheet = sp.Name
				break
			}
		}
	}
	if slices.ContainsFunc(p.Sheets, func(sp SheetPlan) bool { return sp.Why == Form && (p.Sheet == "" || p.Sheet == sp.Name) }) {
		return p, errs.New(errs.Invalid, "import.form")
	}
	head, ok := heads[p.Sheet]
	if pick != "" && !ok {
		return p, errs.New(errs.Invalid, "sheet.no_sheet", pick)
	}
	if p.Header = headers[p.Sheet]; len(p.Header.Names) == 0 {
		return p, errs.New(errs.Invalid, "import.no_header")
	}
	var err error
	if p.Mapping, p.Kept, err = settled(p.Fingerprint()); err != nil {
		return p, fmt.Errorf("inspect %s: %w", b.Name(), err)
	}
	if p.Kept {
		p.Mapping.keepNameless(p.Header, head)
	} else {
		p.Mapping = propose(p.Header)
		p.Mapping.keepRest(p.Header, head)
		p.Mapping.leaveSerial(p.Header, head)
	}
	for i := range identityColumns(p.Header, head) {
		if key := columnKey(p.Header, i); p.Mapping.Columns[key] != Skip {
			p.Mapping.Columns[key] = Skip
		}
	}
	p.Mapping.Sheet = p.Sheet
	if p.Mapping.Channel == casework.Referral && !p.Kept {
		p.Mapping.Channel = guessChannel(p.Sheet, b.Name(), above(head, p.Header))
	}
	p.Mapping.Year = guessYear(b.Name(), head, p.Header, p.Mapping)
	p.columns(head, samples)
	return p, nil
}

// isBare reports whether a sheet ends with its header.
func isBare(h sheet.Header, head []sheet.Row) bool {
	return len(head) < headRows && !slices.ContainsFunc(head, func(r sheet.Row) bool { return r.Number > h.Last && h.KindOf(r) == sheet.Data })
}

// Bare reports whether the chosen sheet holds only names of columns.
func (p Plan) Bare() bool {
	return slices.ContainsFunc(p.Sheets, func(sp SheetPlan) bool { return sp.Name == p.Sheet && sp.Why == Bare })
}

// Fingerprint identifies the header for what the town has settled about it: that of a returned sheet is the one it had
// when it came.
func (p Plan) Fingerprint() string {
	h := p.Header
	if last, ok := returnedAt(h); ok {
		h.Names = h.Names[:last]
	}
	return h.Fingerprint()
}

// Use puts a mapping in the place of the proposed one. Year, system and channel that it does not name are as proposed.
func (p *Plan) Use(m Mapping) {
	year, channel := p.Mapping.Year, p.Mapping.Channel
	p.Mapping = m
	p.Mapping.Sheet = p.Sheet
	if p.Mapping.Year == 0 {
		p.Mapping.Year = year
	}
	system, _ := guessSource(p.Header)
	if p.Mapping.System == "" {
		p.Mapping.System = system
	}
	if p.Mapping.Channel == "" {
		p.Mapping.Channel = channel
	}
}

// oldName matches what people call a sheet that they keep only for safety.
var oldName = regexp.MustCompile(`(?i)旧|备份|副本|历史|作废|\bold\b|copy|backup|\(\d\)$|（\d）$`)

func sampleTexts(h sheet.Header, head []sheet.Row, m Mapping) (texts []string) {
	at, _, err := m.place(h)
	if err != nil {
		return nil
	}
	col, ok := at[Text]
	if !ok {
		col = at[Title]
	}
	who, named := at[Name]
	for _, r := range head {
		t := sheet.Line(r.Cell(col))
		if r.Number > h.Last && t != "" && !saysNothing(t) && !slices.Contains(noOpinion, plain(t)) && h.KindOf(r) == sheet.Data {
			if named { // the same is said in many villages
				t += "\x1f" + sheet.Line(r.Cell(who))
			}
			texts = append(texts, t)
		}
	}
	return texts
}

// overlap reports whether at least half of the texts were said before.
func overlap(texts []string, said map[string]bool) bool {
	n := 0
	for _, t := range texts {
		if said[t] {
			n++
		}
	}
	return n > 0 && 2*n >= len(texts)
}

// columns lists the chosen sheet's columns with their first values.
func (p *Plan) columns(head []sheet.Row, samples bool) {
	ids := identityColumns(p.Header, head)
	at, notes, err := p.Mapping.place(p.Header)
	fields := map[int]Field{}
	parts, several := partsOf(p.Header, at, notes)
	if err == nil {
		for f, i := range at {
			fields[i] = f
		}
		for _, i := range notes {
			fields[i] = Note
		}
	}
	for i, name := range p.Header.Names {
		c := ColumnPlan{Key: columnKey(p.Header, i), Name: name, Field: fields[i], Identity: ids[i], Dated: several && err == nil && parts.has(i)}
		if err != nil {
			c.Field = p.Mapping.Columns[c.Key]
		}
		for _, r := range head {
			if !samples || c.Identity || len(c.Samples) == 3 {
				break
			}
			v := sheet.Line(r.Cell(i))
			if r.Number <= p.Header.Last || v == "" || p.Header.KindOf(r) != sheet.Data {
				continue
			}
			v, _ = withoutIdentity(v)
			if v, _ = sheet.RedactContacts(v); (c.Field == Phone || strings.Contains(name, "电话") || strings.Contains(name, "手机")) && strings.ContainsFunc(v, unicode.IsDigit) {
				v = sheet.PhoneMark // what the column says is a telephone, as a short local number, the text alone does not show
			}
			if len([]rune(v)) > 24 {
				v = string([]rune(v)[:23]) + "…"
			}
			c.Samples = append(c.Samples, v)
		}
		p.Columns = append(p.Columns, c)
	}
}
