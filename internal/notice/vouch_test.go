package notice_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/errs"
	"yanming/internal/notice"
	"yanming/internal/notice/noticetest"
	"yanming/internal/org"
)

// joined gives a newcomer a post as administrator, and an account that by made.
func (w *town) joined(by actor.Actor, login string) actor.Actor {
	w.T.Helper()
	p := w.Person(login, w.Unit(org.Department, login+"的办公室"), actor.Admin).Person
	_, _, err := w.auth.CreateAccount(ctx, by, auth.CreateAccount{Login: login, Person: p, Keep: true})
	must(w.T, err)
	return w.as(login)
}

// TestNobodyVouchesOutOfTheSameHand: one administrator alone must not be able to play the second one.
func TestNobodyVouchesOutOfTheSameHand(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		puppet, other := w.joined(w.admin, "puppet"), w.joined(w.admin, "other")
		grandchild := w.joined(puppet, "grandchild")
		acc, err := w.auth.Find(ctx, "petition")
		must(t, err)
		reset := func(by actor.Actor) {
			t.Helper()
			_, err := w.auth.ResetPassword(ctx, by, acc.ID)
			must(t, err)
			w.derive()
		}
		refuse := func(says string, by actor.Actor) {
			t.Helper()
			if err := w.auth.Vouch(ctx, by, acc.ID); !errs.Is(err, errs.Denied) {
				t.Errorf("%s vouches: %v", says, err)
			}
			for _, it := range w.items(by) {
				if it.Vouch != "" {
					t.Errorf("%s is asked: %+v", says, it)
				}
			}
		}
		reset(w.admin)
		late := w.joined(w.System, "late")
		refuse("whom the same administrator made", puppet)
		refuse("whom that one made", grandchild)
		refuse("who came after the doubt", late)
		w.wants("nobody of them is asked", puppet)

		reset(puppet)
		refuse("who made the one that reset it", w.admin)
		refuse("whom the same hand made", other)

		touched, err := w.auth.Find(ctx, "second")
		must(t, err)
		must(t, w.auth.Disable(ctx, w.admin, touched.ID))
		must(t, w.auth.Enable(ctx, w.admin, touched.ID))
		reset(w.admin)
		refuse("whose account the administrator opened again", w.second)

		if it := w.item(w.inspector, notice.Vouch); it.Vouch != acc.ID {
			t.Errorf("somebody apart is asked: %+v", it)
		}
		must(t, w.auth.Vouch(ctx, w.inspector, acc.ID))

		w.clock.Add(31 * 24 * time.Hour) // most towns have one administrator, who once made every account
		reset(w.admin)
		refuse("who reset it", w.admin)
		must(t, w.auth.Vouch(ctx, w.second, acc.ID))
	})
}

func TestTheOwnerIsToldWhoVouched(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.wished(w.petition, notice.Never)
		acc, err := w.auth.Find(ctx, "petition")
		must(t, err)
		_, err = w.auth.ResetPassword(ctx, w.admin, acc.ID)
		must(t, err)
		w.derive()
		w.drain()
		w.mail.Letters() // what told of the reset
		must(t, w.auth.Vouch(ctx, w.second, acc.ID))
		w.derive()
		w.drain()
		if it := w.item(w.as("petition"), notice.Vouched); it.Whose != w.second.Person || !it.Read.IsZero() {
			t.Errorf("the page says %+v", it)
		}
		name := w.second.Name
		got := w.mail.Letters()
		if !slices.ContainsFunc(got, func(l noticetest.Letter) bool {
			return l.To == "petition@yn.example" && name != "" && strings.Contains(l.Text, name)
		}) {
			t.Errorf("mailed: %+v", got)
		}
	})
}

func TestAdministratorsAreToldWhoTookTheKeys(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		for _, what := range []string{"keys_printed", "keys_exported", "keys_marked_saved"} {
			_, err := w.Orgs.Note(ctx, w.admin, org.Note{What: what})
			must(t, err)
		}
		w.wants("the other administrator, once for each", w.second, notice.KeysTaken, notice.KeysTaken)
		w.wants("not whoever did it", w.admin)
		w.wants("nobody else", w.mayor)
		if it := w.item(w.second, notice.KeysTaken); it.Whose != w.admin.Person {
			t.Errorf("told of %+v", it)
		}
	})
}
