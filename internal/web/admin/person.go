package admin

import (
	"net/http"
	"time"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/web/admin/brought"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

type personRow struct {
	org.Person
	Posts   []postRow
	Login   string
	Account i18n.Key
}

type peoplePage struct {
	frame
	People []personRow
}

// accountState says how an account stands; "" for none.
func accountState(acc auth.Account) i18n.Key {
	switch {
	case acc.ID == "":
		return "admin.account.none"
	case acc.Disabled:
		return "admin.account.disabled"
	case acc.MustChange:
		return "admin.account.waiting"
	}
	return "admin.account.open"
}

// accounts returns the town's accounts by person.
func (s *Server) accounts(v *visit) (map[string]auth.Account, error) {
	out := map[string]auth.Account{}
	err := s.view(v, func(tx *db.Tx) error {
		list, err := auth.Accounts(v.r.Context(), tx)
		for _, acc := range list {
			out[acc.Person] = acc
		}
		return err
	})
	return out, err
}

// listPeople handles GET /admin/people.
func (s *Server) listPeople(w http.ResponseWriter, v *visit) error {
	accounts, err := s.accounts(v)
	if err != nil {
		return err
	}
	data := peoplePage{frame: s.frame(v, nil, "admin.people")}
	if data.Steps, err = s.pending(v); err != nil {
		return err
	}
	for _, p := range v.dir.People() {
		row := personRow{Person: p, Login: accounts[p.ID].Login, Account: accountState(accounts[p.ID])}
		for _, post := range v.dir.PostsOf(p.ID) {
			row.Posts = append(row.Posts, s.postRow(v, post))
		}
		data.People = append(data.People, row)
	}
	return s.pages.Show(w, v.r, http.StatusOK, "people", data)
}

type newPersonPage struct {
	frame
	Units    []page.Choice
	Roles    []page.Choice
	Villages []page.Choice
}

// askPerson handles GET /admin/people/new.
func (s *Server) askPerson(w http.ResponseWriter, v *visit) error {
	form := page.NewForm()
	form.Set("account", "1")
	return s.showNewPerson(w, v, http.StatusOK, form)
}

func (s *Server) showNewPerson(w http.ResponseWriter, v *visit, status int, form *page.Form) error {
	return s.pages.Show(w, v.r, status, "newperson", newPersonPage{frame: s.frame(v, form, "admin.person.new"), Units: town.UnitChoices(unchosen, v.dir.Units()),
		Roles: roleChoices(v.dir), Villages: town.VillageChoices(nil, v.dir)})
}

// addPerson handles POST /admin/people/new: one person with a post and, where wanted, an account.
func (s *Server) addPerson(w http.ResponseWriter, v *visit) error {
	form, err := page.ReadForm(v.r, nil)
	if err != nil {
		return err
	}
	if sent, err := s.used(v, part(form.Key, "post", 0)); err != nil {
		return err
	} else if sent {
		return s.settle(w, v, form, errs.New(errs.Conflict, "admin.roster.sent"), "", func(status int) error { return s.showNewPerson(w, v, status, form) })
	}
	form.Need("name", "unit", "role")
	e := brought.Entry{Name: form.Line("name", 60), Title: form.Line("title", 60), Phone: form.Line("phone", 40), Unit: form.Choice("unit", page.Values(town.UnitChoices(nil, v.dir.Units()))...),
		Role: actor.Role(form.Choice("role", page.Values(roleChoices(v.dir))...)), Villages: form.Choices("villages", page.Values(town.VillageChoices(nil, v.dir))...), Alone: true}
	var slips []slip
	if form.Err() == nil {
		slips, _, err = s.enrol(v.r.Context(), v, enrolment{key: form.Key, entries: []brought.Entry{e}, account: form.Bool("account")})
	}
	if err == nil && form.Err() == nil && slips != nil {
		return s.showLogins(w, v, "/admin/people", slips, nil)
	}
	return s.settle(w, v, form, err, done("/admin/people"), func(status int) error { return s.showNewPerson(w, v, status, form) })
}

type personPage struct {
	frame
	ID       string
	Own      bool // it is the visitor himself
	Posts    []postRow
	Past     []postRow
	Units    []page.Choice
	Roles    []page.Choice
	Villages []page.Choice
	Replaces []page.Choice
	Account  auth.Account
	State    i18n.Key
}

// showPerson handles GET /admin/people/{id}.
func (s *Server) showPerson(w http.ResponseWriter, v *visit) error {
	form := page.NewForm()
	if err := personValues(v, form); err != nil {
		return err
	}
	return s.showPersonForm(w, v, http.StatusOK, form)
}

func personValues(v *visit, form *page.Form) error {
	p := v.dir.Person(v.r.PathValue("id"))
	if p.ID == "" {
		return errs.Missing()
	}
	fill(form, "name", p.Name, "title", p.Title, "phone", p.Phone, "rev", number(p.Rev))
	return nil
}

func (s *Server) showPersonForm(w http.ResponseWriter, v *visit, status int, form *page.Form) error {
	p := v.dir.Person(v.r.PathValue("id"))
	accounts, err := s.accounts(v)
	if err != nil {
		return err
	}
	data := personPage{frame: s.frame(v, form, "admin.people"), ID: p.ID, Own: p.ID == v.a.Person, Units: town.UnitChoices(unchosen, v.dir.Units()),
		Roles: roleChoices(v.dir), Villages: town.VillageChoices(nil, v.dir), Account: accounts[p.ID], State: accountState(accounts[p.ID])}
	data.Title = p.Name
	err = s.view(v, func(tx *db.Tx) error {
		ps, err := org.PostsOf(v.r.Context(), tx, p.ID)
		for _, post := range ps {
			if post.Lasts() {
				data.Posts = append(data.Posts, s.postRow(v, post))
			} else {
				data.Past = append(data.Past, s.postRow(v, post))
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	data.Replaces = page.Choices(nothing, data.Posts, func(r postRow) (string, any) { return r.ID, r.Unit + " · " + s.Site.T(v.r, string(r.Role)) })
	if status == http.StatusConflict {
		form.Set("rev", number(p.Rev))
		data.Now = []page.Row{{Label: i18n.Key("admin.person.name"), Value: p.Name}, {Label: i18n.Key("admin.person.title"), Value: p.Title},
			{Label: i18n.Key("admin.person.phone"), Value: p.Phone}}
	}
	return s.pages.Show(w, v.r, status, "person", data)
}

// person reads a form about the person of the address, and fills what the form did not bring. NotFound for nobody.
func (s *Server) person(v *visit) (*page.Form, error) {
	form, err := page.ReadForm(v.r, nil)
	if err != nil {
		return nil, err
	}
	asStood := page.NewForm()
	if err := personValues(v, asStood); err != nil {
		return nil, err
	}
	if form.Value("rev") == "" { // one of the page's other forms
		for _, name := range []string{"name", "title", "phone", "rev"} {
			form.Set(name, asStood.Value(name))
		}
	}
	return form, nil
}

func (s *Server) personAgain(w http.ResponseWriter, v *visit, form *page.Form) func(int) error {
	return func(status int) error { return s.showPersonForm(w, v, status, form) }
}

func personPath(v *visit) string { return done("/admin/people/" + v.r.PathValue("id")) }

// savePerson handles POST /admin/people/{id}.
func (s *Server) savePerson(w http.ResponseWriter, v *visit) error {
	form, err := s.person(v)
	if err != nil {
		return err
	}
	cmd := org.SavePerson{Key: form.Key, ID: v.r.PathValue("id"), Rev: form.Rev(), Name: form.Line("name", 60), Title: form.Line("title", 60), Phone: form.Line("phone", 40)}
	if form.Err() == nil {
		_, err = s.Orgs.SavePerson(v.r.Context(), v.a, cmd)
	}
	return s.settle(w, v, form, err, personPath(v), s.personAgain(w, v, form))
}

// appoint handles POST /admin/people/{id}/posts. The title is "post_title", because the page has another form with a title.
func (s *Server) appoint(w http.ResponseWriter, v *visit) error {
	form, err := s.person(v)
	if err != nil {
		return err
	}
	form.Need("unit", "role")
	cmd := org.Appoint{Key: form.Key, Person: v.r.PathValue("id"), Unit: form.Value("unit"), Role: actor.Role(form.Value("role")),
		Title: form.Line("post_title", 60), Villages: form.Choices("villages", page.Values(town.VillageChoices(nil, v.dir))...), Replaces: form.Value("replaces"),
		Ord: lastOrd(v.dir) + 10, Since: begin(form.Day("since"))}
	if form.Err() == nil {
		_, err = s.Orgs.Appoint(v.r.Context(), v.a, cmd)
		err = errs.Rename(err, "title", "post_title")
	}
	return s.settle(w, v, form, err, personPath(v), s.personAgain(w, v, form))
}

// begin is the first moment of a day; zero, which means now, for no day.
func begin(day calendar.Day) (t time.Time) {
	if day == "" {
		return t
	}
	return day.Start()
}

// lastOrd is the highest place in the customary order.
func lastOrd(dir *org.Directory) (ord int64) {
	for _, p := range dir.People() {
		for _, post := range dir.PostsOf(p.ID) {
			ord = max(ord, post.Ord)
		}
	}
	return ord
}

// endPost handles POST /admin/people/{id}/posts/{post}/end.
func (s *Server) endPost(w http.ResponseWriter, v *visit) error {
	form, err := s.person(v)
	if err != nil {
		return err
	}
	post := v.r.PathValue("post")
	held := false
	for _, p := range v.dir.PostsOf(v.r.PathValue("id")) {
		held = held || p.ID == post
	}
	if !held {
		return errs.Missing()
	}
	_, err = s.Orgs.EndPost(v.r.Context(), v.a, org.EndPost{Key: form.Key, ID: post})
	return s.settle(w, v, form, err, personPath(v), s.personAgain(w, v, form))
}

// changeAccount handles POST /admin/people/{id}/account: make, reset, disable, enable, or end all sessions.
func (s *Server) changeAccount(w http.ResponseWriter, v *visit) error {
	form, err := s.person(v)
	if err != nil {
		return err
	}
	id := v.r.PathValue("id")
	accounts, err := s.accounts(v)
	if err != nil {
		return err
	}
	acc, has := accounts[id]
	what := form.Choice("what", "create", "reset", "disable", "enable", "revoke")
	if what == "" || has == (what == "create") {
		return s.settle(w, v, form, errs.New(errs.Conflict, "error.changed"), "", s.personAgain(w, v, form))
	}
	p := v.dir.Person(id)
	one := slip{Name: p.Name, Login: acc.Login}
	if posts := v.dir.PostsOf(id); len(posts) > 0 {
		one.Unit, one.Role = v.dir.Unit(posts[0].Unit).Name, i18n.Key("auth.role."+string(posts[0].Role))
	}
	ctx := v.r.Context()
	switch what {
	case "create":
		login := form.Line("login", 40)
		if login == "" {
			login = loginFor(p.Name, 1)
		}
		acc, one.Password, err = s.Auth.CreateAccount(ctx, v.a, auth.CreateAccount{Key: form.Key, Login: login, Person: id})
		one.Login = acc.Login
	case "reset":
		one.Password, err = s.Auth.ResetPassword(ctx, v.a, acc.ID)
	case "disable":
		err = s.Auth.Disable(ctx, v.a, acc.ID)
	case "enable":
		err = s.Auth.Enable(ctx, v.a, acc.ID)
	case "revoke":
		err = s.Auth.RevokeAll(ctx, v.a, acc.ID)
	}
	if err == nil && one.Password != "" {
		return s.showLogins(w, v, "/admin/people/"+id, []slip{one}, nil)
	}
	return s.settle(w, v, form, err, personPath(v), s.personAgain(w, v, form))
}
