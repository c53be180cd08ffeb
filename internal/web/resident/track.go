package resident

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/seal"
	"yanming/internal/web/page"
)

// soon is how many days before its due day a case is shown in amber, here as in the office.
const soon = int(casework.Soon / (24 * time.Hour))

// trackPage shows a resident how their case stands.
type trackPage struct {
	page.Head
	Key     string
	Here    string
	Did     string // the act that was just done, or ""
	Number  string // "" in confidence
	Subject string
	Said    string
	State   i18n.Key
	Due     *page.Due
	Unit    string // who handles it now
	Phone   string
	Leader  string
	Answer  *answer
	Rated   *rated
	Ask     string // what is asked of the resident now: an act, or ""
	Asked   string // the question, for the act "info"
	Steps   []page.Moment
	Into    []page.Moment // of the case that this one was joined to
	Files   []file
	Others  []similar // published cases that are followed along
	Acts    []string
	Office  string
	Call    string
}

// answer is the newest answer of the present round.
type answer struct {
	Outcome i18n.Pair
	Text    string
	Basis   string
	At      any
	Unit    string
	Planned calendar.Day
}

// rated is what the resident said of it.
type rated struct{ Solved, Satisfied i18n.Pair }

// file is an attachment, as a link.
type file struct {
	Label i18n.Key
	N     int
	Href  string
	Size  string
}

// showTrack handles GET /r/{number}/steps.
func (s *Server) showTrack(w http.ResponseWriter, r *http.Request) error {
	h, ok, err := s.holds(r)
	if err != nil {
		return err
	}
	if !ok {
		return s.askAgain(w, r)
	}
	return s.showTrackOf(w, r, h)
}

func (s *Server) showTrackOf(w http.ResponseWriter, r *http.Request, h holder) error {
	r, dir, err := s.enter(r, h.town.ID)
	if err != nil {
		return err
	}
	t, err := s.track(r.Context(), h.town.ID, h.number)
	if err != nil {
		return err
	}
	others, err := s.followed(r, h)
	if err != nil {
		return err
	}
	c, did := t.Case, r.URL.Query().Get("did")
	if _, ok := s.acts[did]; !ok {
		did = ""
	}
	p := trackPage{Head: s.Site.Head(r, "resident.track"), Key: string(page.NewForm().Key), Here: receiptPath(h.number), Did: did, Subject: c.Words.Title,
		Said: c.Words.Text, State: stateKey(c.State), Due: dueOf(c, calendar.DayOf(s.Store.Now())), Answer: answerOf(t, dir),
		Steps: s.moments(r, dir, t), Files: files(t, h.number), Others: others, Acts: s.offered(t), Office: dir.Settings.OfficeName, Call: dir.Settings.OfficePhone}
	if c.State.Live() && c.Unit != "" {
		u := dir.Unit(c.Unit)
		p.Unit, p.Phone = u.Name, u.Phone
		if l := dir.Person(c.Leader); l.ID != "" {
			p.Leader = l.Name
			if l.Title != "" {
				p.Leader = l.Title + " " + l.Name
			}
		}
	}
	if t.Secret { // an office that is called could not see it
		p.Phone, p.Call = "", ""
	} else {
		p.Number = string(h.number)
	}
	if c.Reached && c.Solved != "" {
		p.Rated = &rated{c.Solved.Name(), c.Satisfied.Name()}
	}
	p.ask(t)
	if t.Into != nil {
		p.Into = s.moments(r, dir, *t.Into)
	}
	return s.pages.Show(w, r, http.StatusOK, "receipt/track", p)
}

// ask says what is asked of the resident now; it stands above everything else and not among the other acts.
func (p *trackPage) ask(t casework.Track) {
	for _, name := range []string{"info", "rate", "redo"} {
		if slices.Contains(p.Acts, name) {
			p.Ask = name
			p.Acts = slices.DeleteFunc(slices.Clone(p.Acts), func(a string) bool { return a == name })
			break
		}
	}
	if p.Ask != "info" {
		return
	}
	for _, x := range t.Steps {
		if x.Type == casework.EvInfoAsked {
			p.Asked = x.Words.Text
		}
	}
}

