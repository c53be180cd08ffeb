package desk

import (
	"fmt"
	"net/http"

	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/id"
	"yanming/internal/seal"
	"yanming/internal/web/page"
)

const (
	maxRun  = 200 // slips of one run
	perPage = 6   // on a sheet of A4
)

// slipsPage prints slips and lists those that wait.
type slipsPage struct {
	page.Head
	Form    *page.Form
	Void    *page.Form // for slips that were spoilt
	Waiting []waiting
	Most    int
}

// waiting is a printed slip that is neither used nor void.
type waiting struct {
	Value, Number string
	Printed       any // a time
	ID            string
	On            bool
}

// slipPaper is a run of slips on sheets of A4.
type slipPaper struct {
	page.Head
	Sheets [][]slipLine
	Count  int
	Office string
	Phone  string
	Site   string
}

// slipLine is one slip. Its code stands behind the fold.
type slipLine struct {
	Number, Code, Link string
}

// listSlips handles GET /office/slips.
func (s *Server) listSlips(w http.ResponseWriter, v *visit) error {
	if err := v.registers(); err != nil {
		return err
	}
	f := page.NewForm()
	f.Set("n", "30")
	return s.showSlips(w, v, http.StatusOK, f, page.NewForm())
}

func (s *Server) showSlips(w http.ResponseWriter, v *visit, status int, f, void *page.Form) error {
	p := slipsPage{Head: s.head(v, "desk.slips"), Form: f, Void: void, Most: maxRun}
	p.Head.Wrong = len(f.Errs)+len(void.Errs) > 0
	err := s.Store.View(v.R.Context(), v.Actor.Town, func(tx *db.Tx) error {
		ws, err := s.Cases.WaitingSlips(v.R.Context(), tx, v.Actor)
		p.Waiting = nil
		for i, x := range ws {
			line := waiting{Value: string(x.Number), Number: x.Number.Grouped(), Printed: x.Printed, ID: "f-numbers", On: void.Has("numbers", string(x.Number))}
			if i > 0 {
				line.ID = fmt.Sprintf("f-numbers-%d", i)
			}
			p.Waiting = append(p.Waiting, line)
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.pages.Show(w, v.R, status, "slips", p)
}

// printSlips handles POST /office/slips.
func (s *Server) printSlips(w http.ResponseWriter, v *visit) error {
	if err := v.registers(); err != nil {
		return err
	}
	f, err := page.ReadForm(v.R, nil)
	if err != nil {
		return err
	}
	f.Need("n")
	n, _ := f.Int("n", 1, maxRun)
	if f.Err() == nil {
		var run string
		if run, _, err = s.Cases.PrintRun(v.R.Context(), v.Actor, casework.PrintRun{Key: f.Key, Count: n}); err == nil {
			s.allow(w, v, slipCookie, run)
			return page.SeeOther(w, v.R, "/office/slips/"+run)
		}
		if !f.Refused(err) {
			return err
		}
	}
	return s.showSlips(w, v, http.StatusUnprocessableEntity, f, page.NewForm())
}

// showRun handles GET /office/slips/{run}, for half an hour and for whoever printed it: later the codes of slips that
// lie about are nobody's to see.
func (s *Server) showRun(w http.ResponseWriter, v *visit) error {
	run := v.R.PathValue("run")
	if err := v.registers(); err != nil {
		return err
	}
	if !id.Valid(run) || !s.allowed(v, slipCookie, run) {
		return errs.Missing()
	}
	p := slipPaper{Head: s.head(v, "desk.slips.print"), Office: v.office(), Phone: v.Dir.Settings.OfficePhone, Site: s.Site.Link("/r")}
	p.Head.Back = "/office/slips"
	err := s.Store.View(v.R.Context(), v.Actor.Town, func(tx *db.Tx) error {
		slips, err := s.Cases.SlipsOf(v.R.Context(), tx, v.Actor, run)
		p.Sheets, p.Count = nil, len(slips)
		for i, x := range slips {
			if i%perPage == 0 {
				p.Sheets = append(p.Sheets, nil)
			}
			last := &p.Sheets[len(p.Sheets)-1]
			*last = append(*last, slipLine{Number: x.Number.Grouped(), Code: x.Code[:3] + " " + x.Code[3:], Link: s.Site.Link("/r/" + string(x.Number))})
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.pages.Show(w, v.R, http.StatusOK, "run", p)
}

// voidSlips handles POST /office/slips/void.
func (s *Server) voidSlips(w http.ResponseWriter, v *visit) error {
	if err := v.registers(); err != nil {
		return err
	}
	f, err := page.ReadForm(v.R, nil)
	if err != nil {
		return err
	}
	f.Need("numbers", "reason")
	reason := f.Line("reason", maxReason)
	var ns []seal.Number
	for _, x := range f.Values("numbers") {
		n, err := seal.ParseNumber(x)
		if err != nil {
			f.Fail("numbers", "error.choice")
			break
		}
		ns = append(ns, n)
	}
	if f.Err() == nil {
		for _, n := range ns {
			// A slip that was used meanwhile, or made void by the same form sent before, is not waiting any more.
			if err := s.Cases.VoidSlip(v.R.Context(), v.Actor, n, reason); err != nil && !errs.Is(err, errs.Invalid) {
				return err
			} else if err != nil {
				f.Fail("numbers", "desk.slip.gone", n.Grouped())
			}
		}
	}
	if f.Err() == nil {
		return page.SeeOther(w, v.R, "/office/slips")
	}
	f.Set("n", "30")
	blank := page.NewForm()
	blank.Set("n", "30")
	return s.showSlips(w, v, http.StatusUnprocessableEntity, blank, f)
}
