package auth_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/org"
)

var ctx = context.Background()

const (
	county = "419900"
	other  = "419900102"
	phrase = "大雁往南飞，一行又一行"
)

func system(town string) actor.Actor { return actor.Actor{Town: town, System: true} }

// house is a town that was set up, with its administrator signed in.
type house struct {
	*auth.Service
	org   *org.Service
	t     *testing.T
	d     *db.DB
	admin actor.Actor
	token string
	unit  string
}

func setUp(t *testing.T, d *db.DB) house {
	t.Helper()
	o, err := org.New(d)
	if err != nil {
		t.Fatal(err)
	}
	h := house{Service: auth.New(d, o), org: o, t: t, d: d}
	setup, err := h.NewSetupToken(ctx)
	if err != nil {
		t.Fatal(err)
	}
	h.token, h.admin, err = h.SetUp(ctx, setup, auth.Founding{Town: org.OpenTown{ID: dbtest.Town, Name: "雁南镇"}, Office: "党政办公室",
		Name: "管理员", Login: "admin.yn"}, phrase, "Firefox, Linux")
	if err != nil {
		t.Fatal(err)
	}
	h.unit = h.admin.Posts[0].Unit
	return h
}

// member makes a person with a post and an account in the administrator's town, and returns the person, the account and
// the password.
func (h house) member(login string, role actor.Role) (person string, acc auth.Account, password string) {
	h.t.Helper()
	person, err := h.org.SavePerson(ctx, h.admin, org.SavePerson{Name: login})
	if err == nil {
		_, err = h.org.Appoint(ctx, h.admin, org.Appoint{Person: person, Unit: h.unit, Role: role})
	}
	if err == nil {
		acc, password, err = h.CreateAccount(ctx, h.admin, auth.CreateAccount{Login: login, Person: person})
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return person, acc, password
}

func (h house) login(login, password string) string {
	h.t.Helper()
	token, _, err := h.Login(ctx, login, password, "")
	if err != nil {
		h.t.Fatal(err)
	}
	return token
}

// alive reports whether a token opens a session.
func (h house) alive(token string) bool {
	h.t.Helper()
	_, _, err := h.Session(ctx, token)
	if err != nil && !auth.NoSession(err) {
		h.t.Fatal(err)
	}
	return err == nil
}

// refused checks that err is of the kind and carries the key, and that the key is written.
func refused(t *testing.T, says string, err error, kind errs.Kind, key string) {
	t.Helper()
	c, e := i18n.Load()
	if e != nil {
		t.Fatal(e)
	}
	all := errs.All(err)
	if !errs.Is(err, kind) || len(all) == 0 || all[0].Key != key || !c.Has(key) {
		t.Errorf("%s: got %v, want %v %s", says, err, kind, key)
	}
}

func TestAFailedLoginSaysNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := setUp(t, d)
		_, _, _ = h.member("clerk", actor.Intake)
		_, gone, right := h.member("gone", actor.Intake)
		if err := h.Disable(ctx, h.admin, gone.ID); err != nil {
			t.Fatal(err)
		}
		ran := auth.Count(h.Service)
		var texts []string
		for i := range 12 {
			answers := map[string]error{}
			work := map[string]int64{}
			for _, tt := range []struct{ says, login, password string }{
				{"an unknown login", "nobody", "wrong horse battery"},
				{"a wrong password", "clerk", "wrong horse battery"},
				{"a disabled account with its right password", "gone", right},
				{"no login at all", "", ""},
				{"a login of a megabyte", strings.Repeat("x", 1<<20), strings.Repeat("y", 1<<20)},
			} {
				if i > 0 && len(tt.login) == 0 || len(tt.login) > 1000 && i > 0 {
					continue // both are the one empty login
				}
				if i == 0 && len(tt.login) > 1000 {
					tt.login += "z"
				}
				before := ran.Load()
				_, _, err := h.Login(ctx, tt.login, tt.password, "")
				answers[tt.says], work[tt.says] = err, ran.Load()-before
			}
			first := answers["an unknown login"]
			for says, err := range answers {
				if err == nil || err.Error() != first.Error() || fmt.Sprint(errs.All(err)[0].Args) != fmt.Sprint(errs.All(first)[0].Args) {
					t.Errorf("try %d, %s: got %v, an unknown login gets %v", i+1, says, err, first)
				}
				if work[says] != work["an unknown login"] {
					t.Errorf("try %d, %s: %d hashes, an unknown login has %d", i+1, says, work[says], work["an unknown login"])
				}
			}
			texts = append(texts, errs.All(first)[0].Key)
			clock.Add(10 * time.Second)
		}
		// five tries with a short pause, then a wait of a minute: the sixth turn comes when it is over
		want := "refused refused refused refused refused wait wait wait wait wait refused wait"
		short := strings.NewReplacer("auth.", "", "wait.seconds", "wait", "wait.minutes", "wait").Replace(strings.Join(texts, " "))
		if short != want {
			t.Errorf("answers: %s\n   want: %s", short, want)
		}
	})
}

