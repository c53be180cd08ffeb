package desk

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"yanming/internal/casework"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/journal"
	"yanming/internal/org"
	"yanming/internal/sheet"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

// The bounds of one block.
const (
	maxBlock = 100_000 // characters
	maxRows  = 60
)

// How a block is divided.
const (
	asFound = "auto"
	asLines = "lines"
	asOne   = "one"
)

// pastePage takes a block, shows what it would become, and what became of it.
type pastePage struct {
	page.Head
	Form       *page.Form
	Faults     []page.Fault
	Channels   []page.Choice
	Kinds      []page.Choice
	Who        []page.Choice
	Divide     []page.Choice
	Places     []page.Choice
	Categories []page.Choice
	Systems    []page.Choice
	Columns    []pasteColumn
	Rows       []pasteRow
	Done       []pasteDone
	More       int // words of the block beyond those that fit into one form
	MaxBlock   int
}

// pasteColumn is one column of a block of cells.
type pasteColumn struct {
	Name, Label, Value string
	Sample             string
	Choices            []page.Choice
}

// pasteRow is one word to be looked at. Its fields are called row_N_text and so on.
type pasteRow struct {
	N, Of    int
	Prefix   string
	Label    i18n.Pair
	Day, Cat string // what stands in the cell, where it could not be read
	Known    string // where the case lies that has its number already
}

// blankRow is row n of a form.
func (v *visit) blankRow(n, of int) pasteRow {
	return pasteRow{N: n, Of: of, Prefix: fmt.Sprintf("row_%d_", n), Label: i18n.Pair{ZH: v.T("desk.paste.row", n)}}
}

// Field is the name of a field of the row.
func (r pasteRow) Field(name string) string { return r.Prefix + name }

// pasteDone is a word that was taken down.
type pasteDone struct {
	N             int
	Number, Title string
	Href          string
}

// askPaste handles GET /office/cases/paste.
func (s *Server) askPaste(w http.ResponseWriter, v *visit) error {
	if err := v.registers(); err != nil {
		return err
	}
	f := page.NewForm()
	f.Set("channel", string(casework.Message))
	f.Set("kind", string(casework.Opinion))
	f.Set("who", named)
	f.Set("divide", asFound)
	f.Set("where", v.home())
	return s.showPaste(w, v, http.StatusOK, pastePage{Form: f})
}

func (s *Server) showPaste(w http.ResponseWriter, v *visit, status int, p pastePage) error {
	p.Head = s.head(v, "desk.paste")
	p.Head.Wrong = len(p.Form.Errs) > 0
	var open []casework.Channel
	for _, c := range channels() {
		if c != casework.Confidence { // what is said in confidence is taken down by itself
			open = append(open, c)
		}
	}
	p.Channels, p.Kinds = page.Named(open), page.Named(casework.Kinds())
	p.Who, p.Divide = page.Keyed("desk.who.", named, protected), page.Keyed("desk.divide.", asFound, asLines, asOne)
	p.Places, p.Categories = v.places(), optional("desk.none", v.Categories())
	p.Systems, p.MaxBlock = page.Keyed("desk.system.", casework.Systems()...), maxBlock
	for _, e := range p.Form.Errs {
		p.Faults = append(p.Faults, v.rowFault(e))
	}
	return s.pages.Show(w, v.R, status, "paste", p)
}

// rowFault says which row a fault belongs to.
func (v *visit) rowFault(e *errs.Error) page.Fault {
	x := page.Fault{Field: e.Field, Text: v.T(e.Key, e.Args...)}
	if rest, ok := strings.CutPrefix(e.Field, "row_"); ok {
		n, field, _ := strings.Cut(rest, "_")
		x.Label = v.T("desk.paste.row", n)
		x.Text = v.T("desk.paste.fault", v.T("desk.col."+field), x.Text)
	}
	return x
}

// paste handles POST /office/cases/paste: read the block, or register what was looked at.
func (s *Server) paste(w http.ResponseWriter, v *visit) error {
	if err := v.registers(); err != nil {
		return err
	}
	f, err := page.ReadForm(v.R, nil)
	if err != nil {
		return err
	}
	if f.Value("do") == "register" {
		return s.registerRows(w, v, f)
	}
	return s.preview(w, v, f)
}

