package importer

import (
	"crypto/sha256"
	"io"
	"slices"
	"sort"
	"strconv"
	"strings"

	"yanming/internal/i18n"
	"yanming/internal/journal"
	"yanming/internal/register"
	"yanming/internal/seal"
	"yanming/internal/sheet"
)

// Fate is what became of a row that did not simply become a case.
type Fate string

// The fates. A warned row became a case; a person should look at it.
const (
	Rejected  Fate = "rejected"
	Duplicate Fate = "duplicate"
	Warned    Fate = "warned"
)

// Group is the rows that share a fate and a reason.
type Group struct {
	Fate   Fate            `json:"fate"`
	Reason register.Reason `json:"reason"`
	Rows   Rows            `json:"rows"`
}

// Rows is a set of row numbers, as ascending pairs of first and last.
type Rows [][2]int

// Count returns how many rows there are.
func (rs Rows) Count() (n int) {
	for _, r := range rs {
		n += r[1] - r[0] + 1
	}
	return n
}

// String writes the rows as people do: 5–7, 12, 40–52. Of many it writes the first ones.
func (rs Rows) String() string {
	var b strings.Builder
	for i, r := range rs {
		if i > 0 {
			b.WriteString(", ")
		}
		if i == 20 {
			b.WriteString("…")
			break
		}
		b.WriteString(strconv.Itoa(r[0]))
		if r[1] > r[0] {
			b.WriteString("–" + strconv.Itoa(r[1]))
		}
	}
	return b.String()
}

// add appends a row; rows come in order.
func (rs *Rows) add(row int) {
	if n := len(*rs); n > 0 && (*rs)[n-1][1] >= row-1 {
		(*rs)[n-1][1] = max((*rs)[n-1][1], row)
		return
	}
	*rs = append(*rs, [2]int{row, row})
}

// Report says what an import came to. Read = Accepted + Rejected + Duplicate, in rows.
type Report struct {
	journal.Counts
	Batch   string   `json:"batch,omitempty"` // none of a rehearsal
	Sheet   string   `json:"sheet"`
	Dry     bool     `json:"dry,omitempty"`
	Cases   int      `json:"cases"`   // more than Accepted where one cell held several opinions
	Skipped int      `json:"skipped"` // totals, notes, headers that come again, and rows that continue the one above
	Header  int      `json:"header"`  // row of the column names
	Groups  []Group  `json:"groups,omitempty"`
	Left    []Left   `json:"left,omitempty"`   // other sheets of the file that were not read
	Unread  []string `json:"unread,omitempty"` // columns that were left out
}

// Left is a sheet that was not read.
type Left struct {
	Sheet string            `json:"sheet"`
	Rows  int               `json:"rows"`
	Why   register.SheetWhy `json:"why"`
}

// tally gathers a report while rows come in.
type tally struct {
	Report
	groups  map[string]*Group
	numbers map[digest]int // number in its own system → the row that has it
	pairs   int            // groups that name another row, or a case
}

// twiceKey begins the messages of rows that were taken before.
const twiceKey = "import.duplicate."

func newTally() *tally { return &tally{groups: map[string]*Group{}, numbers: map[digest]int{}} }

// digest is the beginning of a SHA-256: a file of a million rows has a million of them in memory.
type digest [16]byte

func short(s string) digest {
	sum := sha256.Sum256([]byte(s))
	return digest(sum[:16])
}

// maxPairs is how many rows of one report may each name the row or the case that they repeat. The others are told what they are.
const maxPairs = 1000

// twice is the reason of a row whose number an earlier one has.
func (t *tally) twice(earlier int) register.Reason {
	if t.pairs++; t.pairs > maxPairs {
		return register.Reason{Key: twiceKey + "in_file_again"}
	}
	return register.Reason{Key: twiceKey + "in_file", Args: []any{earlier}}
}

// told is the reason of a row that says what a case says already.
func (t *tally) told(n seal.Number) register.Reason {
	if t.pairs++; t.pairs > maxPairs {
		return register.Reason{Key: twiceKey + "told_again"}
	}
	return register.Reason{Key: twiceKey + "told", Args: []any{n.Grouped()}}
}

func (t *tally) note(f Fate, row int, r register.Reason) {
	id := string(f) + "\x1f" + r.ID()
	g := t.groups[id]
	if g == nil {
		g = &Group{Fate: f, Reason: r}
		t.groups[id] = g
	}
	g.Rows.add(row)
}

// report returns what was gathered: what was returned first, then duplicates, then warnings, each by its first row.
func (t *tally) report() Report {
	out := t.Report
	order := []Fate{Rejected, Duplicate, Warned}
	for _, g := range t.groups {
		out.Groups = append(out.Groups, *g)
	}
	sort.Slice(out.Groups, func(i, j int) bool {
		a, b := out.Groups[i], out.Groups[j]
		if a.Fate != b.Fate {
			return slices.Index(order, a.Fate) < slices.Index(order, b.Fate)
		}
		if a.Rows[0][0] != b.Rows[0][0] {
			return a.Rows[0][0] < b.Rows[0][0]
		}
		return a.Reason.ID() < b.Reason.ID()
	})
	return out
}

// Return writes the file again with a column that says, in a language, why each row that became no case did not. Every
// row that was read either became a case or stands there with its reason.
func (s *Service) Return(w io.Writer, f File, lang i18n.Lang, r Report) error {
	b, err := f.open()
	if err != nil {
		return err
	}
	defer b.Close()
	marks := sheet.Marks{Header: r.Header, Reasons: map[int]string{}}
	for _, g := range r.Groups {
		if g.Fate == Warned {
			continue
		}
		says := s.Catalogue.T(lang, g.Reason.Key, g.Reason.Args...)
		for _, span := range g.Rows {
			for row := span[0]; row <= span[1]; row++ {
				marks.Reasons[row] = says
			}
		}
	}
	return sheet.Return(w, b, s.Catalogue.T(lang, "import.column"), map[string]sheet.Marks{r.Sheet: marks})
}