func TestTheLockOutGrowsAndEnds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := setUp(t, d)
		_, _, password := h.member("clerk", actor.Intake)
		for i, wait := range []time.Duration{0, 0, 2 * time.Second, 5 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute,
			8 * time.Minute, 15 * time.Minute, 15 * time.Minute} {
			_, _, err := h.Login(ctx, "clerk", "wrong horse battery", "")
			refused(t, fmt.Sprintf("wrong password %d", i+1), err, errs.Invalid, "auth.refused")
			if wait == 0 {
				continue
			}
			key := "auth.wait.seconds"
			if wait > time.Minute {
				key = "auth.wait.minutes"
			}
			_, _, err = h.Login(ctx, "clerk", password, "")
			refused(t, fmt.Sprintf("the right one after wrong one %d", i+1), err, errs.Invalid, key)
			clock.Add(wait - time.Millisecond)
			_, _, err = h.Login(ctx, "clerk", password, "")
			refused(t, fmt.Sprintf("a moment before %v are over", wait), err, errs.Invalid, "auth.wait.seconds")
			clock.Add(time.Millisecond)
		}
		h.login("ＣＬＥＲＫ ", password) // full-width letters are the same login
		for range 2 {
			_, _, err := h.Login(ctx, "clerk", "wrong horse battery", "")
			refused(t, "after a right one it starts anew", err, errs.Invalid, "auth.refused")
		}
	})
}

func TestManyTriesAtATimeAreNoWayAround(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := setUp(t, d)
		h.member("clerk", actor.Intake)
		ran := auth.Count(h.Service)
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if _, _, err := h.Login(ctx, "clerk", "wrong horse battery", ""); err == nil {
					t.Error("let in")
				}
			})
		}
		wg.Wait()
		if n := ran.Load(); n != 3 {
			t.Errorf("%d of 20 tries at one moment were looked at, want 3", n)
		}
	})
}

