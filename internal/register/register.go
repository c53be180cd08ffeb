// Package register says what the rows of an old ledger say: what its columns mean, which of its rows are opinions, who spoke
// and when, what became of the matter, and what a person should look at. A row comes out as the back-filled cases that it
// holds, or with the reason why it goes back.
//
// It refuses to guess: a number whose digits were lost, a text that is missing. It never passes on an identity number,
// never leaves a telephone in readable text, and never names in a reason what stood in a cell. It takes nothing in and
// remembers nothing: batches, request keys and what a town has settled are the importer's.
package register

import (
	"crypto/sha256"
	"slices"
	"strconv"
	"time"

	"yanming/internal/casework"
	"yanming/internal/org"
	"yanming/internal/sheet"
)

// Reader makes cases of the rows of one sheet. Read may be called for several blocks at once; Blocks and Settle keep what
// a row needs of the rows before it, and follow the sheet's order.
type Reader struct {
	book    *sheet.Book
	plan    Plan
	m       Mapping
	at      map[Field]int
	notes   []int
	spares  []int // of the notes: what was said, where its own column says nothing
	results []int // of the notes: how the matter stands, where no column is for that
	strays  []int // columns without a name, in which words are kept all the same
	places  *places
	now     time.Time
	parts   *dayParts        // columns of the date, where there are several
	day     time.Time        // on which all was said, zero where each row says it or nothing does
	comment string           // what a comment is called in a note
	once    bool             // a village is named once, and not again in the rows below that are of it too
	under   string           // village that stands over the rows at hand, "" for none
	whole   string           // the one of the whole sheet
	style   *string          // how the headings of villages are numbered; nil before the first
	names   map[string]bool  // of columns, by which another table is known
	other   int              // row where another table begins, 0 before it
	beside  map[int]string   // the same of columns that are notes
	before  map[Field]string // cells that a ditto mark in the next row stands for
	seen    map[[16]byte]int // cells of rows without a number → how often they came
}

// NewReader reads the plan's sheet as the plan's mapping says. now bounds every date, and comment is what a comment on a
// cell is called in a note. Errors: Invalid where the mapping cannot be used.
func NewReader(b *sheet.Book, p Plan, d *org.Directory, now time.Time, comment string) (*Reader, error) {
	at, notes, err := p.Mapping.place(p.Header)
	if err != nil {
		return nil, err
	}
	r := &Reader{book: b, plan: p, m: p.Mapping, at: at, notes: notes, places: newPlaces(d), now: now, comment: comment,
		names: columnNames(), beside: map[int]string{}, before: map[Field]string{}, seen: map[[16]byte]int{}}
	head, err := b.Head(p.Sheet, headRows)
	if err != nil {
		return nil, err
	}
	r.spares = p.Mapping.spares(p.Header, notes)
	r.results = results(p.Header, notes)
	r.strays = p.Mapping.strays(p.Header, head)
	if parts, found := partsOf(p.Header, at, notes); found {
		r.parts, r.notes = &parts, slices.DeleteFunc(slices.Clone(notes), parts.has)
	} else {
		r.day = r.dayOfSheet(head)
	}
	if r.under, err = r.villageOfSheet(b); err != nil {
		return nil, err
	}
	r.whole = r.under
	return r, nil
}

// Row is what a row became.
type Row struct {
	Number   int                 // in its sheet
	Cases    []casework.Backfill // none for a row that is returned; without request key and batch
	External string              // number in its own system, "" for none
	Wrong    *Reason             // why it is returned
	Warnings []Reason
	sum      [sha256.Size]byte // of its mapped cells
	matters  []string          // of its cases: whose, where, when and what; "" where that cannot be said
}

// Part tells the i-th case of a row apart from its others; "" where it has one only.
func (x *Row) Part(i int) string {
	if len(x.Cases) < 2 {
		return ""
	}
	return "-" + strconv.Itoa(i+1)
}

// warn notes something that a person should look at. The column is named, never what stands in it.
func (x *Row) warn(key string, args ...any) {
	x.Warnings = append(x.Warnings, Reason{Key: warnKey + key, Args: args})
}

func (x *Row) reject(key string, args ...any) *Row {
	x.Wrong, x.Cases = &Reason{Key: rejectKey + key, Args: args}, nil
	return x
}

// Dated reports whether a column, or several, say when it was said. Where none does, every matter is registered now.
func (r *Reader) Dated() bool {
	_, ok := r.at[Said]
	return ok || r.parts != nil
}

// Unread lists the named columns that a mapping leaves out, but for running numbers and the column of Return.
func (r *Reader) Unread() (names []string) {
	known := map[int]bool{}
	for _, x := range named(r.plan.Header) {
		known[x.Source] = Field(x.Field) == serial
	}
	for _, i := range r.at {
		known[i] = true
	}
	for _, i := range r.notes {
		known[i] = true
	}
	if p := r.parts; p != nil {
		known[p.year], known[p.month], known[p.day] = true, true, true
	}
	for i, name := range r.plan.Header.Names {
		if name != "" && !known[i] && !slices.Contains(returnColumn, name) {
			names = append(names, name)
		}
	}
	return names
}
