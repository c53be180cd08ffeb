// Package roster keeps long lists of records, such as the evidence of a frozen figure, in little room.
//
// Lists that have many records in common form a Group. The ids of a group are kept once, in order, in blocks of about
// a thousand; a list is then only the places of its records among them, written as runs. Every piece is a Part, which
// lies in the database under the SHA-256 of what is in it. So a block that was kept last week is not written again this
// week, two lists of the same records are one, and a part may be laid down before anything names it: nobody finds it
// until then, and whoever comes to make it again finds it there.
//
// It refuses a part that is not what its name says, and a list that is not in order of ids. Parts are never changed and
// never taken away. It knows nothing of what the lists are for.
package roster

import (
	"encoding/json"
	"errors"
	"strconv"
	"unicode/utf8"
)

// Member is a record of a list, and a number that goes with it.
type Member struct {
	ID     string
	Amount int64
}

// MarshalJSON writes [id, amount].
func (m Member) MarshalJSON() ([]byte, error) { return m.AppendJSON(nil), nil }

// AppendJSON appends [id, amount] to b, byte for byte as encoding/json would write the two.
func (m Member) AppendJSON(b []byte) []byte {
	b = append(b, '[')
	if plain(m.ID) {
		b = append(append(append(b, '"'), m.ID...), '"')
	} else {
		id, _ := json.Marshal(m.ID) // a string always marshals
		b = append(b, id...)
	}
	return append(strconv.AppendInt(append(b, ','), m.Amount, 10), ']')
}

// plain reports whether JSON writes s as it is.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= utf8.RuneSelf || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' || c == 0x7f {
			return false
		}
	}
	return true
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (m *Member) UnmarshalJSON(b []byte) error {
	pair := [2]any{&m.ID, &m.Amount}
	return json.Unmarshal(b, &pair)
}

// Ref names a list that is kept: the part that says where its group's ids lie, and the part with its places among them.
// The zero Ref is the empty list, of which nothing is kept.
type Ref struct{ IDs, Places string }

// ErrDamaged is the error of a part that is missing or is not what was laid down.
var ErrDamaged = errors.New("a kept list is damaged")
