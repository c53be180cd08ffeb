package org

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/journal"
)

// Clock is one of the times that run for a case.
type Clock string

// The clocks. Notice, handle, return, callback and sign bind the office; info and reopen are time that a resident has.
const (
	Notice   Clock = "notice"   // to say whether it is accepted, and by which way it goes
	Handle   Clock = "handle"   // to answer
	Return   Clock = "return"   // for a unit to say that a case is not its own
	Info     Clock = "info"     // for the resident to bring what was asked for
	CallBack Clock = "callback" // to ask the resident how it went
	Reopen   Clock = "reopen"   // for the resident to have it handled or reviewed again
	Sign     Clock = "sign"     // after which a dispatched case counts as received
)

// Clocks lists every clock.
func Clocks() []Clock { return []Clock{Notice, Handle, Return, Info, CallBack, Reopen, Sign} }

// binding reports whether the clock binds the office: then a law's number is the most, else the least.
func (c Clock) binding() bool { return c != Info && c != Reopen }

// Kinds lists the kinds of case that have deadlines, as casework names them.
func Kinds() []string {
	return []string{"opinion", "complaint", "help", "enquiry", "wrongdoing", "petition", "proposal", "target", "project"}
}

// starts are the events that a clock may start with.
func starts() []string {
	return []string{"registered", "accepted", "dispatched", "info_asked", "answered", "closed"}
}

// Rule is one version of a deadline: how long a clock of a kind of case runs, from what, and why.
type Rule struct {
	Kind      string        `json:"kind"`
	Clock     Clock         `json:"clock"`
	Version   int64         `json:"version"`
	ValidFrom time.Time     `json:"valid_from"` // what starts the clock at or after it; the zero moment of 1970 for shipped rules
	Span      calendar.Span `json:"span"`
	Start     string        `json:"start"`  // event type: accepted
	Pauses    bool          `json:"pauses"` // stands still while the resident is asked for something …
	Pause     calendar.Span `json:"pause"`  // … for so long at most, all pauses together
	Extension calendar.Span `json:"extension"`
	Times     int64         `json:"times"` // how often it may be extended; 0 for never
	Legal     bool          `json:"legal"` // Law is a law's article, else who agreed on the number
	Law       i18n.Pair     `json:"law"`
}

// ID names the rule without its version: opinion.handle.
func (r Rule) ID() string { return r.Kind + "." + string(r.Clock) }

// Ref names the version that a clock was set by: opinion.handle@1.
func (r Rule) Ref() string { return fmt.Sprintf("%s@%d", r.ID(), r.Version) }

const ruleColumns = `kind, clock, version, valid_from, n, unit, roll_forward, start_event, pauses, pause_n, pause_unit,
	extension_n, extension_unit, extension_max, legal, law_zh, law_en`

func scanRule(scan func(...any) error) (r Rule, err error) {
	var from int64
	err = scan(&r.Kind, &r.Clock, &r.Version, &from, &r.Span.N, &r.Span.Unit, &r.Span.RollForward, &r.Start, &r.Pauses, &r.Pause.N,
		&r.Pause.Unit, &r.Extension.N, &r.Extension.Unit, &r.Times, &r.Legal, &r.Law.ZH, &r.Law.EN)
	r.ValidFrom = time.UnixMilli(from)
	return r, err
}

func putRule(ctx context.Context, tx *db.Tx, r Rule) error {
	_, err := tx.Exec(ctx, `INSERT INTO deadline_rules (town_id, `+ruleColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		r.Kind, string(r.Clock), r.Version, r.ValidFrom.UnixMilli(), r.Span.N, string(r.Span.Unit), r.Span.RollForward, r.Start, r.Pauses,
		r.Pause.N, string(r.Pause.Unit), r.Extension.N, string(r.Extension.Unit), r.Times, r.Legal, r.Law.ZH, r.Law.EN)
	return err
}

// RuleFor returns the version that is valid for a clock that starts at the given time. What it decides is stored with
// the case; a later version never changes it. NotFound when the kind has no such clock.
func (d *Directory) RuleFor(kind string, clock Clock, at time.Time) (Rule, error) {
	var best Rule
	for _, r := range d.rules {
		if r.Kind != kind || r.Clock != clock || r.ValidFrom.After(at) {
			continue
		}
		if best.Kind == "" || r.ValidFrom.After(best.ValidFrom) || r.ValidFrom.Equal(best.ValidFrom) && r.Version > best.Version {
			best = r
		}
	}
	if best.Kind == "" {
		return Rule{}, fmt.Errorf("find rule %s.%s: %w", kind, clock, errs.Missing())
	}
	return best, nil
}

// Rule returns a version by its Ref; false where the town has none such.
func (d *Directory) Rule(ref string) (Rule, bool) {
	i, ok := d.byRef[ref]
	if !ok {
		return Rule{}, false
	}
	return d.rules[i], true
}

// Rules returns every version of every rule of the town, in the order of kinds, clocks and versions.
func (d *Directory) Rules() []Rule { return slices.Clone(d.rules) }

