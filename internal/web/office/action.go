package office

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"

	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

// action is one step that somebody may take on a case: which events allow it, what its form asks, and the command it
// becomes. Every step of the office is one of these; the two handlers below serve them all.
type action struct {
	name    string // in the address; its words are the messages office.do.NAME…
	events  []casework.Type
	fields  []field
	button  string // what its form ends with, a message; office.do.NAME when empty
	calls   bool   // it asks the resident: who spoke stands on top, with the way to the whole number
	role    string // of the files it takes, "" for none
	aside   bool   // beside the way: shown small
	danger  bool
	hidden  bool                                                          // no button: reached from where it belongs
	when    func(v *visit, sh casework.Sheet) bool                        // further condition; nil for none
	about   func(v *visit, sh casework.Sheet) []page.Row                  // what must be known to decide
	look    func(s *Server, tx *db.Tx, v *visit, sh casework.Sheet) error // reads for the visit what the form offers beside the case
	check   func(in *input)                                               // what the form alone can tell; notes faults
	command func(in *input, on casework.On) casework.Command
	// reveal carries the step out and shows something once, instead of returning to the case.
	reveal func(ctx context.Context, s *Server, in *input, on casework.On) ([]page.Row, error)
}

func (a action) key() string { return "office.do." + a.name }

// open reports whether the step may be taken now.
func (a action) open(v *visit, sh casework.Sheet) bool {
	return slices.ContainsFunc(a.events, func(t casework.Type) bool { return slices.Contains(sh.Next, t) }) && (a.when == nil || a.when(v, sh))
}

// findAction returns the action of a name.
func findAction(name string) (action, bool) {
	all := actions()
	i := slices.IndexFunc(all, func(a action) bool { return a.name == name })
	if i < 0 {
		return action{}, false
	}
	return all[i], true
}

// field is one question of a form.
type field struct {
	name     string
	kind     string                                   // of page.Field
	label    string                                   // message; office.field.NAME when empty
	hint     string                                   // message
	note     func(v *visit, sh casework.Sheet) string // a hint that depends on the case
	max      int
	rows     int
	low, top int // of a number
	optional bool
	depends  bool // needed or not by what else was chosen: neither demanded nor called optional
	open     bool // its choices are suggestions: another value may come, and without one it is not shown
	choices  func(v *visit, sh casework.Sheet) []page.Choice
	first    func(v *visit, sh casework.Sheet) []string // what stands in it at first
	when     func(v *visit, sh casework.Sheet) bool     // asked only then; nil for always
}

func (f field) key() string {
	if f.label != "" {
		return f.label
	}
	return "office.field." + f.name
}

// actionPage is the form of one step, with the case it is about.
type actionPage struct {
	page.Head
	Action string
	Key    string
	Button string // message key
	Danger bool
	Files  bool
	Person string // whom to call, masked; "" where the step calls nobody
	Number string // page that shows the whole; "" where it is not to be seen
	Draft  string
	Open   bool // the step can be taken now
	Form   *page.Form
	Faults []page.Fault
	Fields []shownField
	About  []page.Row
	Case   *casePanel
	Rev    int64
	Info   bool // the key office.do.NAME.text says more
}

type shownField struct {
	field
	Kind, Name, Key string
	Hint            any
	Choices         []page.Choice
	Optional, Many  bool
	Max, Rows       int
	Accept          string
}

// asked returns the fields that a form asks for in this case.
func (a action) asked(v *visit, sh casework.Sheet) (fs []field) {
	for _, f := range a.fields {
		if f.when == nil || f.when(v, sh) {
			fs = append(fs, f)
		}
	}
	return fs
}

// stepOf returns the step of the request's address.
func stepOf(v *visit) (action, error) {
	a, ok := findAction(v.R.PathValue("action"))
	if !ok {
		return a, errs.Missing()
	}
	return a, nil
}

