package notice_test

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"yanming/internal/auth"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/notice"
	"yanming/internal/notice/noticetest"
	"yanming/internal/towntest"
)

func contextFor(t *testing.T) (context.Context, context.CancelFunc) {
	return context.WithCancel(t.Context())
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestALetterSaysStepNumberAndDayAndNoMore(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		address := w.wished(w.handler, notice.AtOnce)
		n := w.dispatched()
		w.derive()
		w.drain()
		got := w.mail.Letters()
		if len(got) != 1 || got[0].To != address {
			t.Fatalf("letters %+v", got)
		}
		l := got[0]
		if !strings.Contains(l.Text, n.Grouped()) || !strings.Contains(l.Text, base+"/office/cases/"+string(n)) || !strings.Contains(l.Text, "2026-11-30") {
			t.Errorf("the letter says\n%s", l.Text)
		}
		for _, word := range []string{"渠", "赵", "13900000", "139*", "柳岸"} {
			if strings.Contains(l.Subject+l.Text, word) {
				t.Errorf("%s leaves the program:\n%s", word, l.Text)
			}
		}
		w.drain()
		if got := w.mail.Letters(); len(got) != 0 {
			t.Errorf("sent twice: %+v", got)
		}
	})
}

func TestTheDailyLetterComesOnceOnWorkingDaysAndOnlyWithNews(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.wished(w.handler, notice.Daily)
		w.tick() // Monday, 9:00: the clock begins
		w.clock.Add(time.Minute)
		w.dispatched()
		w.derive()
		w.drain()
		if got := w.mail.Letters(); len(got) != 0 {
			t.Fatalf("at once: %+v", got)
		}
		days := map[string]int{}
		w.clock.Add(29 * time.Minute)
		for range 9 * 24 {
			w.clock.Add(time.Hour)
			w.tick()
			w.drain()
			if n := len(w.mail.Letters()); n > 0 {
				days[w.clock.Now().In(time.FixedZone("", 8*3600)).Format("01-02 15:04")] += n
			}
		}
		// Tuesday: what came on Monday. The 27th ends: due soon, said behind the weekend. The 30th ends: overdue.
		if want := map[string]int{"11-24 08:30": 1, "11-30 08:30": 1, "12-01 08:30": 1}; !maps.Equal(days, want) {
			t.Errorf("letters %v, want %v", days, want)
		}
	})
}

func TestNothingIsMailedThatWasNotWished(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.wished(w.handler, notice.Never)
		w.wished(w.mayor, notice.AtOnce)
		must(t, w.told.SaveWish(ctx, w.mayor, notice.SaveWish{Pace: notice.AtOnce, Muted: []notice.Kind{notice.Leads}, Lang: "en"}))
		n := w.dispatched()
		w.derive()
		w.drain()
		if got := w.mail.Letters(); len(got) != 0 {
			t.Errorf("letters %+v", got)
		}
		w.Do(w.inspector, casework.Supervise{On: towntest.On(n), Level: 1, Text: "抓紧"})
		w.derive()
		w.drain()
		if got := w.mail.Letters(); len(got) != 1 || !strings.Contains(got[0].Text, "under supervision") {
			t.Errorf("in English: %+v", got)
		}
		for _, bad := range []notice.SaveWish{{Pace: "hourly", Lang: "en"}, {Pace: notice.Daily, Lang: "fr"}, {Pace: notice.Daily, Lang: "en", Muted: []notice.Kind{notice.PasswordReset}}} {
			if err := w.told.SaveWish(ctx, w.mayor, bad); !errs.Is(err, errs.Invalid) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
	})
}

