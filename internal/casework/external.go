package casework

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/seal"
)

// The other systems whose numbers a case may have.
const (
	HotlineSystem  = "hotline" // 12345
	PetitionSystem = "petition"
	OtherSystem    = "other"
)

// Systems lists the other systems.
func Systems() []string { return []string{HotlineSystem, PetitionSystem, OtherSystem} }

const maxExternal = 60

// KnownExternal returns the case that has a number of another system, "" where there is none or it is not a's to see:
// the two are not told apart.
func (s *Service) KnownExternal(ctx context.Context, tx *db.Tx, a actor.Actor, x External) (seal.Number, error) {
	if x.Number == "" {
		return "", nil
	}
	id, err := findExternal(ctx, tx, x)
	if err != nil || id == "" {
		return "", err
	}
	st, err := getCase(ctx, tx, id)
	if err != nil {
		return "", err
	}
	if ok, err := s.mayRead(ctx, tx, a, st.Case); err != nil || !ok {
		return "", err
	}
	return st.Number, nil
}

// NoteExternal notes the number that a case was given in another system, so that nothing is handled twice. Conflict
// "case.external_known" when another case has it.
type NoteExternal struct {
	On
	External External
}

func (c NoteExternal) event(d *desk) (Event, error) {
	x := External{System: c.External.System, Number: strings.TrimSpace(c.External.Number)}
	var l errs.List
	if !slices.Contains(Systems(), x.System) {
		l.Add("system", "error.choice")
	}
	if x.Number == "" {
		l.Add("external", "error.required")
	} else if utf8.RuneCountInString(x.Number) > maxExternal {
		l.Add("external", "error.too_long", maxExternal)
	}
	if err := l.Err(); err != nil {
		return Event{}, err
	}
	if err := putExternal(d.ctx, d.tx, d.c, x); err != nil {
		return Event{}, err
	}
	if slices.Contains(from[EvCorrected], d.c.State) {
		return Event{Type: EvCorrected, Facts: Facts{Words: Words{Target: x.Number}}}, nil
	}
	// What was forwarded is corrected no more; its resident is told under which number it goes on there.
	return Event{Type: EvWordsAdded, Facts: Facts{Words: Words{Text: x.Number}}}, nil
}
