package casework

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/id"
	"yanming/internal/seal"
)

// Filter is what a list of cases is asked for; the address of the page is its only store.
type Filter struct {
	View     View
	Kind     Kind
	Channel  Channel
	State    State
	Outcome  Outcome
	Category string
	Village  string
	Grid     string
	Unit     string
	Leader   string
	Number   seal.Number // exact
	Newest   bool        // by registration, the newest first; else in the order of answerDue
	After    string      // Page.Next of the page before
	Limit    int         // 50 when 0
	Brief    bool        // of each case only what a line shows: no text beside the title, no dates that no list has
	ids      []string    // hits of a search; nil for no search
	oneOf    func(n int) string
}

// View is a worklist.
type View string

// The worklists. A badge is the count of the same condition, so it always equals its list.
const (
	Mine       View = "mine"
	Overdue    View = "overdue"
	DueSoon    View = "due_soon"
	ToAccept   View = "to_accept"
	ToCallBack View = "to_call_back"
	All        View = "all"  // in hand
	Done       View = "done" // closed
	Ended      View = "ended"
	Every      View = "every"
)

// Views lists the worklists in the order of the inbox.
func Views() []View {
	return []View{Mine, Overdue, DueSoon, ToAccept, ToCallBack, All, Done, Ended, Every}
}

// Soon is how far ahead a due moment counts as near, in DueSoon and in the badge beside a case alike.
const Soon = 3 * 24 * time.Hour

// Page is one page of a list.
type Page struct {
	Cases []Case
	Next  string // "" at the end
}

// where is a condition under construction; $1 is the town.
type where struct {
	text strings.Builder
	args []any
}

func dollar(n int) string { return "$" + strconv.Itoa(n) }

func (w *where) bind(v any) string {
	w.args = append(w.args, v)
	return dollar(len(w.args) + 1)
}

func (w *where) and(cond string) { w.text.WriteString(" AND " + cond) }

func (w *where) in(vs []string) string {
	ps := make([]string, len(vs))
	for i, v := range vs {
		ps[i] = w.bind(v)
	}
	return "(" + strings.Join(ps, ", ") + ")"
}

// view returns the condition of a worklist for an actor.
func (w *where) view(v View, a actor.Actor, now time.Time) string {
	return w.either(worklist(v, a, now))
}

// either is the condition that a case belongs to one of the parts; to none where there are none.
func (w *where) either(parts []part) string {
	or := []string{"FALSE"}
	if len(parts) > 0 {
		or = nil
	}
	for _, p := range parts {
		or = append(or, p(w))
	}
	return "(" + strings.Join(or, " OR ") + ")"
}

// part is one of the conditions of which a worklist is the union. Each is in the order of some index, so that a page of
// the list is merged of the first rows of each.
type part func(*where) string

func fixed(text string) part { return func(*where) string { return text } }

// worklist returns the parts of a worklist for an actor; none where it has nothing to hold.
func worklist(v View, a actor.Actor, now time.Time) []part {
	switch v {
	case Mine:
		return mine(a)
	case Overdue:
		return []part{func(w *where) string { return "r.live AND r.answer_due < " + w.bind(now.UnixMilli()) }}
	case DueSoon:
		return []part{func(w *where) string {
			return "r.live AND r.answer_due >= " + w.bind(now.UnixMilli()) + " AND r.answer_due < " + w.bind(now.Add(Soon).UnixMilli())
		}}
	case ToAccept:
		return []part{fixed("r.live AND r.state = 'registered'")}
	case ToCallBack:
		return callBack(a.Units())
	case Done:
		return []part{fixed("r.state = 'closed'")}
	case Ended:
		return []part{fixed("r.state IN ('declined', 'forwarded', 'linked', 'withdrawn')")}
	case Every:
		return []part{fixed("TRUE")}
	}
	return []part{fixed("r.live")}
}