func TestAnAddressIsTheirsOnceItsLinkIsFollowed(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		refused := func(says string, err error, k errs.Kind) {
			t.Helper()
			if !errs.Is(err, k) {
				t.Errorf("%s: %v", says, err)
			}
		}
		refused("a wrong password", w.told.AskAddress(ctx, w.handler, "a@yn.example", "wrong"), errs.Invalid)
		must(t, w.told.AskAddress(ctx, w.handler, "a@yn.example", phrase))
		w.drain()
		first := w.token("/account/notices/confirm?token=")
		refused("somebody else's link", w.told.ConfirmAddress(ctx, w.mayor, first), errs.Denied)
		must(t, w.told.AskAddress(ctx, w.handler, "b@yn.example", phrase))
		refused("a link that a newer one followed", w.told.ConfirmAddress(ctx, w.handler, first), errs.Denied)
		w.drain()
		second := w.token("/account/notices/confirm?token=")
		w.clock.Add(25 * time.Hour)
		refused("a day later", w.told.ConfirmAddress(ctx, w.handler, second), errs.Denied)
		must(t, w.told.AskAddress(ctx, w.handler, "b@yn.example", phrase))
		w.drain()
		second = w.token("/account/notices/confirm?token=")
		must(t, w.told.ConfirmAddress(ctx, w.handler, second))
		refused("twice", w.told.ConfirmAddress(ctx, w.handler, second), errs.Denied)
		must(t, w.told.AskAddress(ctx, w.handler, "c@yn.example", phrase))
		w.drain()
		must(t, w.told.ConfirmAddress(ctx, w.handler, w.token("/account/notices/confirm?token=")))
		w.drain()
		if got := w.mail.Letters(); len(got) != 1 || got[0].To != "b@yn.example" || strings.Contains(got[0].Text, "c@yn") {
			t.Errorf("the address before it is told: %+v", got)
		}
	})
}

func TestNothingTypedBeginsAnotherHeader(t *testing.T) {
	for _, bad := range []string{"a@b.example\r\nBcc: x@y.example", "a@b.example\nSubject: x", "a@b.example, x@y.example", "Lin <a@b.example>", "a@b.example\x00",
		"", "a", "a b@c.example", "a@b.example;x@y.example", strings.Repeat("a", 250) + "@b.example", "邮箱@b.example", "\"a\r\n\"@b.example"} {
		if got, err := notice.ParseAddress(bad); !errs.Is(err, errs.Invalid) {
			t.Errorf("%q passes as %q", bad, got)
		}
	}
	server := noticetest.Start(t, true)
	m, err := notice.NewMailer(notice.MailOptions{Host: "127.0.0.1", Port: server.Port, TLS: "tls", From: "雁南镇 <yanming@yn.example>", Roots: server.Roots})
	must(t, err)
	for _, err := range m.Send(ctx, []notice.Letter{{To: "a@yn.example", Subject: "x\r\nBcc: evil@yn.example\r\n\r\nbody", Text: "ok\n.\nRCPT TO:<evil@yn.example>\n", ID: "1"}}) {
		must(t, err)
	}
	got := server.Letters()
	head, _, _ := strings.Cut(got[0].Raw, "\r\n\r\n")
	if len(got) != 1 || strings.Contains(head, "\nBcc:") || got[0].To != "a@yn.example" || !strings.Contains(got[0].Text, "RCPT TO:<evil") {
		t.Errorf("%+v", got)
	}
	for _, err := range m.Send(ctx, []notice.Letter{{To: "a@yn.example\r\nBcc: x@yn.example", Subject: "x", ID: "1"}}) {
		if err == nil || len(server.Letters()) != 0 {
			t.Error("a second receiver passes")
		}
	}
}

func TestHowAMailServerIsReached(t *testing.T) {
	plain, secure := noticetest.Start(t, false), noticetest.Start(t, true)
	for _, tt := range []struct {
		says string
		o    notice.MailOptions
		ok   bool
	}{
		{"STARTTLS with name and password", notice.MailOptions{Port: plain.Port, User: noticetest.Login, Password: noticetest.Password, Roots: plain.Roots}, true},
		{"TLS from the first byte", notice.MailOptions{Port: secure.Port, TLS: "tls", User: noticetest.Login, Password: noticetest.Password, Roots: secure.Roots}, true},
		{"without TLS to this machine", notice.MailOptions{Port: plain.Port, TLS: "none", User: noticetest.Login, Password: noticetest.Password}, true},
		{"a wrong password", notice.MailOptions{Port: plain.Port, User: noticetest.Login, Password: "x", Roots: plain.Roots}, false},
		{"an unknown certificate", notice.MailOptions{Port: plain.Port, User: noticetest.Login, Password: noticetest.Password}, false},
		{"nobody there", notice.MailOptions{Port: 1}, false},
	} {
		tt.o.Host, tt.o.From = "127.0.0.1", "yanming@yn.example"
		m, err := notice.NewMailer(tt.o)
		must(t, err)
		if err := m.Test(ctx); (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.says, err)
		}
	}
	if len(plain.Letters())+len(secure.Letters()) != 0 {
		t.Error("a test sends a letter")
	}
	for option, o := range map[string]notice.MailOptions{
		"--smtp-tls":  {Host: "mail.example", From: "a@b.example", TLS: "none"},
		"--smtp-from": {Host: "mail.example", From: "a@b.example\r\nBcc: c@d.example"},
		"--smtp-port": {Host: "mail.example", From: "a@b.example", Port: 70000},
	} {
		if _, err := notice.NewMailer(o); !errs.Is(err, errs.Invalid) || errs.All(err)[0].Field != option {
			t.Errorf("%s: %v", option, err)
		}
	}
	if m, err := notice.NewMailer(notice.MailOptions{}); m != nil || err != nil {
		t.Errorf("without a host: %v, %v", m, err)
	}
}

