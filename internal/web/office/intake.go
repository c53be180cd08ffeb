package office

import (
	"slices"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/i18n"
	"yanming/internal/web/page"
)

func keyed(key string) i18n.Key { return i18n.Key(key) }

// intake are the steps of the counter: taking up, refusing, handing on, and giving to a unit.
func intake() []action {
	return []action{
		{name: "accept", events: []casework.Type{casework.EvAccepted},
			command: func(_ *input, on casework.On) casework.Command { return casework.Accept{On: on} }},
		{name: "dispatch", events: []casework.Type{casework.EvDispatched}, fields: dispatchFields(),
			command: func(in *input, on casework.On) casework.Command {
				return casework.Dispatch{On: on, Unit: in.get("unit"), Assist: in.many["assist"], Leader: in.get("leader"), Handler: in.get("handler"),
					Due: in.day("due"), Note: in.get("note"), Ruling: in.on("ruling"), Reason: in.get("reason")}
			}},
		{name: "unlink", events: []casework.Type{casework.EvUnlinked}, fields: []field{reason()},
			command: func(in *input, on casework.On) casework.Command {
				return casework.Unlink{On: on, Reason: in.get("reason")}
			}},
		{name: "object", events: []casework.Type{casework.EvObjected}, fields: []field{because("office.object.hint")},
			command: func(in *input, on casework.On) casework.Command {
				return casework.Object{On: on, Reason: in.get("reason")}
			}},
		{name: "decline", events: []casework.Type{casework.EvDeclined}, danger: true, aside: true, fields: []field{
			{name: "why", kind: "radios", choices: func(*visit, casework.Sheet) []page.Choice { return refusals() }},
			{name: "reason", kind: "area", label: "office.field.detail", hint: "office.decline.detail.hint", max: maxReason, rows: 3, depends: true},
			{name: "basis", kind: "text", hint: "office.decline.basis.hint", max: maxLine},
			{name: "target", kind: "text", label: "office.field.go", hint: "office.decline.target.hint", max: maxLine}},
			check: func(in *input) {
				if in.get("why") == otherReason && in.get("reason") == "" {
					in.form.Fail("reason", "error.required")
				}
			},
			command: func(in *input, on casework.On) casework.Command {
				return casework.Decline{On: on, Reason: refusal(in.get("why"), in.get("reason")), Basis: in.get("basis"), Target: in.get("target")}
			}},
		{name: "forward", events: []casework.Type{casework.EvForwarded}, aside: true, fields: []field{
			{name: "target", kind: "text", hint: "office.forward.target.hint", max: maxLine}, because("office.told.hint")},
			command: func(in *input, on casework.On) casework.Command {
				return casework.Forward{On: on, Target: in.get("target"), Reason: in.get("reason")}
			}},
		{name: "link", events: []casework.Type{casework.EvLinked}, aside: true, look: (*Server).lookAlike, fields: []field{
			{name: "like", kind: "radios", max: 40, depends: true, open: true, choices: (*visit).alikes, note: func(v *visit, sh casework.Sheet) string {
				if sh.Case.Village == "" {
					return v.T("office.link.like.category")
				}
				return v.T("office.link.like.hint")
			}},
			{name: "into", kind: "text", hint: "office.link.into.hint", max: 40, depends: true}, reason()},
			check: func(in *input) {
				switch like, into := in.get("like"), in.get("into"); {
				case like == "" && into == "":
					in.form.Fail("into", "error.required")
				case like != "" && into != "" && string(in.receipt("into")) != like:
					in.form.Fail("into", "office.link.two")
				}
			},
			command: func(in *input, on casework.On) casework.Command {
				from := "into"
				if in.get("like") != "" {
					from = "like"
				}
				return casework.Link{On: on, Into: in.receipt(from), Reason: in.get("reason")}
			}},
	}
}

func dispatchFields() []field {
	ruling := func(v *visit, sh casework.Sheet) bool {
		return v.Actor.Is(actor.Leader, actor.CountyOfficer) || sh.Case.Returns > 0
	}
	return []field{
		{name: "unit", kind: "select", choices: (*visit).leads, first: func(v *visit, sh casework.Sheet) []string {
			return []string{v.usual(sh)}
		}},
		{name: "handler", kind: "select", hint: "office.dispatch.handler.hint", optional: true, when: not(veiled), choices: (*visit).hands},
		{name: "handler", kind: "select", hint: "office.dispatch.veiled.hint", when: veiled, choices: (*visit).hands},
		{name: "leader", kind: "select", hint: "office.dispatch.leader.hint", choices: func(v *visit, sh casework.Sheet) []page.Choice { return v.clear(sh, v.leaders()) },
			first: func(v *visit, sh casework.Sheet) []string {
				return []string{v.Dir.LeaderFor(v.usual(sh), sh.Case.Village)}
			}},
		{name: "due", kind: "day", optional: true, note: func(v *visit, sh casework.Sheet) string {
			if !sh.Case.Due.Set() {
				return v.T("office.dispatch.due.free")
			}
			return v.T("office.dispatch.due.hint", v.day(sh.Case.Due.At))
		}},
		{name: "note", kind: "area", hint: "office.dispatch.note.hint", max: maxReason, rows: 3, optional: true},
		{name: "assist", kind: "checks", optional: true, choices: (*visit).assists},
		{name: "ruling", kind: "tick", hint: "office.dispatch.ruling.hint", when: ruling},
		{name: "reason", kind: "area", label: "office.field.ruling_reason", max: maxReason, rows: 2, depends: true, when: ruling},
	}
}

// usual is the unit that usually handles the case's category, or the town's own choice; "" for none that may have it.
func (v *visit) usual(sh casework.Sheet) string {
	for _, u := range []string{v.Dir.Category(sh.Case.Category).Unit, v.Dir.Settings.DefaultUnit} {
		if u != "" && !slices.Contains(sh.Subjects, u) && v.Dir.Unit(u).Lasts() {
			return u
		}
	}
	return ""
}

// hands are the people who may be given a case: who answers for a unit and has not stepped aside.
func (v *visit) hands(sh casework.Sheet) []page.Choice {
	return v.colleagues(sh, sh.Case.Recused, handles()...)
}

// clear leaves out whoever belongs to a unit that a case in confidence is about.
func (v *visit) clear(sh casework.Sheet, cs []page.Choice) []page.Choice {
	return slices.DeleteFunc(cs, func(c page.Choice) bool {
		return slices.ContainsFunc(v.Dir.UnitsOf(c.Value), func(u string) bool { return slices.Contains(sh.Subjects, u) })
	})
}

// lookAlike finds what may be the same matter as a case.
func (s *Server) lookAlike(tx *db.Tx, v *visit, sh casework.Sheet) (err error) {
	v.alike, err = s.Cases.Alike(v.R.Context(), tx, v.Actor, sh.Case)
	return err
}

// alikes offers them, and to type a number instead; nothing where there are none.
func (v *visit) alikes(casework.Sheet) (cs []page.Choice) {
	if len(v.alike) == 0 {
		return nil
	}
	for _, c := range v.alike {
		cs = append(cs, page.Choice{Value: string(c.Number), Label: v.title(c),
			Hint: join(c.Number.Grouped(), v.place(c), v.T("office.link.since", calendar.DayOf(c.Registered)))})
	}
	return append(cs, page.Choice{Label: i18n.Key("office.link.other")})
}