// stateKey says a state in a resident's words: how the office calls its own stations is no concern of theirs.
func stateKey(s casework.State) i18n.Key {
	switch s {
	case casework.Dispatched, casework.ReturnPending:
		s = casework.InProgress
	}
	return i18n.Key("resident.state." + string(s))
}

// dueOf returns the date by which something is promised now, or nil.
func dueOf(c casework.Case, today calendar.Day) *page.Due {
	clock := c.Due
	if c.State == casework.Registered && c.Notice.Set() {
		clock = c.Notice
	}
	if !c.State.Unanswered() || !clock.Set() {
		return nil
	}
	d := page.DueOn(calendar.DayOf(clock.At), today, soon)
	d.Provisional = clock.Provisional
	if c.State == casework.AwaitingInfo {
		d.State = page.DuePaused
	}
	return &d
}

func answerOf(t casework.Track, dir *org.Directory) *answer {
	if t.Case.Outcome == "" {
		return nil
	}
	for _, x := range slices.Backward(t.Steps) {
		if isAnswer(x.Type) {
			return &answer{Outcome: x.Outcome.Name(), Text: x.Words.Text, Basis: x.Words.Basis, At: x.At, Unit: dir.Unit(t.Case.Unit).Name, Planned: x.Planned}
		}
	}
	return nil
}

func isAnswer(t casework.Type) bool {
	return t == casework.EvAnsweredResolved || t == casework.EvAnsweredOther || t == casework.EvAnsweredScheduled
}

// files lists the resident's own files and the answer's.
func files(t casework.Track, number seal.Number) (fs []file) {
	count := map[string]int{}
	for _, f := range t.Files {
		count[f.Role]++
		fs = append(fs, file{Label: i18n.Key("resident.file." + f.Role), N: count[f.Role], Size: i18n.Size(f.Bytes),
			Href: fmt.Sprintf("%s/file/%s", receiptPath(number), f.ID)})
	}
	return fs
}

// publicPage shows somebody without a receipt a case whose title its resident agreed to publish.
type publicPage struct {
	page.Head
	Subject string
	State   i18n.Key
	Outcome i18n.Pair
	Due     *page.Due
	Rows    []page.Row
}

// showPublic handles GET /r/{number}/public: title, state and dates of a published case; for every other number it is
// not there.
func (s *Server) showPublic(w http.ResponseWriter, r *http.Request) error {
	c, r, err := s.published(r)
	if err != nil {
		return err
	}
	p := publicPage{Head: s.Site.Head(r, "resident.public"), Subject: c.Words.Title, State: stateKey(c.State),
		Due: dueOf(c, calendar.DayOf(s.Store.Now()))}
	if c.Outcome != "" {
		p.Outcome = c.Outcome.Name()
	}
	row := func(label i18n.Key, at any) { p.Rows = append(p.Rows, page.Row{Label: label, Value: at}) }
	row("resident.step.registered", calendar.DayOf(c.Registered))
	if !c.Answered.IsZero() {
		row("resident.step.answered", calendar.DayOf(c.Answered))
	}
	if !c.Closed.IsZero() {
		row("resident.step.closed", calendar.DayOf(c.Closed))
	}
	return s.pages.Show(w, r, http.StatusOK, "receipt/public", p)
}

func (s *Server) published(r *http.Request) (c casework.Case, _ *http.Request, err error) {
	n, err := seal.ParseNumber(r.PathValue("number"))
	if err != nil {
		return c, r, errs.Missing()
	}
	t, err := s.Orgs.NumberTown(r.Context(), n.Town())
	if err != nil {
		return c, r, err
	}
	err = s.Store.View(r.Context(), t.ID, func(tx *db.Tx) error { c, err = s.Cases.Published(r.Context(), tx, n); return err })
	if err != nil {
		return c, r, err
	}
	r, _, err = s.enter(r, t.ID)
	return c, r, err
}
