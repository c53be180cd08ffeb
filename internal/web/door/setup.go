package door

import (
	"net/http"
	"slices"
	"time"

	"yanming/internal/auth"
	"yanming/internal/division"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/web/page"
)

// The set-up token leaves the address at once and waits in a cookie that only these pages get.
const (
	setupCookie = "setup"
	setupPath   = "/setup"
	setupAge    = 2 * time.Hour
)

type setupPage struct {
	page.Head
	Form  *page.Form
	Steps []page.Step
}

// setupPage returns the frame of a page before anybody is signed in. Residents' pages show no language switch at
// first, but whoever sets up may be a foreigner.
func (s *Server) setupPage(r *http.Request, form *page.Form, key string) setupPage {
	h := s.Site.Head(r, key)
	h.Switch, h.Wrong = true, len(form.Errs) > 0
	return setupPage{h, form, firstSteps()}
}

// firstSteps is the checklist while nobody is signed in: the first step is at hand.
func firstSteps() []page.Step {
	out := []page.Step{{N: 1, Key: "admin.step.place", State: "now"}}
	for i, key := range []string{"villages", "people", "rules", "categories", "keys", "backup"} {
		out = append(out, page.Step{N: i + 2, Key: "admin.step." + key, State: "todo"})
	}
	return out
}

// beginSetup handles GET /setup: it takes the token out of the address, then offers the ways to begin.
func (s *Server) beginSetup(w http.ResponseWriter, r *http.Request) error {
	if token := r.URL.Query().Get("token"); token != "" {
		form := page.NewForm()
		return s.admitSetup(w, r, form, s.Auth.CheckSetupToken(r.Context(), token), token)
	}
	if _, err := s.setupToken(r); errs.Is(err, errs.Denied) {
		return s.pages.Show(w, r, http.StatusOK, "setup/token", s.setupPage(r, page.NewForm(), "admin.setup"))
	} else if err != nil {
		return err
	}
	return s.pages.Show(w, r, http.StatusOK, "setup/begin", s.setupPage(r, page.NewForm(), "admin.setup"))
}

// takeToken handles POST /setup: the token as typed.
func (s *Server) takeToken(w http.ResponseWriter, r *http.Request) error {
	form, err := page.ReadForm(r, nil)
	if err != nil {
		return err
	}
	token := form.Line("token", 100)
	return s.admitSetup(w, r, form, s.Auth.CheckSetupToken(r.Context(), token), token)
}

// admitSetup keeps a right token and leads on; a wrong one is asked for again.
func (s *Server) admitSetup(w http.ResponseWriter, r *http.Request, form *page.Form, err error, token string) error {
	if errs.Is(err, errs.Denied) {
		form.Fail("token", "auth.setup.token")
		form.Set("token")
		return s.pages.Show(w, r, http.StatusForbidden, "setup/token", s.setupPage(r, form, "admin.setup"))
	}
	if err != nil {
		return err
	}
	s.Site.SetCookie(w, setupCookie, token, setupPath, setupAge)
	return page.SeeOther(w, r, setupPath)
}

// setupToken returns the token of the request if it is the one that waits. Errors: Denied.
func (s *Server) setupToken(r *http.Request) (string, error) {
	c, err := r.Cookie(setupCookie)
	if err != nil {
		return "", errs.New(errs.Denied, "auth.setup.token")
	}
	return c.Value, s.Auth.CheckSetupToken(r.Context(), c.Value)
}

// level is one choice on the way from the province to the place.
type level struct {
	Name    string // of the query: p, c, d, t
	Label   string // message key
	Chosen  string // the name of what was chosen
	Choices []page.Choice
}

type placePage struct {
	setupPage
	County bool    // a county is set up, not a town alone
	Path   []level // what was chosen so far
	Ask    *level  // what to choose next
	Code   string  // the place, once it is found
	Name   string
}

// choosePlace handles GET /setup/place: province, city, county and town, one select at a time. The address is the
// state.
func (s *Server) choosePlace(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.setupToken(r); errs.Is(err, errs.Denied) {
		return page.SeeOther(w, r, setupPath)
	} else if err != nil {
		return err
	}
	q := r.URL.Query()
	data := placePage{setupPage: s.setupPage(r, page.NewForm(), "admin.place"), County: q.Get("kind") == "county"}
	levels := []string{"p", "c", "d", "t"}
	if data.County {
		levels = levels[:3]
	}
	above := ""
	for _, name := range levels {
		under, err := s.Places.Under(above)
		if err != nil {
			return err
		}
		l := level{Name: name, Label: "admin.place." + name}
		at := slices.IndexFunc(under, func(d division.Place) bool { return d.Code == q.Get(name) })
		if at < 0 {
			l.Choices = []page.Choice{{Label: i18n.Key("admin.choose")}}
			for _, d := range under {
				l.Choices = append(l.Choices, page.Choice{Value: d.Code, Label: d.Name})
			}
			data.Ask = &l
			break
		}
		above, l.Chosen = under[at].Code, under[at].Name
		data.Form.Set(name, above)
		data.Path = append(data.Path, l)
		data.Code, data.Name = above, l.Chosen
	}
	if data.Ask == nil {
		return page.SeeOther(w, r, "/setup/admin?code="+data.Code)
	}
	return s.pages.Show(w, r, http.StatusOK, "setup/place", data)
}

// askFounder handles GET /setup/admin: who will be the first administrator of the place that was chosen or typed.
func (s *Server) askFounder(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.setupToken(r); errs.Is(err, errs.Denied) {
		return page.SeeOther(w, r, setupPath)
	} else if err != nil {
		return err
	}
	form := page.NewForm()
	form.Set("code", r.URL.Query().Get("code"))
	name, known, err := s.Places.Name(form.Value("code"))
	if err != nil {
		return err
	}
	if !known {
		name = r.URL.Query().Get("name")
	}
	form.Set("name", name)
	form.Set("office", s.Site.T(r, "admin.founder.office.usual"))
	return s.showFounder(w, r, http.StatusOK, form)
}

func (s *Server) showFounder(w http.ResponseWriter, r *http.Request, status int, form *page.Form) error {
	return s.pages.Show(w, r, status, "setup/admin", s.setupPage(r, form, "admin.founder"))
}

// found handles POST /setup/admin: it opens the place with its administrator, signs him in, and leads to the next step.
func (s *Server) found(w http.ResponseWriter, r *http.Request) error {
	form, err := page.ReadForm(r, nil)
	if err != nil {
		return err
	}
	token, err := s.setupToken(r)
	if errs.Is(err, errs.Denied) {
		return page.SeeOther(w, r, setupPath)
	}
	if err != nil {
		return err
	}
	f := auth.Founding{Town: org.OpenTown{Key: form.Key, ID: form.Line("code", 12), Name: form.Line("name", 60)},
		Office: form.Line("office", 60), Name: form.Line("person", 60), Login: form.Line("login", 40)}
	form.Need("code", "name", "office", "person", "login", "password")
	if form.Value("password") != form.Value("again") {
		form.Fail("again", "admin.password.differ")
	}
	session := ""
	if form.Err() == nil {
		session, _, err = s.Auth.SetUp(r.Context(), token, f, form.Value("password"), auth.Device(r.UserAgent()))
		form.Refused(errs.Rename(err, "id", "code"))
	}
	if form.Err() != nil {
		return s.showFounder(w, r, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	s.Site.ClearCookie(w, setupCookie, setupPath)
	s.Site.SignIn(w, session)
	return page.SeeOther(w, r, "/admin/")
}