// callBack is what was answered and waits for a call, by somebody who is of none of the units.
func callBack(units []string) (ps []part) {
	for _, state := range []State{Answered, FollowUp} {
		ps = append(ps, func(w *where) string {
			c := "r.live AND r.state = '" + string(state) + "' AND r.outcome <> 'scheduled'"
			if len(units) > 0 {
				c += " AND r.unit_id NOT IN " + w.in(units)
			}
			return c
		})
	}
	return ps
}

// owed leaves out what was answered: answer_due is greater there than where no clock runs.
var owed = fmt.Sprintf(" AND r.answer_due <= %d", int64(never))

// mine is what waits for the actor, by the posts they hold.
func mine(a actor.Actor) (ps []part) {
	if a.Is(actor.Intake, actor.Petition, actor.General, actor.CountyOfficer) {
		ps = append(ps, fixed("r.live AND r.state = 'registered'"), fixed("r.live AND r.state = 'accepted'"))
	}
	if a.Is(actor.Leader) {
		ps = append(ps, fixed("r.live AND r.pending <> ''"),
			func(w *where) string {
				return "r.live AND r.leader_id <> '' AND r.leader_id = " + w.bind(a.Person) + owed
			})
	} else if a.Is(actor.Inspection) {
		ps = append(ps, fixed("r.live AND r.pending <> '' AND r.pending = 'extension'"))
	}
	for _, u := range handling(a) {
		ps = append(ps, func(w *where) string {
			return "r.live AND r.unit_id <> '' AND r.unit_id = " + w.bind(u) + " AND r.state IN ('dispatched', 'in_progress')"
		})
	}
	if a.Is(actor.Caller) {
		ps = append(ps, callBack(nil)...)
	}
	return ps
}

// handling are the units for which the actor answers cases.
func handling(a actor.Actor) (us []string) {
	for _, p := range a.Posts {
		switch p.Role {
		case actor.Handler, actor.Secretary, actor.Cadre, actor.Publicity:
			us = with(us, p.Unit)
		}
	}
	return us
}

// equals are the columns that a filter may ask for a value of, each with the value or "".
func (f Filter) equals() []struct{ column, value string } {
	return []struct{ column, value string }{
		{"kind", string(f.Kind)}, {"channel", string(f.Channel)}, {"state", string(f.State)}, {"outcome", string(f.Outcome)},
		{"category", f.Category}, {"village_id", f.Village}, {"grid_id", f.Grid}, {"unit_id", f.Unit}, {"leader_id", f.Leader}, {"number", string(f.Number)},
	}
}

func (w *where) filter(f Filter) {
	// The indexes of units and leaders leave out the cases that have none, and are used only where a condition says so.
	if f.Unit != "" {
		w.and("r.unit_id <> ''")
	}
	if f.Leader != "" {
		w.and("r.leader_id <> ''")
	}
	for _, x := range f.equals() {
		if x.value != "" {
			w.and("r." + x.column + " = " + w.bind(x.value))
		}
	}
	if f.ids != nil {
		w.args = append(w.args, db.Texts(f.ids))
		w.and("r.id " + f.oneOf(len(w.args)+1))
	}
}

