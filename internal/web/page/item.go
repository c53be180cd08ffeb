package page

import (
	"html/template"
)

// Item is one line of a long list that leads to what it names. The function items writes a list of them: by hand and not
// by the template, which takes a hundred times as long for what a list says over and over.
type Item struct {
	Href, Title string
	Class       string // letter of the bar at the edge
	Current     bool
	Due         *Due
	Notes       []Note
}

// Note is one of the small words of an item: a tag with a tone, or plain.
type Note struct {
	Tag  bool
	Tone string // bad | warn | lake | ""
	Icon string // of a tag; "" for none
	Text string
}

// escaped appends text as it may stand in an element and in an attribute in quotation marks.
func escaped(b []byte, s string) []byte { return append(b, template.HTMLEscapeString(s)...) }

// items writes the lines of a list.
func (p speaker) items(list []Item) (template.HTML, error) {
	b := make([]byte, 0, 600*len(list))
	for _, x := range list {
		b = append(b, `<a class="item `...)
		b = escaped(b, x.Class)
		b = append(b, `" href="`...)
		b = escaped(b, x.Href)
		b = append(b, '"')
		if x.Current {
			b = append(b, ` aria-current="true"`...)
		}
		b = append(b, `><span class="row top"><span class="t grow">`...)
		b = escaped(b, x.Title)
		b = append(b, `</span>`...)
		if x.Due != nil {
			words, err := p.dueWords(*x.Due, true)
			if err != nil {
				return "", err
			}
			b = append(b, `<span class="due `...)
			b = escaped(b, x.Due.Class())
			b = append(b, `">`...)
			b = escaped(b, words)
			b = append(b, `</span>`...)
		}
		b = append(b, `</span><span class="m">`...)
		for _, n := range x.Notes {
			var err error
			if b, err = n.write(b); err != nil {
				return "", err
			}
		}
		b = append(b, `</span></a>`...)
	}
	return template.HTML(b), nil
}

func (n Note) write(b []byte) ([]byte, error) {
	if !n.Tag {
		b = append(b, `<span>`...)
	} else {
		b = append(b, `<span class="tag`...)
		if n.Tone != "" {
			b = escaped(append(b, ' '), n.Tone)
		}
		b = append(b, `">`...)
	}
	if n.Icon != "" {
		svg, err := icon(n.Icon)
		if err != nil {
			return nil, err
		}
		b = append(b, svg...)
	}
	return append(escaped(b, n.Text), `</span>`...), nil
}
