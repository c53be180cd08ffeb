package resident

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"

	"yanming/internal/casework"
	"yanming/internal/errs"
	"yanming/internal/journal"
	"yanming/internal/web/page"
)

// maxWords is the longest text of an act, in characters.
const maxWords = 2000

// act is one thing that a resident can do with their case: a page with its form, and the command it becomes.
type act struct {
	event  casework.Type
	field  string // the text it asks for: "text" or "reason"
	must   bool   // the text cannot be empty
	photos bool
	rates  bool
	when   func(casework.Case) bool // beyond what casework allows; nil for always
	make   func(on casework.On, f *page.Form, files []journal.File) casework.Command
}

// order is the order in which acts are offered.
func order() []string {
	return []string{"info", "rate", "redo", "words", "urge", "object", "unlink", "reopen", "restore", "withdraw"}
}

// actTable returns the acts by the last word of their path. The messages resident.act.NAME, .ask, .go and
// .done belong to each.
func actTable() map[string]act {
	return map[string]act{
		"info": {event: casework.EvInfoReceived, field: "text", must: true, photos: true,
			make: func(on casework.On, f *page.Form, files []journal.File) casework.Command {
				return casework.ReceiveInfo{On: on, Text: f.Value("text"), Files: files}
			}},
		"rate": {event: casework.EvContactRecorded, field: "text", rates: true,
			when: func(c casework.Case) bool { return c.Solved == "" || c.AtCounter }, // what the office wrote down is theirs to say
			make: func(on casework.On, f *page.Form, _ []journal.File) casework.Command {
				return casework.Contact{On: on, Reached: true, Solved: casework.Solved(f.Value("solved")),
					Satisfied: casework.Satisfied(f.Value("satisfied")), Text: f.Value("text")}
			}},
		"redo": {event: casework.EvRedone, field: "reason", must: true,
			when: func(c casework.Case) bool { return c.Solved == casework.SolvedNo || c.Solved == casework.SolvedPartly },
			make: func(on casework.On, f *page.Form, _ []journal.File) casework.Command {
				return casework.Redo{On: on, Reason: f.Value("reason")}
			}},
		"words": {event: casework.EvWordsAdded, field: "text", photos: true,
			make: func(on casework.On, f *page.Form, files []journal.File) casework.Command {
				return casework.AddWords{On: on, Text: f.Value("text"), Files: files}
			}},
		"urge": {event: casework.EvUrged, field: "reason", must: true,
			make: func(on casework.On, f *page.Form, _ []journal.File) casework.Command {
				return casework.Urge{On: on, Reason: f.Value("reason")}
			}},
		"object": {event: casework.EvObjected, field: "reason", must: true,
			make: func(on casework.On, f *page.Form, _ []journal.File) casework.Command {
				return casework.Object{On: on, Reason: f.Value("reason")}
			}},
		"unlink": {event: casework.EvUnlinked, field: "reason", must: true,
			make: func(on casework.On, f *page.Form, _ []journal.File) casework.Command {
				return casework.Unlink{On: on, Reason: f.Value("reason")}
			}},
		"reopen": {event: casework.EvReopened, field: "reason", must: true,
			make: func(on casework.On, f *page.Form, _ []journal.File) casework.Command {
				return casework.Reopen{On: on, Reason: f.Value("reason")}
			}},
		"restore": {event: casework.EvWithdrawalUndone, field: "reason", must: true,
			make: func(on casework.On, f *page.Form, _ []journal.File) casework.Command {
				return casework.UndoWithdraw{On: on, Reason: f.Value("reason")}
			}},
		"withdraw": {event: casework.EvWithdrawn, field: "reason", must: true,
			make: func(on casework.On, f *page.Form, _ []journal.File) casework.Command {
				return casework.Withdraw{On: on, Reason: f.Value("reason")}
			}},
	}
}

// offered lists the acts that a resident has now, in order.
func (s *Server) offered(t casework.Track) (names []string) {
	for _, name := range order() {
		a := s.acts[name]
		if slices.Contains(t.Next, a.event) && (a.when == nil || a.when(t.Case)) {
			names = append(names, name)
		}
	}
	return names
}

// actPage is the page of one act.
type actPage struct {
	page.Head
	Form      *page.Form
	Here      string
	Act       string
	Field     string
	Label     string // message key of the question
	Must      bool
	Photos    int
	Again     bool // photos were sent and have to be chosen again
	Rates     bool
	Solved    []page.Choice
	Satisfied []page.Choice
	Max       int
	Danger    bool
}

// showAct handles GET /r/{number}/{act}.
func (s *Server) showAct(name string) page.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		h, ok, err := s.holds(r)
		if err != nil {
			return err
		}
		if !ok {
			return s.askAgain(w, r)
		}
		t, err := s.track(r.Context(), h.town.ID, h.number)
		if err != nil {
			return err
		}
		if !slices.Contains(s.offered(t), name) {
			return errs.New(errs.Conflict, "case.not_in_state")
		}
		return s.showActOf(w, r, http.StatusOK, h, name, page.NewForm())
	}
}