// relation returns what the actor sees under a condition, as far as it belongs to one of the parts of a worklist: open
// cases in scope, and cases in confidence whose reader they are and that are not about a unit of theirs. The open ones are
// a union with one arm for each part, and a case is in the arm of the first that it belongs to; the others are few. tail
// is an order with a limit that each of several arms has for itself, or "".
func relation(cols string, a actor.Actor, parts []part, tail string, cond func(*where)) (string, []any) {
	w := &where{}
	var arms []string
	end := func() { arms = append(arms, w.text.String()); w.text.Reset() }
	scope := scopeOf(a)
	if len(parts) == 0 {
		parts = []part{fixed("FALSE")}
	}
	for i, p := range parts {
		w.text.WriteString("SELECT " + cols + " FROM open_cases r WHERE r.town_id = $1")
		text, args := scope.where(len(w.args) + 2)
		w.args = append(w.args, args...)
		w.and(text)
		w.and(p(w))
		for _, before := range parts[:i] {
			w.and("NOT (" + before(w) + ")")
		}
		cond(w)
		end()
	}
	if !a.Doubted {
		w.text.WriteString("SELECT " + cols + " FROM confided_cases r WHERE r.town_id = $1 AND r.reader_id = " + w.bind(a.Person))
		if us := a.Units(); len(us) > 0 {
			w.and("NOT EXISTS (SELECT 1 FROM case_subjects x WHERE x.town_id = r.town_id AND x.case_id = r.id AND x.unit_id IN " + w.in(us) + ")")
		}
		w.and(w.either(parts))
		cond(w)
		end()
	}
	if tail != "" && len(arms) > 1 {
		for i, arm := range arms {
			arms[i] = "(" + arm + tail + ")"
		}
	}
	return strings.Join(arms, " UNION ALL "), w.args
}

// List returns a page of the cases that a sees.
func (s *Service) List(ctx context.Context, tx *db.Tx, a actor.Actor, f Filter) (Page, error) {
	if f.Limit == 0 {
		f.Limit = 50
	}
	if a.Person == "" || a.Town != tx.Town {
		return Page{}, errs.Missing()
	}
	key, dir, than := "answer_due", "ASC", ">"
	if f.Newest {
		key, dir, than = "registered_at", "DESC", "<"
	}
	at, last, err := readPlace(f.After)
	if err != nil {
		return Page{}, err
	}
	cols, scan := columnsOf("r."), scanCase
	if f.Brief {
		cols, scan = briefColumns, scanBrief
	}
	tail := ""
	if f.ids == nil { // the hits of a search are few and have their own order; asked for one, SQLite would go through every case
		tail = fmt.Sprintf(" ORDER BY %s %s, id %s LIMIT %d", key, dir, dir, f.Limit+1)
	}
	// SQLite merges arms in the order of their indexes; PostgreSQL plans each for itself, and would read it to its end.
	text, args := relation(cols, a, worklist(f.View, a, tx.Now), tx.Pick("", tail), func(w *where) {
		w.filter(f)
		if last != "" {
			k := w.bind(at)
			w.and(fmt.Sprintf("(r.%s, r.id) %s (%s, %s)", key, than, k, w.bind(last)))
		}
	})
	ss, err := readCases(ctx, tx, scan, text+tail, args...)
	if err != nil {
		return Page{}, fmt.Errorf("list cases: %w", err)
	}
	var p Page
	if len(ss) > f.Limit {
		ss = ss[:f.Limit]
		end := ss[f.Limit-1]
		ms := end.answerDue
		if f.Newest {
			ms = end.Registered.UnixMilli()
		}
		p.Next = place(ms, string(end.ID))
	}
	if err := s.openAll(ctx, tx, ss); err != nil {
		return Page{}, err
	}
	for _, st := range ss {
		p.Cases = append(p.Cases, st.Case)
	}
	return p, nil
}

// prefixed puts prefix before each of the columns of a list.
func prefixed(prefix, cols string) string {
	fs := strings.Split(cols, ",")
	for i, f := range fs {
		fs[i] = prefix + strings.TrimSpace(f)
	}
	return strings.Join(fs, ", ")
}

// place is where a page of a list ends, as an address carries it.
func place(ms int64, last string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(ms, 10) + " " + last))
}

// readPlace reads what place wrote. An address may hold anything in its stead: what is no key never reaches a query.
func readPlace(s string) (ms int64, last string, err error) {
	if s == "" {
		return 0, "", nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		at, rest, _ := strings.Cut(string(b), " ")
		last = rest
		ms, err = strconv.ParseInt(at, 10, 64)
	}
	if err != nil || !id.Valid(last) {
		return 0, "", errs.Field("after", "error.choice")
	}
	return ms, last, nil
}
