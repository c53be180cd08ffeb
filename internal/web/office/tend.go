package office

import (
	"context"
	"slices"

	"yanming/internal/auth"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/i18n"
	"yanming/internal/web/page"
)

// tend are the steps beside the way: haste, supervision, more words, corrections, who may know.
func tend() []action {
	return []action{
		{name: "supervise", events: []casework.Type{casework.EvSupervised}, aside: true, fields: []field{
			{name: "level", kind: "radios", choices: keys("office.supervise.", "1", "2", "3")}, text("office.field.supervise", "office.supervise.hint", 4)},
			command: func(in *input, on casework.On) casework.Command {
				return casework.Supervise{On: on, Level: in.number("level"), Text: in.get("text")}
			}},
		{name: "urge", events: []casework.Type{casework.EvUrged}, aside: true, fields: []field{reason()},
			command: func(in *input, on casework.On) casework.Command {
				return casework.Urge{On: on, Reason: in.get("reason")}
			}},
		{name: "add-words", events: []casework.Type{casework.EvWordsAdded}, aside: true, role: "original", fields: []field{
			optional(text("office.field.words", "office.words.hint", 4)), files()},
			check: func(in *input) {
				if in.get("text") == "" && len(in.files) == 0 {
					in.form.Fail("text", "error.required")
				}
			},
			command: func(in *input, on casework.On) casework.Command {
				return casework.AddWords{On: on, Text: in.get("text"), Files: in.files}
			}},
		{name: "correct", events: []casework.Type{casework.EvCorrected}, aside: true, fields: corrections(), check: checkCorrection,
			command: func(in *input, on casework.On) casework.Command {
				c := in.sh.Case
				return casework.Correct{On: on, Kind: casework.Kind(in.changed("kind", string(c.Kind))), Category: in.changed("category", c.Category),
					Village: in.changed("village", c.Village), Grid: in.changed("grid", c.Grid), Title: in.changed("title", c.Words.Title), Reason: in.get("reason")}
			}},
		{name: "recuse", events: []casework.Type{casework.EvRecused}, aside: true, fields: []field{
			{name: "person", kind: "select", choices: (*visit).mayStepAside, first: func(v *visit, _ casework.Sheet) []string { return []string{v.Actor.Person} }},
			{name: "handler", kind: "select", label: "office.field.takes_over", hint: "office.recuse.handler.hint", optional: true, choices: (*visit).hands},
			because("office.recuse.hint")},
			check: func(in *input) {
				if in.get("handler") == in.get("person") {
					in.form.Fail("handler", "case.recused")
				}
			},
			command: func(in *input, on casework.On) casework.Command {
				return casework.Recuse{On: on, Person: in.get("person"), Handler: in.get("handler"), Reason: in.get("reason")}
			}},
		{name: "name-reader", events: []casework.Type{casework.EvReaderNamed}, aside: true, fields: []field{
			{name: "person", kind: "select", label: "office.field.reader", choices: func(v *visit, sh casework.Sheet) []page.Choice {
				return v.colleagues(sh, sh.Readers, caseRoles()...)
			}}, reason()},
			command: func(in *input, on casework.On) casework.Command {
				return casework.NameReader{On: on, Person: in.get("person"), Reason: in.get("reason")}
			}},
		{name: "reissue", events: []casework.Type{casework.EvReceiptReissued}, aside: true, fields: []field{because("office.reissue.hint")},
			when:   func(_ *visit, sh casework.Sheet) bool { return len(sh.Case.SecretTag) == 0 },
			reveal: reissue},
		{name: "publish", events: []casework.Type{casework.EvPublished}, aside: true, fields: []field{
			{name: "title", kind: "text", label: "office.field.public_title", hint: "office.publish.hint", max: 80,
				first: func(_ *visit, sh casework.Sheet) []string { return []string{sh.Case.Words.Title} }}},
			command: func(in *input, on casework.On) casework.Command {
				return casework.Publish{On: on, Title: in.get("title")}
			}},
		{name: "unpublish", events: []casework.Type{casework.EvUnpublished}, aside: true, fields: []field{reason()},
			command: func(in *input, on casework.On) casework.Command {
				return casework.Unpublish{On: on, Reason: in.get("reason")}
			}},
		{name: "withdraw", events: []casework.Type{casework.EvWithdrawn}, aside: true, danger: true, fields: []field{because("office.withdraw.hint")},
			command: func(in *input, on casework.On) casework.Command {
				return casework.Withdraw{On: on, Reason: in.get("reason"), AtCounter: true}
			}},
		{name: "void", events: []casework.Type{casework.EvVoided}, aside: true, danger: true, fields: []field{reason()},
			command: func(in *input, on casework.On) casework.Command {
				return casework.VoidCase{On: on, Reason: in.get("reason")}
			}},
		{name: "identify", events: []casework.Type{casework.EvIdentityViewed}, hidden: true, fields: []field{because("office.identify.hint")},
			when:   func(_ *visit, sh casework.Sheet) bool { return sh.Named && sh.Person.Given() },
			reveal: identify},
	}
}

