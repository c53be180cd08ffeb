package importer

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/journal"
	"yanming/internal/sheet"
)

// Mapping says what to make of one sheet. As JSON it is a file that a person can keep and edit:
// {"sheet": "台账", "columns": {"诉求内容": "text", "电话": "phone", "备注": ""}, "system": "hotline"}.
type Mapping struct {
	Sheet string `json:"sheet,omitempty"` // the first that holds opinions, when empty
	// Columns says which field a column holds, by its header; #3 is the third column, where a header is empty or occurs
	// twice. What is not named, or named "", is left out.
	Columns      map[string]Field `json:"columns"`
	System       string           `json:"system,omitempty"`        // of the external numbers: hotline | petition | other
	Channel      casework.Channel `json:"channel,omitempty"`       // of rows that name none
	Year         int              `json:"year,omitempty"`          // of dates that name none, such as 3月5日
	DateRequired bool             `json:"date_required,omitempty"` // a row whose time cannot be read is returned
}

// Systems lists the systems an external number can be of.
func Systems() []string { return []string{"other", "hotline", "petition"} }

// DecodeMapping reads a mapping from JSON. Errors: Invalid.
func DecodeMapping(b []byte) (m Mapping, err error) {
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil || len(m.Columns) == 0 {
		return m, errs.New(errs.Invalid, "sheet.mapping")
	}
	return m, m.check()
}

// Encode returns the mapping as JSON for a person to edit.
func (m Mapping) Encode() ([]byte, error) { return json.MarshalIndent(m, "", "  ") }

// check refuses fields that do not exist and what no case may have.
func (m Mapping) check() error {
	var l errs.List
	if m.System != "" && !slices.Contains(Systems(), m.System) {
		l.Add("system", "error.choice")
	}
	if m.Channel != "" && (m.Channel == casework.Confidence || !slices.Contains(casework.Channels(), m.Channel)) { // a ledger is read by many
		l.Add("channel", "error.choice")
	}
	if m.Year != 0 && (m.Year < 1949 || m.Year > 2149) {
		l.Add("year", "error.number")
	}
	used := map[Field]bool{}
	for _, name := range sortedKeys(m.Columns) {
		switch f := m.Columns[name]; {
		case !f.known():
			l.Add("columns", "import.map.field", string(f))
		case f != Skip && f != Note && used[f]:
			l.Add("columns", "import.map.twice", i18n.Key(fieldKey+string(f)))
		default:
			used[f] = true
		}
	}
	if !used[Text] && !used[Title] {
		l.Add("columns", "import.map.text")
	}
	return l.Err()
}

// fieldKey begins the message that names a field.
const fieldKey = "import.field."

// place finds the mapping's columns in a header: the column of each field, and those of the notes.
func (m Mapping) place(h sheet.Header) (at map[Field]int, notes []int, err error) {
	if err := m.check(); err != nil {
		return nil, nil, err
	}
	at = map[Field]int{}
	found := map[string]bool{}
	for i := range h.Names {
		key := columnKey(h, i)
		number := "#" + strconv.Itoa(i+1)
		f, ok := m.Columns[key]
		if !ok {
			if f, ok = m.Columns[number]; ok {
				key = number
			}
		}
		if !ok {
			leaf := h.Names[i][strings.LastIndex(h.Names[i], "/")+1:]
			if f, ok = m.Columns[leaf]; ok {
				if found[leaf] {
					continue
				}
				key = leaf
			}
		}
		if !ok {
			continue
		}
		found[key] = true
		switch f {
		case Skip:
		case Note:
			notes = append(notes, i)
		default:
			at[f] = i
		}
	}
	for _, name := range sortedKeys(m.Columns) {
		if m.Columns[name] != Skip && !found[name] {
			return nil, nil, errs.Field("columns", "import.map.column", name)
		}
	}
	return at, notes, nil
}

// columnKey names a column: by its header, or by its place where that is empty or not the only one of its name.
func columnKey(h sheet.Header, i int) string {
	name := h.Names[i]
	same := 0
	for _, n := range h.Names {
		if n == name {
			same++
		}
	}
	if name == "" || same > 1 || strings.HasPrefix(name, "#") {
		return "#" + strconv.Itoa(i+1)
	}
	return name
}

func sortedKeys[V any](m map[string]V) []string {
	ks := make([]string, 0, len(m))
	for k := range m {
		ks = append(ks, k)
	}
	slices.Sort(ks)
	return ks
}

// propose makes a mapping of what the header's names say.
func propose(h sheet.Header) Mapping {
	m := Mapping{Columns: map[string]Field{}}
	for _, x := range sheet.Propose(h, columns).Matches {
		if f := Field(x.Field); f.known() {
			m.Columns[columnKey(h, x.Source)] = f
		}
	}
	m.System, m.Channel = guessSource(h)
	return m
}

