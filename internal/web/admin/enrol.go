package admin

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/journal"
	"yanming/internal/org"
	"yanming/internal/web/admin/brought"
	"yanming/internal/web/page"
)

// slip is one person's login as it is printed. Password is empty where the person has one already.
type slip struct {
	Name     string
	Unit     string
	Role     i18n.Key
	Login    string
	Password string
}

type loginsPage struct {
	page.Head
	Slips   []slip
	Address string
	Units   []string // made along the way
}

// showLogins answers a form with the logins that it made. They are on this page alone: nothing can show them again.
func (s *Server) showLogins(w http.ResponseWriter, v *visit, back string, slips []slip, units []string) error {
	h := s.Site.Head(v.r, "admin.logins")
	h.Back = back
	return s.pages.Show(w, v.r, http.StatusOK, "logins", loginsPage{h, slips, s.Site.Link("/login"), units})
}

// enrolment is a list of people on its way in: everything slow is done before the transaction, which may run twice.
type enrolment struct {
	key     journal.Key
	entries []brought.Entry
	account bool
	secrets []auth.Secret
}

// enrol makes the people, posts, accounts and missing units of a list, all of it or nothing, and returns the logins
// and the names of the new units. Sent twice it makes nothing twice, and shows no password again.
func (s *Server) enrol(ctx context.Context, v *visit, in enrolment) (slips []slip, units []string, err error) {
	for _, e := range in.entries {
		if p, n := brought.PersonNamed(v.dir, e.Name); !e.Alone && n == 1 && p.ID == v.a.Person {
			// Nobody gives himself a post. The service refuses it, and writes the attempt down.
			_, err := s.Orgs.Appoint(ctx, v.a, org.Appoint{Person: p.ID, Unit: e.Unit, Role: e.Role, Title: e.Title, Villages: e.Villages})
			return nil, nil, err
		}
	}
	if in.account {
		for range in.entries {
			secret, err := s.Auth.Prepare(ctx, "", "")
			if err != nil {
				return nil, nil, err
			}
			in.secrets = append(in.secrets, secret)
		}
	}
	err = s.Store.Update(ctx, v.a.Town, func(tx *db.Tx) (err error) {
		slips, units, err = s.enrolIn(ctx, tx, v.a, in)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	return slips, units, nil
}

func (s *Server) enrolIn(ctx context.Context, tx *db.Tx, a actor.Actor, in enrolment) (slips []slip, units []string, err error) {
	dir, err := s.Orgs.Load(ctx, tx)
	if err != nil {
		return nil, nil, err
	}
	accounts, err := auth.Accounts(ctx, tx)
	if err != nil {
		return nil, nil, err
	}
	logins := map[string]string{} // person → login
	for _, acc := range accounts {
		logins[acc.Person] = acc.Login
	}
	people, made, at := map[string]string{}, map[string]string{}, map[string]int{}
	ord := int64(0)
	for _, p := range dir.People() {
		for _, post := range dir.PostsOf(p.ID) {
			ord = max(ord, post.Ord)
		}
	}
	for i, e := range in.entries {
		if e.Unit == "" {
			if made[e.UnitName] == "" {
				made[e.UnitName], err = s.Orgs.SaveUnitIn(ctx, tx, a, org.SaveUnit{Key: part(in.key, "unit", i), Kind: brought.KindOf(e.UnitName), Name: e.UnitName, Ord: int64(100 + i)})
				if err != nil {
					return nil, nil, brought.LineError("people", e.N, err)
				}
				units = append(units, e.UnitName)
			}
			e.Unit = made[e.UnitName]
		}
		id := people[e.Name]
		if p, n := brought.PersonNamed(dir, e.Name); id == "" && n == 1 && !e.Alone {
			id = p.ID
		}
		if id == "" {
			id, err = s.Orgs.SavePersonIn(ctx, tx, a, org.SavePerson{Key: part(in.key, "person", i), Name: e.Name, Title: e.Title, Phone: e.Phone})
			if err != nil {
				return nil, nil, brought.LineError("people", e.N, err)
			}
		}
		people[e.Name] = id
		_, err = s.Orgs.AppointIn(ctx, tx, a, org.Appoint{Key: part(in.key, "post", i), Person: id, Unit: e.Unit, Role: e.Role, Title: e.Title,
			Ord: ord + int64(10*(i+1)), Villages: e.Villages})
		if err != nil {
			return nil, nil, brought.LineError("people", e.N, err)
		}
		if _, twice := at[id]; !in.account || twice {
			continue
		}
		one := slip{Name: e.Name, Unit: e.UnitName, Role: i18n.Key("auth.role." + string(e.Role)), Login: logins[id]}
		if one.Unit == "" {
			one.Unit = dir.Unit(e.Unit).Name
		}
		if one.Login == "" {
			acc, err := s.openAccount(ctx, tx, a, id, e.Name, part(in.key, "account", i), in.secrets[i])
			if err != nil {
				return nil, nil, brought.LineError("people", e.N, err)
			}
			one.Login, one.Password = acc.Login, in.secrets[i].Plain
		}
		at[id] = len(slips)
		slips = append(slips, one)
	}
	return slips, units, nil
}

// openAccount makes an account whose login is the person's name, with a number behind it where that is taken.
func (s *Server) openAccount(ctx context.Context, tx *db.Tx, a actor.Actor, person, name string, key journal.Key, secret auth.Secret) (acc auth.Account, err error) {
	for n := 1; n <= 50; n++ {
		acc, err = s.Auth.CreateAccountIn(ctx, tx, a, auth.CreateAccount{Key: key, Login: loginFor(name, n), Person: person}, secret)
		if !taken(err) {
			return acc, err
		}
	}
	return acc, err
}

// taken reports whether a login was refused only because somebody has it.
func taken(err error) bool {
	for _, e := range errs.All(err) {
		if e.Key == "auth.login.taken" {
			return true
		}
	}
	return false
}

// loginFor makes a login of a name: its letters and digits, with n behind it from the second try on.
func loginFor(name string, n int) string {
	login := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, name)
	if r := []rune(login); len(r) > 30 {
		login = string(r[:30])
	}
	if n > 1 || len([]rune(login)) < 2 {
		login += strconv.Itoa(n)
	}
	return login
}

type rosterPage struct {
	frame
	Roles []roleLine
}

// roleLine says what a role is for.
type roleLine struct {
	Role   i18n.Key
	Rights []i18n.Key
}

// askRoster handles GET /admin/people/list.
func (s *Server) askRoster(w http.ResponseWriter, v *visit) error {
	form := page.NewForm()
	fill(form, "units", "1", "accounts", "1")
	return s.showRoster(w, v, http.StatusOK, form)
}

func (s *Server) showRoster(w http.ResponseWriter, v *visit, status int, form *page.Form) (err error) {
	data := rosterPage{frame: s.frame(v, form, "admin.roster")}
	if data.Steps, err = s.pending(v); err != nil {
		return err
	}
	for _, c := range roleChoices(v.dir)[1:] {
		line := roleLine{Role: i18n.Key("auth.role." + c.Value)}
		for _, right := range auth.Rights() {
			for _, role := range auth.RolesWith(right) {
				if string(role) == c.Value {
					line.Rights = append(line.Rights, i18n.Key("auth.right."+string(right)))
				}
			}
		}
		data.Roles = append(data.Roles, line)
	}
	return s.pages.Show(w, v.r, status, "roster", data)
}

// takeRoster handles POST /admin/people/list and answers with the logins, to be printed.
func (s *Server) takeRoster(w http.ResponseWriter, v *visit) error {
	form, err := page.ReadForm(v.r, nil)
	if err != nil {
		return err
	}
	if sent, err := s.used(v, part(form.Key, "post", 0)); err != nil {
		return err
	} else if sent {
		return s.settle(w, v, form, errs.New(errs.Conflict, "admin.roster.sent"), "", func(status int) error { return s.showRoster(w, v, status, form) })
	}
	form.Need("people")
	list := brought.People(form, v.dir, s.roles, form.Bool("units"))
	var slips []slip
	var units []string
	if form.Err() == nil {
		slips, units, err = s.enrol(v.r.Context(), v, enrolment{key: form.Key, entries: list, account: form.Bool("accounts")})
	}
	if err == nil && form.Err() == nil && slips != nil {
		return s.showLogins(w, v, "/admin/people", slips, units)
	}
	if err != nil && errs.KindOf(err) == errs.Internal {
		return fmt.Errorf("take list of people: %w", err)
	}
	return s.settle(w, v, form, err, done("/admin/people"), func(status int) error { return s.showRoster(w, v, status, form) })
}

// used reports whether a request key was used. Passwords cannot be shown again, so a list sent twice must say so.
func (s *Server) used(v *visit, key journal.Key) (seen bool, err error) {
	err = s.view(v, func(tx *db.Tx) error {
		_, seen, err = journal.Once(v.r.Context(), tx, key, nil)
		if seen { // another digest is no matter here
			return nil
		}
		return err
	})
	return seen, err
}