// readFor reads the case that a step is about, and what its form offers beside it.
func (s *Server) readFor(v *visit, a action) (casework.Sheet, error) {
	if a.look == nil {
		return s.readCase(v, nil)
	}
	return s.readCase(v, func(tx *db.Tx, sh casework.Sheet) error { return a.look(s, tx, v, sh) })
}

// askAction handles GET /office/cases/{number}/{action}.
func (s *Server) askAction(w http.ResponseWriter, v *visit) error {
	a, err := stepOf(v)
	if err != nil {
		return err
	}
	sh, err := s.readFor(v, a)
	if err != nil {
		return err
	}
	if !a.open(v, sh) {
		return errs.New(errs.Denied, "office.not_now")
	}
	form := page.NewForm()
	for _, f := range a.asked(v, sh) {
		if f.first != nil {
			form.Set(f.name, f.first(v, sh)...)
		}
	}
	return s.showAction(w, v, a, sh, form, http.StatusOK)
}

// doAction handles POST /office/cases/{number}/{action}.
func (s *Server) doAction(w http.ResponseWriter, v *visit) error {
	a, err := stepOf(v)
	if err != nil {
		return err
	}
	sh, err := s.readCase(v, nil)
	if err != nil {
		return err
	}
	in := &input{v: v, sh: sh, one: map[string]string{}, many: map[string][]string{}}
	var up *page.Uploads
	if a.role != "" {
		if up, err = s.taker(v, a, in); err != nil {
			return err
		}
	}
	if in.form, err = page.ReadForm(v.R, up); err != nil {
		return err
	}
	in.read(a.asked(v, sh))
	if a.check != nil && in.form.Err() == nil {
		a.check(in)
	}
	err = in.form.Err()
	if err == nil {
		err = s.carryOut(w, v, a, in)
	} else {
		in.form.Errs = nil // Refused notes them again
	}
	return s.answerTo(w, v, a, in, err)
}

// taker takes the files of a form. Where the step cannot be taken now nothing is kept, but the files are still named by
// their digest, so that a form that was sent twice is known as the same.
func (s *Server) taker(v *visit, a action, in *input) (*page.Uploads, error) {
	key, secret, err := s.Cases.FileKey(v.R.Context(), v.Actor, in.sh.Case.Number)
	if err != nil {
		return nil, err
	}
	put := s.Blobs.PutBytes
	if secret {
		put = func(ctx context.Context, content []byte) (string, error) {
			return s.Blobs.PutBytes(ctx, key.SealFile(content))
		}
	}
	if !a.open(v, in.sh) {
		put = func(_ context.Context, content []byte) (string, error) {
			sum := sha256.Sum256(content)
			return hex.EncodeToString(sum[:]), nil
		}
	}
	return s.uploads(v, a.role, put, &in.files), nil
}

// carryOut does what the form asks. It writes the answer only where there is no error.
func (s *Server) carryOut(w http.ResponseWriter, v *visit, a action, in *input) error {
	on := casework.On{Key: in.form.Key, Case: in.sh.Case.Number, Rev: rev(in.form)}
	if a.reveal != nil {
		rows, err := a.reveal(v.R.Context(), s, in, on)
		if err != nil {
			return err
		}
		p := oncePage{Head: s.head(v, a.key()), Rows: rows, Case: town.CaseURL(on.Case), Action: a.name}
		if offered(v, in.sh, "call-back") {
			p.Call = p.Case + "/call-back"
		}
		return s.pages.Show(w, v.R, http.StatusOK, "once", p)
	}
	cmd := a.command(in, on)
	if err := in.form.Err(); err != nil { // what only the command could tell
		in.form.Errs = nil
		return err
	}
	if _, err := s.Cases.Do(v.R.Context(), v.Actor, cmd); err != nil {
		return err
	}
	if _, err := s.readCase(v, nil); errs.Is(err, errs.NotFound) { // the step took it out of their sight
		return page.SeeOther(w, v.R, "/office/cases?did="+a.name)
	} else if err != nil {
		return err
	}
	return page.SeeOther(w, v.R, town.CaseURL(on.Case)+"?did="+a.name)
}

