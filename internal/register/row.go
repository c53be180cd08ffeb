package register

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"yanming/internal/casework"
	"yanming/internal/sheet"
)

// sumsUp matches what stands below a table of how many there are: 其中已办结1条, 以上共3件.
var sumsUp = regexp.MustCompile(`^(?:其中|以上|共|合计|总计|累计|本[周月页表]|截至)[^。！？]{0,20}[0-9０-９]+\s*[条件起项]`)

// lossyText matches a number that lost its digits before it became text.
var lossyText = regexp.MustCompile(`^[0-9](\.[0-9]+)?[eE]\+?[0-9]{1,3}$`)

// readRow makes the cases of one row; under is the village that stands over it, "" for none.
func (r *Reader) readRow(row sheet.Row, under string) *Row {
	x := &Row{Number: row.Number}
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
		x.External = strings.Trim(r.line(row, External), "'’ ")
		if isIdentity(x.External) {
			x.External = ""
			x.warn("identity_cell", r.name(External))
		}
		if row.IsLossy(i) || lossyText.MatchString(x.External) {
			return x.reject("number_lost", r.name(External))
		}
		if utf8.RuneCountInString(x.External) > 100 {
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
	if wrong := r.broken(row, x); wrong {
		return x
	}
	if n := r.beyond(row, x, &b, clean); n > 0 {
		return x.reject("shifted", n)
	}
	title, text, spare := r.line(row, Title), sheet.Text(r.cell(row, Text)), -1
	if text == "" && title == "" || saysNothing(text) || slices.Contains(noOpinion, plain(text)) {
		if i := r.spare(row); i >= 0 {
			text, spare = sheet.Text(row.Cell(i)), i
		}
	}
	if text != "" && (saysNothing(text) || slices.Contains(noOpinion, plain(text))) {
		return x.reject("nothing", r.name(Text))
	}
	if i, ok := r.at[Text]; ok && row.IsStruck(i) {
		x.warn("struck")
	}
	if text == "" {
		text = title
	}
	if alone(r.bare(row)) && (text == "" || r.spread(row, text) || len(r.plan.Header.Names) > 2 && sumsUp.MatchString(text)) {
		return x.reject("heading")
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
	r.where(row, x, &b, own, under)
	r.sort(row, x, &b, clean)
	r.past(row, x, &b, clean, spare)
	for _, p := range contacts {
		if !strings.Contains(b.Person.Phone, p) {
			b.Person.Phone = strings.Trim(b.Person.Phone+"、"+p, "、")
		}
	}
	b.External = casework.External{System: r.m.System, Number: x.External}
	if b.External.System == "" {
		b.External.System = casework.OtherSystem
	}
	r.split(row, x, b, under)
	x.Warnings = unique(x.Warnings)
	return x
}

// spare returns the column beside that of what was said which says something in its place, -1 for none.
func (r *Reader) spare(row sheet.Row) int {
	for _, i := range r.spares {
		if v := sheet.Text(row.Cell(i)); v != "" && !row.IsFilled(i) && !saysNothing(v) && !slices.Contains(noOpinion, plain(v)) {
			return i
		}
	}
	return -1
}

// spread reports whether what a row says was said is a heading that lies over all columns.
func (r *Reader) spread(row sheet.Row, text string) bool {
	says, column := r.heading(r.bare(row))
	return says == sheet.Line(text) && row.Span(column) > 1 && !r.is(Text, column) && !r.is(Title, column)
}

func unique(rs []Reason) (out []Reason) {
	for _, r := range rs {
		if !slices.ContainsFunc(out, func(o Reason) bool { return o.ID() == r.ID() }) {
			out = append(out, r)
		}
	}
	return out
}

// name is the header of a field's column, for a message; "" where no column is mapped to it.
func (r *Reader) name(f Field) string {
	i, ok := r.at[f]
	if !ok {
		return ""
	}
	return r.header(i)
}

// said reads when it was said; true where the row must go back for it.
func (r *Reader) said(row sheet.Row, x *Row, b *casework.Backfill, clean func(string) string) bool {
	v, name := r.line(row, Said), r.name(Said)
	switch _, mapped := r.at[Said]; {
	case r.parts != nil:
		v, name = r.parts.joined(row), r.header(r.parts.day)
	case !mapped:
		b.Said = r.day
		return false
	}
	at, ok := r.date(v, r.book.Date)
	if !ok {
		warn := "date_part" // the rest may be half of a day, or the end of a visit
		if at, ok = r.leadingDate(v); !ok {
			at, ok = r.month(v)
			warn = "date_month"
		}
		if ok && !at.After(r.now) {
			x.warn(warn, name)
			b.Said, b.Past.Note = at, join(b.Past.Note, name, clean(v))
			return false
		}
	}
	switch {
	case ok && at.After(r.now):
		x.warn("date_later", name)
		b.Past.Note = join(b.Past.Note, name, clean(v))
	case ok:
		b.Said = at
	case r.m.DateRequired:
		x.reject("date", name)
		return true
	case v == "":
		x.warn("date_missing", name)
	default:
		x.warn("date", name)
		b.Past.Note = join(b.Past.Note, name, clean(v))
	}
	return false
}

// sort finds category, kind and channel.
func (r *Reader) sort(row sheet.Row, x *Row, b *casework.Backfill, clean func(string) string) {
	note := func(f Field, v string) { b.Past.Note = r.noted(b.Past.Note, f, clean(v)) }
	b.Kind, b.Channel = casework.Opinion, r.m.Channel
	if b.Channel == "" {
		b.Channel = casework.Referral
	}
	if v := r.line(row, Category); v != "" {
		if b.Category = r.places.category[plain(v)]; b.Category == "" {
			note(Category, v)
			x.warn("category", r.name(Category))
			if k := kindOf(v); k != "" { // 信访类别 says what kind of word it is
				b.Kind = k
			}
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
	if b.Kind == casework.Opinion && r.line(row, Kind) == "" && (isReport(b.Text) || isReport(b.Title)) {
		b.Kind = casework.Wrongdoing
		x.warn("wrongdoing", cmp.Or(r.name(Text), r.name(Title)))
	}
	if b.Kind == casework.Wrongdoing { // whoever handles it reads it, not the whole village
		b.Visibility = casework.Private
	}
	if v := r.line(row, Channel); v != "" {
		if c := r.channelOf(v); c != "" {
			b.Channel = c
			if c != channelOf(v) && c != casework.WalkIn {
				note(Channel, v)
			}
		} else {
			note(Channel, v)
			x.warn("channel", r.name(Channel))
		}
	}
}

// channelOf reads a channel as the ledger means it. In the words of the law on petitions 走访 is to come in person; and what
// came to a hotline or a questionnaire by telephone or by the web has come from there, and is told in a note.
func (r *Reader) channelOf(v string) casework.Channel {
	c := channelOf(v)
	switch own := r.m.Channel; {
	case c == casework.Visit && strings.Contains(r.name(Channel), "信访") && plain(v) == "走访":
		return casework.WalkIn
	case (own == casework.Hotline || own == casework.Questionnaire) && slices.Contains([]casework.Channel{casework.Phone, casework.Web, casework.Message}, c):
		return own
	}
	return c
}

// noted adds what a column said to a note, under the column's own name.
func (r *Reader) noted(note string, f Field, v string) string { return join(note, r.name(f), v) }

func (r *Reader) header(i int) string {
	return r.plan.Header.Leaf(i)
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