func TestWhatAMailServerRefusesForGoodIsDeadAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.wished(w.handler, notice.AtOnce)
		w.mail.Refuse(451)
		w.dispatched()
		w.derive()
		w.drain()
		if waiting, dead, err := w.told.Counts(ctx); err != nil || waiting != 1 || dead != 0 {
			t.Errorf("come later: %d wait, %d dead, %v", waiting, dead, err)
		}
		w.mail.Refuse(550)
		w.clock.Add(time.Minute)
		w.drain()
		if waiting, dead, err := w.told.Counts(ctx); err != nil || waiting != 0 || dead != 1 {
			t.Errorf("never: %d wait, %d dead, %v", waiting, dead, err)
		}
	})
}

func TestALostPasswordIsSetByTheMailedLinkOnce(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.wished(w.handler, notice.Never) // what guards the account is mailed all the same
		const fresh = "一群大雁往北飞去了呀"
		ask := func(login string) {
			t.Helper()
			must(t, w.told.AskLost(ctx, login))
			w.drain()
		}
		ask("handler")
		first := w.token("/login/reset?token=")
		w.clock.Add(time.Minute)
		ask("handler")
		second := w.token("/login/reset?token=")
		for says, token := range map[string]string{"an older link": first, "a made-up one": "x", "none": ""} {
			if err := w.auth.UseLink(ctx, token, fresh); !errs.Is(err, errs.Denied) {
				t.Errorf("%s: %v", says, err)
			}
		}
		if login, err := w.auth.LinkedLogin(ctx, second); login != "handler" || err != nil {
			t.Errorf("the link is of %q, %v", login, err)
		}
		if err := w.auth.UseLink(ctx, second, "123"); !errs.Is(err, errs.Invalid) {
			t.Errorf("a short password: %v", err)
		}
		token, _, err := w.auth.Login(ctx, "handler", phrase, "")
		must(t, err)
		must(t, w.auth.UseLink(ctx, second, fresh))
		if err := w.auth.UseLink(ctx, second, fresh); !errs.Is(err, errs.Denied) {
			t.Errorf("used twice: %v", err)
		}
		if _, _, err := w.auth.Session(ctx, token); !auth.NoSession(err) {
			t.Errorf("an open session lives on: %v", err)
		}
		now := w.with("handler", fresh)
		w.wants("told on the page", now, notice.PasswordSet, notice.AddressSet)
		w.drain()
		if got := w.mail.Letters(); len(got) != 1 || !strings.Contains(got[0].Subject, "密码") {
			t.Errorf("told by mail: %+v", got)
		}
		w.clock.Add(time.Hour)
		ask("handler")
		late := w.token("/login/reset?token=")
		w.clock.Add(31 * time.Minute)
		if err := w.auth.UseLink(ctx, late, phrase); !errs.Is(err, errs.Denied) {
			t.Errorf("half an hour later: %v", err)
		}
		for _, login := range []string{"mayor", "nobody", "x\r\ny", strings.Repeat("x", 1000)} { // no address, no login
			ask(login)
		}
		if got := w.mail.Letters(); len(got) != 0 {
			t.Errorf("letters %+v", got)
		}
	})
}

