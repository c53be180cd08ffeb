package resident

import (
	"net/http"
	"slices"

	"yanming/internal/casework"
	"yanming/internal/errs"
	"yanming/internal/org"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

// steps are the four pages on which a word is said. What was typed travels between them in hidden fields; the server
// keeps nothing, and the address holds no more than the town and the board.
var steps = []string{"what", "where", "reply", "check"}

// The values of the first choice.
const (
	whoConfide = "confide" // 不想让村里知道是我说的
	whoCounty  = "county"  // 反映镇里的人和事
)

// fields are what travels, and onStep those that a page asks for itself.
var (
	fields = []string{"town", "board", "who", "kind", "category", "text", "where", "place", "about", "reply", "name", "phone", "address",
		"consent", "follow"}
	onStep = map[string][]string{
		"what":  {"who", "kind", "category", "text"},
		"where": {"where", "place", "about"},
		"reply": {"reply", "name", "phone", "address", "consent", "follow"},
	}
)

// hidden is one field that travels.
type hidden struct{ Name, Value string }

// sayPage is what the four pages have in common.
type sayPage struct {
	page.Head
	Form  *page.Form
	Keep  []hidden // what was typed on the other pages
	Quiet bool     // in confidence: the browser keeps no draft
}

// word is a resident's word as it stands in the form, with the town it is said in.
type word struct {
	*page.Form
	dir   *org.Directory
	doors doors
}

func (w word) quiet() bool { return w.Value("who") != "" }

// beginSay handles GET /say/what?town=…&grid=…: the first page, empty but for the place that is known.
func (s *Server) beginSay(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	town, board := q.Get("town"), q.Get("grid")
	if board != "" {
		t, err := s.Orgs.GridTown(r.Context(), board)
		if err == nil {
			town = t.ID
		} else if !errs.Is(err, errs.NotFound) {
			return err
		} else {
			board = ""
		}
	}
	if town == "" {
		ts, err := s.townships(r.Context())
		if err != nil {
			return err
		}
		if len(ts) != 1 {
			return page.SeeOther(w, r, "/")
		}
		town = ts[0].ID
	}
	f := page.NewForm()
	f.Set("town", town)
	f.Set("board", board)
	f.Set("who", "")
	f.Set("kind", string(casework.Opinion))
	r, wd, err := s.take(r, f)
	if err != nil {
		return err
	}
	return s.showStep(w, r, http.StatusOK, 0, wd)
}

// restartSay handles GET of a later page, which has no content of its own: back to the first.
func (s *Server) restartSay(w http.ResponseWriter, r *http.Request) error {
	if !slices.Contains(steps, r.PathValue("step")) {
		return errs.Missing()
	}
	return page.SeeOther(w, r, "/say/what")
}

// sayStep handles POST /say/{step}: it shows that page, or the first one before it that lacks something. Going back
// asks nothing of the page that is left.
func (s *Server) sayStep(step int) page.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		f, err := page.ReadForm(r, nil)
		if err != nil {
			return err
		}
		r, wd, err := s.take(r, f)
		if err != nil {
			return err
		}
		return s.showFirst(w, r, step, wd)
	}
}

// showFirst shows the page step, or the first page before it that lacks something.
func (s *Server) showFirst(w http.ResponseWriter, r *http.Request, step int, wd word) error {
	if i := wd.lacks(step); i < step {
		return s.showStep(w, r, http.StatusUnprocessableEntity, i, wd)
	}
	return s.showStep(w, r, http.StatusOK, step, wd)
}

// take finds the town of a form and what its choices are. A choice that the town does not offer any more is dropped
// where it would say less than was asked for, and refused by lacks where it would say more.
func (s *Server) take(r *http.Request, f *page.Form) (*http.Request, word, error) {
	wd := word{Form: f}
	var err error
	if wd.dir, err = s.township(r.Context(), f.Value("town")); err != nil {
		return r, wd, err
	}
	r = town.In(r, wd.dir)
	if wd.doors, err = s.openDoors(r.Context(), wd.dir); err != nil {
		return r, wd, err
	}
	if g := wd.dir.Grid(f.Value("board")); g.ID == "" || !g.Lasts() {
		f.Set("board", "")
	}
	if f.Bool("hush") && wd.suggests() { // ticked on the second page: it holds from here on, wherever the resident goes
		f.Set("who", whoConfide)
	}
	if f.Value("where") == "" && f.Value("board") != "" {
		f.Set("where", town.Place{Grid: f.Value("board")}.Choice())
	}
	return r, wd, nil
}

// lacks checks the pages before step in order, and returns the first that is wrong; its faults are noted. step when
// all are right.
func (w word) lacks(step int) int {
	for i, check := range []func(){w.checkWhat, w.checkWhere, w.checkReply} {
		if i >= step {
			break
		}
		if check(); w.Err() != nil {
			return i
		}
	}
	return step
}

func (s *Server) showStep(w http.ResponseWriter, r *http.Request, status, step int, wd word) error {
	if !remembers(r) && step < len(steps)-1 {
		s.Site.SetCookie(w, proofCookie, "1", sayPath, 0)
	}
	if wd.quiet() {
		page.Forget(w) // what was typed before confidence was asked for
	} else {
		s.Site.KeepForBack(w, r)
	}
	switch steps[step] {
	case "what":
		return s.showWhat(w, r, status, wd)
	case "where":
		return s.showWhere(w, r, status, wd)
	case "reply":
		return s.showReply(w, r, status, wd)
	}
	return s.showCheck(w, r, status, wd)
}

// sayPage makes what the pages have in common. The links that change letters or language lead to the first page: the
// others have no address of their own.
func (s *Server) sayPage(r *http.Request, step int, title string, wd word) sayPage {
	h := s.Site.Head(r, title)
	h.Step, h.Steps, h.Wrong = step+1, len(steps), wd.Err() != nil
	h.Path = "/say/what?town=" + wd.dir.Town.ID
	if b := wd.Value("board"); b != "" {
		h.Path = "/say/what?grid=" + b
	}
	return sayPage{Head: h, Form: wd.Form, Keep: wd.keep(onStep[steps[step]]), Quiet: wd.quiet()}
}

// keep returns what travels besides the fields of a page.
func (w word) keep(own []string) (list []hidden) {
	for _, name := range fields {
		if slices.Contains(own, name) {
			continue
		}
		for _, v := range w.Values(name) {
			if v != "" {
				list = append(list, hidden{name, v})
			}
		}
	}
	return list
}
