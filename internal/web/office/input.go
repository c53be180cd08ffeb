package office

import (
	"strconv"

	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/errs"
	"yanming/internal/journal"
	"yanming/internal/seal"
	"yanming/internal/web/page"
)

// input is a form as read: every value is checked against its field.
type input struct {
	v     *visit
	sh    casework.Sheet
	form  *page.Form
	one   map[string]string
	many  map[string][]string
	files []journal.File
}

func (in *input) get(name string) string       { return in.one[name] }
func (in *input) on(name string) bool          { return in.one[name] != "" }
func (in *input) day(name string) calendar.Day { return calendar.Day(in.one[name]) }
func (in *input) number(name string) int {
	n, err := strconv.Atoi(in.one[name])
	if err != nil { // empty: the field was read as a number before
		return 0
	}
	return n
}

// read takes the fields of a form, and notes what is wrong with them.
func (in *input) read(fields []field) {
	f := in.form
	for _, x := range fields {
		if !x.optional && !x.depends && x.kind != "tick" && x.kind != "file" {
			f.Need(x.name)
		}
		var allowed []string
		if x.choices != nil {
			allowed = page.Values(x.choices(in.v, in.sh))
		}
		kind := x.kind
		if x.open { // whatever it offers
			kind = "text"
		}
		switch kind {
		case "text":
			in.one[x.name] = f.Line(x.name, x.max)
		case "area":
			in.one[x.name] = f.Text(x.name, x.max)
		case "select", "radios":
			in.one[x.name] = f.Choice(x.name, allowed...)
		case "checks":
			in.many[x.name] = f.Choices(x.name, allowed...)
		case "day":
			in.one[x.name] = string(f.Day(x.name))
		case "number":
			if n, ok := f.Int(x.name, x.low, x.top); ok {
				in.one[x.name] = strconv.Itoa(n)
			}
		case "tick":
			in.one[x.name] = f.Value(x.name)
		}
	}
}

// receipt reads a receipt's number from a field.
func (in *input) receipt(name string) seal.Number {
	n, err := seal.ParseNumber(in.get(name))
	if err != nil {
		for _, e := range errs.All(err) {
			in.form.Fail(name, e.Key, e.Args...)
		}
	}
	return n
}
