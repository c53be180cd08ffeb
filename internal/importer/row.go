package importer

import (
	"crypto/sha256"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/sheet"
)

// reader makes cases of the rows of one sheet. read may be called for several rows at once; above and settle keep what
// a row needs of the rows before it, and are called in the sheet's order.
type reader struct {
	book   *sheet.Book
	plan   Plan
	m      Mapping
	at     map[Field]int
	notes  []int
	places *places
	now    time.Time
	batch  string
	before map[Field]string // cells that a ditto mark in the next row stands for
	seen   map[digest]int   // cells of rows without a number → how often they came
}

// read is what a row became.
type read struct {
	row      int
	cases    []casework.Backfill // none for a row that is returned
	sum      [sha256.Size]byte   // of its mapped cells
	number   string              // in its own system, "" for none
	wrong    *Reason             // why it is returned
	warnings []Reason
}

func (r *reader) cell(row sheet.Row, f Field) string {
	i, ok := r.at[f]
	if !ok {
		return ""
	}
	return row.Cell(i)
}

// ditto are signs for "as above".
var ditto = []string{"〃", "″", "同上", "\"", "”", "ditto"}

// dittoed are the fields in which a ditto mark stands for the cell above.
var dittoed = []Field{Title, Said, Name, Phone, Address, Village, Grid, Place, Category, Kind, Channel, Unit, Leader, Answered, Due, Status}

// isDitto reports whether a cell is a ditto mark. No mark is longer than a few characters, with what may stand around it.
func isDitto(cell string) bool {
	return len(cell) <= 40 && slices.ContainsFunc(ditto, func(d string) bool { return strings.Contains(cell, d) }) &&
		slices.Contains(ditto, sheet.Line(cell))
}

// above puts the cells above in the place of ditto marks.
func (r *reader) above(row sheet.Row) sheet.Row {
	for _, f := range dittoed {
		i, mapped := r.at[f]
		if !mapped {
			continue
		}
		if cell := row.Cell(i); !isDitto(cell) {
			r.before[f] = cell
		} else {
			row.Cells[i] = r.before[f]
		}
	}
	return row
}

// line reads a one-line cell.
func (r *reader) line(row sheet.Row, f Field) string { return sheet.Line(r.cell(row, f)) }

// warn notes something that a person should look at. The column is named, never what stands in it.
func (x *read) warn(key string, args ...any) {
	x.warnings = append(x.warnings, Reason{Key: warnKey + key, Args: args})
}

// The beginnings of the messages that say what became of a row.
const (
	warnKey   = "import.warn."
	rejectKey = "import.reject."
	twiceKey  = "import.duplicate."
)

func (x *read) reject(key string, args ...any) *read {
	x.wrong, x.cases = &Reason{Key: rejectKey + key, Args: args}, nil
	return x
}

// lossyText matches a number that lost its digits before it became text.
var lossyText = regexp.MustCompile(`^[0-9](\.[0-9]+)?[eE]\+?[0-9]{1,3}$`)

// read makes the cases of one row.
func (r *reader) read(row sheet.Row) *read {
	x := &read{row: row.Number}
	var b casework.Backfill
	var contacts []string
	clean := func(s string) string {
		out, found := redact(s)
		if found.identity {
			x.warn("identity")
		} else if len(found.phones) > 0 {
			x.warn("contact")
		}
		return out
	}
	if row.Hidden {
		x.warn("hidden")
	}

	if i, ok := r.at[External]; ok {
		x.number = strings.Trim(sheet.Line(row.Cell(i)), "'’ ")
		if row.IsLossy(i) || lossyText.MatchString(x.number) {
			return x.reject("number_lost", r.name(External))
		}
		if utf8.RuneCountInString(x.number) > 100 {
			return x.reject("number_long", r.name(External))
		}
	}
	// A telephone in the resident's own words is how to reach them; one in what an office wrote may be anybody's, whoever
	// it was about among them.
	own := func(s string) string {
		_, found := redact(s)
		contacts = append(contacts, found.phones...)
		return clean(s)
	}
	title, text := r.line(row, Title), sheet.Text(r.cell(row, Text))
	if i, ok := r.at[Text]; ok && row.IsStruck(i) {
		x.warn("struck")
	}
	if text == "" {
		text = title
	}
	if text == "" {
		return x.reject("text")
	}
	b.Text, b.Title = own(text), own(title)
	if utf8.RuneCountInString(b.Title) > 80 { // the whole title stays, at the head of the text
		if b.Text != b.Title {
			b.Text = b.Title + "\n" + b.Text
		}
		b.Title = string([]rune(b.Title)[:79]) + "…"
	}
	if utf8.RuneCountInString(b.Text) > 8000 {
		return x.reject("too_long", 8000)
	}

	if wrong := r.said(row, x, &b, clean); wrong {
		return x
	}
	r.person(row, x, &b)
	r.where(row, x, &b, own)
	r.sort(row, x, &b, clean)
	r.past(row, x, &b, clean)
	for _, p := range contacts {
		if !strings.Contains(b.Person.Phone, p) {
			b.Person.Phone = strings.Trim(b.Person.Phone+"、"+p, "、")
		}
	}
	b.External = casework.External{System: r.m.System, Number: x.number}
	if b.External.System == "" {
		b.External.System = Systems()[0]
	}
	r.split(row, x, b)
	x.warnings = unique(x.warnings)
	return x
}

