package casework

import (
	"context"
	"slices"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/journal"
)

// gated is a case that somebody may see: the words are open, and names says whether the name may be shown too.
type gated struct {
	c     Case
	names bool
}

// gate lets an actor see a case, or answers NotFound: the same for a case that does not exist and one that is not the
// actor's. A case in confidence opens only to its named readers, asked again at every reading: who was moved into the
// unit it is about has lost it at once.
func (s *Service) gate(ctx context.Context, tx *db.Tx, a actor.Actor, st stored) (gated, error) {
	ok, err := s.mayRead(ctx, tx, a, st.Case)
	if err != nil {
		return gated{}, err
	}
	if !ok {
		return gated{}, errs.Missing()
	}
	c := st.Case
	if st.box != nil {
		if c.Words, err = s.openWords(ctx, tx, c.ID, st.box); err != nil {
			return gated{}, err
		}
	}
	return gated{c: c, names: mayName(a, c)}, nil
}

func (s *Service) mayRead(ctx context.Context, tx *db.Tx, a actor.Actor, c Case) (bool, error) {
	if a.Town != tx.Town {
		return false, nil
	}
	if a.System || a.Resident { // a resident's own case: the code or secret was asked before
		return true, nil
	}
	if !c.Veiled() {
		return scopeOf(a).admits(c), nil
	}
	readers, err := journal.Readers(ctx, tx, string(c.ID))
	if err != nil {
		return false, err
	}
	subjects, err := subjectsOf(ctx, tx, c.ID)
	return err == nil && entrusted(a, readers, subjects), err
}

// entrusted says whether an actor reads a case in confidence: named its reader, of no unit it is about, and not signed
// in with a password that somebody else has set.
func entrusted(a actor.Actor, readers, subjects []string) bool {
	return a.Person != "" && !a.Doubted && slices.Contains(readers, a.Person) && !slices.ContainsFunc(subjects, a.InUnit)
}

// mayName says whether a name may be shown to an actor who may read the case.
func mayName(a actor.Actor, c Case) bool {
	switch c.Anonymity {
	case Open:
		return a.Is(actor.Intake, actor.Petition, actor.Caller, actor.CountyOfficer) || a.InUnit(c.Unit) && a.Is(actor.Handler)
	case Protected:
		return a.Is(actor.Intake, actor.Petition, actor.Caller, actor.CountyOfficer) && !a.InUnit(c.Unit) && !slices.ContainsFunc(c.Assist, a.InUnit)
	}
	return false
}

// scope is which open cases an actor sees, as data: the gate asks it about one case, lists make a condition of it.
type scope struct {
	all      bool
	units    []string // leads or assists
	villages []string // of the case, as far as public or summary
	calls    bool     // answered cases of other units and villages, to call back
}

// scopeOf derives the scope from the actor's posts. Nothing is the default.
func scopeOf(a actor.Actor) scope {
	s := scope{all: auth.Can(a, auth.RightSeeAllOpen)}
	for _, p := range a.Posts {
		switch p.Role {
		case actor.Handler, actor.Publicity, actor.Secretary, actor.Cadre:
			s.units = append(s.units, p.Unit)
		}
	}
	s.villages = a.Villages(actor.Secretary, actor.Cadre, actor.Worker)
	s.calls = a.Is(actor.Caller)
	return s
}

func (s scope) nothing() bool {
	return !s.all && len(s.units) == 0 && len(s.villages) == 0 && !s.calls
}

func (s scope) admits(c Case) bool {
	if c.State == Void {
		return false
	}
	if s.all || slices.Contains(s.units, c.Unit) && c.Unit != "" || slices.ContainsFunc(c.Assist, func(u string) bool { return slices.Contains(s.units, u) }) {
		return true
	}
	if slices.Contains(s.villages, c.Village) && c.Village != "" && !c.Visibility.UnderKey() {
		return true
	}
	return s.calls && (c.State == Answered || c.State == FollowUp) && !slices.Contains(s.units, c.Unit) && !slices.Contains(s.villages, c.Village)
}

// where is the same scope as a condition on a relation named r, with its arguments numbered from n on.
func (s scope) where(n int) (text string, args []any) {
	if s.all {
		return "TRUE", nil
	}
	list := func(vs []string) string {
		t := "("
		for i, v := range vs {
			if i > 0 {
				t += ", "
			}
			t += dollar(n)
			n++
			args = append(args, v)
		}
		return t + ")"
	}
	or := []string{}
	if len(s.units) > 0 {
		or = append(or, "r.unit_id IN "+list(s.units), "EXISTS (SELECT 1 FROM case_units u WHERE u.town_id = r.town_id AND u.case_id = r.id AND u.unit_id IN "+list(s.units)+")")
	}
	if len(s.villages) > 0 {
		or = append(or, "(r.visibility IN ('public', 'summary') AND r.village_id IN "+list(s.villages)+")")
	}
	if s.calls {
		t := "(r.state IN ('answered', 'follow_up')"
		if len(s.units) > 0 {
			t += " AND r.unit_id NOT IN " + list(s.units)
		}
		if len(s.villages) > 0 {
			t += " AND r.village_id NOT IN " + list(s.villages)
		}
		or = append(or, t+")")
	}
	if len(or) == 0 {
		return "FALSE", nil
	}
	text = "(" + or[0]
	for _, o := range or[1:] {
		text += " OR " + o
	}
	return text + ")", args
}
