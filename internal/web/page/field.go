package page

import (
	"fmt"

	"yanming/internal/i18n"
)

// Choice is one answer that a field offers.
type Choice struct {
	Value string
	Label any // a text as for say: an i18n.Key is said, an i18n.Pair or a string is data
	Hint  any
	Group any // a text under which neighbours stand together in a select; nil for none
}

// Field is one field as the part "field" shows it: label, hint, fault, and what was typed. field makes it.
type Field struct {
	Kind     string // text area number day tel password select radios checks chips tick file hidden
	Name, ID string
	Label    string
	Hint     string
	Error    string
	Value    string
	Values   []string
	Choices  []Choice
	Optional bool   // says （可不填）
	Big      bool   // the label is the page's question, its h1
	Rows     int    // of an area
	Max      int    // characters
	Auto     string // autocomplete, such as tel; off unless given
	Mode     string // inputmode, such as numeric
	Accept   string // of a file
	Many     bool   // a file field takes several
	Shrink   int    // pictures are made smaller than this many pixels before they are sent, where scripts run
	Place    string // an example, in the empty field
	Quiet    bool   // while ticked or chosen, the browser keeps no draft
	First    bool   // takes the focus
}

// Described lists the elements that say more about the field, for aria-describedby.
func (f Field) Described() string {
	s := ""
	if f.Hint != "" {
		s = f.ID + "-h"
	}
	if f.Error != "" {
		if s != "" {
			s += " "
		}
		s += f.ID + "-e"
	}
	return s
}

// On reports whether a choice was made.
func (f Field) On(value string) bool {
	for _, v := range f.Values {
		if v == value {
			return true
		}
	}
	return false
}

// Group reports whether the field is several inputs under one legend.
func (f Field) Group() bool { return f.Kind == "radios" || f.Kind == "checks" || f.Kind == "chips" }

// Folded reports whether the inputs lie behind a summary: they need not be touched, and would push the button off the page.
func (f Field) Folded() bool { return f.Kind == "checks" && f.Optional && len(f.Choices) > 8 }

// field makes a Field of a form: field .Form "area" "text" "say.text" "hint" "say.text.hint" "max" 2000 …
// The label is a message key, or an i18n.Pair where it is data. After it come options and their values: hint, place
// (message keys or Pairs); choices ([]Choice); optional, big, many, quiet, first (bool); rows, max, shrink (int);
// auto, mode, accept (string).
func (p speaker) field(form *Form, kind, name string, label any, options ...any) (Field, error) {
	f := Field{Kind: kind, Name: name, ID: "f-" + name, Label: p.label(label), Auto: "off"}
	switch kind {
	case "text", "area", "number", "day", "tel", "password", "select", "radios", "checks", "chips", "tick", "file", "hidden":
	default:
		return f, fmt.Errorf("field %s: kind %q is unknown", name, kind)
	}
	if form == nil {
		return f, fmt.Errorf("field %s: no form", name)
	}
	if kind != "password" { // a secret is never sent back
		f.Value, f.Values = form.Value(name), form.Values(name)
	}
	if e := form.Wrong(name); e != nil {
		f.Error = p.say(e)
	}
	if len(options)%2 != 0 {
		return f, fmt.Errorf("field %s: an option lacks its value", name)
	}
	for i := 0; i < len(options); i += 2 {
		if err := p.option(&f, options[i], options[i+1]); err != nil {
			return f, fmt.Errorf("field %s: %w", name, err)
		}
	}
	return f, nil
}

func (p speaker) option(f *Field, key, value any) error {
	ok := true
	switch key {
	case "hint":
		f.Hint = p.label(value)
	case "place":
		f.Place = p.label(value)
	case "choices":
		f.Choices, ok = value.([]Choice)
	case "optional":
		f.Optional, ok = value.(bool)
	case "big":
		f.Big, ok = value.(bool)
	case "many":
		f.Many, ok = value.(bool)
	case "quiet":
		f.Quiet, ok = value.(bool)
	case "first":
		f.First, ok = value.(bool)
	case "rows":
		f.Rows, ok = value.(int)
	case "max":
		f.Max, ok = value.(int)
	case "shrink":
		f.Shrink, ok = value.(int)
	case "auto":
		f.Auto, ok = value.(string)
	case "mode":
		f.Mode, ok = value.(string)
	case "accept":
		f.Accept, ok = value.(string)
	default:
		return fmt.Errorf("option %v is unknown", key)
	}
	if !ok {
		return fmt.Errorf("option %v cannot be a %T", key, value)
	}
	return nil
}

// label says a text of a template: a string there is a message key, a Pair is data.
func (p speaker) label(v any) string {
	if key, ok := v.(string); ok && key != "" {
		return p.t(key)
	}
	return p.say(v)
}

// Fault is one line of the part "errors": what is wrong, and the field to go to.
type Fault struct{ Field, Label, Text string }

// faults says what is wrong with a form, for the summary above it: faults .Form "say.". A field is named by the
// message prefix + field, where there is one, because "please fill this in" alone does not say which.
func (p speaker) faults(form *Form, prefix string) []Fault {
	if form == nil {
		return nil
	}
	list := make([]Fault, len(form.Errs))
	for i, e := range form.Errs {
		list[i] = Fault{Field: e.Field, Text: p.say(e)}
		if key := prefix + e.Field; e.Field != "" && p.site.cat.Has(key) {
			list[i].Label = p.t(key)
		}
	}
	return list
}

// Choices offers a list as one says its members; what stands for none of them comes first where none is not nil.
func Choices[T any](none any, list []T, one func(T) (value string, label any)) []Choice {
	cs := make([]Choice, 0, len(list)+1)
	if none != nil {
		cs = append(cs, Choice{Label: none})
	}
	for _, v := range list {
		value, label := one(v)
		cs = append(cs, Choice{Value: value, Label: label})
	}
	return cs
}

// Keyed is a Choice whose label is the message key prefix + value: for the fixed lists of a package.
func Keyed(prefix string, values ...string) []Choice {
	cs := make([]Choice, len(values))
	for i, v := range values {
		cs[i] = Choice{Value: v, Label: i18n.Key(prefix + v)}
	}
	return cs
}

// Named makes choices of a fixed list whose members say what they are called.
func Named[T interface {
	~string
	Name() i18n.Pair
}](list []T) []Choice {
	cs := make([]Choice, len(list))
	for i, v := range list {
		cs[i] = Choice{Value: string(v), Label: v.Name()}
	}
	return cs
}

// Values are what choices allow, without the choice of none.
func Values(list []Choice) (vs []string) {
	for _, c := range list {
		if c.Value != "" {
			vs = append(vs, c.Value)
		}
	}
	return vs
}
