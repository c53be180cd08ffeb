package notice

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/journal"
	"yanming/internal/org"
)

// Name is the deriver's mark.
func (s *Service) Name() string { return "notices" }

// Apart says that notices stand among the facts: nobody may be told twice.
func (*Service) Apart() bool { return false }

// Concerns leaves out what nobody is told of: history from a ledger, which waits for nobody, and an opinion that was just
// said, the commonest event of all, which waits in the inbox of intake.
func (*Service) Concerns(e journal.Entry) bool {
	if e.Kind != casework.RecordKind {
		return true
	}
	if e.Batch != "" {
		return casework.Type(e.Type) == casework.EvVoided
	}
	if casework.Type(e.Type) != casework.EvRegistered {
		return true
	}
	if !bytes.Contains(e.Payload, sealed) { // a quotation mark within a text of JSON is written otherwise
		return false
	}
	var f struct{ Visibility casework.Visibility }
	return e.Decode(&f) != nil || f.Visibility == casework.Sealed
}

// sealed stands in the payload of whatever is in confidence.
var sealed = []byte(`"` + casework.Sealed + `"`)

// Lean says that it reads what the events hold.
func (*Service) Lean() bool { return false }

// Derive tells the people whom the events concern. What is older than read notices are kept tells nobody any more, so
// that beginning again neither brings back what was put away nor sends anything twice.
func (s *Service) Derive(ctx context.Context, tx *db.Tx, events []journal.Entry) error {
	d := &deriving{s: s, ctx: ctx, tx: tx, cases: map[casework.ID]*concern{}}
	for _, e := range events {
		if tx.Now.Sub(e.At) >= readFor {
			continue
		}
		var err error
		switch e.Kind {
		case casework.RecordKind:
			err = d.ofCase(e)
		case auth.RecordKind:
			err = d.ofAccount(e)
		case reportKind:
			err = d.ofReport(e)
		case importKind:
			err = d.ofImport(e)
		case org.RecordKind:
			err = d.ofOrg(e)
		}
		if err != nil {
			return fmt.Errorf("tell of event %s: %w", e.ID, err)
		}
	}
	return nil
}

// deriving is one transaction that tells people, with what it had to look up. The context is that of the transaction: it
// belongs to it, and neither outlives the call that made this.
type deriving struct {
	s        *Service
	ctx      context.Context
	tx       *db.Tx
	dir      *org.Directory
	accounts map[string]auth.Account // by person, those that are open
	wishes   map[string]Wish         // by person
	hooks    map[string]bool         // by unit
	cases    map[casework.ID]*concern
}

// concern is a case with the notices of it that nobody has read.
type concern struct {
	casework.Concern
	unread []Notice
}

// load reads whom there is to tell, once.
func (d *deriving) load() (err error) {
	if d.dir != nil {
		return nil
	}
	if d.dir, err = d.s.Orgs.Load(d.ctx, d.tx); err != nil {
		return err
	}
	all, err := auth.Accounts(d.ctx, d.tx)
	if err != nil {
		return err
	}
	d.accounts = map[string]auth.Account{}
	for _, a := range all {
		if !a.Disabled {
			d.accounts[a.Person] = a
		}
	}
	if d.wishes, err = wishes(d.ctx, d.tx); err != nil {
		return err
	}
	d.hooks, err = hookUnits(d.ctx, d.tx)
	return err
}

// acting is a person with the posts held now.
func (d *deriving) acting(person string) actor.Actor {
	return actingIn(d.dir, d.accounts[person], d.tx.Town, person)
}

func actingIn(dir *org.Directory, acc auth.Account, town, person string) actor.Actor {
	a := actor.Actor{Town: town, Person: person, Account: acc.ID, Name: dir.Person(person).Name, Doubted: acc.DoubtedBy != ""}
	for _, p := range dir.PostsOf(person) {
		a.Posts = append(a.Posts, actor.Post{ID: p.ID, Unit: p.Unit, Role: p.Role, Villages: p.Villages})
	}
	return a
}

// give tells one person, once for the same mark, and has it mailed as they wished.
func (d *deriving) give(person string, n Notice) error {
	if d.accounts[person].ID == "" {
		return nil
	}
	n.Person = person
	added, err := addNotice(d.ctx, d.tx, n)
	if err != nil || !added || n.Confided || d.tx.Now.Sub(n.At) >= fresh || d.s.out.Mail == nil {
		return err
	}
	w := d.wishes[person]
	if w.Address == "" || !n.Kind.guards() && (w.Pace != AtOnce || n.Kind.byClock() || slices.Contains(w.Muted, n.Kind)) {
		return nil
	}
	return addDelivery(d.ctx, d.tx, Delivery{Channel: ByMail, Target: person, Kind: string(n.Kind), Record: n.Record, Mark: n.Mark, At: n.At})
}

