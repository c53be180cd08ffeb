package register

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/sheet"
)

// past reads what became of the matter. The column taken is no note: it holds what was said.
func (r *Reader) past(row sheet.Row, x *Row, b *casework.Backfill, clean func(string) string, taken int) {
	p := &b.Past
	note := func(f Field, v string) { p.Note = r.noted(p.Note, f, clean(v)) }
	if v := r.line(row, Unit); v != "" {
		id, whole := r.places.unitOf(v)
		if p.Unit = id; !whole {
			note(Unit, v)
		}
		if id == "" {
			x.warn("unit", r.name(Unit))
		}
	}
	if v := r.line(row, Leader); v != "" {
		if p.Leader = r.places.personOf(v); p.Leader == "" {
			note(Leader, v)
			x.warn("leader", r.name(Leader))
		}
	}
	if v := r.line(row, Due); v != "" {
		at, ok := r.due(v, b.Said)
		if p.Due = at; !ok {
			note(Due, v)
			x.warn("due", r.name(Due))
		}
	}
	if v := r.line(row, Answered); v != "" {
		at, ok := r.date(v, r.book.Date)
		switch {
		case !ok || at.After(r.now):
			note(Answered, v)
			x.warn("date", r.name(Answered))
		case b.Said.IsZero(), at.Before(b.Said): // without its day a matter is registered now
			note(Answered, v)
			x.warn("answered_early", r.name(Answered))
		default:
			p.Answered = at
		}
	}
	for _, i := range r.notes {
		if i == taken {
			continue
		}
		if isPicture(row.Cell(i)) {
			x.warn("picture", r.header(i))
			continue
		}
		if v := sheet.Text(row.Cell(i)); v != "" && !saysNothing(v) {
			label := r.header(i)
			if slices.Contains(noteNames, label) { // it says no more than the place where it will stand
				label = ""
			}
			p.Note = join(p.Note, label, clean(v))
		}
	}
	for _, v := range row.Beside {
		p.Note = join(p.Note, r.comment, clean(v))
		x.warn("comment")
	}
	handling, answer, status := clean(sheet.Text(r.cell(row, Handling))), clean(sheet.Text(r.cell(row, Answer))), r.line(row, Status)
	if status == "" {
		status = r.tickedColumn(row)
	}
	if saysNothing(handling) {
		handling = ""
	}
	if status == "" {
		if status = r.statusBeside(row, handling); status != "" { // it is a note already
			note = func(f Field, v string) {
				if f != Status {
					p.Note = r.noted(p.Note, f, clean(v))
				}
			}
		}
	}
	if saysNothing(answer) {
		answer = ""
	}
	st, more := statusOf(status, true)
	if called(plain(status)) { // what was done says it better
		if said, _ := statusOf(handling+answer, false); said.outcome != "" {
			st = standing{outcome: said.outcome, known: true}
		}
		note(Status, status)
	}
	if end, other := otherEnd(st, r.name(Status)+status, handling, answer); other {
		st = end
		x.warn("outcome_other", cmp.Or(r.name(Handling), r.name(Answer)))
	}
	if more && st.outcome != "" && handling+answer != "" { // else it is the answer itself
		note(Status, status)
	}
	if !st.known && status != "" {
		note(Status, status)
		x.warn("status", r.name(Status))
	}
	if status == "" { // else the handling is of a matter that may not be settled: 解决不了
		if st, more = statusOf(handling, false); more {
			x.warn("handled", r.name(Handling))
		}
	}
	if st.outcome == "" && !st.known && answer != "" {
		st = standing{outcome: casework.Explained}
		x.warn("outcome", r.name(Answer))
	}
	if st.outcome == "" && status == "" { // what may have meant an end, and was not understood as one
		if handling != "" && !st.known {
			x.warn("open", r.name(Handling))
		}
		if !p.Answered.IsZero() {
			x.warn("open", r.name(Answered))
		}
	}
	if st.outcome == "" {
		if p.Leader != "" && p.Unit == "" { // nothing is dispatched, so nobody answers for it yet
			note(Leader, r.line(row, Leader))
		}
		if status != "" && st.known {
			note(Status, status)
		}
		if !p.Answered.IsZero() { // of what is not answered it is when something was done
			note(Answered, r.line(row, Answered))
			p.Answered = time.Time{}
		}
		p.Handling = handling
		if answer != "" {
			note(Answer, answer)
		}
		return
	}
	p.Outcome, p.Closed = st.outcome, st.closed
	switch {
	case answer != "" && handling != "" && answer != handling:
		p.Answer = handling + "\n" + answer
	case answer != "":
		p.Answer = answer
	case strings.Trim(handling, tickSigns) != "":
		p.Answer = handling
	case handling != "":
		p.Answer = join("", r.name(Handling), handling)
	default:
		p.Answer = join("", r.name(Status), clean(status))
	}
}

// tickedColumn returns the name of the column that is ticked where a ledger has one for each state: 已办结 | 未办结. Two
// that are ticked say nothing.
func (r *Reader) tickedColumn(row sheet.Row) (name string) {
	if _, mapped := r.at[Status]; mapped {
		return ""
	}
	for _, i := range r.notes {
		if st, _ := statusOf(r.header(i), true); !st.known || !slices.Contains(ticks, plain(row.Cell(i))) {
			continue
		}
		if name != "" {
			return ""
		}
		name = r.header(i)
	}
	return name
}

// noteNames are headers that say nothing of what the column holds.
var noteNames = []string{"备注", "说明", "Note", "note", "Remarks", "remarks"}

var workingDays = regexp.MustCompile(`^([0-9]{1,3})\s*个?工作日内?$`)

// due reads until when something had to be done: a day, or so many working days from when it was said.
func (r *Reader) due(v string, said time.Time) (time.Time, bool) {
	if m := workingDays.FindStringSubmatch(v); m != nil && !said.IsZero() {
		n, err := strconv.Atoi(m[1])
		if err != nil || n == 0 {
			return time.Time{}, false
		}
		at, _ := r.places.dir.Calendar.Due(said, calendar.Span{N: n, Unit: calendar.WorkingDay}, r.places.dir.Settings.Hours)
		return at, true
	}
	return r.dueDay(v, said)
}