// preview divides the block into words, each of which can be changed before it is registered.
func (s *Server) preview(w http.ResponseWriter, v *visit, f *page.Form) error {
	f.Need("block")
	block := f.Value("block")
	if utf8.RuneCountInString(block) > maxBlock {
		f.Fail("block", "error.too_long", maxBlock)
	}
	if f.Err() != nil {
		return s.showPaste(w, v, http.StatusUnprocessableEntity, pastePage{Form: f})
	}
	p := pastePage{Form: f}
	var list []pasted
	switch f.Value("divide") {
	case asOne:
		one := pasted{Text: sheet.Text(block)}
		one.takePhone()
		list = []pasted{one}
	case asLines:
		for line := range strings.Lines(sheet.Text(block)) {
			if one := (pasted{Text: strings.TrimSpace(line)}); one.Text != "" {
				one.takePhone()
				list = append(list, one)
			}
		}
	default:
		c, isCells, err := readCells(block)
		if f.Refused(err) {
			for _, e := range f.Errs {
				e.Field = "block"
			}
			return s.showPaste(w, v, http.StatusUnprocessableEntity, p)
		} else if err != nil {
			return err
		}
		if isCells {
			p.Columns = c.choose(f)
			list = c.words(v.Now)
		} else {
			list = readMessages(block, v.Now)
		}
	}
	if len(list) == 0 {
		f.Fail("block", "desk.paste.nothing")
		return s.showPaste(w, v, http.StatusUnprocessableEntity, p)
	}
	if len(list) > maxRows {
		p.More = len(list) - maxRows
		list = list[:maxRows]
	}
	for i, x := range list {
		p.Rows = append(p.Rows, v.row(f, i+1, len(list), x))
	}
	return s.showPaste(w, v, http.StatusOK, p)
}

// choose takes over the columns that were chosen on the preview, and returns the choices for it.
func (c *cells) choose(f *page.Form) (out []pasteColumn) {
	names := []string{""}
	for _, x := range columns() {
		names = append(names, x.Field)
	}
	again := f.Value("columns") == strconv.Itoa(len(c.fields))
	for j := range c.fields {
		name := "col_" + strconv.Itoa(j)
		if again {
			c.fields[j] = f.Choice(name, names...)
		}
		x := pasteColumn{Name: name, Label: c.names[j], Value: c.fields[j], Choices: optional("desk.col.unused", page.Keyed("desk.col.", names[1:]...))}
		for _, r := range c.rows {
			if x.Sample = r.Cell(j); x.Sample != "" {
				break
			}
		}
		out = append(out, x)
	}
	return out
}

// row puts a word into the form as row n.
func (v *visit) row(f *page.Form, n, of int, x pasted) pasteRow {
	r := v.blankRow(n, of)
	r.Day = x.Unread
	where, rest := v.find(x.Where)
	if where == "" {
		where = f.Value("where")
	}
	if where == "" {
		where = town.Unsure
	}
	category := ""
	for _, c := range v.Categories() {
		if name, ok := c.Label.(string); ok && x.Category != "" && (name == x.Category || strings.HasSuffix(name, " · "+x.Category)) {
			category = c.Value
		}
	}
	if category == "" {
		r.Cat = x.Category
	}
	for name, value := range map[string]string{"take": "1", "text": x.Text, "name": x.Name, "phone": x.Phone, "where": where, "place": rest,
		"category": category, "said": string(x.Said), "external": x.External} {
		f.Set(r.Field(name), value)
	}
	if x.Lossy {
		f.Fail(r.Field("external"), "desk.paste.lossy")
	}
	return r
}

// find finds a place of the town in what somebody wrote; rest is what else was written, or all of it.
func (v *visit) find(s string) (where, rest string) {
	if s == "" {
		return "", ""
	}
	villages := v.Dir.Villages()
	slices.SortStableFunc(villages, func(a, b org.Village) int { return cmp.Compare(len(b.Name), len(a.Name)) }) // 李庄东 before 李庄
	for _, x := range villages {
		after, ok := strings.CutPrefix(s, x.Name)
		if !ok {
			continue
		}
		after = strings.TrimSpace(after)
		for _, g := range v.Dir.GridsIn(x.ID) {
			if tail, ok := strings.CutPrefix(after, g.Name); ok && g.Name != "" {
				return town.Place{Grid: g.ID}.Choice(), strings.TrimSpace(tail)
			}
		}
		return town.Place{Village: x.ID}.Choice(), after
	}
	for _, u := range v.Dir.Firms("") {
		if u.Name == s {
			return town.Place{Firm: u.ID}.Choice(), ""
		}
	}
	return "", s
}

