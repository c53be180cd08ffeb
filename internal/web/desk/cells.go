package desk

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yanming/internal/calendar"
	"yanming/internal/sheet"
)

// cells is a pasted block of cells, with the column that each field is proposed for.
type cells struct {
	names  []string // of the columns; "" where the block has no header
	rows   []sheet.Row
	fields []string // by column, "" for one that is not used
}

// readCells reads a block as cells. ok is false where it is running text.
func readCells(block string) (c cells, ok bool, err error) {
	b, err := sheet.Paste(block, sheet.Limits{File: pasteBody})
	if err != nil {
		return c, false, err
	}
	defer b.Close()
	name := b.Sheets()[0].Name
	all, err := b.Head(name, 10*maxRows)
	if err != nil {
		return c, false, err
	}
	width := 0
	for _, r := range all {
		width = max(width, len(r.Cells))
	}
	h, found := sheet.FindHeader(all, columns()...)
	if width < 2 || !strings.Contains(block, "\t") && !found {
		return c, false, nil
	}
	c.names, c.fields = make([]string, width), make([]string, width)
	if found {
		copy(c.names, h.Names)
		for _, m := range sheet.Propose(h, columns()) {
			if m.Source < width {
				c.fields[m.Source] = m.Field
			}
		}
	}
	if !found && !strings.Contains(block, "\t") || found && !slices.Contains(c.fields, "text") && !strings.Contains(block, "\t") {
		return c, false, nil // sentences with commas
	}
	for _, r := range all {
		if !found || r.Number > h.Last && h.KindOf(r) == sheet.Data {
			c.rows = append(c.rows, r)
		}
	}
	if !found || !slices.Contains(c.fields, "text") {
		c.guess()
	}
	return c, true, nil
}

// guess proposes columns by what they hold: telephones, days, and the longest texts.
func (c *cells) guess() {
	longest, at := 0, -1
	for j := range c.names {
		if c.fields[j] != "" {
			continue
		}
		phones, days, runes, n := 0, 0, 0, 0
		for _, r := range c.rows {
			v := r.Cell(j)
			if v == "" {
				continue
			}
			n++
			runes += utf8.RuneCountInString(v)
			if _, ok := sheet.Phone(v); ok {
				phones++
			} else if _, ok := sheet.Date(v, 2000); ok {
				days++
			}
		}
		switch {
		case n > 0 && 2*phones > n && !slices.Contains(c.fields, "phone"):
			c.fields[j] = "phone"
		case n > 0 && 2*days > n && !slices.Contains(c.fields, "said"):
			c.fields[j] = "said"
		case runes > longest:
			longest, at = runes, j
		}
	}
	if at >= 0 && !slices.Contains(c.fields, "text") {
		c.fields[at] = "text"
	}
}

// words reads the rows by the chosen columns. Rows without a text are left out.
func (c cells) words(now time.Time) (list []pasted) {
	year, _, _ := calendar.DayOf(now).Date()
	for _, r := range c.rows {
		var p pasted
		for j, field := range c.fields {
			v := sheet.Text(r.Cell(j))
			switch field {
			case "text":
				p.Text = v
			case "name":
				p.Name = sheet.Line(v)
			case "phone":
				if p.Phone = sheet.Line(v); p.Phone != "" {
					if phone, ok := sheet.Phone(v); ok {
						p.Phone = phone
					}
				}
			case "where":
				p.Where = sheet.Line(v)
			case "category":
				p.Category = sheet.Line(v)
			case "external":
				p.External, p.Lossy = sheet.Line(v), r.IsLossy(j)
			case "said":
				t, ok := sheet.Date(v, year)
				switch today := calendar.DayOf(now); {
				case ok && calendar.DayOf(t) < today:
					p.Said = calendar.DayOf(t)
				case !ok || calendar.DayOf(t) > today:
					p.Unread = sheet.Line(v)
				}
			}
		}
		if p.Text == "" {
			continue
		}
		p.takePhone()
		list = append(list, p)
	}
	return list
}
