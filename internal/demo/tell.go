package demo

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/org"
	"yanming/internal/seal"
)

// stage is where the stories of all places are played on one clock.
type stage struct {
	deps    Deps
	axis    *axis
	seed    uint64
	phones  *phones
	moments []moment
	stories int
	told    map[string]*run // by name
}

// run is a story with the receipt that it got.
type run struct {
	story   story
	cast    *cast
	receipt casework.Receipt
}

// moment is something that somebody does.
type moment struct {
	at  time.Time
	who string // for errors
	do  func(ctx context.Context) error
}

// play does everything in the order of time.
func (s *stage) play(ctx context.Context) error {
	slices.SortStableFunc(s.moments, func(a, b moment) int { return a.at.Compare(b.at) })
	for _, m := range s.moments {
		s.deps.Clock.Set(m.at)
		if err := m.do(ctx); err != nil {
			return fmt.Errorf("%s at %s: %w", m.who, m.at.In(calendar.Zone()).Format(time.DateTime), err)
		}
	}
	return nil
}

// teller lays a story out in time.
type teller struct {
	*stage
	story
	c    *cast
	run  *run
	rnd  *rand.Rand
	back time.Duration // office time from here to now
	unit string
	err  error
}

// tell plans the moments of a story. It fails when the story does not fit into the time until now.
func (s *stage) tell(c *cast, x story) error {
	s.stories++
	t := &teller{stage: s, story: x, c: c, run: &run{story: x, cast: c}, rnd: dice(s.seed, diceStories+uint64(s.stories)), back: s.axis.days(x.days)}
	t.back -= time.Duration(t.rnd.IntN(12*60)) * time.Second // no two at the same moment
	if x.name != "" {
		s.told[x.name] = t.run
	}
	t.unit = c.units[cmp.Or(x.unit, usualUnits()[x.cat])]
	if x.unit == "village" {
		t.unit = c.villages[x.v-1].committee
	}
	t.tell()
	if t.err != nil {
		return fmt.Errorf("tell %q: %w", x.text, t.err)
	}
	return nil
}

// after lets between low and high hours of office time pass.
func (t *teller) after(low, high float64) {
	t.back -= time.Duration((low + (high-low)*t.rnd.Float64()) * float64(time.Hour)).Truncate(time.Second)
	if t.back < 0 && t.err == nil {
		t.err = fmt.Errorf("it runs %v past now", -t.back)
	}
}

// now plans something for this moment.
func (t *teller) now(do func(ctx context.Context) error) { t.plan(t.axis.at(t.back), do) }

func (t *teller) plan(at time.Time, do func(ctx context.Context) error) {
	t.moments = append(t.moments, moment{at, t.text, do})
}

// does plans a command of somebody.
func (t *teller) does(a actor.Actor, cmd func(casework.On) casework.Command) {
	r := t.run
	t.now(func(ctx context.Context) error {
		_, err := t.deps.Cases.Do(ctx, a, cmd(casework.On{Case: r.receipt.Number}))
		return err
	})
}

// say plans the registration, and lets it be the evening before where that suits.
func (t *teller) say() {
	cmd, a := t.register(), t.registrar()
	do := func(ctx context.Context) (err error) {
		if t.how.is(slip) {
			if cmd.Paper, err = t.paper(ctx, a); err != nil {
				return err
			}
		}
		t.run.receipt, err = t.deps.Cases.Register(ctx, a, cmd)
		return err
	}
	if t.story.accepted > 0 {
		day := calendar.DayOf(t.axis.now).AddDays(-t.story.accepted)
		t.plan(day.AddDays(-1).Start().Add(clockTime(15, 10)), do)
		t.back = t.axis.since(day.Start().Add(clockTime(10, 20)))
		return
	}
	evening := calendar.DayOf(t.axis.at(t.back)).Start().Add(clockTime(19, t.rnd.IntN(150)))
	if t.ch == casework.Web && t.days > 6 && t.rnd.IntN(2) == 0 {
		t.plan(evening, do)
		t.back = t.axis.since(evening)
	} else {
		t.now(do)
	}
}

