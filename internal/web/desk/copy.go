package desk

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"yanming/internal/auth"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

// copyPage is a case as the forms of other systems ask for it, field by field.
type copyPage struct {
	page.Head
	Form    *page.Form
	Number  string
	Sheets  []copySheet
	Systems []page.Choice
	Known   []string
	Link    string // where another case lies that has the number
	Case    string
	Self    string
	Rev     int64
	Noted   bool
}

// copySheet is the fields of one system in its order.
type copySheet struct {
	System string
	Key    string
	Fields []copyField
}

type copyField struct {
	ID, Key, Value string
	Long           bool
}

// orders are the fields of the hotline's and the petition system's forms, in their order.
func orders(system string) []string {
	if system == casework.HotlineSystem {
		return []string{"name", "phone", "kind", "category", "said", "place", "title", "text", "reply", "secret", "receipt"}
	}
	return []string{"name", "address", "phone", "form", "said", "purpose", "place", "title", "text", "unit", "due", "receipt"}
}

// openCopy reads the case of the request. NotFound unless the visitor sees it and may send it elsewhere.
func (s *Server) openCopy(v *visit) (sh casework.Sheet, err error) {
	n, err := v.number()
	if err != nil {
		return sh, err
	}
	if !auth.Can(v.Actor, auth.RightAccept) {
		return sh, errs.Missing()
	}
	err = s.Store.View(v.R.Context(), v.Actor.Town, func(tx *db.Tx) error {
		sh, err = s.Cases.Get(v.R.Context(), tx, v.Actor, n)
		return err
	})
	return sh, err
}

// copySheet handles GET /office/cases/{number}/copy.
func (s *Server) copySheet(w http.ResponseWriter, v *visit) error {
	sh, err := s.openCopy(v)
	if err != nil {
		return err
	}
	f := page.NewForm()
	f.Set("system", casework.HotlineSystem)
	if sh.Case.Kind == casework.Petition {
		f.Set("system", "petition")
	}
	return s.showCopy(w, v, http.StatusOK, sh, copyPage{Form: f, Noted: v.R.URL.Query().Get("noted") != ""})
}

func (s *Server) showCopy(w http.ResponseWriter, v *visit, status int, sh casework.Sheet, p copyPage) error {
	c := sh.Case
	p.Head = s.head(v, "desk.copy")
	p.Head.Wrong = len(p.Form.Errs) > 0
	p.Number, p.Case, p.Rev = c.Number.Grouped(), town.CaseURL(c.Number), c.Rev
	p.Self = p.Case + "/copy"
	p.Systems = page.Keyed("desk.system.", casework.Systems()...)
	for _, x := range sh.Externals {
		p.Known = append(p.Known, v.T("desk.system."+x.System)+" "+x.Number)
	}
	systems := []string{casework.HotlineSystem, casework.PetitionSystem}
	if c.Kind == casework.Petition {
		slices.Reverse(systems)
	}
	for _, system := range systems {
		p.Sheets = append(p.Sheets, v.copyOf(sh, system))
	}
	return s.pages.Show(w, v.R, status, "copy", p)
}

func (v *visit) copyOf(sh casework.Sheet, system string) copySheet {
	c, out := sh.Case, copySheet{System: system, Key: "desk.copy." + system}
	secret := "desk.no"
	if c.Anonymity != casework.Open {
		secret = "desk.yes"
	}
	name := v.T("desk.paper.speaker." + string(c.Anonymity))
	if given := v.name(sh); given != "" {
		name = given
	}
	address := "" // where the page of the case shows only that there is one, so does this
	if v.opened(sh) {
		address = sh.Person.Address
	}
	reply := ""
	if c.ReplyBy != "" && !c.Veiled() { // in confidence nobody calls
		reply = v.T("desk.reply." + c.ReplyBy)
	}
	values := map[string]string{"name": name, "phone": sh.Person.Phone, "address": address, "kind": v.In(c.Kind.Name()),
		"category": v.In(v.Dir.Category(c.Category).Name), "said": v.date(c.Registered), "place": v.place(c), "title": c.Words.Title,
		"text": c.Words.Text, "reply": reply, "secret": v.T(secret), "receipt": c.Number.Grouped(), "form": v.In(c.Channel.Name()),
		"purpose": c.Words.Extra["petition_kind"], "unit": v.Unit(c.Unit), "due": v.due(c.Due)}
	for _, field := range orders(system) {
		if value := strings.TrimSpace(values[field]); value != "" {
			out.Fields = append(out.Fields, copyField{ID: "copy-" + system + "-" + field, Key: "desk.copy.field." + field, Value: value,
				Long: field == "text"})
		}
	}
	return out
}

// noteExternal handles POST /office/cases/{number}/copy: the number that the case was given there.
func (s *Server) noteExternal(w http.ResponseWriter, v *visit) error {
	sh, err := s.openCopy(v)
	if err != nil {
		return err
	}
	f, err := page.ReadForm(v.R, nil)
	if err != nil {
		return err
	}
	f.Need("system", "external")
	x := casework.External{System: f.Choice("system", casework.Systems()...), Number: f.Line("external", maxLine)}
	if f.Err() == nil {
		rev, bad := strconv.ParseInt(f.Value("rev"), 10, 64)
		if bad != nil {
			return errs.New(errs.Invalid, "page.form.broken")
		}
		on := casework.On{Key: f.Key, Case: sh.Case.Number, Rev: rev}
		_, err = s.Cases.Do(v.R.Context(), v.Actor, casework.NoteExternal{On: on, External: x})
		if err == nil {
			return page.SeeOther(w, v.R, town.CaseURL(sh.Case.Number)+"/copy?noted=1")
		}
	}
	p := copyPage{Form: f}
	switch {
	case err == nil:
	case f.Refused(err):
	case errs.Is(err, errs.Conflict) && errs.All(err)[0].Key == "case.external_known":
		f.Fail("external", "case.external_known", x.Number)
		if p.Link, err = s.known(v, x); err != nil {
			return err
		}
		return s.showCopy(w, v, http.StatusConflict, sh, p)
	default:
		return err
	}
	return s.showCopy(w, v, http.StatusUnprocessableEntity, sh, p)
}