func unique(rs []Reason) (out []Reason) {
	for _, r := range rs {
		if !slices.ContainsFunc(out, func(o Reason) bool { return o.id() == r.id() }) {
			out = append(out, r)
		}
	}
	return out
}

// name is the header of a field's column, for a message.
func (r *reader) name(f Field) string {
	n := r.plan.Header.Names[r.at[f]]
	return n[strings.LastIndex(n, "/")+1:]
}

// said reads when it was said; true where the row must go back for it.
func (r *reader) said(row sheet.Row, x *read, b *casework.Backfill, clean func(string) string) bool {
	if _, ok := r.at[Said]; !ok {
		return false
	}
	v := r.line(row, Said)
	at, ok := r.date(v)
	switch {
	case ok && at.After(r.now):
		x.warn("date_later", r.name(Said))
		b.Past.Note = r.noted(b.Past.Note, Said, clean(v))
	case ok:
		b.Said = at
	case r.m.DateRequired:
		x.reject("date", r.name(Said))
		return true
	case v == "":
		x.warn("date_missing", r.name(Said))
	default:
		x.warn("date", r.name(Said))
		b.Past.Note = r.noted(b.Past.Note, Said, clean(v))
	}
	return false
}

// date reads a date; one without a year is of the mapping's year, else the latest that is not ahead.
func (r *reader) date(v string) (time.Time, bool) {
	year := r.m.Year
	if year == 0 {
		year = r.now.In(sheet.China).Year()
		if at, ok := r.book.Date(v, year); ok && at.After(r.now) {
			if bare, whole := r.book.Date(v, year-1); whole && !bare.Equal(at) {
				return bare, true
			}
		}
	}
	return r.book.Date(v, year)
}

func (r *reader) person(row sheet.Row, x *read, b *casework.Backfill) {
	name := r.line(row, Name)
	if utf8.RuneCountInString(name) > 60 { // several who signed together: the first of them is who is asked
		b.Past.Note = r.noted(b.Past.Note, Name, name)
		name = string([]rune(name)[:60])
		x.warn("name_long", r.name(Name))
	}
	if !slices.Contains(nobody, plain(name)) {
		b.Person.Name = name
	}
	b.Person.Address = r.line(row, Address)
	v := r.line(row, Phone)
	switch p, ok := sheet.Phone(v); {
	case row.IsLossy(r.at[Phone]) && v != "": // 1.38E+10 was written out, but is nobody's number
		x.warn("phone_lost", r.name(Phone))
	case ok:
		b.Person.Phone = p
	case v != "":
		b.Person.Phone = strings.Trim(v, "'’ ")
		x.warn("phone", r.name(Phone))
	}
}

// where finds village and grid; what the town does not have stays in words.
func (r *reader) where(row sheet.Row, x *read, b *casework.Backfill, clean func(string) string) {
	var words []string
	if v := r.line(row, Village); v != "" {
		if b.Village = r.places.villageOf(v); b.Village == "" {
			words = append(words, v)
			x.warn("village", r.name(Village))
		}
	}
	if v := r.line(row, Grid); v != "" {
		if b.Grid = r.places.grids[plain(b.Village+"|"+v)]; b.Grid == "" || b.Village == "" {
			b.Grid = ""
			words = append(words, v)
			x.warn("grid", r.name(Grid))
		}
	}
	if v := r.line(row, Place); v != "" {
		words = append(words, v)
	}
	b.Place = clean(strings.Join(words, " "))
}

// sort finds category, kind and channel.
func (r *reader) sort(row sheet.Row, x *read, b *casework.Backfill, clean func(string) string) {
	note := func(f Field, v string) { b.Past.Note = r.noted(b.Past.Note, f, clean(v)) }
	b.Kind, b.Channel = casework.Opinion, r.m.Channel
	if b.Channel == "" {
		b.Channel = casework.Referral
	}
	if v := r.line(row, Category); v != "" {
		if b.Category = r.places.category[plain(v)]; b.Category == "" {
			note(Category, v)
			x.warn("category", r.name(Category))
		}
	}
	if v := r.line(row, Kind); v != "" {
		if k := kindOf(v); k != "" {
			b.Kind = k
		} else {
			note(Kind, v)
			x.warn("kind", r.name(Kind))
		}
	}
	if b.Kind == casework.Wrongdoing { // whoever handles it reads it, not the whole village
		b.Visibility = casework.Private
	}
	if v := r.line(row, Channel); v != "" {
		if c := channelOf(v); c != "" {
			b.Channel = c
		} else {
			note(Channel, v)
			x.warn("channel", r.name(Channel))
		}
	}
}

