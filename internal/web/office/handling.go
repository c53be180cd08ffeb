package office

import (
	"slices"

	"yanming/internal/casework"
	"yanming/internal/i18n"
	"yanming/internal/web/page"
)

// handling are the steps of the handling units, and of those who decide what they ask for.
func handling() []action {
	return []action{
		{name: "sign", events: []casework.Type{casework.EvSigned},
			command: func(_ *input, on casework.On) casework.Command { return casework.Sign{On: on} }},
		{name: "answer", events: casework.Answers(), role: "answer", fields: []field{
			{name: "outcome", kind: "radios", choices: outcomes}, text("office.field.answer", "office.answer.text.hint", 7),
			{name: "basis", kind: "text", hint: "office.answer.basis.hint", max: maxLine, depends: true},
			{name: "planned", kind: "day", hint: "office.answer.planned.hint", depends: true}, files()},
			command: func(in *input, on casework.On) casework.Command {
				c := casework.Answer{On: on, Outcome: casework.Outcome(in.get("outcome")), Text: in.get("text"), Basis: in.get("basis"), Files: in.files}
				if c.Outcome == casework.Scheduled {
					c.Planned = in.day("planned")
				}
				return c
			}},
		{name: "record", events: []casework.Type{casework.EvActionRecorded}, role: "evidence", fields: []field{
			either(text("office.field.record", "office.record.hint", 5)), files()},
			command: func(in *input, on casework.On) casework.Command {
				return casework.Record{On: on, Text: in.get("text"), Files: in.files}
			}},
		{name: "decide-return", events: []casework.Type{casework.EvReturnGranted, casework.EvReturnDenied},
			about: said(casework.EvReturnRequested), fields: []field{decision(), because("office.told.unit.hint")},
			command: func(in *input, on casework.On) casework.Command {
				return casework.DecideReturn{On: on, Grant: in.get("decision") == "grant", Reason: in.get("reason")}
			}},
		{name: "decide-extension", events: []casework.Type{casework.EvExtensionGranted, casework.EvExtensionDenied},
			about: said(casework.EvExtensionRequested), fields: []field{decision(), because("office.told.hint")},
			command: func(in *input, on casework.On) casework.Command {
				return casework.DecideExtension{On: on, Grant: in.get("decision") == "grant", Reason: in.get("reason")}
			}},
		{name: "receive-info", events: []casework.Type{casework.EvInfoReceived}, role: "original", about: said(casework.EvInfoAsked),
			fields: []field{text("office.field.info", "", 4), files()},
			command: func(in *input, on casework.On) casework.Command {
				return casework.ReceiveInfo{On: on, Text: in.get("text"), Files: in.files}
			}},
		{name: "resume", events: []casework.Type{casework.EvResumed},
			command: func(_ *input, on casework.On) casework.Command { return casework.Resume{On: on} }},
		{name: "ask-info", events: []casework.Type{casework.EvInfoAsked}, aside: true, fields: []field{text("office.field.ask", "office.ask.hint", 4)},
			command: func(in *input, on casework.On) casework.Command {
				return casework.AskInfo{On: on, Text: in.get("text")}
			}},
		{name: "request-extension", events: []casework.Type{casework.EvExtensionRequested}, aside: true, fields: []field{
			{name: "days", kind: "number", low: 1, top: 366, optional: true, note: extensionNote}, because("office.told.hint")},
			command: func(in *input, on casework.On) casework.Command {
				return casework.RequestExtension{On: on, Days: in.number("days"), Reason: in.get("reason")}
			}},
		{name: "request-return", events: []casework.Type{casework.EvReturnRequested}, aside: true, fields: []field{because("office.return.hint")},
			command: func(in *input, on casework.On) casework.Command {
				return casework.RequestReturn{On: on, Reason: in.get("reason")}
			}},
	}
}

func optional(f field) field {
	f.optional = true
	return f
}

// either marks a field that may stay empty where another one says it instead, as a photo does.
func either(f field) field {
	f.depends = true
	return f
}

// outcomes are what an answer may say, each with what it means.
func outcomes(_ *visit, sh casework.Sheet) (cs []page.Choice) {
	for _, o := range casework.Outcomes() {
		if o == casework.Scheduled && !slices.Contains(sh.Next, casework.EvAnsweredScheduled) {
			continue
		}
		cs = append(cs, page.Choice{Value: string(o), Label: o.Name(), Hint: i18n.Key("office.outcome." + string(o))})
	}
	return cs
}

func decision() field {
	return field{name: "decision", kind: "radios", choices: func(*visit, casework.Sheet) []page.Choice {
		return page.Keyed("office.decision.", "grant", "deny")
	}}
}

// extensionNote says by how much the rule of the running clock lets a case be extended.
func extensionNote(v *visit, sh casework.Sheet) string {
	r, ok := v.Rule(sh.Case.Due)
	if !ok || r.Times == 0 {
		return v.T("office.extension.free")
	}
	return v.T("office.extension.most", r.Extension.N, i18n.Key("office.unit."+string(r.Extension.Unit)), r.Times)
}
