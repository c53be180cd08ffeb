package casework

import (
	"context"
	"slices"
	"time"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/org"
)

// book is what a town has settled, opened for one command: its directory, calendar and deadline rules.
type book struct {
	now   time.Time
	dir   *org.Directory
	cal   *calendar.Calendar
	hours calendar.Hours
}

func (s *Service) openBook(ctx context.Context, tx *db.Tx) (*book, error) {
	dir, err := s.orgs.Load(ctx, tx)
	if err != nil {
		return nil, err
	}
	return bookOf(dir, tx.Now), nil
}

func bookOf(dir *org.Directory, now time.Time) *book {
	return &book{now: now, dir: dir, cal: dir.Calendar, hours: dir.Settings.Hours}
}

// rule returns the version of a clock's rule that holds now. What it sets is stored with the case, so that a later
// version never alters it.
func (b *book) rule(k Kind, c org.Clock) (org.Rule, error) {
	return b.dir.RuleFor(string(k), c, b.now)
}

// set starts a clock.
func (b *book) set(r org.Rule, start time.Time) Clock {
	at, provisional := b.cal.Due(start, r.Span, b.hours)
	return Clock{At: at, Rule: r.Ref(), Provisional: provisional}
}

// atRegistration starts the notice clock, and the handling clock as late as it can begin: where its rule starts it at
// acceptance, when the notice clock runs out.
func (b *book) atRegistration(k Kind, now time.Time) (notice, due *Clock, err error) {
	rn, err := b.rule(k, org.Notice)
	if err != nil {
		return nil, nil, err
	}
	rh, err := b.rule(k, org.Handle)
	if err != nil {
		return nil, nil, err
	}
	n := b.set(rn, now)
	start := now
	if rh.Start == string(EvAccepted) {
		start = n.At
	}
	d := b.set(rh, start)
	return &n, &d, nil
}

// atAcceptance starts the handling clock where its rule starts it then. It never moves a due moment later.
func (b *book) atAcceptance(c Case, now time.Time) (*Clock, error) {
	r, err := b.rule(c.Kind, org.Handle)
	if err != nil || r.Start != string(EvAccepted) || c.Backfilled {
		return nil, err
	}
	d := b.set(r, now)
	if c.Due.Set() && d.At.After(c.Due.At) {
		return nil, nil
	}
	return &d, nil
}

// atDispatch starts the clock after which silence counts as receipt.
func (b *book) atDispatch(k Kind, now time.Time) (*Clock, error) {
	r, err := b.rule(k, org.Sign)
	if err != nil {
		return nil, err
	}
	c := b.set(r, now)
	return &c, nil
}

// again starts a new round: the handling clock from now.
func (b *book) again(k Kind, now time.Time) (*Clock, error) {
	r, err := b.rule(k, org.Handle)
	if err != nil {
		return nil, err
	}
	c := b.set(r, now)
	return &c, nil
}

// extension returns the span by which a case may still be extended. Conflict when its rule allows no more.
func (b *book) extension(c Case) (calendar.Span, error) {
	r, err := b.rule(c.Kind, org.Handle)
	if err != nil {
		return calendar.Span{}, err
	}
	if int64(c.Extensions) >= r.Times {
		return calendar.Span{}, errs.New(errs.Conflict, "case.extension_used", r.Times)
	}
	return r.Extension, nil
}

// extended moves the due moment by the extension that was asked for.
func (b *book) extended(c Case) (*Clock, error) {
	most, err := b.extension(c)
	if err != nil {
		return nil, err
	}
	most.N = min(most.N, c.Extending)
	at, provisional := b.cal.Extend(c.Due.At, most, b.hours)
	return &Clock{At: at, Rule: c.Due.Rule + " extended", Provisional: provisional}, nil
}

// resumed gives back the time for which the resident was asked, where the rule allows a pause and up to its cap.
func (b *book) resumed(c Case, from, to time.Time) (*Clock, error) {
	r, err := b.rule(c.Kind, org.Handle)
	if err != nil || !r.Pauses || !c.Due.Set() {
		return nil, err
	}
	at, used, provisional := b.cal.Shift(c.Due.At, []calendar.Pause{{From: from, To: to}}, r.Pause, b.hours)
	if used == 0 {
		return nil, nil
	}
	return &Clock{At: at, Rule: c.Due.Rule + " paused", Provisional: provisional}, nil
}