// concern looks a case up once, and puts away what its present state has settled or what its owner may no longer open.
func (d *deriving) concern(id casework.ID) (*concern, error) {
	if c := d.cases[id]; c != nil {
		return c, nil
	}
	if err := d.load(); err != nil {
		return nil, err
	}
	found, err := d.s.Cases.Concern(d.ctx, d.tx, id)
	if err != nil {
		return nil, err
	}
	c := &concern{Concern: found}
	d.cases[id] = c
	list, err := unreadOf(d.ctx, d.tx, string(id))
	if err != nil {
		return nil, err
	}
	for _, n := range list {
		switch {
		case !c.Admits(d.acting(n.Person)):
			err = removeNotice(d.ctx, d.tx, n.ID)
		case !waits(n.Kind, c.Case):
			_, err = markRead(d.ctx, d.tx, n.Person, n.ID)
		default:
			c.unread = append(c.unread, n)
		}
		if err != nil {
			return nil, err
		}
	}
	return c, nil
}

// ofCase tells of a step of a case.
func (d *deriving) ofCase(e journal.Entry) error {
	id := casework.ID(e.Record)
	switch {
	case !d.s.Concerns(e):
		return nil
	case e.Batch != "":
		return removeNoticesOf(d.ctx, d.tx, e.Record)
	}
	c, err := d.concern(id)
	if err != nil {
		return err
	}
	told, err := d.whom(e, c)
	if err != nil {
		return err
	}
	for _, x := range told {
		if x.person == e.Actor || x.person == "" || !c.Admits(d.acting(x.person)) {
			continue
		}
		n := Notice{Kind: x.kind, Record: e.Record, Mark: e.ID, At: e.At}
		if c.Veiled() {
			n.Kind, n.Confided = Confided, true
			if slices.ContainsFunc(c.unread, func(o Notice) bool { return o.Person == x.person }) {
				continue // that something waits has been said
			}
			n.Person = x.person
			c.unread = append(c.unread, n)
		}
		if !waits(n.Kind, c.Case) {
			continue
		}
		if err := d.give(x.person, n); err != nil {
			return err
		}
	}
	return d.call(e, c)
}

// call has the units' own systems told of a step of an open case that they handle or assist.
func (d *deriving) call(e journal.Entry, c *concern) error {
	if c.Veiled() || !d.s.out.Calls || len(d.hooks) == 0 || !slices.Contains(called(), casework.Type(e.Type)) || d.tx.Now.Sub(e.At) >= fresh {
		return nil
	}
	for _, unit := range append([]string{c.Unit}, c.Assist...) {
		if !d.hooks[unit] {
			continue
		}
		err := addDelivery(d.ctx, d.tx, Delivery{Channel: ByHook, Target: unit, Kind: "case." + e.Type, Record: e.Record, Mark: e.ID, At: e.At})
		if err != nil {
			return err
		}
	}
	return nil
}

// ofOrg takes back what somebody whose posts changed may no longer open, and tells administrators that another one took
// the keys.
func (d *deriving) ofOrg(e journal.Entry) error {
	switch e.Type {
	case "keys_exported", "keys_printed":
		return d.ofKeys(e)
	case "post_began", "post_ended":
	default:
		return nil
	}
	var p struct {
		Person string `json:"person"`
	}
	if err := e.Decode(&p); err != nil || p.Person == "" {
		return err
	}
	return d.recheck(p.Person)
}

// recheck takes back the notices of cases that a person may no longer open.
func (d *deriving) recheck(person string) error {
	if err := d.load(); err != nil {
		return err
	}
	list, err := unreadBy(d.ctx, d.tx, person)
	if err != nil {
		return err
	}
	var ids []casework.ID
	for _, n := range list {
		if n.Kind.OfCase() {
			ids = append(ids, casework.ID(n.Record))
		}
	}
	seen, err := d.s.glance(d.ctx, d.tx, d.acting(person), ids)
	if err != nil {
		return err
	}
	for _, n := range list {
		if _, ok := seen[casework.ID(n.Record)]; n.Kind.OfCase() && !ok {
			if err := removeNotice(d.ctx, d.tx, n.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// glances is how many cases the gate is asked about at a time.
const glances = 200

// glance asks casework's gate which of the cases somebody sees now.
func (s *Service) glance(ctx context.Context, tx *db.Tx, a actor.Actor, ids []casework.ID) (map[casework.ID]casework.Case, error) {
	out := map[casework.ID]casework.Case{}
	slices.Sort(ids)
	for part := range slices.Chunk(slices.Compact(ids), glances) {
		seen, err := s.Cases.Glance(ctx, tx, a, part)
		if err != nil {
			return nil, err
		}
		for id, c := range seen {
			out[id] = c
		}
	}
	return out, nil
}

var _ journal.Deriver = (*Service)(nil)
