package office

import (
	"slices"

	"yanming/internal/casework"
	"yanming/internal/web/page"
)

// Limits of what is typed, in characters.
const (
	maxReason = 1000
	maxWords  = 8000
	maxLine   = 200
)

// actions lists every step of the office, those of the way itself first and in its order. A new list each time, so
// that nobody changes it for others.
func actions() []action {
	return slices.Concat(intake(), handling(), finish(), tend())
}

// info reports whether the step says more above its form: office.do.NAME.text.
func (a action) info() bool {
	return !slices.Contains([]string{"record", "urge", "correct", "link"}, a.name)
}

// reason is the question why, as most steps ask it.
func reason() field { return field{name: "reason", kind: "area", max: maxReason, rows: 3} }

// because is the question why with a hint of its own.
func because(hint string) field {
	f := reason()
	f.hint = hint
	return f
}

func text(label, hint string, rows int) field {
	return field{name: "text", kind: "area", label: label, hint: hint, max: maxWords, rows: rows}
}

func files() field {
	return field{name: "file", kind: "file", hint: "office.file.hint", optional: true}
}

func veiled(_ *visit, sh casework.Sheet) bool { return sh.Case.Veiled() }

func not(is func(*visit, casework.Sheet) bool) func(*visit, casework.Sheet) bool {
	return func(v *visit, sh casework.Sheet) bool { return !is(v, sh) }
}

// said is the last event of one of the types, as rows: who, when, why. Whoever decides must have read it.
func said(types ...casework.Type) func(v *visit, sh casework.Sheet) []page.Row {
	return func(v *visit, sh casework.Sheet) (rows []page.Row) {
		for _, s := range slices.Backward(sh.Steps) {
			if !slices.Contains(types, s.Type) {
				continue
			}
			st := v.step(sh, s)
			rows = append(rows, page.Row{Label: keyed(st.Key), Value: join(st.Who, v.day(st.At))})
			for _, r := range append(st.Facts, st.Texts...) {
				if r.Label == nil {
					r.Label = keyed("office.text.words")
				}
				rows = append(rows, r)
			}
			return rows
		}
		return nil
	}
}
