package office

import (
	"yanming/internal/casework"
	"yanming/internal/web/page"
)

// finish are the steps after an answer: asking the resident, ending, beginning again.
func finish() []action {
	return []action{
		{name: "call-back", events: []casework.Type{casework.EvContactRecorded}, button: "office.do.call-back.go", calls: true,
			about: said(casework.Answers()...), fields: []field{
				{name: "reached", kind: "radios", hint: "office.contact.only", choices: keys("office.reached.", "yes", "no")},
				{name: "solved", kind: "radios", depends: true, choices: func(*visit, casework.Sheet) []page.Choice {
					return page.Named(casework.SolvedAnswers())
				}},
				{name: "satisfied", kind: "radios", depends: true, choices: func(*visit, casework.Sheet) []page.Choice {
					return page.Named(casework.SatisfiedAnswers())
				}},
				optional(text("office.field.contact", "office.contact.hint", 3)),
				{name: "at_counter", kind: "tick", hint: "office.contact.counter.hint"}},
			check: func(in *input) {
				if in.get("reached") == "yes" {
					in.form.Need("solved", "satisfied")
				}
			},
			command: func(in *input, on casework.On) casework.Command {
				return casework.Contact{On: on, Reached: in.get("reached") == "yes", Solved: casework.Solved(in.get("solved")),
					Satisfied: casework.Satisfied(in.get("satisfied")), Text: in.get("text"), AtCounter: in.on("at_counter")}
			}},
		{name: "close", events: []casework.Type{casework.EvClosed}, fields: []field{
			{name: "note", kind: "area", label: "office.close.note", hint: "office.close.note.hint", max: maxReason, rows: 2, optional: true}},
			command: func(in *input, on casework.On) casework.Command { return casework.Close{On: on, Note: in.get("note")} }},
		{name: "redo", events: []casework.Type{casework.EvRedone}, fields: []field{reason()},
			command: func(in *input, on casework.On) casework.Command {
				return casework.Redo{On: on, Reason: in.get("reason")}
			}},
		{name: "reopen", events: []casework.Type{casework.EvReopened}, fields: []field{reason()},
			command: func(in *input, on casework.On) casework.Command {
				return casework.Reopen{On: on, Reason: in.get("reason")}
			}},
		{name: "undo-withdrawal", events: []casework.Type{casework.EvWithdrawalUndone}, fields: []field{reason()},
			command: func(in *input, on casework.On) casework.Command {
				return casework.UndoWithdraw{On: on, Reason: in.get("reason")}
			}},
	}
}

// keys offers a fixed list whose words are messages.
func keys(prefix string, values ...string) func(*visit, casework.Sheet) []page.Choice {
	return func(*visit, casework.Sheet) []page.Choice { return page.Keyed(prefix, values...) }
}