func TestWhatEndsASession(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := setUp(t, d)
		person, acc, password := h.member("clerk", actor.Intake)
		pass := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, tt := range []struct {
			says string
			end  func(token string) (own string) // a token that must live, "" for none
		}{
			{"signing out", func(token string) string { pass(h.Logout(ctx, token)); return "" }},
			{"signing in again gives another token and ends nothing", func(token string) string {
				fresh := h.login("clerk", password)
				if fresh == token || !h.alive(token) {
					t.Error("the second session took the first one's place")
				}
				pass(h.Logout(ctx, token))
				return fresh
			}},
			{"its owner from the list", func(token string) string {
				a, s, err := h.Session(ctx, token)
				pass(err)
				pass(h.Revoke(ctx, a, s.ID))
				return ""
			}},
			{"its owner, all of them", func(token string) string {
				a, _, err := h.Session(ctx, token)
				pass(err)
				pass(h.RevokeAll(ctx, a, a.Account))
				return ""
			}},
			{"an administrator", func(token string) string { pass(h.RevokeAll(ctx, h.admin, acc.ID)); return "" }},
			{"another password", func(token string) string {
				fresh, err := h.ChangePassword(ctx, token, password, "柳岸石桥东岗都有路灯")
				pass(err)
				password = "柳岸石桥东岗都有路灯"
				return fresh
			}},
			{"a reset by an administrator", func(token string) string {
				var err error
				password, err = h.ResetPassword(ctx, h.admin, acc.ID)
				pass(err)
				return ""
			}},
			{"a new role", func(token string) string {
				_, err := h.org.Appoint(ctx, h.admin, org.Appoint{Person: person, Unit: h.unit, Role: actor.Caller})
				pass(err)
				return ""
			}},
			{"disabling, for ever", func(token string) string {
				pass(h.Disable(ctx, h.admin, acc.ID))
				pass(h.Enable(ctx, h.admin, acc.ID))
				return ""
			}},
			{"nine hours unused", func(token string) string { clock.Add(9 * time.Hour); return "" }},
			{"a week, however much it is used", func(token string) string {
				for range 7*24/6 - 1 {
					clock.Add(6 * time.Hour)
					if !h.alive(token) {
						t.Fatal("a session in use lapsed")
					}
				}
				clock.Add(6 * time.Hour)
				return ""
			}},
		} {
			token := h.login("clerk", password)
			if !h.alive(token) {
				t.Fatalf("%s: the session never began", tt.says)
			}
			own := tt.end(token)
			if h.alive(token) {
				t.Errorf("%s did not end it", tt.says)
			}
			if own != "" && !h.alive(own) {
				t.Errorf("%s: the new token opens nothing", tt.says)
			}
		}
		for _, token := range []string{"", "x", strings.Repeat("0", 32), "' OR 1=1 --"} {
			if h.alive(token) {
				t.Errorf("%q opens a session", token)
			}
		}
	})
}

func TestARoleThatComesBackDoesNotBringTheSessionBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := setUp(t, d)
		person, _, password := h.member("clerk", actor.Intake)
		token := h.login("clerk", password)
		post, err := h.org.Appoint(ctx, h.admin, org.Appoint{Person: person, Unit: h.unit, Role: actor.Petition})
		if err != nil {
			t.Fatal(err)
		}
		if h.alive(token) {
			t.Error("alive with another role")
		}
		if _, err := h.org.EndPost(ctx, h.admin, org.EndPost{ID: post}); err != nil {
			t.Fatal(err)
		}
		if h.alive(token) {
			t.Error("alive again")
		}
	})
}

func TestWhoeverIsMovedSeesItAtTheNextRequest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := setUp(t, d)
		person, _, password := h.member("handler", actor.Handler)
		token := h.login("handler", password)
		before, s, err := h.Session(ctx, token)
		if err != nil || !s.MustChange || before.Name != "handler" || before.Person != person || before.Town != dbtest.Town {
			t.Fatalf("%+v %+v %v", before, s, err)
		}
		subject, err := h.org.SaveUnit(ctx, h.admin, org.SaveUnit{Kind: org.Department, Name: "被反映的单位"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.org.Appoint(ctx, h.admin, org.Appoint{Person: person, Unit: subject, Role: actor.Handler, Replaces: before.Posts[0].ID}); err != nil {
			t.Fatal(err)
		}
		after, _, err := h.Session(ctx, token)
		if err != nil || after.InUnit(h.unit) || !after.InUnit(subject) {
			t.Errorf("the open session still has the old unit: %+v, %v", after, err)
		}
	})
}