// lastReturn is until when a dispatched unit may say that a case is not its own.
func (b *book) lastReturn(c Case) (Clock, error) { return b.since(c, org.Return, c.Dispatched) }

// lastReopen is until when a closed case may be taken up again.
func (b *book) lastReopen(c Case) (Clock, error) {
	r, err := b.rule(c.Kind, org.Reopen)
	if errs.Is(err, errs.NotFound) {
		return Clock{}, nil
	}
	if err != nil {
		return Clock{}, err
	}
	start := c.Closed
	if r.Start == "answered" {
		start = c.Answered
	}
	return b.set(r, start), nil
}

func (b *book) since(c Case, clock org.Clock, start time.Time) (Clock, error) {
	r, err := b.rule(c.Kind, clock)
	if errs.Is(err, errs.NotFound) {
		return Clock{}, nil
	}
	if err != nil {
		return Clock{}, err
	}
	return b.set(r, start), nil
}

// unit checks that a field names a unit of the town that still exists.
func (b *book) unit(field, id string) error {
	if u := b.dir.Unit(id); u.ID == "" || !u.Lasts() {
		return errs.Field(field, "error.choice")
	}
	return nil
}

// person checks that a field names a person who holds a post in the town.
func (b *book) person(field, id string) error {
	if len(b.dir.PostsOf(id)) == 0 {
		return errs.Field(field, "error.choice")
	}
	return nil
}

// outside checks that a person belongs to no unit that the case is about.
func (d *desk) outside(field, person string) error {
	subjects, err := subjectsOf(d.ctx, d.tx, d.c.ID)
	if err != nil {
		return err
	}
	for _, u := range d.dir.UnitsOf(person) {
		if slices.Contains(subjects, u) {
			return errs.Field(field, "case.subject_unit")
		}
	}
	return nil
}

// readers are who reads a new case in confidence: nobody where the town has nobody for it. Whoever wrote it down knows it
// already; they read on, unless it is about their own unit.
func (b *book) readers(a actor.Actor, subjects []string) []string {
	readers := b.confidants(subjects)
	if len(readers) > 0 && a.Person != "" && !slices.ContainsFunc(subjects, a.InUnit) {
		readers = with(readers, a.Person)
	}
	return readers
}

// confidants returns the people the town named to read cases in confidence, less those who belong to a unit that the
// case is about or hold no post any more.
func (b *book) confidants(subjects []string) (people []string) {
	for _, p := range b.dir.Settings.Confidants {
		units := b.dir.UnitsOf(p)
		if len(units) > 0 && !slices.ContainsFunc(subjects, func(u string) bool { return slices.Contains(units, u) }) {
			people = append(people, p)
		}
	}
	return people
}

// check refuses a dispatch that names nobody of the town, or whom a case in confidence is about.
func (c Dispatch) check(d *desk) error {
	if err := d.unit("unit", c.Unit); err != nil {
		return err
	}
	for _, u := range c.Assist {
		if err := d.unit("assist", u); err != nil {
			return err
		}
	}
	if err := d.person("leader", c.Leader); err != nil {
		return err
	}
	if c.Handler != "" {
		if err := d.person("handler", c.Handler); err != nil {
			return err
		}
	}
	if c.Ruling && !d.a.Is(actor.Leader, actor.CountyOfficer) {
		return errs.New(errs.Denied, "case.ruling_leader")
	}
	if !d.c.Veiled() {
		return nil
	}
	return c.checkVeiled(d)
}

// checkVeiled: a case in confidence goes to a named person, never to a unit it is about.
func (c Dispatch) checkVeiled(d *desk) error {
	if c.Handler == "" {
		return errs.Field("handler", "case.name_handler")
	}
	subjects, err := subjectsOf(d.ctx, d.tx, d.c.ID)
	if err != nil {
		return err
	}
	for _, u := range append([]string{c.Unit}, c.Assist...) {
		if slices.Contains(subjects, u) {
			return errs.Field("unit", "case.subject_unit")
		}
	}
	for _, p := range []string{c.Handler, c.Leader} {
		if err := d.outside("handler", p); err != nil {
			return err
		}
	}
	return d.nameReaders(c.Handler, c.Leader)
}
