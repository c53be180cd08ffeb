package register

import (
	"encoding/json"
	"fmt"
	"strings"

	"yanming/internal/errs"
)

// Reason is why a row went the way it did: a message and its values. Values are names of columns, numbers of rows and
// of cases, and counts, never what stood in a cell.
type Reason struct {
	Key  string `json:"key"`
	Args []any  `json:"args,omitempty"`
}

// Says is the reason as a page says it.
func (r Reason) Says() *errs.Error { return &errs.Error{Kind: errs.Invalid, Key: r.Key, Args: r.Args} }

// ID tells reasons apart: two of the same message and values have the same.
func (r Reason) ID() string { return r.Key + "\x1f" + fmt.Sprint(r.Args...) }

// UnmarshalJSON keeps whole numbers among the values whole.
func (r *Reason) UnmarshalJSON(b []byte) error {
	var raw struct {
		Key  string `json:"key"`
		Args []any  `json:"args"`
	}
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.UseNumber()
	if err := d.Decode(&raw); err != nil {
		return err
	}
	for i, a := range raw.Args {
		if n, ok := a.(json.Number); ok {
			v, err := n.Int64()
			if err != nil {
				return err
			}
			raw.Args[i] = int(v)
		}
	}
	r.Key, r.Args = raw.Key, raw.Args
	return nil
}

// The beginnings of the messages that say what became of a row.
const (
	warnKey   = "import.warn."
	rejectKey = "import.reject."
)