func TestTownsAreApart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := setUp(t, d)
		person, acc, password := h.member("clerk", actor.Intake)
		token := h.login("clerk", password)
		initial, err := h.OpenTown(ctx, system(other), auth.Founding{Town: org.OpenTown{ID: other, Name: "雁北镇"}, Office: "党政办公室", Name: "乙", Login: "admin.yb"})
		if err != nil {
			t.Fatal(err)
		}
		_, stranger, err := h.Login(ctx, "admin.yb", initial, "")
		if err != nil || stranger.Town != other || !auth.Can(stranger, auth.RightAdmin) {
			t.Fatalf("%+v, %v", stranger, err)
		}
		clerk, session, err := h.Session(ctx, token)
		if err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			says string
			err  error
			kind errs.Kind
			key  string
		}{
			{"disable", h.Disable(ctx, stranger, acc.ID), errs.NotFound, "error.not_found"},
			{"reset", func() error { _, err := h.ResetPassword(ctx, stranger, acc.ID); return err }(), errs.NotFound, "error.not_found"},
			{"revoke", h.Revoke(ctx, stranger, session.ID), errs.NotFound, "error.not_found"},
			{"revoke all", h.RevokeAll(ctx, stranger, acc.ID), errs.NotFound, "error.not_found"},
			{"an account for another town's person", func() error {
				_, _, err := h.CreateAccount(ctx, stranger, auth.CreateAccount{Login: "spy", Person: person})
				return err
			}(), errs.Invalid, "error.choice"},
			{"a login that another town has", func() error {
				p, err := h.org.SavePerson(ctx, stranger, org.SavePerson{Name: "丙"})
				if err != nil {
					return err
				}
				_, _, err = h.CreateAccount(ctx, stranger, auth.CreateAccount{Login: "CLERK", Person: p})
				return err
			}(), errs.Invalid, "auth.login.taken"},
			{"a second account of one person", func() error {
				_, _, err := h.CreateAccount(ctx, h.admin, auth.CreateAccount{Login: "clerk2", Person: person})
				return err
			}(), errs.Invalid, "auth.person.has"},
			{"a clerk makes no account", func() error {
				_, _, err := h.CreateAccount(ctx, clerk, auth.CreateAccount{Login: "spy", Person: person})
				return err
			}(), errs.Denied, "error.denied"},
			{"nobody disables himself", h.Disable(ctx, h.admin, h.admin.Account), errs.Denied, "auth.own"},
		} {
			refused(t, tt.says, tt.err, tt.kind, tt.key)
		}
		if !h.alive(token) {
			t.Error("another town's administrator ended the session")
		}
		err = d.View(ctx, other, func(tx *db.Tx) error {
			all, err := auth.Accounts(ctx, tx)
			if len(all) != 1 || all[0].Login != "admin.yb" {
				t.Errorf("the other town lists %v", all)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestTheSetupTokenWorksOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		o, err := org.New(d)
		if err != nil {
			t.Fatal(err)
		}
		s := auth.New(d, o)
		f := auth.Founding{Town: org.OpenTown{ID: county, Name: "雁县"}, Office: "县政府办", Name: "甲", Login: "first"}
		try := func(token string, f auth.Founding, password string) error {
			_, _, err := s.SetUp(ctx, token, f, password, "")
			return err
		}
		refused(t, "before there is one", try("", f, phrase), errs.Denied, "auth.setup.token")
		void, err := s.NewSetupToken(ctx)
		if err != nil {
			t.Fatal(err)
		}
		token, err := s.NewSetupToken(ctx)
		if err != nil {
			t.Fatal(err)
		}
		refused(t, "one that a newer voided", try(void, f, phrase), errs.Denied, "auth.setup.token")
		refused(t, "a guess", try(strings.Repeat("0", 32), f, phrase), errs.Denied, "auth.setup.token")
		wrong := f
		wrong.Town.ID = "4199"
		refused(t, "a mistake in the form", try(token, wrong, phrase), errs.Invalid, "org.town.code")
		refused(t, "a weak password", try(token, f, "admin12345"), errs.Invalid, "auth.password.common")
		if err := s.CheckSetupToken(ctx, token); err != nil {
			t.Errorf("after a mistake the token is still good: %v", err)
		}
		if err := try(token, f, phrase); err != nil {
			t.Fatal(err)
		}
		f2 := f
		f2.Town.ID, f2.Login = other, "second"
		refused(t, "the second time", try(token, f2, phrase), errs.Denied, "auth.setup.token")
		_, err = s.NewSetupToken(ctx)
		refused(t, "a new one when somebody has an account", err, errs.Conflict, "auth.setup.done")

		_, boss, err := s.Login(ctx, "first", phrase, "")
		if err != nil {
			t.Fatal(err)
		}
		f3 := auth.Founding{Town: org.OpenTown{ID: dbtest.Town, Name: "雁南镇"}, Office: "党政办公室", Name: "乙", Login: "yn"}
		password, err := s.OpenTown(ctx, boss, f3)
		if err != nil {
			t.Fatal(err)
		}
		_, mayor, err := s.Login(ctx, "yn", password, "")
		if err != nil {
			t.Fatal(err)
		}
		f3.Town.ID, f3.Login = other, "yb"
		_, err = s.OpenTown(ctx, mayor, f3)
		refused(t, "a town's administrator opens no town", err, errs.Denied, "error.denied")
	})
}