// past reads what became of the matter.
func (r *reader) past(row sheet.Row, x *read, b *casework.Backfill, clean func(string) string) {
	p := &b.Past
	note := func(f Field, v string) { p.Note = r.noted(p.Note, f, clean(v)) }
	if v := r.line(row, Unit); v != "" {
		id, whole := r.places.unitOf(v)
		if p.Unit = id; !whole {
			note(Unit, v)
		}
		if id == "" {
			x.warn("unit", r.name(Unit))
		}
	}
	if v := r.line(row, Leader); v != "" {
		if p.Leader = r.places.personOf(v); p.Leader == "" {
			note(Leader, v)
			x.warn("leader", r.name(Leader))
		}
	}
	if v := r.line(row, Due); v != "" {
		at, ok := r.due(v, b.Said)
		if p.Due = at; !ok {
			note(Due, v)
			x.warn("due", r.name(Due))
		}
	}
	if v := r.line(row, Answered); v != "" {
		at, ok := r.date(v)
		switch {
		case !ok || at.After(r.now):
			note(Answered, v)
			x.warn("date", r.name(Answered))
		case !b.Said.IsZero() && at.Before(b.Said):
			note(Answered, v)
			x.warn("answered_early", r.name(Answered))
		default:
			p.Answered = at
		}
	}
	for _, i := range r.notes {
		if v := sheet.Text(row.Cell(i)); v != "" {
			label := r.header(i)
			if slices.Contains(noteNames, label) { // it says no more than the place where it will stand
				label = ""
			}
			p.Note = join(p.Note, label, clean(v))
		}
	}
	handling, answer, status := clean(sheet.Text(r.cell(row, Handling))), clean(sheet.Text(r.cell(row, Answer))), r.line(row, Status)
	st, _ := statusOf(status, true)
	if !st.known && status != "" {
		note(Status, status)
		x.warn("status", r.name(Status))
	}
	if !st.known {
		var more bool
		if st, more = statusOf(handling, false); more {
			x.warn("handled", r.name(Handling))
		}
	}
	if st.outcome == "" && !st.known && answer != "" {
		st = standing{outcome: casework.Explained}
		x.warn("outcome", r.name(Answer))
	}
	if st.outcome == "" {
		if p.Leader != "" && p.Unit == "" { // nothing is dispatched, so nobody answers for it yet
			note(Leader, r.line(row, Leader))
		}
		if status != "" && st.known {
			note(Status, status)
		}
		p.Handling = handling
		if answer != "" {
			note(Answer, answer)
		}
		return
	}
	p.Outcome, p.Closed = st.outcome, st.closed
	switch {
	case answer != "" && handling != "" && answer != handling:
		p.Answer = handling + "\n" + answer
	case answer != "":
		p.Answer = answer
	case handling != "":
		p.Answer = handling
	default:
		p.Answer = join("", r.name(Status), clean(status))
	}
}

// noteNames are headers that say nothing of what the column holds.
var noteNames = []string{"备注", "说明", "Note", "note", "Remarks", "remarks"}

var workingDays = regexp.MustCompile(`^([0-9]{1,3})\s*个?工作日内?$`)

// due reads until when something had to be done: a day, or so many working days from when it was said.
func (r *reader) due(v string, said time.Time) (time.Time, bool) {
	if m := workingDays.FindStringSubmatch(v); m != nil && !said.IsZero() {
		n, err := strconv.Atoi(m[1])
		if err != nil || n == 0 {
			return time.Time{}, false
		}
		at, _ := r.places.dir.Calendar.Due(said, calendar.Span{N: n, Unit: calendar.WorkingDay}, r.places.dir.Settings.Hours)
		return at, true
	}
	at, ok := r.date(v)
	if !ok {
		return time.Time{}, false
	}
	return calendar.DayOf(at).End().Add(-time.Millisecond), true
}

// noted adds what a column said to a note, under the column's own name.
func (r *reader) noted(note string, f Field, v string) string { return join(note, r.name(f), v) }

func (r *reader) header(i int) string {
	n := r.plan.Header.Names[i]
	return n[strings.LastIndex(n, "/")+1:]
}

func join(note, name, v string) string {
	if name != "" {
		v = name + "：" + v
	}
	if note == "" {
		return v
	}
	return note + "\n" + v
}
