package casework

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/id"
	"yanming/internal/journal"
	"yanming/internal/org"
	"yanming/internal/seal"
)

// Limits of what a case may hold, in characters.
const (
	maxTitle = 80
	maxText  = 8000
)

// Person is who spoke and how to reach them. It lives apart, under the record's key.
type Person struct {
	Name    string `json:"name,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Address string `json:"address,omitempty"`
}

// Given reports whether anything was given.
func (p Person) Given() bool { return p != Person{} }

// Register is one word of a resident, over any channel. One command serves the page, the counter, the import and the
// demo.
type Register struct {
	Key      journal.Key `json:"-"`
	Kind     Kind
	Channel  Channel
	Category string
	Title    string // the first words of Text when empty
	Text     string
	Place    string // in the resident's words
	Village  string
	Grid     string
	Firm     string
	Extra    map[string]string // the kind's own fields
	Person   Person
	ReplyBy  string // phone | post | in_person | none
	// Confide asks that nobody but named readers learn of the case. Subjects are the units it is about; the village's
	// own units are added.
	Confide    bool
	Subjects   []string
	Visibility Visibility // Summary when empty and not Confide; nothing is public before Publish
	Anonymity  Anonymity  // Open with a name, Anonymous without one, SealedIdentity with Confide, when empty
	Consent    bool
	Said       time.Time // when it was said, for paper; now when zero; never later than now
	External   External
	Paper      seal.Number // a printed slip's number, when the resident holds one already
	Source     *Source     // the row of an imported file; makes the case history (补录)
	Files      []journal.File
	// Photos are kept like Files, but do not belong to what makes two requests the same: a browser that went back sends
	// the same form again without them. Of a registration that was taken before they are left out (Receipt.Again). A
	// case under a key has none: they are stored under that key, which is made here, and added afterwards.
	Photos    []journal.File `json:"-"`
	Immediate bool           // part of an immediate fix
}

// Receipt is what a resident goes home with. Secret replaces number and code of a case in confidence.
type Receipt struct {
	Case   ID
	Number seal.Number
	Code   string
	Secret seal.Secret
	Again  bool // the same form was taken before; nothing was written now
}

// prepared is a registration that was checked, with the digest by which its key knows it and its one secret.
type prepared struct {
	Register
	digest []byte
	secret seal.Secret
	tag    []byte
}

// prepare checks a registration and does what must not wait inside a transaction: the slow hash of a secret.
func (s *Service) prepare(townNumber int, cmd Register) (prepared, error) {
	cmd.fill()
	if err := cmd.check(); err != nil {
		return prepared{}, err
	}
	if len(cmd.Photos) > 0 && cmd.Visibility.UnderKey() {
		return prepared{}, fmt.Errorf("register a case under a key with %d photos in clear", len(cmd.Photos))
	}
	p := prepared{Register: cmd}
	var err error
	if p.digest, err = journal.Digest(cmd); err != nil {
		return p, err
	}
	if cmd.Confide || cmd.Visibility == Sealed {
		token := string(cmd.Key)
		if token == "" {
			token = id.Token()
		}
		p.secret = s.keys.Secret(townNumber, token)
		p.tag = s.keys.SecretTag(p.secret)
	}
	return p, nil
}

func (r *Register) fill() {
	r.Title, r.Text = strings.TrimSpace(r.Title), strings.TrimSpace(r.Text)
	if r.Title == "" {
		r.Title = firstWords(r.Text)
	}
	if r.Confide {
		r.Visibility = Sealed
	}
	if r.Visibility == "" || r.Visibility == Public { // to publish is a step of its own, with a title that names nobody
		r.Visibility = Summary
	}
	if r.Anonymity == "" {
		switch {
		case !r.Person.Given():
			r.Anonymity = Anonymous
		case r.Visibility == Sealed:
			r.Anonymity = SealedIdentity
		default:
			r.Anonymity = Open
		}
	}
	switch r.Anonymity {
	case Anonymous:
		r.Person = Person{}
	case Protected:
		r.Files = nameless(r.Files)
	}
}

func (r Register) check() error {
	var l errs.List
	if n := utf8.RuneCountInString(r.Text); r.Text == "" {
		l.Add("text", "case.text_required")
	} else if n > maxText {
		l.Add("text", "error.too_long", maxText)
	}
	if utf8.RuneCountInString(r.Title) > maxTitle {
		l.Add("title", "error.too_long", maxTitle)
	}
	known(&l, "kind", r.Kind, Kinds())
	known(&l, "channel", r.Channel, Channels())
	if r.Anonymity == Protected && r.Source == nil && r.tells() {
		l.Add("text", "case.tells_who")
	}
	for _, f := range Fields(r.Kind) {
		if f.Required && strings.TrimSpace(r.Extra[f.Name]) == "" {
			l.Add("extra_"+f.Name, "error.required")
		}
	}
	return l.Err()
}

// firstWords makes a title of a text: up to its first full stop, at most 30 characters.
func firstWords(text string) string {
	if i := strings.IndexAny(text, "。！？!?\n"); i > 0 {
		text = text[:i]
	}
	rs := []rune(text)
	if len(rs) > 30 {
		return string(rs[:29]) + "…"
	}
	return string(rs)
}

// Register takes a word down and returns its receipt. Sending the same form twice gives one case and the same receipt.
//
// Errors: Invalid; Denied where the actor's posts do not register; Conflict "case.no_confidant" where nobody outside
// the units concerned may read in confidence (the matter then belongs to the county), "case.external_known" where
// another case has the external number.
func (s *Service) Register(ctx context.Context, a actor.Actor, cmd Register) (Receipt, error) {
	x, err := s.word(ctx, a, cmd)
	if err != nil {
		return Receipt{}, err
	}
	var c Case
	var again bool
	err = s.store.Update(ctx, a.Town, func(tx *db.Tx) error {
		c, again, err = s.register(ctx, tx, a, x)
		return err
	})
	if err != nil {
		return Receipt{}, err
	}
	return s.receipt(a.Town, c, x.secret, again), nil
}

// word makes a registration ready to be written, as the town stood when it was last looked at.
func (s *Service) word(ctx context.Context, a actor.Actor, cmd Register) (*matter, error) {
	if err := may(a, Case{}, EvRegistered); err != nil {
		return nil, err
	}
	town, err := s.townNumber(ctx, a.Town)
	if err != nil {
		return nil, err
	}
	x := &matter{}
	if x.prepared, err = s.prepare(town, cmd); err != nil {
		return nil, err
	}
	dir, err := s.orgs.Recent(ctx, a.Town)
	if err != nil {
		return nil, err
	}
	number := x.Paper
	if number == "" {
		number = seal.NewNumber(town)
	}
	x.word(a, dir, s.store.Now(), number)
	return x, nil
}

// register writes a word: made again, in a copy, where the town changed since, its number was taken or it waited too
// long. again says that its key was used before, and nothing was written now.
func (s *Service) register(ctx context.Context, tx *db.Tx, a actor.Actor, x *matter) (c Case, again bool, err error) {
	dir, err := s.orgs.Load(ctx, tx)
	if err != nil {
		return Case{}, false, err
	}
	number := x.c.Number
	if x.Paper == "" {
		if number, err = freeNumber(ctx, tx, number); err != nil {
			return Case{}, false, err
		}
	}
	if number != x.c.Number || !x.stands(dir, tx.Now) {
		anew := *x
		anew.word(a, dir, tx.Now, number)
		x = &anew
	}
	tx.Now = x.now // what was made of it says when
	var first string
	var seen bool
	if x.wrong == nil {
		first, seen, err = journal.Claim(ctx, tx, x.Key, x.digest, x.events[0].ID, string(x.c.ID))
	} else if first, seen, err = journal.Once(ctx, tx, x.Key, x.digest); err == nil && !seen {
		err = x.wrong
	}
	if err != nil {
		return Case{}, false, err
	}
	if seen {
		old, err := getCase(ctx, tx, ID(first))
		return old.Case, true, err
	}
	if x.Paper != "" {
		if err := spend(ctx, tx, x.Paper, x.c.ID, ""); err != nil {
			return Case{}, false, err
		}
	}
	if err := s.insertMatters(ctx, tx, []*matter{x}); err != nil {
		return Case{}, false, err
	}
	if err := s.putAside(ctx, tx, a, x); err != nil {
		return Case{}, false, err
	}
	return x.c, false, attach(ctx, tx, journal.Entry{ID: x.events[0].ID, Record: string(x.c.ID)}, x.c, x.files())
}

func (r Register) files() []journal.File { return slices.Concat(r.Files, r.Photos) }

// place fills village and grid in from the firm, and the village from the grid, refuses what the town does not have and a
// grid of another village, and adds the village's own units to what a case in confidence is about.
func (p *prepared) place(dir *org.Directory) error {
	if p.Firm != "" {
		f := dir.Unit(p.Firm)
		if f.Kind != org.Firm {
			return errs.Field("firm", "error.choice")
		}
		if p.Village == "" && p.Grid == "" {
			p.Village, p.Grid = f.Village, f.Grid
		}
	}
	if p.Grid != "" {
		g := dir.Grid(p.Grid)
		if g.ID == "" {
			return errs.Field("grid", "error.choice")
		}
		if p.Village == "" {
			p.Village = g.Village
		}
		if p.Village != g.Village {
			return errs.Field("grid", "case.grid_elsewhere")
		}
	}
	if p.Village != "" && dir.Village(p.Village).ID == "" {
		return errs.Field("village", "error.choice")
	}
	if p.Category != "" && dir.Category(p.Category).Code == "" {
		return errs.Field("category", "error.choice")
	}
	if p.Visibility == Sealed && p.Village != "" {
		for _, u := range dir.VillageUnits(p.Village) {
			p.Subjects = with(p.Subjects, u)
		}
	}
	return nil
}

func (p prepared) event(b *book, number seal.Number) (Event, error) {
	at := b.now
	if !p.Said.IsZero() {
		if p.Said.After(b.now) {
			return Event{}, errs.Field("said", "case.said_later")
		}
		at = p.Said
	}
	f := Facts{Number: string(number), Kind: p.Kind, Channel: p.Channel, Category: p.Category, Visibility: p.Visibility,
		Anonymity: p.Anonymity, Village: p.Village, Grid: p.Grid, Firm: p.Firm, Backfilled: p.Source != nil, Immediate: p.Immediate,
		Consent: p.Consent, ReplyBy: p.ReplyBy, SecretTag: p.tag,
		Words: Words{Title: p.Title, Text: p.Text, Place: p.Place, Extra: p.Extra}}
	if !at.Equal(b.now) || p.Source != nil { // a ledger's row is read before it is recorded
		f.At = at.UnixMilli()
	}
	if p.External.Number != "" {
		f.External = &p.External
	}
	f.Files = digests(p.files())
	if p.Source == nil {
		// A late record of paper does not shorten the unit's time: clocks run from the registration.
		notice, due, err := b.atRegistration(p.Kind, b.now)
		if err != nil {
			return Event{}, err
		}
		f.Notice, f.Due = notice, due
	}
	return Event{Type: EvRegistered, Facts: f}, nil
}

// putAside writes what stands beside the row of a case that somebody registers: subjects, readers, a number of
// another system.
func (s *Service) putAside(ctx context.Context, tx *db.Tx, a actor.Actor, x *matter) error {
	if err := putSubjects(ctx, tx, x.c.ID, x.subjects); err != nil {
		return err
	}
	if err := journal.Name(ctx, tx, string(x.c.ID), by(a), x.readers...); err != nil {
		return err
	}
	return putExternal(ctx, tx, x.c, x.External)
}

// freeNumber returns n, or another number of its town where it was taken.
func freeNumber(ctx context.Context, tx *db.Tx, n seal.Number) (seal.Number, error) {
	for {
		taken, err := numberTaken(ctx, tx, n)
		if err != nil || !taken {
			return n, err
		}
		n = seal.NewNumber(n.Town())
	}
}

// receipt is what the resident is shown. The code is made again from the key, never stored.
func (s *Service) receipt(town string, c Case, secret seal.Secret, again bool) Receipt {
	r := Receipt{Case: c.ID, Number: c.Number, Again: again}
	if len(c.SecretTag) > 0 {
		r.Secret = secret
		return r
	}
	r.Code = s.keys.Code(town, c.Number, c.Generation)
	return r
}
