package register

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"yanming/internal/casework"
	"yanming/internal/errs"
	"yanming/internal/sheet"
)

// Mapping says what to make of one sheet. As JSON it is a file that a person can keep and edit:
// {"sheet": "台账", "columns": {"诉求内容": "text", "电话": "phone", "备注": ""}, "system": "hotline"}.
type Mapping struct {
	Sheet string `json:"sheet,omitempty"` // the first that holds opinions, when empty
	// Columns says which field a column holds, by its header; #3 is the third column, where a header is empty or occurs
	// twice. What is not named, or named "", is left out; but words in a column without a
	// name are kept as notes, unless it is named "" and has words where one would look.
	Columns      map[string]Field `json:"columns"`
	System       string           `json:"system,omitempty"`        // of the external numbers: hotline | petition | other
	Channel      casework.Channel `json:"channel,omitempty"`       // of rows that name none
	Year         int              `json:"year,omitempty"`          // of dates that name none, such as 3月5日
	DateRequired bool             `json:"date_required,omitempty"` // a row whose time cannot be read is returned
}

// Systems lists the systems an external number can be of: first what a ledger that says nothing is taken for.
func Systems() []string {
	return []string{casework.OtherSystem, casework.HotlineSystem, casework.PetitionSystem}
}

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
			l.Add("columns", "import.map.twice", f.Key())
		default:
			used[f] = true
		}
	}
	if !used[Text] && !used[Title] {
		l.Add("columns", "import.map.text")
	}
	return l.Err()
}

// Fits reports why a mapping cannot be used on a header, nil where it can. Errors: Invalid.
func (m Mapping) Fits(h sheet.Header) error {
	_, _, err := m.place(h)
	return err
}

// Equal reports whether two mappings say the same.
func (m Mapping) Equal(other Mapping) bool {
	x, err := json.Marshal(m) // maps are written in the order of their keys
	y, err2 := json.Marshal(other)
	return err == nil && err2 == nil && string(x) == string(y)
}

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
			leaf := h.Leaf(i)
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
