package casework

import (
	"slices"
	"time"

	"yanming/internal/auth"
	"yanming/internal/calendar"
	"yanming/internal/errs"
	"yanming/internal/seal"
)

// Accept takes a case up. The notice it prints tells receipt, path and procedure (信访工作条例 Art. 23).
type Accept struct{ On }

func (c Accept) event(d *desk) (Event, error) {
	due, err := d.atAcceptance(d.c, d.tx.Now)
	return Event{Type: EvAccepted, Facts: Facts{Due: due}}, err
}

// Decline refuses a case, with the reason, its basis, and where the resident can go.
type Decline struct {
	On
	Reason, Basis, Target string
}

func (c Decline) event(*desk) (Event, error) {
	return Event{Type: EvDeclined, Facts: Facts{Words: Words{Reason: c.Reason, Basis: c.Basis, Target: c.Target}}}, nil
}

// Object brings a declined or forwarded case back, because the resident disagrees.
type Object struct {
	On
	Reason string
}

func (c Object) event(d *desk) (Event, error) {
	notice, due, err := d.atRegistration(d.c.Kind, d.tx.Now)
	return Event{Type: EvObjected, Facts: Facts{Notice: notice, Due: due, Words: Words{Reason: c.Reason}}}, err
}

// Forward hands a case to an office outside the town (转送), and tells the resident which.
type Forward struct {
	On
	Target, Reason string
}

func (c Forward) event(*desk) (Event, error) {
	return Event{Type: EvForwarded, Facts: Facts{Words: Words{Target: c.Target, Reason: c.Reason}}}, nil
}

// Link joins a case to another about the same matter (并件). It keeps its own receipt and gets all updates.
type Link struct {
	On
	Into   seal.Number
	Reason string
}

func (c Link) event(d *desk) (Event, error) {
	other, err := findNumber(d.ctx, d.tx, c.Into)
	if err != nil {
		return Event{}, noSuch("into", err)
	}
	seen, err := d.s.gate(d.ctx, d.tx, d.a, other)
	if err != nil {
		return Event{}, noSuch("into", err)
	}
	if seen.c.State.Final() || seen.c.Veiled() != d.c.Veiled() {
		return Event{}, errs.Field("into", "case.not_linkable")
	}
	return Event{Type: EvLinked, Facts: Facts{Into: seen.c.ID, Words: Words{Reason: c.Reason}}}, nil
}

// noSuch says NotFound of something a field named as a fault of the field.
func noSuch(field string, err error) error {
	if errs.Is(err, errs.NotFound) {
		return errs.Field(field, "case.no_such_number")
	}
	return err
}

// Unlink takes a case out of a link.
type Unlink struct {
	On
	Reason string
}

func (c Unlink) event(d *desk) (Event, error) {
	notice, due, err := d.atRegistration(d.c.Kind, d.tx.Now)
	return Event{Type: EvUnlinked, Facts: Facts{Notice: notice, Due: due, Words: Words{Reason: c.Reason}}}, err
}

// Dispatch gives a case to a lead unit (交办), with assisting units, a responsible leader and a due day. After two
// granted returns only a binding ruling (审定) of a leader does.
type Dispatch struct {
	On
	Unit    string
	Assist  []string
	Leader  string // person
	Handler string // person, "" = the unit decides; must be named for a case in confidence
	Due     calendar.Day
	Note    string
	Ruling  bool
	Reason  string // of the ruling
}

func (c Dispatch) event(d *desk) (Event, error) {
	if err := c.check(d); err != nil {
		return Event{}, err
	}
	sign, err := d.atDispatch(d.c.Kind, d.tx.Now)
	if err != nil {
		return Event{}, err
	}
	due := d.c.Due
	if c.Due != "" {
		day := c.Due.End().Add(-time.Millisecond)
		if day.Before(d.tx.Now) || due.Set() && day.After(due.At) {
			return Event{}, errs.Field("due", "case.due_outside", calendar.DayOf(due.At))
		}
		due.At, due.Rule = day, due.Rule+" dispatch"
	}
	return Event{Type: EvDispatched, Facts: Facts{Unit: c.Unit, Assist: c.Assist, Leader: c.Leader, Handler: c.Handler, Ruling: c.Ruling,
		Due: &due, Sign: sign, Words: Words{Text: c.Note, Reason: c.Reason}}}, nil
}