// changed is a field's value where it differs from what stands.
func (in *input) changed(name, now string) string {
	if in.get(name) == now {
		return ""
	}
	return in.get(name)
}

func corrections() []field {
	first := func(of func(casework.Case) string) func(*visit, casework.Sheet) []string {
		return func(_ *visit, sh casework.Sheet) []string { return []string{of(sh.Case)} }
	}
	open := func(_ *visit, sh casework.Sheet) bool { return !sh.Case.Visibility.UnderKey() }
	return []field{
		{name: "kind", kind: "select", choices: func(*visit, casework.Sheet) []page.Choice { return page.Named(casework.Kinds()) },
			first: first(func(c casework.Case) string { return string(c.Kind) })},
		{name: "category", kind: "select", optional: true, choices: func(v *visit, _ casework.Sheet) []page.Choice { return v.Categories() },
			first: first(func(c casework.Case) string { return c.Category })},
		{name: "village", kind: "select", optional: true, choices: func(v *visit, _ casework.Sheet) []page.Choice { return v.villages() },
			first: first(func(c casework.Case) string { return c.Village })},
		{name: "grid", kind: "select", optional: true, choices: func(v *visit, _ casework.Sheet) []page.Choice { return v.grids("") },
			first: first(func(c casework.Case) string { return c.Grid })},
		{name: "title", kind: "text", max: 80, optional: true, when: open, first: first(func(c casework.Case) string { return c.Words.Title })},
		because("office.correct.hint"),
	}
}

// checkCorrection refuses a grid of another village, and a form that changes nothing.
func checkCorrection(in *input) {
	c := in.sh.Case
	grid, village := in.v.Dir.Grid(in.get("grid")), in.get("village")
	if grid.ID != "" && grid.Village != village {
		in.form.Fail("grid", "office.correct.grid")
		return
	}
	for name, now := range map[string]string{"kind": string(c.Kind), "category": c.Category, "village": c.Village, "grid": c.Grid, "title": c.Words.Title} {
		if in.changed(name, now) != "" {
			return
		}
	}
	in.form.Fail("kind", "office.correct.nothing")
}

// mayStepAside are whoever asks, and for the counter and leaders everybody who may come near the case.
func (v *visit) mayStepAside(sh casework.Sheet) []page.Choice {
	cs := []page.Choice{{Value: v.Actor.Person, Label: v.person(v.Actor.Person)}}
	if !auth.Can(v.Actor, auth.RightDispatch) {
		return cs
	}
	return append(cs, v.colleagues(sh, append(slices.Clone(sh.Case.Recused), v.Actor.Person), handles()...)...)
}

// identify shows the whole name and telephone once. That it was asked for, by whom and why, is written down.
func identify(ctx context.Context, s *Server, in *input, on casework.On) ([]page.Row, error) {
	p, err := s.Cases.Identify(ctx, in.v.Actor, casework.Identify{On: on, Reason: in.get("reason")})
	if err != nil {
		return nil, err
	}
	var rows []page.Row
	for _, x := range []struct{ key, value string }{{"office.person.name", p.Name}, {"office.person.phone", p.Phone}, {"office.person.where", p.Address}} {
		if x.value != "" {
			rows = append(rows, page.Row{Label: i18n.Key(x.key), Value: x.value})
		}
	}
	return rows, nil
}

// reissue makes a new lookup code and shows it to the counter once, for the resident who stands there.
func reissue(ctx context.Context, s *Server, in *input, on casework.On) (rows []page.Row, err error) {
	if _, err = s.Cases.Do(ctx, in.v.Actor, casework.Reissue{On: on, Reason: in.get("reason")}); err != nil {
		return nil, err
	}
	err = s.Store.View(ctx, in.v.Actor.Town, func(tx *db.Tx) error {
		r, _, err := s.Cases.ReceiptFor(ctx, tx, in.v.Actor, on.Case)
		rows = []page.Row{{Label: i18n.Key("office.receipt.number"), Value: r.Number.Grouped()}, {Label: i18n.Key("office.receipt.code"), Value: r.Code}}
		return err
	})
	return rows, err
}