func TestAskingForALinkIsBounded(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		wait := func(login string, times int) (refused int) {
			for range times {
				if err := w.told.AskLost(ctx, login); err != nil {
					if !errs.Is(err, errs.Invalid) || !strings.HasPrefix(errs.All(err)[0].Key, "auth.wait.") {
						t.Fatal(err)
					}
					refused++
				}
			}
			return refused
		}
		known, unknown := wait("handler", 5), wait("no-such-login", 5)
		if known != unknown || known == 0 {
			t.Errorf("%d refusals for a login, %d for none", known, unknown)
		}
		w.clock.Add(time.Minute)
		refused := 0
		for i := range 40 {
			refused += wait("login"+string(rune('a'+i%26))+string(rune('a'+i/26)), 1)
		}
		if refused != 10 {
			t.Errorf("%d of 40 are refused within a minute", refused)
		}
	})
}

func TestAnAdministratorsResetOpensNothingInConfidence(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.wished(w.petition, notice.Never)
		n := w.say(true)
		w.wants("before", w.petition, notice.AddressSet, notice.Confided)
		reads := func(a string, password string) bool {
			t.Helper()
			who := w.with(a, password)
			var seen bool
			must(t, w.DB.View(ctx, dbtest.Town, func(tx *db.Tx) error {
				_, err := w.Cases.Get(ctx, tx, who, n)
				p, err2 := w.Cases.List(ctx, tx, who, casework.Filter{View: casework.Every})
				if err2 != nil || (err == nil) != slices.ContainsFunc(p.Cases, func(c casework.Case) bool { return c.Number == n }) {
					t.Errorf("page and list differ: %v, %v", err, err2)
				}
				seen = err == nil
				return nil
			}))
			return seen
		}
		acc, err := w.auth.Find(ctx, "petition")
		must(t, err)
		password, err := w.auth.ResetPassword(ctx, w.admin, acc.ID)
		must(t, err)
		if reads("petition", password) {
			t.Error("whoever reset the password reads in confidence")
		}
		w.derive()
		w.drain()
		if got := w.mail.Letters(); len(got) != 1 || got[0].To != "petition@yn.example" {
			t.Errorf("the owner is told at once: %+v", got)
		}
		doubted := w.with("petition", password)
		w.wants("what was in confidence is taken back", doubted, notice.AddressSet, notice.PasswordReset)
		w.wants("another administrator is asked", w.second, notice.Vouch)
		w.wants("a confidant is asked", w.inspector, notice.Confided, notice.Vouch)
		w.wants("not who reset it", w.admin)
		if it := w.item(w.second, notice.Vouch); it.Vouch != acc.ID || it.Whose != w.petition.Person {
			t.Errorf("asked %+v", it)
		}
		if err := w.told.AskAddress(ctx, doubted, "evil@yn.example", password); !errs.Is(err, errs.Denied) {
			t.Errorf("a doubted account changes its address: %v", err)
		}
		for says, err := range map[string]error{"who reset it": w.auth.Vouch(ctx, w.admin, acc.ID), "the account itself": w.auth.Vouch(ctx, doubted, acc.ID),
			"somebody else": w.auth.Vouch(ctx, w.mayor, acc.ID)} {
			if !errs.Is(err, errs.Denied) {
				t.Errorf("%s vouches: %v", says, err)
			}
		}
		must(t, w.auth.Vouch(ctx, w.inspector, acc.ID))
		if !reads("petition", password) {
			t.Error("vouched for, they do not read")
		}
		w.wants("nobody is asked any more", w.second)
		w.drain() // the owner is told
		if err := w.auth.Vouch(ctx, w.second, acc.ID); !errs.Is(err, errs.Conflict) {
			t.Errorf("vouched twice: %v", err)
		}
		_, err = w.auth.ResetPassword(ctx, w.admin, acc.ID)
		must(t, err)
		must(t, w.told.AskLost(ctx, "petition"))
		w.drain()
		w.derive()
		must(t, w.auth.UseLink(ctx, w.token("/login/reset?token="), phrase))
		if !reads("petition", phrase) {
			t.Error("whoever has the confirmed mailbox is they")
		}
	})
}

func TestATurnForMailsIsNotGivenBackByCalls(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		if !notice.MailIsStillAway(w.told) {
			t.Error("a second mailing begins while one runs")
		}
	})
}