// answerTo shows a refused form again with everything that was typed, and the case as it stands now.
func (s *Server) answerTo(w http.ResponseWriter, v *visit, a action, in *input, err error) error {
	status, ok := in.form.Turned(err)
	if !ok { // also when there is no error
		return err
	}
	if len(in.files) > 0 {
		in.form.Fail("file", "office.files_again")
	}
	sh, err := s.readFor(v, a)
	if err != nil {
		return err
	}
	return s.showAction(w, v, a, sh, in.form, status)
}

// rev is the revision that the author of a form saw.
func rev(f *page.Form) int64 {
	if n := f.Rev(); n >= 1 {
		return n
	}
	return -1 // a form of ours always has one: nothing is done on a case nobody looked at
}

func (s *Server) showAction(w http.ResponseWriter, v *visit, a action, sh casework.Sheet, form *page.Form, status int) error {
	p := actionPage{Head: s.head(v, a.key()), Action: a.name, Key: a.key(), Button: a.key(), Danger: a.danger, Files: a.role != "", Form: form,
		Open: a.open(v, sh), Rev: sh.Case.Rev, Info: a.info()}
	p.Wrong = len(form.Errs) > 0
	if a.button != "" {
		p.Button = a.button
	}
	if a.calls {
		p.Person = v.masked(sh)
		if offered(v, sh, "identify") {
			p.Number = town.CaseURL(sh.Case.Number) + "/identify"
		}
	}
	if !sh.Case.Visibility.UnderKey() {
		p.Draft = a.name + "-" + string(sh.Case.Number)
	}
	labels := map[string]string{}
	for _, f := range a.asked(v, sh) {
		x := shownField{field: f, Kind: f.kind, Name: f.name, Key: f.key(), Optional: f.optional, Max: f.max, Rows: f.rows}
		labels[f.name] = v.T(f.key())
		if f.hint != "" {
			x.Hint = i18n.Key(f.hint)
		}
		if f.note != nil {
			x.Hint = i18n.Pair{ZH: f.note(v, sh)} // said already
		}
		if f.choices != nil {
			x.Choices = f.choices(v, sh)
		}
		if f.open && len(x.Choices) == 0 {
			continue
		}
		if f.kind == "select" {
			none := page.Choice{Label: i18n.Key("office.choose")}
			if f.optional {
				none.Label = i18n.Key("office.leave")
			}
			x.Choices = append([]page.Choice{none}, x.Choices...)
		}
		if f.kind == "file" {
			x.Many, x.Accept = true, "image/*,application/pdf,audio/*"
		}
		p.Fields = append(p.Fields, x)
	}
	for _, e := range form.Errs {
		fault := page.Fault{Label: labels[e.Field], Text: v.T(e.Key, e.Args...)}
		if fault.Label != "" && p.Open {
			fault.Field = e.Field
		}
		p.Faults = append(p.Faults, fault)
	}
	if a.about != nil {
		p.About = a.about(v, sh)
	}
	p.Case = v.summary(sh)
	return s.pages.Show(w, v.R, status, "action", p)
}

// summary is the case beside the form of a step: its words and how it stands, without the history.
func (v *visit) summary(sh casework.Sheet) *casePanel {
	c := sh.Case
	return &casePanel{Number: string(c.Number), Title: v.title(c), URL: town.CaseURL(c.Number), Channel: c.Channel.Name(), Kind: c.Kind.Name(),
		Kept: c.Visibility.Name(), Sealed: c.Veiled(), Secret: c.Visibility.UnderKey(), Place: v.place(c),
		Stand: join(v.In(c.State.Name()), v.Unit(c.Unit)), Text: c.Words.Text, Clock: v.clock(c), Round: c.Round}
}

// oncePage shows something that is not shown again.
type oncePage struct {
	page.Head
	Action string
	Rows   []page.Row
	Case   string
	Call   string // the form that takes down what was said on the telephone; "" where it is not theirs now
}