// paper prints a slip before the word is written down.
func (t *teller) paper(ctx context.Context, a actor.Actor) (seal.Number, error) {
	slips, err := t.deps.Cases.PrintSlips(ctx, a, 1)
	if err != nil {
		return "", err
	}
	return slips[0].Number, nil
}

// register is the registration as a command.
func (t *teller) register() casework.Register {
	cmd := casework.Register{Kind: t.kind, Channel: t.ch, Category: t.cat, Title: t.title, Text: t.text, ReplyBy: "phone", Extra: t.extra}
	if t.v > 0 {
		v := t.c.villages[t.v-1]
		cmd.Village = v.id
		if t.g > 0 {
			cmd.Grid = v.grids[t.g-1]
		}
	}
	if t.firm > 0 {
		cmd.Firm = t.c.firms[t.firm-1]
		cmd.Village = t.c.villages[t.c.place.firms[t.firm-1].village-1].id
	}
	if !t.how.is(unsigned) {
		cmd.Person = casework.Person{Name: resident(t.rnd), Phone: t.phones.next()}
	} else {
		cmd.ReplyBy = "none"
	}
	switch {
	case t.how.is(confided):
		cmd.Confide = true
	case t.how.is(private):
		cmd.Visibility = casework.Private
	case t.how.is(published):
		cmd.Consent = true
	}
	if t.how.is(unnamed) {
		cmd.Anonymity = casework.Protected
	}
	if t.ch == casework.Hotline {
		cmd.External = casework.External{System: casework.HotlineSystem, Number: fmt.Sprintf("YS%06d", t.stories)}
	}
	return cmd
}

// resident makes a name up for somebody who speaks: 某 stands for what is nobody's.
func resident(rnd *rand.Rand) string {
	one := func(s string) string { r := []rune(s); return string(r[rnd.IntN(len(r))]) }
	return one(surnames) + "某" + one(seconds)
}

// registrar is who writes a word down, by its channel.
func (t *teller) registrar() actor.Actor {
	switch {
	case t.ch == casework.Web:
		return t.c.resident()
	case t.ch == casework.Confidence || t.kind == casework.Petition:
		return t.c.who("petition")
	case t.ch == casework.Visit:
		return t.c.as(t.c.villages[t.v-1].workers[max(t.g, 1)-1])
	case t.ch == casework.Forum || t.ch == casework.Questionnaire:
		if _, ok := t.c.people["general"]; ok {
			return t.c.who("general")
		}
	}
	return t.counter()
}

// counter is who accepts and dispatches: petitions and what is in confidence have an officer of their own.
func (t *teller) counter() actor.Actor {
	if t.kind == casework.Petition || t.how.is(confided) {
		if _, ok := t.c.people["petition"]; !ok {
			return t.c.who("officer")
		}
		return t.c.who("petition")
	}
	return t.c.who("intake")
}

// handler is who handles for a unit.
func (t *teller) handler(unit string) actor.Actor {
	if t.unitIsVillage(unit) {
		return t.c.as(t.c.villages[t.v-1].secretary)
	}
	people := t.c.dir.PeopleIn(unit, actor.Handler, actor.Intake, actor.CountyOfficer)
	if len(people) == 0 {
		t.err = cmp.Or(t.err, fmt.Errorf("nobody handles for unit %q", t.c.dir.Unit(unit).Name))
		return actor.Actor{}
	}
	return t.c.as(people[0].ID)
}

func (t *teller) unitIsVillage(unit string) bool {
	return t.c.dir.Unit(unit).Kind == org.VillageCommittee
}

// leader is the responsible leader of a unit for the story's village.
func (t *teller) leader(unit string) string {
	village := ""
	if t.v > 0 {
		village = t.c.villages[t.v-1].id
	}
	l := t.c.dir.LeaderFor(unit, village)
	if l == "" && t.err == nil {
		t.err = fmt.Errorf("nobody is responsible for unit %q", t.c.dir.Unit(unit).Name)
	}
	return l
}
