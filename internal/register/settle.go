package register

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanming/internal/casework"
	"yanming/internal/sheet"
)

// split makes one case, or one for each of several opinions in a cell. A row with a number of its own stays one case:
// that system will ask for one answer.
func (r *Reader) split(row sheet.Row, x *Row, b casework.Backfill, under string) {
	x.sum = r.digest(row, under)
	texts := []string{b.Text}
	if x.External == "" {
		if texts = sheet.SplitNumbered(b.Text); len(texts) > 1 {
			x.warn("split", len(texts))
		}
	}
	for _, t := range texts {
		one := b
		if len(texts) > 1 {
			if one.Text, one.Title = t, ""; b.Title != "" { // what they have in common
				one.Text = b.Title + "\n" + t
			}
		}
		x.Cases, x.matters = append(x.Cases, one), append(x.matters, r.matter(row, one))
	}
}

// Settle gives the cases of rows their sources. Equal rows of one file are different matters; the same row of another file
// is not: so they are counted. It is called for all rows, in the sheet's order.
func (r *Reader) Settle(rows []*Row) {
	for _, x := range rows {
		if len(x.Cases) == 0 {
			continue
		}
		sum := hex.EncodeToString(x.sum[:])
		if x.External == "" {
			k := [16]byte(x.sum[:])
			r.seen[k]++
			sum += "#" + strconv.Itoa(r.seen[k])
		}
		for i := range x.Cases {
			x.Cases[i].Source = &casework.Source{Digest: sum + x.Part(i), Sheet: r.plan.Sheet, Row: x.Number, Matter: x.matters[i]}
		}
	}
}

// digest is the SHA-256 of what the mapped cells say, so that the same table in another format gives the same.
func (r *Reader) digest(row sheet.Row, under string) (sum [sha256.Size]byte) {
	h := sha256.New()
	add := func(name, v string) {
		if v != "" {
			fmt.Fprintf(h, "%s\x1f%s\x1e", name, v)
		}
	}
	for _, f := range Fields() {
		if _, ok := r.at[f]; !ok {
			if f == Village && under != "" { // the same words of two villages are two matters
				add(string(f), r.places.dir.Village(under).Name)
			}
			continue
		}
		v := sheet.Line(r.cell(row, f))
		if slices.Contains(ditto, v) { // left where no mark is one, or none has a cell above: it says nothing
			v = ""
		}
		switch f {
		case Said, Answered, Due:
			if at, ok := r.date(v, r.book.Date); ok {
				v = at.Format("2006-01-02 15:04")
			}
		case Phone:
			if p, ok := sheet.Phone(v); ok {
				v = p
			}
		case External:
			v = strings.Trim(v, "'’ ")
		}
		add(string(f), v)
	}
	if r.parts != nil {
		add("parts", r.parts.joined(row))
	}
	for _, i := range r.notes {
		add("note "+r.header(i), sheet.Line(row.Cell(i)))
	}
	h.Sum(sum[:0])
	return sum
}

// matter is the SHA-256 of whose, where, when and what: the same in next week's copy of a ledger, in which only the progress,
// a note or a comma is another. "" where neither a person nor a day is named: then the same words may be another matter.
func (r *Reader) matter(row sheet.Row, b casework.Backfill) string {
	who, day, village, text := plain(b.Person.Name), "", b.Village, plain(b.Text)
	if who == "" {
		who = plain(b.Person.Phone)
	}
	if !b.Said.IsZero() {
		day = b.Said.In(sheet.China).Format(time.DateOnly)
	}
	if village == "" {
		village = plain(r.line(row, Village))
	}
	if text == "" || who == "" && day == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{village, who, day, text}, "\x1f")))
	return hex.EncodeToString(sum[:])
}