// keepRest makes notes of the columns that no field is for, so that no word of a ledger is lost: not of what belongs to
// a person, of running numbers, and of the column that Return has added. One without a name must hold words in head.
func (m Mapping) keepRest(h sheet.Header, head []sheet.Row) {
	known := map[int]bool{}
	for _, x := range sheet.Propose(h, columns).Matches {
		known[x.Source] = true
	}
	for i, name := range h.Names {
		switch {
		case known[i], aboutPerson(name), slices.Contains(returnColumn, name):
		case name != "", holdsWords(h, head, i):
			m.Columns[columnKey(h, i)] = Note
		}
	}
}

// leaveSerial leaves out a column of numbers that only count the rows, whatever it is called: next month's ledger begins
// at 1 again, and its rows would all be known already.
func (m Mapping) leaveSerial(h sheet.Header, head []sheet.Row) {
	at, _, err := m.place(h)
	i, ok := at[External]
	if err != nil || !ok {
		return
	}
	first, last := int64(0), int64(0)
	for _, r := range head {
		v := strings.TrimSpace(r.Cell(i))
		if r.Number <= h.Last || v == "" || h.KindOf(r) != sheet.Data {
			continue
		}
		n, ok := sheet.Number(v)
		if !ok || n < 1 || n > 9999 || last > 0 && n != last+1 {
			return
		}
		if last = n; first == 0 {
			first = n
		}
	}
	if first == 1 || first > 0 && slices.Contains([]string{"编号", "件号", "id", "number"}, strings.ToLower(h.Names[i])) {
		m.Columns[columnKey(h, i)] = Skip
	}
}

// returnColumn is what Return calls its column, in each language.
var returnColumn = []string{"差错", "What is wrong"}

// holdsWords reports whether a column has more than numbers below the header.
func holdsWords(h sheet.Header, head []sheet.Row, i int) bool {
	return slices.ContainsFunc(head, func(r sheet.Row) bool {
		return r.Number > h.Last && h.KindOf(r) == sheet.Data && strings.Trim(r.Cell(i), "0123456789. ") != ""
	})
}

// unread lists the named columns that a mapping leaves out, but for running numbers and the column of Return.
func (r *reader) unread() (names []string) {
	known := map[int]bool{}
	for _, x := range sheet.Propose(r.plan.Header, columns).Matches {
		known[x.Source] = Field(x.Field) == serial
	}
	for _, i := range r.at {
		known[i] = true
	}
	for _, i := range r.notes {
		known[i] = true
	}
	for i, name := range r.plan.Header.Names {
		if name != "" && !known[i] && !slices.Contains(returnColumn, name) {
			names = append(names, name)
		}
	}
	return names
}

// guessSource tells by the words of the header which system a file comes from.
func guessSource(h sheet.Header) (system string, channel casework.Channel) {
	all := strings.Join(h.Names, "|")
	switch {
	case strings.Contains(all, "工单"):
		return "hotline", casework.Hotline
	case strings.Contains(all, "信访"):
		return "petition", casework.Referral
	case strings.Contains(all, "走访"):
		return "other", casework.Visit
	case strings.Contains(all, "留言"), strings.Contains(all, "msg_id"):
		return "other", casework.Web
	}
	return "other", casework.Referral
}

// fingerprint identifies a header for what the town has settled about it: that of a returned sheet is the one it had
// when it came.
func fingerprint(h sheet.Header) string {
	if last, ok := returnedAt(h); ok {
		h.Names = h.Names[:last]
	}
	return h.Fingerprint()
}

// mappingKind is the journal's word for what a town has settled about a header.
const mappingKind = "import_mapping"

// remembered returns what the town settled last for a header.
func (s *Service) remembered(ctx context.Context, tx *db.Tx, fingerprint string) (m Mapping, found bool, err error) {
	es, err := journal.History(ctx, tx, mappingRecord(fingerprint))
	if err != nil || len(es) == 0 {
		return m, false, err
	}
	return m, true, es[len(es)-1].Decode(&m)
}

// remember keeps a mapping for the next file with the same header. The sheet's name and the year are of this file only.
func (s *Service) remember(ctx context.Context, tx *db.Tx, by, batch, fingerprint string, m Mapping) error {
	m.Sheet, m.Year = "", 0
	record := mappingRecord(fingerprint)
	es, err := journal.History(ctx, tx, record)
	if err != nil {
		return err
	}
	if n := len(es); n > 0 {
		var old Mapping
		if err := es[n-1].Decode(&old); err != nil {
			return err
		}
		if equal(old, m) {
			return nil
		}
	}
	_, err = journal.Append(ctx, tx, journal.Event{Kind: mappingKind, Record: record, N: int64(len(es) + 1), Type: "mapping_saved", Actor: by, Batch: batch, Payload: m})
	if err != nil {
		return fmt.Errorf("remember mapping: %w", err)
	}
	return nil
}

func mappingRecord(fingerprint string) string { return "mapping " + fingerprint }

func equal(a, b Mapping) bool {
	x, err := json.Marshal(a) // maps are written in the order of their keys
	y, err2 := json.Marshal(b)
	return err == nil && err2 == nil && string(x) == string(y)
}

// by is the journal's word for who acts.
func by(a actor.Actor) string {
	if a.Person == "" {
		return journal.System
	}
	return a.Person
}