// Sign acknowledges a case (签收).
type Sign struct{ On }

func (c Sign) event(*desk) (Event, error) { return Event{Type: EvSigned}, nil }

// RequestReturn asks that somebody else be given the case (退单), within the rule's days from dispatch.
type RequestReturn struct {
	On
	Reason string
}

func (c RequestReturn) event(d *desk) (Event, error) {
	last, err := d.lastReturn(d.c)
	if err == nil && last.Set() && d.tx.Now.After(last.At) {
		err = errs.New(errs.Conflict, "case.return_late", calendar.DayOf(last.At))
	}
	return Event{Type: EvReturnRequested, Facts: Facts{Words: Words{Reason: c.Reason}}}, err
}

// DecideReturn grants or denies a return. Clocks run on either way.
type DecideReturn struct {
	On
	Grant  bool
	Reason string
}

func (c DecideReturn) event(*desk) (Event, error) {
	t := EvReturnDenied
	if c.Grant {
		t = EvReturnGranted
	}
	return Event{Type: t, Facts: Facts{Words: Words{Reason: c.Reason}}}, nil
}

// Recuse lets a person step aside from a matter that touches them (回避, 信访工作条例 Art. 28).
type Recuse struct {
	On
	Person  string
	Handler string // who takes over, "" = the unit decides
	Reason  string
}

func (c Recuse) event(d *desk) (Event, error) {
	if c.Person != d.a.Person && !auth.Can(d.a, auth.RightDispatch) {
		return Event{}, errs.New(errs.Denied, "error.denied")
	}
	if c.Handler != "" {
		if err := d.takesOver(c.Handler, c.Person); err != nil {
			return Event{}, err
		}
	}
	return Event{Type: EvRecused, Facts: Facts{Person: c.Person, Handler: c.Handler, Words: Words{Reason: c.Reason}}}, nil
}

// takesOver refuses a new handler who steps aside now or did before, and, of a case in confidence, one who belongs to
// a unit it is about; any other becomes its reader, as at a dispatch.
func (d *desk) takesOver(handler, aside string) error {
	if err := d.person("handler", handler); err != nil {
		return err
	}
	if handler == aside || slices.Contains(d.c.Recused, handler) {
		return errs.Field("handler", "case.recused")
	}
	if !d.c.Veiled() {
		return nil
	}
	if err := d.outside("handler", handler); err != nil {
		return err
	}
	return d.nameReaders(handler)
}

// Correct mends category, kind, place or title. What was said is never changed.
type Correct struct {
	On
	Kind                    Kind
	Category, Village, Grid string
	Title, Reason           string
}

func (c Correct) event(d *desk) (Event, error) {
	p := prepared{Register: Register{Category: c.Category, Village: c.Village, Grid: c.Grid}}
	if err := p.place(d.dir); err != nil {
		return Event{}, err
	}
	if d.c.Veiled() && p.Village != "" { // the new place's own units must not come to know of it either
		if err := putSubjects(d.ctx, d.tx, d.c.ID, d.dir.VillageUnits(p.Village)); err != nil {
			return Event{}, err
		}
	}
	if c.Title != "" && d.c.Visibility.UnderKey() {
		return Event{}, errs.Field("title", "case.title_sealed")
	}
	f := Facts{Kind: c.Kind, Category: p.Category, Village: p.Village, Grid: p.Grid, Words: Words{Title: c.Title, Reason: c.Reason}}
	if was := d.c.Grid; was != "" && p.Village != "" && p.Grid == "" && d.dir.Grid(was).Village != p.Village {
		f.Clears = []Cleared{ClearsGrid}
	}
	return Event{Type: EvCorrected, Facts: f}, nil
}
