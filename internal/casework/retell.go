package casework

import (
	"strconv"
	"time"

	"yanming/internal/figures"
)

// retelling is a case as its journal tells it over again: how it stands, how it stood from when until when, what was done.
type retelling struct {
	c     Case
	now   footing
	spans []spanRow
	deeds []doing
}

// doing is one thing done.
type doing struct {
	what Type
	at   int64
}

// after folds one event.
func (t *retelling) after(e folded) {
	old, at := t.now, e.At.UnixMilli()
	if e.Facts.At != 0 {
		at = e.Facts.At
	}
	first := t.c.Rev == 0
	t.c = t.c.after(e.Event)
	if e.Type.deed() {
		t.deeds = append(t.deeds, doing{e.Type, at})
	}
	if t.now = t.c.footing(); !first && t.now == old {
		return
	}
	if n := len(t.spans); n > 0 {
		t.spans[n-1].until = at
	}
	t.spans = append(t.spans, spanRow{t.c.ID, t.c.Rev, at, -1, t.now})
}

// footing is what figures read of the case.
func (c Case) footing() footing {
	b := make([]byte, 0, 192)
	text := func(s string) { b = append(append(b, s...), '|') }
	number := func(n int64) { b = append(strconv.AppendInt(b, n, 10), '|') }
	text(string(c.State))
	text(string(c.Outcome))
	number(int64(c.Round))
	for _, s := range []string{c.Unit, c.Leader, c.Category, c.Village, c.Grid} {
		text(s)
	}
	number(c.dueMillis())
	answered, took, onTime := int64(-1), int64(-1), int64(-1)
	if !c.Answered.IsZero() {
		answered = c.Answered.UnixMilli()
		if !c.Backfilled {
			took = c.Took.Milliseconds()
		}
	}
	if c.OnTime != nil {
		onTime = one(*c.OnTime)
	}
	number(answered)
	number(took)
	number(onTime)
	number(one(c.Reached))
	text(string(c.Solved))
	text(string(c.Satisfied))
	number(one(c.Confirmed()))
	number(one(c.counter()))
	number(int64(c.Returns))
	return footing(strconv.AppendInt(b, int64(c.Extensions), 10))
}

// one is a truth as a number.
func one(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// tell gives the case and what was done to the counts of figures. What was made void is counted nowhere.
func (t retelling) tell(counts []*figures.Again) error {
	if t.c.State == Void || t.c.Rev == 0 {
		return nil
	}
	for _, a := range counts {
		if a.Source() == caseSourceName {
			if err := a.Add(retold{&t}); err != nil {
				return err
			}
			continue
		}
		for i := range t.deeds {
			if err := a.Add(redone{retold{&t}, t.deeds[i]}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Counted returns the sources that Check can tell over again.
func Counted() []string { return []string{caseSourceName, deedSourceName} }

// retold is a case as the source of cases has it; each name is decided here once more, in Go.
type retold struct{ *retelling }

// Confided implements figures.Record.
func (r retold) Confided() bool { return r.c.Veiled() }

// Dim implements figures.Record.
func (r retold) Dim(name string) string {
	c := &r.c
	switch name {
	case "kind":
		return string(c.Kind)
	case "channel":
		return string(c.Channel)
	case "state":
		return string(c.State)
	case "outcome":
		return string(c.Outcome)
	case "standing":
		return c.class()
	case "solved":
		return string(c.Solved)
	case "satisfied":
		return string(c.Satisfied)
	case "anonymity":
		return string(c.Anonymity)
	case "visibility":
		return string(c.Visibility)
	case "category":
		return c.Category
	case "village":
		return c.Village
	case "grid":
		return c.Grid
	case "unit":
		return c.Unit
	case "leader":
		return c.Leader
	case "on_time":
		if c.OnTime == nil {
			return ""
		}
		return yesOrNo(*c.OnTime)
	case "at_counter":
		return yesOrNo(c.counter())
	case "reached":
		return yesOrNo(c.Reached)
	case "again":
		return yesOrNo(c.Round > 1)
	case "returned":
		return yesOrNo(c.Returns > 0)
	case "extended":
		return yesOrNo(c.Extensions > 0)
	case "immediate":
		return yesOrNo(c.Immediate)
	case "backfilled":
		return yesOrNo(c.Backfilled)
	}
	return ""
}

// class is the class of the case by which the classes add up to what was received.
func (c Case) class() string {
	switch c.State {
	case Declined, Forwarded, Linked, Withdrawn:
		return string(c.State)
	case Answered, FollowUp, Closed:
		switch c.Outcome {
		case Resolved:
			return "resolved"
		case "", Scheduled:
		default:
			return "concluded"
		}
	}
	return "in_progress"
}

func yesOrNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// Time implements figures.Record.
func (r retold) Time(name string) (int64, bool) {
	ms := func(t time.Time) (int64, bool) { return t.UnixMilli(), !t.IsZero() }
	switch name {
	case "registered":
		return ms(r.c.Registered)
	case "due":
		return r.c.dueMillis(), true
	case "answered":
		return ms(r.c.Answered)
	case "since":
		return r.spans[len(r.spans)-1].since, true
	}
	return 0, false
}

// Sum implements figures.Record.
func (r retold) Sum(name string) (int64, bool) {
	if name != "days" || r.c.Answered.IsZero() || r.c.Backfilled {
		return 0, false
	}
	const day = 24 * time.Hour
	return int64((r.c.Took.Truncate(time.Millisecond) + day/2) / day), true
}

// redone is one thing done to a case, as the source of deeds has it: the case is as it stands now.
type redone struct {
	retold
	doing
}

// Dim implements figures.Record.
func (r redone) Dim(name string) string {
	if name == "type" {
		return string(r.what)
	}
	return r.retold.Dim(name)
}

// Time implements figures.Record.
func (r redone) Time(name string) (int64, bool) { return r.at, name == "at" }

// Sum implements figures.Record.
func (r redone) Sum(string) (int64, bool) { return 0, false }
