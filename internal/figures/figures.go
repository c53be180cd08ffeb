// Package figures turns records into numbers. A figure is one evidence query: a definition names a feature's source,
// the rows that belong to it, and what each row amounts to; the figure's value is the sum over those rows. One
// compiler makes both the pass that sums many figures at once and the page that lists the rows of one, and a check counts
// them again apart from it, so a number does not differ from the rows behind it, nor depend on who looks.
//
// Definitions are data, shipped by a feature or made by a town's administrator, and never change: a new wording is a
// new version. A frozen figure keeps its definition, value, members and hash for ever.
//
// It refuses typed totals, text of the user in a statement, and any dimension that is a person, a telephone or a
// dwelling. Records in confidence are counted as one remainder of the whole town, never listed and never grouped.
package figures

import (
	"context"
	"maps"
	"slices"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/i18n"
)

// Source is a feature's relation and the only columns a definition may name. All SQL in it is written by the feature,
// portable, without placeholders; its first alias is r and r has town_id. Other tables are joined with their town:
//
//	open_cases r JOIN case_spans s ON s.town_id = r.town_id AND s.case_id = r.id
//
// Each record is one row (at one instant, where AsOf is set); `yanming check` says so when it is not.
type Source struct {
	Name  string
	From  string // relation with aliases, without WHERE
	ID    string // "r.id": TEXT, unique in the relation
	Label string // what a list calls the record: "r.number"; TEXT, not null
	Order string // the Times column by which lists run unless the definition has a Time of its own

	Times map[string]Col // BIGINT Unix ms
	Dims  map[string]Col // TEXT codes: what may be filtered and grouped by
	Keys  map[string]Col // TEXT: only to count distinct ones (household); never shown, never grouped
	Sums  map[string]Col // BIGINT quantities: copies, days
	Own   map[string]Col // TEXT: only to narrow a list to the asker's own work (assignee); never in a definition
	Show  []string       // Times, Dims and Sums that a list shows beside the label

	// AsOf names the columns of a joined history row, so that a record counts as it stood at the period's end. The
	// first row of a record must begin no later than the record's own time, and each must end where the next begins.
	AsOf *Span

	// VeiledFrom is the same relation, with the same aliases, for records in confidence. They are counted as one
	// remainder: only where the scope names no dimension and each column of the definition's Where and Sum is
	// Veilable. It must hold every Time and AsOf column. A source with it has no Keys: matching a record in
	// confidence to a household would betray it.
	VeiledFrom string

	// Lasting says that Touch is called for the source whenever rows are changed, or made, that tell of a day before that
	// of the change, with the first such day. Where it is not set, every event of the town may change every row.
	Lasting bool

	// Sight says which rows an actor may list; nil means nobody may.
	Sight func(actor.Actor) Sight
}

// Col is one column of a source.
type Col struct {
	SQL      string               // an expression over the aliases of From
	Name     i18n.Pair            // as shown in a table's head
	Unit     i18n.Pair            // of a Sum
	Null     bool                 // may be NULL; a Dim's NULL and '' are both "none"
	Moving   bool                 // of a lasting source: as the record is today, also in rows of days before
	Veilable bool                 // may be asked of records in confidence too
	Values   map[string]i18n.Pair // what a Dim's codes are called, where they are fixed
	// Names gives what a Dim's codes are called in this town (villages, units); nil where Values are all.
	Names func(context.Context, *db.Tx) (map[string]i18n.Pair, error)
}

// Span names two time columns: the row holds from Since, before Until; an Until of NULL has no end.
type Span struct{ Since, Until string }

// Kind says how a definition relates to the period.
type Kind string

// The kinds.
const (
	Cohort Kind = "cohort" // records that began in the period, as they stand at its end
	Flow   Kind = "flow"   // what was done in the period
	Stock  Kind = "stock"  // what there is at the period's end
)

