package desk

import (
	"net/http"
	"slices"
	"time"

	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

// paperPage is a printed paper of a case, as a sheet of A4.
type paperPage struct {
	page.Head
	Form   *page.Form // with which its number is taken; nil where it has one, or is not the visitor's to issue
	Self   string
	Event  string
	Paper  paper
	Numb   bool     // it has its number
	Docx   string   // where the Word file is; "" without a number
	Notes  []string // what the clerk should know before handing it over
	Others []otherPaper
}

// otherPaper is the same paper of another event: a case that was dispatched twice has two forms.
type otherPaper struct {
	Href string
	At   time.Time
}

// subject is what a paper is about: a case as the visitor sees it, the event, and its number if it was taken.
type subject struct {
	sheet casework.Sheet
	step  casework.Step
	steps []casework.Step // every event that the paper prints, the latest last
	doc   casework.Document
	found bool // doc was taken
}

// openPaper reads what the path and ?event= ask for: the latest event without one. NotFound where the case is not the
// visitor's to see, or has no such event.
func (s *Server) openPaper(v *visit, event string) (x subject, err error) {
	n, err := v.number()
	if err != nil {
		return x, err
	}
	types := casework.Paper(v.R.PathValue("paper")).Prints()
	if types == nil {
		return x, errs.Missing()
	}
	err = s.Store.View(v.R.Context(), v.Actor.Town, func(tx *db.Tx) error {
		ctx := v.R.Context()
		x = subject{}
		if x.sheet, err = s.Cases.Get(ctx, tx, v.Actor, n); err != nil {
			return err
		}
		for _, st := range x.sheet.Steps {
			if slices.Contains(types, st.Type) {
				x.steps = append(x.steps, st)
				if event == "" || st.ID == event {
					x.step = st
				}
			}
		}
		if x.step.ID == "" {
			return errs.Missing()
		}
		ds, err := s.Cases.Documents(ctx, tx, v.Actor, n)
		for _, d := range ds {
			if d.Event == x.step.ID {
				x.doc, x.found = d, true
			}
		}
		return err
	})
	return x, err
}

// paperURL is where the paper of the request lies, for one event.
func paperURL(v *visit, event string) string {
	return "/office/cases/" + v.R.PathValue("number") + "/papers/" + v.R.PathValue("paper") + "?event=" + event
}

// showPaper handles GET /office/cases/{number}/papers/{paper}. With format=docx it sends the Word file of a paper that
// has its number; without one there is nothing to send yet, and the page says how to take it.
func (s *Server) showPaper(w http.ResponseWriter, v *visit) error {
	q := v.R.URL.Query()
	x, err := s.openPaper(v, q.Get("event"))
	if err != nil {
		return err
	}
	self := paperURL(v, x.step.ID)
	if q.Get("format") == "docx" {
		if !x.found {
			return page.SeeOther(w, v.R, self)
		}
		return s.sendPaper(w, v, v.write(x))
	}
	p := paperPage{Head: s.head(v, "desk.papers"), Self: self, Event: x.step.ID, Paper: v.write(x), Numb: x.found, Notes: v.notes(x)}
	p.Head.Title, p.Head.Back = p.Paper.Title, town.CaseURL(x.sheet.Case.Number)
	if x.found {
		p.Docx = self + "&format=docx"
	} else if casework.MayIssue(v.Actor, x.sheet.Case, x.step.Type) {
		p.Form = page.NewForm()
	}
	for _, st := range x.steps {
		if st.ID != x.step.ID {
			p.Others = append(p.Others, otherPaper{paperURL(v, st.ID), st.At})
		}
	}
	return s.pages.Show(w, v.R, http.StatusOK, "paper", p)
}

// issuePaper handles POST /office/cases/{number}/papers/{paper}: it takes the paper's number. Asked again, it is the
// same number.
func (s *Server) issuePaper(w http.ResponseWriter, v *visit) error {
	f, err := page.ReadForm(v.R, nil)
	if err != nil {
		return err
	}
	x, err := s.openPaper(v, f.Value("event"))
	if err != nil {
		return err
	}
	if _, err := s.Cases.Issue(v.R.Context(), v.Actor, casework.Issue{Case: x.sheet.Case.Number, Event: x.step.ID}); err != nil {
		return err
	}
	return page.SeeOther(w, v.R, paperURL(v, x.step.ID))
}

// notes are what the clerk should know before the paper is handed over.
func (v *visit) notes(x subject) (ns []string) {
	c, letter := x.sheet.Case, x.step.Type != casework.EvDispatched && x.step.Type != casework.EvSupervised
	switch {
	case letter && c.Anonymity == casework.Anonymous:
		ns = append(ns, v.T("desk.paper.nameless"))
	case letter && !x.sheet.Named:
		ns = append(ns, v.T("desk.paper.unnamed"))
	case !letter && c.Anonymity != casework.Open:
		ns = append(ns, v.T("desk.paper.kept"))
	case x.sheet.Person.Name != "" && !v.opened(x.sheet):
		ns = append(ns, v.T("desk.paper.masked"))
	}
	if c.Veiled() {
		ns = append(ns, v.T("desk.paper.confided"))
	}
	if letter && c.Kind == casework.Petition && slices.Contains(casework.Answers(), x.step.Type) && x.step.Words.Basis == "" {
		ns = append(ns, v.T("desk.paper.no_basis"))
	}
	return ns
}
