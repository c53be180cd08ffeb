package figures

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/id"
	"yanming/internal/journal"
)

// Item is one figure to freeze.
type Item struct {
	Code   string          `json:"code"`
	Scope  Scope           `json:"scope"`
	Period calendar.Period `json:"period"`
}

// Member is one row of a frozen figure's evidence: what the record added to the value. Of things counted once
// (Distinct) the first record in order of ids adds 1 and the others 0. Of a median it is the row's quantity.
type Member struct {
	ID     string
	Amount int64
}

// MarshalJSON writes [id, amount].
func (m Member) MarshalJSON() ([]byte, error) { return json.Marshal([2]any{m.ID, m.Amount}) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (m *Member) UnmarshalJSON(b []byte) error {
	pair := [2]any{&m.ID, &m.Amount}
	return json.Unmarshal(b, &pair)
}

// Frozen is a figure that stands as it was: it never changes, whatever becomes of the records.
type Frozen struct {
	Set     string   `json:"set"`
	N       int      `json:"n"` // place in its set, from 0
	Item    Item     `json:"item"`
	Defs    []Def    `json:"defs"`              // the definition, or the operands of Formula, as they then were
	Formula *Formula `json:"formula,omitempty"` // nil for a definition
	Seq     int64    `json:"seq"`               // the journal's last event that was seen
	AsOf    int64    `json:"as_of"`             // Unix ms of the moment it was reckoned for
	Value   Value    `json:"value"`
	Members int      `json:"members"` // how many rows are kept with it
	Hash    string   `json:"-"`       // SHA-256 over all of this and the members, hex
}

// FrozenSet is what was frozen together.
type FrozenSet struct {
	ID      string
	Purpose string
	Seq     int64
	AsOf    time.Time // the moment the figures were reckoned for
	At      time.Time // when they were stored
	Actor   string
	Hash    string   // SHA-256 over the set and its figures' hashes, hex
	Figures []Frozen // in the order asked for, then the operands of formulas that were not asked for themselves
}

// Find returns the frozen figure of an item.
func (s FrozenSet) Find(i Item) (Frozen, bool) {
	n := slices.IndexFunc(s.Figures, func(f Frozen) bool { return f.Item.same(i) })
	if n < 0 {
		return Frozen{}, false
	}
	return s.Figures[n], true
}

func (i Item) same(j Item) bool { return i.text() == j.text() }

func (i Item) text() string {
	i.Scope = i.Scope.canonical()
	b, _ := json.Marshal(i) // strings and a period always marshal
	return string(b)
}

// Freeze asks to freeze figures.
type Freeze struct {
	Key     journal.Key
	Purpose string // what for, as the report names it: "weekly:2026-W48"
	Items   []Item
}

// maxItems bounds one set.
const maxItems = 5000

// Taken is a set that was reckoned on one snapshot and is not stored yet.
type Taken struct {
	town string
	set  FrozenSet
	rows []takenRow
}

type takenRow struct{ body, members, hash string }

// Set returns what would be stored.
func (t Taken) Set() FrozenSet { return t.set }

// Freeze reckons every item on one snapshot and stores the set: the same key and items give the same set again.
// Who may freeze for which purpose is the report's to ask.
// Errors: as Compute; Invalid for nothing or too much to freeze; Denied for nobody; Conflict for a key used otherwise.
func (c *Catalogue) Freeze(ctx context.Context, store *db.DB, a actor.Actor, cmd Freeze) (FrozenSet, error) {
	digest, err := journal.Digest([]any{cmd.Purpose, cmd.Items})
	if err != nil {
		return FrozenSet{}, err
	}
	t, err := c.Take(ctx, store, a.Town, cmd.Items)
	if err != nil {
		return FrozenSet{}, err
	}
	var out FrozenSet
	err = store.Update(ctx, a.Town, func(tx *db.Tx) error {
		old, seen, err := journal.Once(ctx, tx, cmd.Key, digest)
		if err != nil {
			return err
		}
		if seen {
			out, err = LoadSet(ctx, tx, old)
			return err
		}
		var e journal.Entry
		if out, e, err = t.PutIn(ctx, tx, a, cmd.Purpose); err != nil {
			return err
		}
		return journal.Remember(ctx, tx, cmd.Key, digest, e, out.ID)
	})
	return out, err
}

// Take reckons items, and the operands of formulas among them, in one repeatable View. An item asked for twice is
// taken once. Errors: as Freeze.
func (c *Catalogue) Take(ctx context.Context, store *db.DB, town string, items []Item) (t Taken, err error) {
	if len(items) == 0 || len(items) > maxItems {
		return Taken{}, errs.New(errs.Invalid, "figures.items", maxItems)
	}
	err = store.View(ctx, town, func(tx *db.Tx) error {
		seq, err := journal.Head(ctx, tx)
		if err != nil {
			return fmt.Errorf("read position of journal: %w", err)
		}
		t = Taken{town: town, set: FrozenSet{ID: id.New(tx.Now), Seq: seq, AsOf: tx.Now}}
		all, err := c.withOperands(ctx, tx, items)
		if err != nil {
			return err
		}
		k := keeper{ctx: ctx, tx: tx, codes: map[string][]string{}, crossed: map[string]Crossed{}}
		for _, i := range all {
			k.codes[i.place()] = append(k.codes[i.place()], i.Code)
		}
		for n, i := range all {
			f := Frozen{Set: t.set.ID, N: n, Item: Item{i.Code, i.Scope.canonical(), i.Period}, Seq: seq, AsOf: tx.Now.UnixMilli()}
			row, err := k.freeze(i.c, &f)
			if err != nil {
				return fmt.Errorf("freeze figure %s: %w", i.Code, err)
			}
			t.set.Figures, t.rows = append(t.set.Figures, f), append(t.rows, row)
		}
		return nil
	})
	return t, err
}

// asked is an item with the catalogue that knows its code.
type asked struct {
	Item
	c *Catalogue
}

func (c *Catalogue) withOperands(ctx context.Context, tx *db.Tx, items []Item) (out []asked, err error) {
	codes := make([]string, len(items))
	for i, item := range items {
		codes[i] = item.Code
	}
	if c, err = c.having(ctx, tx, codes...); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	add := func(i Item) {
		if text := i.text(); !seen[text] {
			seen[text] = true
			out = append(out, asked{i, c})
		}
	}
	for _, i := range items {
		add(i)
	}
	for _, i := range items {
		if f, ok := c.formulas[i.Code]; ok {
			add(Item{f.A, i.Scope, i.Period})
			if f.Op != Median {
				add(Item{f.B, i.Scope, i.Period})
			}
		}
	}
	return out, nil
}

// keeper reckons items within one snapshot; those of one scope and period are reckoned together.
type keeper struct {
	ctx     context.Context
	tx      *db.Tx
	codes   map[string][]string // scope and period → codes
	crossed map[string]Crossed
}

// place is the scope and period of an item.
func (i Item) place() string { return Item{Scope: i.Scope, Period: i.Period}.text() }

func (k *keeper) freeze(c *Catalogue, f *Frozen) (takenRow, error) {
	w := windowOf(f.Item.Period, k.tx.Now)
	at := f.Item.place()
	x, ok := k.crossed[at]
	if !ok {
		var err error
		if x, err = c.Cross(k.ctx, k.tx, k.codes[at], nil, f.Item.Scope, f.Item.Period); err != nil {
			return takenRow{}, err
		}
		k.crossed[at] = x
	}
	f.Value = x.Value(f.Item.Code)
	f.Defs, f.Formula = c.operands(f.Item.Code)
	members, err := c.members(k.ctx, k.tx, *f, w)
	if err != nil {
		return takenRow{}, err
	}
	f.Members = len(members)
	if err := f.adds(members); err != nil {
		return takenRow{}, err
	}
	return f.seal(members)
}

// seal writes the frozen figure as it is stored and hashes it.
func (f *Frozen) seal(members []Member) (takenRow, error) {
	body, err := json.Marshal(f)
	if err != nil {
		return takenRow{}, err
	}
	rows, err := json.Marshal(append([]Member{}, members...))
	if err != nil {
		return takenRow{}, err
	}
	f.Hash = hashOf(string(body), string(rows))
	return takenRow{string(body), string(rows), f.Hash}, nil
}

// hashOf is the SHA-256 of lines, hex. No line holds a newline: they are JSON, ids or hashes.
func hashOf(lines ...string) string {
	h := sha256.New()
	for _, l := range lines {
		h.Write([]byte(l + "\n"))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// hash is the set's own, over what it says and the figures in their order.
func (s FrozenSet) hash() string {
	lines := []string{s.ID, fmt.Sprintf("%q", s.Purpose), fmt.Sprint(s.Seq), fmt.Sprint(s.AsOf.UnixMilli())}
	for _, f := range s.Figures {
		lines = append(lines, f.Hash)
	}
	return hashOf(lines...)
}

// members returns the rows behind a figure in order of ids; none for a ratio or a sum of figures, whose operands have
// them.
func (c *Catalogue) members(ctx context.Context, tx *db.Tx, f Frozen, w window) ([]Member, error) {
	if f.Formula != nil && f.Formula.Op != Median {
		return nil, nil
	}
	d := f.Defs[0]
	s := c.sources[d.Source]
	b := &builder{window: w}
	amount, key, where := "e.amount", "''", ""
	var extras []extra
	if f.Formula != nil {
		extras = append(extras, extra{s.Sums[f.Formula.B].SQL, "m"})
		amount, where = "e.m", " WHERE e.m IS NOT NULL"
	} else if d.Distinct != "" {
		extras = append(extras, extra{s.Keys[d.Distinct].SQL, "k"})
		key = "e.k"
	}
	inner, err := c.evidence(b, d, f.Item.Scope, false, extras...)
	if err != nil {
		return nil, err
	}
	type found struct {
		Member
		key string
	}
	var rows []found
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var m found
		err := r.Scan(&m.ID, &m.Amount, &m.key)
		rows = append(rows, m)
		return err
	}, "SELECT e.id, "+amount+", "+key+" FROM ("+inner+") e"+where, b.args...)
	if err != nil {
		return nil, fmt.Errorf("read members of %s: %w", d.Code, err)
	}
	slices.SortFunc(rows, func(a, b found) int { return cmp.Compare(a.ID, b.ID) })
	keys, out := map[string]bool{}, make([]Member, len(rows))
	for i, m := range rows {
		if i > 0 && rows[i-1].ID == m.ID {
			return nil, fmt.Errorf("record %s is twice in figure %s", m.ID, d.Code)
		}
		if f.Formula == nil && d.Distinct != "" {
			if keys[m.key] {
				m.Amount = 0
			}
			keys[m.key] = true
		}
		out[i] = m.Member
	}
	return out, nil
}

// adds returns an error unless the members are what the value says.
func (f Frozen) adds(members []Member) error {
	if f.Members != len(members) {
		return fmt.Errorf("figure %s has %d members, not %d", f.Item.Code, len(members), f.Members)
	}
	if f.Formula != nil && f.Formula.Op != Median {
		return nil
	}
	want, listed := f.Value.Value, f.Value.Evidence
	var sum int64
	amounts := make([]int64, len(members))
	for i, m := range members {
		sum += m.Amount
		amounts[i] = m.Amount
	}
	sum += f.Value.VeiledAmount
	if f.Formula != nil {
		if sum = 0; len(amounts) > 0 {
			sum = middle(amounts)
		}
	}
	if sum != want || listed != int64(len(members)) {
		return fmt.Errorf("figure %s says %d over %d rows, its members %d over %d", f.Item.Code, want, listed, sum, len(members))
	}
	return nil
}

// PutIn stores a taken set within tx and appends its event, kind "report", type "frozen". Errors: Denied for nobody.
func (t Taken) PutIn(ctx context.Context, tx *db.Tx, a actor.Actor, purpose string) (FrozenSet, journal.Entry, error) {
	who := a.Person
	if a.System {
		who = journal.System
	}
	if who == "" {
		return FrozenSet{}, journal.Entry{}, errs.New(errs.Denied, "error.denied")
	}
	s := t.set
	s.Purpose, s.Actor, s.At = purpose, who, tx.Now
	s.Hash = s.hash()
	fail := func(err error) (FrozenSet, journal.Entry, error) {
		return FrozenSet{}, journal.Entry{}, fmt.Errorf("store frozen set %s: %w", s.ID, err)
	}
	if tx.Town != t.town {
		return fail(fmt.Errorf("it was taken in town %s, not %s", t.town, tx.Town))
	}
	_, err := tx.Exec(ctx, `INSERT INTO frozen_sets (town_id, id, purpose, seq, as_of, at, actor_id, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		s.ID, s.Purpose, s.Seq, s.AsOf.UnixMilli(), s.At.UnixMilli(), s.Actor, s.Hash)
	if err != nil {
		return fail(err)
	}
	for n, row := range t.rows {
		_, err := tx.Exec(ctx, `INSERT INTO frozen_figures (town_id, set_id, n, code, body, members, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			s.ID, n, s.Figures[n].Item.Code, row.body, row.members, row.hash)
		if err != nil {
			return fail(err)
		}
	}
	e, err := journal.Append(ctx, tx, journal.Event{Kind: "report", Record: s.ID, N: 1, Type: "frozen", Actor: who,
		Payload: frozenPayload{Purpose: purpose, Seq: s.Seq, Figures: len(s.Figures), Hash: s.Hash}})
	if err != nil {
		return fail(err)
	}
	return s, e, nil
}

// frozenPayload is what the journal keeps of a set.
type frozenPayload struct {
	Purpose string `json:"purpose"`
	Seq     int64  `json:"seq"`
	Figures int    `json:"figures"`
	Hash    string `json:"hash"`
}
