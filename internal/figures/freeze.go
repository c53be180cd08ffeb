package figures

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/id"
	"yanming/internal/journal"
	"yanming/internal/roster"
)

// Item is one figure to freeze.
type Item struct {
	Code   string          `json:"code"`
	Scope  Scope           `json:"scope"`
	Period calendar.Period `json:"period"`
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
	Hash    string   `json:"-"`       // SHA-256 over all of this and the members as JSON, hex, however they are kept
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
	town  string
	set   FrozenSet
	rows  []takenRow
	parts roster.Parts // where the members stand
	laid  bool
}

// takenRow is a figure as it is stored: members is "[]" where it has none, else "" and they are kept.
type takenRow struct {
	body, members, hash string
	kept                roster.Ref
}

// Set returns what would be stored.
func (t Taken) Set() FrozenSet { return t.set }

// Freeze reckons every item on one snapshot and stores the set: the same key and items give the same set again.
// Who may freeze for which purpose is the report's to ask.
// Errors: as Compute; Invalid for nothing or too much to freeze; Denied for nobody; Conflict for a key used otherwise.
func (c *Catalogue) Freeze(ctx context.Context, store *db.DB, a actor.Actor, cmd Freeze) (FrozenSet, error) {
	if _, err := whoFreezes(a); err != nil {
		return FrozenSet{}, err
	}
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

// Take reckons items, and the operands of formulas among them, in one repeatable View, and lays their members down. An
// item asked for twice is taken once. Errors: as Freeze.
func (c *Catalogue) Take(ctx context.Context, store *db.DB, town string, items []Item) (t Taken, err error) {
	err = store.View(ctx, town, func(tx *db.Tx) error {
		t, err = c.TakeIn(ctx, tx, items)
		return err
	})
	if err != nil {
		return Taken{}, err
	}
	return t, t.Lay(ctx, store)
}

// TakeIn is Take within a View, on its snapshot; the members are not laid down yet.
func (c *Catalogue) TakeIn(ctx context.Context, tx *db.Tx, items []Item) (Taken, error) {
	if len(items) == 0 || len(items) > maxItems {
		return Taken{}, errs.New(errs.Invalid, "figures.items", maxItems)
	}
	seq, err := journal.Head(ctx, tx)
	if err != nil {
		return Taken{}, fmt.Errorf("read position of journal: %w", err)
	}
	all, err := c.withOperands(ctx, tx, items)
	if err != nil {
		return Taken{}, err
	}
	there, err := roster.Names(ctx, tx)
	if err != nil {
		return Taken{}, err
	}
	w, err := roster.NewWriter(there)
	if err != nil {
		return Taken{}, err
	}
	t := Taken{town: tx.Town, rows: make([]takenRow, len(all)), set: FrozenSet{ID: id.New(tx.Now), Seq: seq, AsOf: tx.Now, Figures: make([]Frozen, len(all))}}
	k := keeper{tx: tx, codes: map[string][]string{}, crossed: map[string]Crossed{}}
	alike := map[string][]int{} // what shares its records → places in the set
	for n, i := range all {
		k.codes[i.place()] = append(k.codes[i.place()], i.Code)
		f := Frozen{Set: t.set.ID, N: n, Item: Item{i.Code, i.Scope.canonical(), i.Period}, Seq: seq, AsOf: tx.Now.UnixMilli()}
		f.Defs, f.Formula = i.c.operands(i.Code)
		t.set.Figures[n] = f
		alike[f.kin()] = append(alike[f.kin()], n)
	}
	for _, kin := range sortedKeys(alike) {
		g := w.Group()
		for _, n := range alike[kin] {
			if t.rows[n], err = k.freeze(ctx, all[n].c, &t.set.Figures[n], g); err != nil {
				return Taken{}, fmt.Errorf("freeze figure %s: %w", all[n].Code, err)
			}
		}
		for i, ref := range g.Close() {
			t.rows[alike[kin][i]].kept = ref
		}
	}
	t.parts = w.Parts()
	return t, nil
}

// kin names what f shares records with: figures of one source do, but flows count acts, and hardly two the same ones.
// It decides how closely members are packed and nothing else.
func (f Frozen) kin() string {
	if d := f.Defs[0]; d.Kind == Flow {
		return d.Source + " " + d.Code
	}
	return f.Defs[0].Source
}

// Lay writes the members of the set into the database, in short transactions that hold nobody up: only what is not
// there already. Nothing names them before PutIn.
func (t *Taken) Lay(ctx context.Context, store *db.DB) error {
	if err := t.parts.Lay(ctx, store, t.town); err != nil {
		return fmt.Errorf("keep members of frozen set %s: %w", t.set.ID, err)
	}
	t.parts, t.laid = roster.Parts{}, true
	return nil
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
	tx      *db.Tx
	codes   map[string][]string // scope and period → codes
	crossed map[string]Crossed
}

// place is the scope and period of an item.
func (i Item) place() string { return Item{Scope: i.Scope, Period: i.Period}.text() }

func (k *keeper) freeze(ctx context.Context, c *Catalogue, f *Frozen, g *roster.Group) (takenRow, error) {
	w := windowOf(f.Item.Period, k.tx.Now)
	at := f.Item.place()
	x, ok := k.crossed[at]
	if !ok {
		var err error
		if x, err = c.Cross(ctx, k.tx, k.codes[at], nil, f.Item.Scope, f.Item.Period); err != nil {
			return takenRow{}, err
		}
		k.crossed[at] = x
	}
	f.Value = x.Value(f.Item.Code)
	members, err := c.members(ctx, k.tx, *f, w)
	if err != nil {
		return takenRow{}, err
	}
	f.Members = len(members)
	body, err := json.Marshal(f)
	if err != nil {
		return takenRow{}, err
	}
	s := newSum(string(body))
	for _, m := range members {
		s.add(m)
	}
	if err := f.adds(s.amounts); err != nil {
		return takenRow{}, err
	}
	f.Hash = s.hash()
	row := takenRow{body: string(body), hash: f.Hash}
	if len(members) == 0 {
		row.members = "[]"
	}
	return row, g.Add(members)
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

// PutIn stores a taken set whose members are laid down, within tx, and appends its event, kind "report", type "frozen".
// Errors: Denied for nobody.
func (t Taken) PutIn(ctx context.Context, tx *db.Tx, a actor.Actor, purpose string) (FrozenSet, journal.Entry, error) {
	who, err := whoFreezes(a)
	if err != nil {
		return FrozenSet{}, journal.Entry{}, err
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
	if !t.laid {
		return fail(errors.New("its members were not laid down"))
	}
	_, err = tx.Exec(ctx, `INSERT INTO frozen_sets (town_id, id, purpose, seq, as_of, at, actor_id, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		s.ID, s.Purpose, s.Seq, s.AsOf.UnixMilli(), s.At.UnixMilli(), s.Actor, s.Hash)
	if err != nil {
		return fail(err)
	}
	args := make([]any, 0, 8*len(t.rows))
	for n, row := range t.rows {
		args = append(args, s.ID, n, s.Figures[n].Item.Code, row.body, row.members, row.hash, row.kept.IDs, row.kept.Places)
	}
	if err := tx.Insert(ctx, `INSERT INTO frozen_figures (town_id, set_id, n, code, body, members, hash, ids, places) VALUES`, "", 8, args); err != nil {
		return fail(err)
	}
	e, err := journal.Append(ctx, tx, journal.Event{Kind: "report", Record: s.ID, N: 1, Type: "frozen", Actor: who,
		Payload: frozenPayload{Purpose: purpose, Seq: s.Seq, Figures: len(s.Figures), Hash: s.Hash}})
	if err != nil {
		return fail(err)
	}
	return s, e, nil
}

// whoFreezes is the person who freezes, or the system. Errors: Denied for nobody.
func whoFreezes(a actor.Actor) (string, error) {
	switch {
	case a.System:
		return journal.System, nil
	case a.Person == "":
		return "", errs.New(errs.Denied, "error.denied")
	}
	return a.Person, nil
}

// frozenPayload is what the journal keeps of a set.
type frozenPayload struct {
	Purpose string `json:"purpose"`
	Seq     int64  `json:"seq"`
	Figures int    `json:"figures"`
	Hash    string `json:"hash"`
}
