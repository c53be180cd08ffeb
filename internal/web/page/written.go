package page

import (
	"html/template"
)

// What stands on every page of the office, a dozen of each, and is written by hand for the same reason as items.

// Select is a choice in a form, with a label that only a reader of the page says.
type Select struct {
	Name, Value string
	Key         string // of the label
	Choices     []Choice
}

// Tile leads to a list, with how much is in it.
type Tile struct {
	Href    string
	Key     string
	Count   int64
	Tone    string // letter of the style sheet, while there is something in it
	Current bool
}

// selects writes the choices of a form side by side.
func (p speaker) selects(list []Select) template.HTML {
	var b []byte
	for _, x := range list {
		name := template.HTMLEscapeString(x.Name)
		b = append(b, `<label class="vh" for="f-`+name+`">`...)
		b = append(escaped(b, p.t(x.Key)), `</label><select id="f-`+name+`" name="`+name+`">`...)
		b = append(p.appendOptions(b, x.Choices, x.Value), `</select>`...)
	}
	return template.HTML(b)
}

// options writes the choices of a select, and above the first of each group what the group is called.
func (p speaker) options(choices []Choice, value string) template.HTML {
	return template.HTML(p.appendOptions(nil, choices, value))
}

func (p speaker) appendOptions(b []byte, choices []Choice, value string) []byte {
	group := ""
	for _, c := range choices {
		if own := p.say(c.Group); own != group {
			if group != "" {
				b = append(b, `</optgroup>`...)
			}
			if group = own; group != "" {
				b = append(escaped(append(b, `<optgroup label="`...), group), `">`...)
			}
		}
		b = append(b, `<option value="`...)
		b = append(escaped(b, c.Value), '"')
		if c.Value == value {
			b = append(b, ` selected`...)
		}
		b = append(b, '>')
		b = append(escaped(b, p.say(c.Label)), `</option>`...)
	}
	if group != "" {
		b = append(b, `</optgroup>`...)
	}
	return b
}

// tiles writes the lists there are.
func (p speaker) tiles(list []Tile) (template.HTML, error) {
	var b []byte
	for _, x := range list {
		b = append(b, `<a class="count`...)
		if x.Count != 0 {
			b = escaped(append(b, ' '), x.Tone)
		}
		b = linked(append(b, '"'), x.Href, x.Current)
		n, err := number(x.Count)
		if err != nil {
			return "", err
		}
		b = append(b, `<b>`+n+`</b>`...)
		b = append(escaped(b, p.t(x.Key)), `</a>`...)
	}
	return template.HTML(b), nil
}

// nav writes the side navigation.
func (p speaker) nav(list []NavItem) (template.HTML, error) {
	var b []byte
	for _, x := range list {
		svg, err := icon(x.Icon)
		if err != nil {
			return "", err
		}
		b = append(linked(append(b, `<a`...), x.Href, x.Current), svg...)
		b = escaped(b, p.t(x.Key))
		if x.Count != 0 {
			n, err := number(x.Count)
			if err != nil {
				return "", err
			}
			b = append(b, `<span class="badge">`+n+`<span class="vh">`...)
			b = append(escaped(b, p.t("page.pieces")), `</span></span>`...)
		}
		b = append(b, "</a>\n"...)
	}
	return template.HTML(b), nil
}

// linked ends the tag of a link, current where it leads to what is shown.
func linked(b []byte, href string, current bool) []byte {
	b = append(escaped(append(b, ` href="`...), href), '"')
	if current {
		b = append(b, ` aria-current="page"`...)
	}
	return append(b, '>')
}