// registerRows registers every row that is still ticked, in one go: first all are read, and where one is wrong none is
// taken. A row that turns out to be known elsewhere stays on the page, with the reason, beside what was taken.
func (s *Server) registerRows(w http.ResponseWriter, v *visit, f *page.Form) error {
	rows, _ := f.Int("rows", 1, maxRows)
	p := pastePage{Form: f}
	f.Need("channel", "kind")
	if f.Choice("channel", page.Values(page.Named(channels()))...) == string(casework.Confidence) {
		f.Fail("channel", "desk.paste.confided")
	}
	kind := casework.Kind(f.Choice("kind", page.Values(page.Named(casework.Kinds()))...))
	if own := casework.Fields(kind); len(own) > 0 && own[0].Required {
		f.Fail("kind", "desk.paste.kind")
	}
	cmds := map[int]casework.Register{}
	for n := 1; n <= rows; n++ {
		r := v.blankRow(n, rows)
		if !f.Bool(r.Field("here")) {
			continue // taken before
		}
		p.Rows = append(p.Rows, r)
		if f.Bool(r.Field("take")) {
			cmds[n] = v.rowCommand(f, r)
		}
	}
	if len(cmds) == 0 && f.Err() == nil {
		f.Fail("", "desk.paste.none_ticked")
	}
	if f.Err() != nil {
		return s.showPaste(w, v, http.StatusUnprocessableEntity, p)
	}
	var left []pasteRow
	var numbers []string
	for _, r := range p.Rows {
		cmd, ok := cmds[r.N]
		if !ok {
			left = append(left, r)
			continue
		}
		rc, err := s.Cases.Register(v.R.Context(), v.Actor, cmd)
		if errs.Is(err, errs.Invalid) || errs.Is(err, errs.Conflict) {
			for _, e := range errs.All(err) {
				f.Fail(r.Field(rowField(e)), e.Key, e.Args...)
				if e.Key == "case.external_known" {
					if r.Known, err = s.known(v, cmd.External); err != nil {
						return err
					}
				}
			}
			left = append(left, r)
			continue
		}
		if err != nil {
			return fmt.Errorf("register row %d: %w", r.N, err)
		}
		numbers = append(numbers, string(rc.Number))
		p.Done = append(p.Done, pasteDone{N: r.N, Number: rc.Number.Grouped(), Title: cmd.Text, Href: town.CaseURL(rc.Number) + "/receipt"})
	}
	p.Rows = left
	status := http.StatusOK
	if len(f.Errs) > 0 {
		status = http.StatusConflict
	}
	if len(numbers) > 0 {
		s.allow(w, v, receiptCookie, numbers...)
	}
	return s.showPaste(w, v, status, p)
}

// rowField is the field of a row to which a service's fault belongs.
func rowField(e *errs.Error) string {
	switch e.Field {
	case "village", "grid", "firm":
		return "where"
	case "text", "category", "said", "name", "phone":
		return e.Field
	}
	if e.Key == "case.external_known" {
		return "external"
	}
	return "text"
}

// rowCommand reads a row as a registration.
func (v *visit) rowCommand(f *page.Form, r pasteRow) casework.Register {
	f.Need(r.Field("text"), r.Field("where"))
	cmd := casework.Register{Key: journal.Key(string(f.Key) + "-" + strconv.Itoa(r.N)),
		Channel: casework.Channel(f.Value("channel")), Kind: casework.Kind(f.Value("kind")),
		Text: f.Text(r.Field("text"), maxText), Place: f.Line(r.Field("place"), maxLine),
		Category: f.Choice(r.Field("category"), page.Values(v.Categories())...),
		Person:   casework.Person{Name: f.Line(r.Field("name"), maxLine), Phone: f.Line(r.Field("phone"), maxLine)}, ReplyBy: "none"}
	put(f.Choice(r.Field("where"), page.Values(v.places())...), &cmd)
	w := word{f, v, false}
	if d := f.Day(r.Field("said")); d != "" {
		w.Set("said", string(d))
		w.said(&cmd)
		w.Set("said")
	}
	for _, e := range f.Errs {
		if e.Field == "said" {
			e.Field = r.Field("said")
		}
	}
	if x := f.Line(r.Field("external"), maxLine); x != "" {
		cmd.External = casework.External{System: f.Choice("system", casework.Systems()...), Number: x}
		if cmd.External.System == "" {
			cmd.External.System = casework.HotlineSystem
		}
	}
	if cmd.Person.Phone != "" {
		cmd.ReplyBy = "phone"
	}
	switch {
	case !cmd.Person.Given():
		cmd.Anonymity = casework.Anonymous
	case f.Choice("who", named, protected) == protected:
		cmd.Anonymity = casework.Protected
	default:
		cmd.Anonymity = casework.Open
	}
	return cmd
}