func TestSecretsStandNowhere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := setUp(t, d)
		_, acc, password := h.member("clerk", actor.Intake)
		token := h.login("clerk", password)
		if _, err := h.ChangePassword(ctx, token, password, phrase+"南飞"); err != nil {
			t.Fatal(err)
		}
		_, err := h.ChangePassword(ctx, h.token, "wrong horse battery", phrase+"北飞")
		refused(t, "a wrong old password", err, errs.Invalid, "auth.password.wrong")
		_, err = h.ChangePassword(ctx, h.token, phrase, phrase)
		refused(t, "the same password", err, errs.Invalid, "auth.password.same")
		err = d.View(ctx, dbtest.Town, func(tx *db.Tx) error {
			var types []string
			err := tx.Each(ctx, func(r *sql.Rows) error {
				var record, typ, payload string
				err := r.Scan(&record, &typ, &payload)
				if strings.Contains(payload, password) || strings.Contains(payload, phrase) || strings.Contains(payload, "argon2") {
					t.Errorf("%s tells a secret", typ)
				}
				if record == "accounts/"+acc.ID {
					types = append(types, typ)
				}
				return err
			}, `SELECT record_id, type, payload FROM events WHERE town_id = $1 ORDER BY seq`)
			if got := strings.Join(types, " "); got != "account_created password_changed" { // signing in is no event
				t.Errorf("history of the account: %s", got)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Across(ctx, func(w *db.Wide) error {
			return w.Each(ctx, func(r *sql.Rows) error {
				var login, stored string
				if err := r.Scan(&login, &stored); err != nil {
					return err
				}
				if !strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$") {
					return errors.New(login + " is stored as " + stored)
				}
				return nil
			}, `SELECT login, password FROM accounts`)
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestEndedSessionsLeaveNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := setUp(t, d)
		_, _, password := h.member("clerk", actor.Intake)
		count := func() (n int64) {
			err := d.Across(ctx, func(w *db.Wide) error { return w.Row(ctx, `SELECT count(*) FROM sessions`).Scan(&n) })
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		for range 3 {
			h.login("clerk", password)
			clock.Add(9 * time.Hour)
		}
		if n := count(); n != 2 { // the administrator's first, lapsed but not swept, and the clerk's last
			t.Errorf("%d sessions are kept", n)
		}
		if err := h.Sweep(ctx); err != nil || count() != 0 {
			t.Errorf("after sweeping: %d, %v", count(), err)
		}
		a, _, err := h.Session(ctx, h.login("clerk", password))
		if err != nil {
			t.Fatal(err)
		}
		if list, err := h.Sessions(ctx, a); len(list) != 1 || err != nil {
			t.Errorf("own sessions: %v, %v", list, err)
		}
	})
}