// Def defines a figure. It is immutable: town, code and version name it for ever.
type Def struct {
	Code     string    `json:"code"`    // "case.received"; a town's own begin with "own."
	Version  int       `json:"version"` // from 1
	Name     i18n.Pair `json:"name"`
	Says     i18n.Pair `json:"says"` // the definition in one sentence
	Unit     i18n.Pair `json:"unit"` // 件, 户, 户次
	Source   string    `json:"source"`
	Kind     Kind      `json:"kind"`
	Time     string    `json:"time,omitempty"`  // cohort, flow: rows whose Time lies in the period
	Since    string    `json:"since,omitempty"` // stock: Since < end and (Until null or >= end)
	Until    string    `json:"until,omitempty"`
	Where    []Cond    `json:"where,omitempty"`    // all must hold
	Distinct string    `json:"distinct,omitempty"` // a Key: count it once (户); else rows (户次)
	Sum      string    `json:"sum,omitempty"`      // a Sum: add it up; else rows
}

// Op is what a condition asks.
type Op string

// The operations. The end is the period's, or now where that is earlier, so that nothing is overdue before its time.
const (
	In           Op = "in"             // the Dim is one of Values
	NotIn        Op = "not_in"         // the Dim is none of Values; so In and NotIn together are all rows
	IsNull       Op = "is_null"        // the Dim or Time is empty
	NotNull      Op = "not_null"       // the Dim or Time is there
	BeforeEnd    Op = "before_end"     // the Time lies before the end, plus Days
	NotBeforeEnd Op = "not_before_end" // the Time lies at the end plus Days, or later
	InPeriod     Op = "in_period"      // the Time lies in the period
	Before       Op = "before"         // the Time lies before the Time Than; both are there
	NotBefore    Op = "not_before"     // the Time lies at the Time Than or later; both are there
)

// Cond is one condition of a definition.
type Cond struct {
	Col    string   `json:"col"`
	Op     Op       `json:"op"`
	Values []string `json:"values,omitempty"` // of In and NotIn; "" is a Dim without value
	Than   string   `json:"than,omitempty"`   // of Before and NotBefore
	Days   int      `json:"days,omitempty"`   // of BeforeEnd and NotBeforeEnd, in whole days of 24 hours
}

// FormulaOp is how a formula is reckoned.
type FormulaOp string

// The formulas.
const (
	Ratio  FormulaOp = "ratio"  // A of B, in thousandths; no number where B is 0. Both are shown
	Total  FormulaOp = "sum"    // A plus B
	Median FormulaOp = "median" // of the Sum column B over A's listed rows that have it; no number where there are none
)

// Formula is a figure made of figures. It has no evidence of its own. Operands are definitions, never formulas.
type Formula struct {
	Code    string    `json:"code"`
	Version int       `json:"version"`
	Name    i18n.Pair `json:"name"`
	Says    i18n.Pair `json:"says"`
	Unit    i18n.Pair `json:"unit"`
	Op      FormulaOp `json:"op"`
	A       string    `json:"a"`
	B       string    `json:"b"`
}

// Scope narrows a figure: each named Dim must have one of the codes. "" stands for rows without a value; a Dim with
// an empty list lets nothing through. The zero Scope is the whole town.
type Scope struct {
	Dims map[string][]string `json:"dims,omitempty"`
}

// With returns the scope narrowed by one Dim as well.
func (s Scope) With(dim string, codes ...string) Scope {
	m := maps.Clone(s.Dims)
	if m == nil {
		m = map[string][]string{}
	}
	m[dim] = codes
	return Scope{m}
}

// canonical sorts codes and drops repeated ones, so that equal scopes have equal text and hash.
func (s Scope) canonical() Scope {
	if len(s.Dims) == 0 {
		return Scope{}
	}
	m := make(map[string][]string, len(s.Dims))
	for k, v := range s.Dims {
		v = slices.Clone(v)
		slices.Sort(v)
		m[k] = append([]string{}, slices.Compact(v)...)
	}
	return Scope{m}
}
