package desk

import (
	"encoding/json"
	"log/slog"
	"net/http"

	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/id"
	"yanming/internal/journal"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

// newPage is the page on which a word is taken down; with Fix also what was done about it.
type newPage struct {
	page.Head
	Form       *page.Form
	Fix        bool
	Draft      string
	Self       string
	Channels   []chip
	Kinds      []page.Choice
	Extras     []extraGroup
	Places     []page.Choice
	Categories []page.Choice
	Who        []page.Choice
	Replies    []page.Choice
	Systems    []page.Choice
	Subjects   []page.Choice
	MayConfide bool
	MaxText    int
	Known      string // where the case lies that has the other system's number already
	Free       bool   // the number was asked for and is not known
	Sent       bool   // the same form was sent before with other words

	Units, Leaders, Outcomes, Solved, Satisfied []page.Choice
}

// chip is one channel. Quiet leaves no draft.
type chip struct {
	Value, ID string
	Label     i18n.Pair
	On, Quiet bool
}

// newCase handles GET /office/cases/new.
func (s *Server) newCase(w http.ResponseWriter, v *visit) error {
	if err := v.registers(); err != nil {
		return err
	}
	return s.showNew(w, http.StatusOK, v.newWord(v.fixes()), newPage{})
}

// fixes reports whether the page is the one for what is fixed at once.
func (v *visit) fixes() bool { return v.R.URL.Query().Get("fix") != "" }

func (s *Server) showNew(w http.ResponseWriter, status int, f word, p newPage) error {
	v := f.v
	key, self, draft := "desk.new", "/office/cases/new", "desk-new"
	if f.fix {
		key, self, draft = "desk.fix", "/office/cases/new?fix=1", "desk-fix"
	}
	f.place()
	p.Head, p.Form, p.Fix, p.Self, p.Draft = s.head(v, key), f.Form, f.fix, self, draft
	p.Head.Wrong = len(f.Errs) > 0 || p.Known != ""
	for i, c := range channels() {
		if f.fix && c == casework.Confidence {
			continue
		}
		x := chip{Value: string(c), ID: "f-channel", Label: c.Name(), On: f.Value("channel") == string(c), Quiet: c == casework.Confidence}
		if i > 0 {
			x.ID += "-" + string(c)
		}
		p.Channels = append(p.Channels, x)
	}
	p.Kinds, p.Extras, p.Categories = page.Named(casework.Kinds()), extras(), optional("desk.none", v.Categories())
	p.Places = append(optional("desk.choose", nil), v.places()...)
	p.Who, p.Replies = page.Keyed("desk.who.", named, protected, nameless), optional("desk.reply.auto", page.Keyed("desk.reply.", replies()...))
	p.Systems = optional("desk.none", page.Keyed("desk.system.", casework.Systems()...))
	p.Subjects, p.MayConfide, p.MaxText = v.subjects(), len(v.Dir.Settings.Confidants) > 0, maxText
	if f.fix {
		p.Units, p.Leaders = v.Handlers(), optional("desk.leader.own", v.leaders())
		p.Outcomes, p.Solved, p.Satisfied = page.Named(casework.Outcomes()), solved(), satisfied()
	}
	return s.pages.Show(w, v.R, status, "new", p)
}

// registerCase handles POST /office/cases/new.
func (s *Server) registerCase(w http.ResponseWriter, v *visit) error {
	if err := v.registers(); err != nil {
		return err
	}
	var files []upload
	form, err := page.ReadForm(v.R, s.uploads(v, &files))
	if err != nil {
		return err
	}
	f := word{form, v, v.fixes()}
	if f.Value("do") == "check" {
		return s.checkNumber(w, f)
	}
	cmd := f.command()
	var fix casework.Fix
	if f.fix {
		fix = f.answer(cmd)
	}
	if f.Err() != nil {
		return s.showNew(w, http.StatusUnprocessableEntity, f, newPage{})
	}
	ctx := v.R.Context()
	open := !cmd.Confide && cmd.Visibility != casework.Private
	if open {
		if cmd.Files, err = s.keep(ctx, files, "files"); err != nil {
			return err
		}
	}
	var rc casework.Receipt
	if f.fix {
		if fix.Files = cmd.Files; open {
			if fix.Done, err = s.keep(ctx, files, "done"); err != nil {
				return err
			}
		}
		rc, err = s.Cases.Fix(ctx, v.Actor, fix)
	} else {
		rc, err = s.Cases.Register(ctx, v.Actor, cmd)
	}
	if err != nil {
		return s.notTaken(w, f, cmd, err)
	}
	lost := false
	if !open {
		// The word is taken: whatever becomes of its files, its receipt, whose secret is shown once, is handed over.
		if err := s.addSealed(v, f.Key, rc.Number, files); err != nil && !errs.Is(err, errs.Conflict) {
			lost = true
			if !errs.Is(err, errs.NotFound) && !errs.Is(err, errs.Denied) {
				slog.ErrorContext(ctx, "keep files of a word", "error", err)
			}
		}
	}
	return s.handOver(w, v, rc, cmd.Paper != "", lost)
}

// notTaken shows the form again with what a service refused, and where the matter is already being handled.
func (s *Server) notTaken(w http.ResponseWriter, f word, cmd casework.Register, err error) error {
	if f.Refused(err) {
		return s.showNew(w, http.StatusUnprocessableEntity, f, newPage{})
	}
	if !errs.Is(err, errs.Conflict) {
		return err
	}
	var p newPage
	for _, e := range errs.All(err) {
		switch e.Key {
		case "error.key_reused":
			// The same form, sent before with other words: with a token of its own it becomes another case.
			f.Key, p.Sent = journal.Key(id.Request()), true
		case "case.external_known":
			f.Fail("external", e.Key, e.Args...)
			known, err := s.known(f.v, cmd.External)
			if err != nil {
				return err
			}
			p.Known = known
		default:
			f.Fail("", e.Key, e.Args...)
		}
	}
	return s.showNew(w, http.StatusConflict, f, p)
}

// known returns where the case lies that has a number of another system, as far as the visitor sees it.
func (s *Server) known(v *visit, x casework.External) (href string, err error) {
	err = s.Store.View(v.R.Context(), v.Actor.Town, func(tx *db.Tx) error {
		n, err := s.Cases.KnownExternal(v.R.Context(), tx, v.Actor, x)
		if n != "" {
			href = town.CaseURL(n)
		}
		return err
	})
	return href, err
}

// checkNumber answers the form's button that asks whether a number of another system is known, with everything typed
// still in place.
func (s *Server) checkNumber(w http.ResponseWriter, f word) error {
	x := f.external()
	if f.Err() != nil || x.Number == "" {
		f.Need("external")
		return s.showNew(w, http.StatusUnprocessableEntity, f, newPage{})
	}
	href, err := s.known(f.v, x)
	if err != nil {
		return err
	}
	if href != "" {
		f.Fail("external", "case.external_known", x.Number)
	}
	return s.showNew(w, http.StatusOK, f, newPage{Known: href, Free: href == ""})
}

// knownNumber handles GET /office/cases/known: the same question, asked by the page's script while the form is filled
// in. It answers {} where nothing is known.
func (s *Server) knownNumber(w http.ResponseWriter, v *visit) error {
	if err := v.registers(); err != nil {
		return err
	}
	q := v.R.URL.Query()
	f := word{page.NewForm(), v, false}
	for _, name := range []string{"system", "external", "channel"} {
		f.Set(name, q.Get(name))
	}
	answer := struct {
		Says   string `json:"says,omitempty"`
		Href   string `json:"href,omitempty"`
		Linked string `json:"linked,omitempty"`
	}{}
	if x := f.external(); x.Number != "" && x.System != "" {
		href, err := s.known(v, x)
		if err != nil {
			return err
		}
		if href != "" {
			answer.Says, answer.Href, answer.Linked = v.T("case.external_known", x.Number), href, v.T("desk.known.open")
		}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(answer)
}

// handOver leads to the receipt. A case in confidence has one secret and no page of its own to lead to: the secret is
// shown here, once, and the same form sent again shows it again.
func (s *Server) handOver(w http.ResponseWriter, v *visit, rc casework.Receipt, paper, lost bool) error {
	if rc.Secret != "" {
		p := secretPage{Head: s.head(v, "desk.secret"), Secret: rc.Secret.Grouped(), Link: s.Site.Link("/r"), Office: v.office(),
			At: v.Now, Lost: lost}
		p.Head.Back = "/office/cases/new"
		return s.pages.Show(w, v.R, http.StatusOK, "secret", p)
	}
	s.allow(w, v, receiptCookie, string(rc.Number))
	to := town.CaseURL(rc.Number) + "/receipt"
	switch {
	case paper:
		to += "?slip=1"
	case lost:
		to += "?lost=1"
	}
	return page.SeeOther(w, v.R, to)
}