// loadRules reads every version of every rule of the town, in the order of kinds, clocks and versions.
func loadRules(ctx context.Context, tx *db.Tx) (rs []Rule, err error) {
	err = tx.Each(ctx, func(r *sql.Rows) error {
		rule, err := scanRule(r.Scan)
		rs = append(rs, rule)
		return err
	}, `SELECT `+ruleColumns+` FROM deadline_rules WHERE town_id = $1`)
	kinds, clocks := Kinds(), Clocks()
	slices.SortFunc(rs, func(a, b Rule) int {
		if d := slices.Index(kinds, a.Kind) - slices.Index(kinds, b.Kind); d != 0 {
			return d
		}
		if d := slices.Index(clocks, a.Clock) - slices.Index(clocks, b.Clock); d != 0 {
			return d
		}
		return int(a.Version - b.Version)
	})
	return rs, err
}

// ChangeRule adds a version of a rule. Rule.Version is the version its author saw, 0 for a rule the town has not yet;
// a zero ValidFrom is now.
type ChangeRule struct {
	Key  journal.Key `json:"-"`
	Rule Rule
}

// ChangeRule is ChangeRuleIn in a transaction of its own.
func (s *Service) ChangeRule(ctx context.Context, a actor.Actor, c ChangeRule) (string, error) {
	return update(ctx, s, a, c, s.ChangeRuleIn)
}

// ChangeRuleIn adds a version that is valid from now on or from a later moment, and returns its Ref. Where the shipped
// rule is a law's, the town may promise more but never less: an office's clock not longer, a resident's not shorter.
// Errors: Invalid, Denied, Conflict.
func (s *Service) ChangeRuleIn(ctx context.Context, tx *db.Tx, a actor.Actor, c ChangeRule) (string, error) {
	return do(ctx, tx, a, managing(a), c.Key, c, func() (string, []fact, error) {
		r := c.Rule
		var last int64
		err := tx.Row(ctx, `SELECT COALESCE(max(version), 0) FROM deadline_rules WHERE town_id = $1 AND kind = $2 AND clock = $3`,
			r.Kind, string(r.Clock)).Scan(&last)
		if err != nil {
			return "", nil, err
		}
		if r.Version, err = revised(last, r.Version); err != nil {
			return "", nil, err
		}
		if r.ValidFrom.IsZero() {
			r.ValidFrom = tx.Now
		}
		if err := checkRule(&r, tx.Now); err != nil {
			return "", nil, err
		}
		return r.Ref(), []fact{{"deadline_rules", r.ID(), r.Version, "rule_changed", r}}, putRule(ctx, tx, r)
	})
}

func checkRule(r *Rule, now time.Time) error {
	var bad errs.List
	if !slices.Contains(Kinds(), r.Kind) {
		bad.Add("kind", "error.choice")
	}
	if !slices.Contains(Clocks(), r.Clock) {
		bad.Add("clock", "error.choice")
	}
	if !slices.Contains(starts(), r.Start) {
		bad.Add("start", "error.choice")
	}
	if r.ValidFrom.Before(now) {
		bad.Add("valid_from", "org.rule.past")
	}
	word(&bad, "law", &r.Law.ZH, maxText, true)
	word(&bad, "law_en", &r.Law.EN, maxText, false)
	if !r.Pauses {
		r.Pause = calendar.Span{Unit: r.Span.Unit}
	}
	if r.Times == 0 {
		r.Extension = calendar.Span{Unit: r.Span.Unit}
	}
	if r.Times < 0 || r.Times > 9 || r.Times > 0 && r.Extension.N == 0 {
		bad.Add("times", "error.number")
	}
	for _, s := range []struct {
		field string
		span  calendar.Span
	}{{"span", r.Span}, {"pause", r.Pause}, {"extension", r.Extension}} {
		for _, e := range errs.All(s.span.Check()) {
			bad.Add(s.field, e.Key, e.Args...)
		}
	}
	if d, ok := legalRule(r.Kind, r.Clock); ok && !r.within(d) {
		bad.Add("span", "org.rule.law", d.Law)
	}
	return bad.Err()
}

// legalRule returns the shipped rule of a kind and clock where it is a law's.
func legalRule(kind string, clock Clock) (Rule, bool) {
	for _, d := range DefaultRules() {
		if d.Kind == kind && d.Clock == clock && d.Legal {
			return d, true
		}
	}
	return Rule{}, false
}

// within reports whether r keeps the law's rule d: same start and unit, for the office nothing longer, for the
// resident nothing shorter.
func (r Rule) within(d Rule) bool {
	if r.Start != d.Start || r.Span.Unit != d.Span.Unit {
		return false
	}
	if !d.Clock.binding() {
		return r.Span.N >= d.Span.N && (r.Span.RollForward || !d.Span.RollForward)
	}
	return r.Span.N <= d.Span.N && (!r.Span.RollForward || d.Span.RollForward) && (!r.Pauses || d.Pauses) &&
		r.Times <= d.Times && (r.Times == 0 || r.Extension.Unit == d.Extension.Unit && r.Extension.N <= d.Extension.N)
}