func (s *Server) showActOf(w http.ResponseWriter, r *http.Request, status int, h holder, name string, f *page.Form) error {
	r, _, err := s.enter(r, h.town.ID)
	if err != nil {
		return err
	}
	a := s.acts[name]
	p := actPage{Head: s.Site.Head(r, "resident.act."+name), Form: f, Here: receiptPath(h.number), Act: name, Field: a.field,
		Label: "resident.act." + name + ".ask", Must: a.must, Rates: a.rates, Max: maxWords, Danger: name == "withdraw"}
	p.Back, p.Wrong, p.Path = p.Here+"/steps", f.Err() != nil, p.Here+"/"+name
	if a.photos {
		p.Photos, p.Again = maxPhotos, f.Bool(photoField)
	}
	if a.rates {
		p.Solved, p.Satisfied = page.Named(casework.SolvedAnswers()), page.Named(casework.SatisfiedAnswers())
	}
	return s.pages.Show(w, r, status, "receipt/act", p)
}

// doAct handles POST /r/{number}/{act}. Whose ticket has ended while they wrote is asked for the code, with what they
// wrote before them.
func (s *Server) doAct(name string) page.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		h, ok, err := s.holds(r)
		if err != nil {
			return err
		}
		a := s.acts[name]
		if !ok { // no photo is taken from somebody who holds no ticket
			f, err := page.ReadForm(r, &page.Uploads{Most: maxPhotos, Each: photoBytes, Take: func(page.Upload) error { return nil }})
			if err != nil {
				return err
			}
			return s.askAfter(w, r, f)
		}
		wait := s.says.Take(s.Proxies.From(r))
		f, photos, err := s.readPhotos(r, wait == 0)
		defer s.done(photos)
		if err != nil {
			return err
		}
		if wait > 0 {
			f.Errs = nil
			f.Slow(w, wait, "resident.slow")
			return s.showActOf(w, r, http.StatusTooManyRequests, h, name, f)
		}
		a.check(f, len(photos))
		if f.Err() != nil {
			return s.showActOf(w, r, http.StatusUnprocessableEntity, h, name, f)
		}
		fs, err := s.keepPhotosOf(r.Context(), h.actor(), h.number, photos)
		if err == nil {
			_, err = s.Cases.Do(r.Context(), h.actor(), a.make(casework.On{Key: a.key(f, photos), Case: h.number}, f, fs))
		}
		if len(fs) > 0 && reused(err) {
			err = nil // sent twice, word for word: sealed anew, the same photos have another digest, and are there already
		}
		if f.Clashes(err, "resident.act.sent_before") { // the case moved on, or other words were sent before
			return s.showActOf(w, r, http.StatusConflict, h, name, f)
		}
		if f.Refused(err) {
			return s.showActOf(w, r, http.StatusUnprocessableEntity, h, name, f)
		}
		if errs.Is(err, errs.Unavailable) {
			_, dir, broken := s.enter(r, h.town.ID)
			if broken != nil {
				return err
			}
			s.trouble(w, r, f, dir, err)
			return s.showActOf(w, r, http.StatusServiceUnavailable, h, name, f)
		}
		if err != nil {
			return err
		}
		return page.SeeOther(w, r, receiptPath(h.number)+"/steps?did="+name)
	}
}

// key is the form's own, and with photos one of what was sent: photos that are sealed anew cannot be compared, so a form
// that comes again with other words must not be taken for the same.
func (a act) key(f *page.Form, photos [][]byte) journal.Key {
	if len(photos) == 0 {
		return f.Key
	}
	sum := sha256.New()
	for _, b := range append(photos[:len(photos):len(photos)], []byte(f.Value(a.field)), []byte(f.Key)) {
		fmt.Fprintf(sum, "%d ", len(b))
		sum.Write(b)
	}
	return journal.Key("act-" + hex.EncodeToString(sum.Sum(nil)[:16]))
}

// reused reports whether a request was refused because its key stands for another one.
func reused(err error) bool {
	return errs.Is(err, errs.Conflict) && errs.All(err)[0].Key == "error.key_reused"
}

// check reads the fields of the act.
func (a act) check(f *page.Form, photos int) {
	text := f.Text(a.field, maxWords)
	f.Set(a.field, text)
	if text == "" && f.Wrong(a.field) == nil && (a.must || a.photos && photos == 0 && f.Wrong(photoField) == nil) {
		f.Fail(a.field, "resident.act.required")
	}
	if !a.rates {
		return
	}
	for _, q := range []struct {
		field   string
		choices []page.Choice
	}{{"solved", page.Named(casework.SolvedAnswers())}, {"satisfied", page.Named(casework.SatisfiedAnswers())}} {
		if f.Choice(q.field, page.Values(q.choices)...) == "" && f.Wrong(q.field) == nil {
			f.Fail(q.field, "resident.rate.required")
		}
	}
}
