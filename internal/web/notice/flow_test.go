package notice_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/journal"
	"yanming/internal/uitest"
)

func TestMain(m *testing.M) { uitest.Main(m) }

func TestNoticesAreShownAndPutAway(t *testing.T) {
	w := newWorld(t, "https://yn.example", true)
	n := w.dispatched()
	list := w.get("handler", "/office/notices").says(t, 200, "待签收", "到期")
	if !strings.Contains(list.body, `href="/office/cases/`+string(n)+`"`) || strings.Contains(list.body, "南渠") || !strings.Contains(list.body, `class="badge"`) {
		t.Errorf("the list: %s", list.body)
	}
	if got := w.post("admin", "/office/notices/read", "notice", list.hidden(t, "notice")); got.status != http.StatusSeeOther {
		t.Errorf("another's: %d", got.status)
	}
	w.get("handler", "/office/notices").says(t, 200, "知道了")
	if got := w.post("handler", "/office/notices/read", "notice", list.hidden(t, "notice")); got.to != "/office/notices" {
		t.Errorf("read leads to %s", got.to)
	}
	if got := w.get("handler", "/office/notices").says(t, 200, "已看"); strings.Contains(got.body, `class="badge"`) {
		t.Error("the bell still rings")
	}
	w.get("second", "/office/notices").says(t, 200, "没有通知")
	for _, path := range []string{"/office/notices?before=x'y", "/office/notices?before=" + strings.Repeat("9", 40)} {
		w.get("handler", path).says(t, 404)
	}
	if got := w.get("", "/office/notices"); !strings.HasPrefix(got.to, "/login?back=") {
		t.Errorf("a stranger is led to %q", got.to)
	}
}

func TestANoticeOfAReportNamesItsWeek(t *testing.T) {
	w := newWorld(t, "https://yn.example", true)
	for i, step := range [][2]string{{"drafted", "intake"}, {"submitted", "intake"}, {"returned", "second"}} {
		must(t, w.DB.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
			_, err := journal.Append(ctx, tx, journal.Event{Kind: "report", Record: "r", N: int64(i + 1), Type: step[0], Actor: w.people[step[1]],
				Payload: map[string]any{"Period": calendar.WeekOf("2026-11-23")}})
			return err
		}))
	}
	w.derive()
	w.get("intake", "/office/notices").says(t, 200, "您的周报被退回", "2026年第48周（11月23日至11月29日）")
}

func TestAnAddressIsAskedForConfirmedAndToldOf(t *testing.T) {
	w := newWorld(t, "https://yn.example", true)
	w.get("handler", "/account/notices").says(t, 200, "没有填邮箱")
	w.post("handler", "/account/notices/address", "address", "a@yn.example\r\nBcc: x@y.example", "old", phrase).says(t, 422)
	w.post("handler", "/account/notices/address", "address", "a@yn.example", "old", "wrong").says(t, 422)
	w.post("handler", "/account/notices/address", "address", "a@yn.example").says(t, 422)
	if got := w.post("handler", "/account/notices/address", "address", "a@yn.example", "old", phrase); got.to != "/account/notices?ok=asked" {
		t.Fatalf("asked: %d %s", got.status, plain(got.body))
	}
	must(t, w.told.Drain(ctx))
	_, rest, _ := strings.Cut(w.mail.Letters()[0].Text, "/account/notices/confirm?token=")
	token := strings.Fields(rest)[0]
	show := w.get("handler", "/account/notices/confirm?token="+token).says(t, 200)
	w.get("handler", "/account/notices").says(t, 200, "确认链接已发到") // looking at the link confirms nothing
	w.post("admin", "/account/notices/confirm", "token", show.hidden(t, "token")).says(t, 403)
	if got := w.post("handler", "/account/notices/confirm", "token", token); got.to != "/account/notices?ok=confirmed" {
		t.Fatalf("confirmed: %d %s", got.status, plain(got.body))
	}
	w.get("handler", "/account/notices?ok=confirmed").says(t, 200, "a@yn.example", "邮箱已确认")
	if got := w.post("handler", "/account/notices", "pace", "at_once", "lang", "en", "kinds", "overdue"); got.to != "/account/notices?ok=saved" {
		t.Errorf("saved: %d %s", got.status, plain(got.body))
	}
	w.post("handler", "/account/notices", "pace", "hourly", "lang", "en").says(t, 422)
	if got := w.post("handler", "/account/notices/address", "address", "", "old", phrase); got.to != "/account/notices?ok=saved" {
		t.Errorf("ended: %d", got.status)
	}
}

func TestALostPasswordIsSetThroughThePages(t *testing.T) {
	w := newWorld(t, "https://yn.example", true)
	must(t, w.told.AskAddress(ctx, w.actor("handler"), "a@yn.example", phrase))
	must(t, w.told.Drain(ctx))
	_, rest, _ := strings.Cut(w.mail.Letters()[0].Text, "confirm?token=")
	must(t, w.told.ConfirmAddress(ctx, w.actor("handler"), strings.Fields(rest)[0]))
	w.get("", "/login/forgot").says(t, 200, "忘记密码")
	w.post("", "/login/forgot", "login", "").says(t, 422)
	known, unknown := w.post("", "/login/forgot", "login", "handler"), w.post("", "/login/forgot", "login", "nobody-of-that-name")
	if known.to != "/login/forgot?ok=1" || known != unknown {
		t.Errorf("a login is told from none: %+v, %+v", known, unknown)
	}
	w.get("", known.to).says(t, 200, "如果有这个登录名")
	must(t, w.told.Drain(ctx))
	letters := w.mail.Letters()
	if len(letters) != 1 {
		t.Fatalf("letters %+v", letters)
	}
	_, rest, _ = strings.Cut(letters[0].Text, "/login/reset?token=")
	token := strings.Fields(rest)[0]
	show := w.get("", "/login/reset?token="+token).says(t, 200, "handler")
	if strings.Count(show.body, token) != 1 {
		t.Error("the token stands elsewhere than in the form")
	}
	w.post("", "/login/reset", "token", token, "password", "四只大雁带着信飞来了", "again", "x").says(t, 422)
	w.post("", "/login/reset", "token", "x", "password", "四只大雁带着信飞来了", "again", "四只大雁带着信飞来了").says(t, 403, "链接打不开")
	if got := w.post("", "/login/reset", "token", token, "password", "四只大雁带着信飞来了", "again", "四只大雁带着信飞来了"); got.to != "/login" {
		t.Fatalf("set: %d %s", got.status, plain(got.body))
	}
	w.post("", "/login/reset", "token", token, "password", "四只大雁带着信飞来了", "again", "四只大雁带着信飞来了").says(t, 403)
	w.get("", "/login/reset?token="+token).says(t, 403, "链接打不开")
	if _, _, err := w.auth.Login(ctx, "handler", "四只大雁带着信飞来了", ""); err != nil {
		t.Error(err)
	}
	if got := w.get("handler", "/office/notices"); !strings.HasPrefix(got.to, "/login") {
		t.Error("the open session lives on")
	}
}

func TestWithoutAMailServerThePagesSayWhomToAsk(t *testing.T) {
	w := newWorld(t, "https://yn.example", false)
	w.get("", "/login/forgot").says(t, 200, "找管理员")
	w.post("", "/login/forgot", "login", "handler").says(t, 409)
	w.get("handler", "/account/notices").says(t, 200, "没有设置发信服务器")
	w.post("handler", "/account/notices/address", "address", "a@yn.example", "old", phrase).says(t, 409, "找管理员")
	w.post("admin", "/admin/hooks", "unit", w.water, "url", "https://oa.example/").says(t, 409, "不通知单位系统")
	w.dispatched()
	if waiting, dead, err := w.told.Counts(ctx); waiting+dead != 0 || err != nil {
		t.Errorf("%d wait, %d dead, %v", waiting, dead, err)
	}
}

func TestAdministratorsKeepUnitsSystemsAndDeadLetters(t *testing.T) {
	w := newWorld(t, "https://yn.example", true)
	for _, path := range []string{"/admin/hooks", "/admin/deliveries"} {
		w.get("handler", path).says(t, 404)
	}
	w.post("handler", "/admin/hooks", "unit", w.water, "url", "https://oa.example/").says(t, 404)
	for _, bad := range []string{"http://oa.example/", "https://127.0.0.1/", "https://169.254.169.254/latest", "https://[::1]/", "x"} {
		w.post("admin", "/admin/hooks", "unit", w.water, "url", bad).says(t, 422)
	}
	set := w.post("admin", "/admin/hooks", "unit", w.water, "url", "https://127.0.0.1.nip.invalid/hook").says(t, 200, "whsec_", "只显示这一次")
	secret := set.body[strings.Index(set.body, "whsec_"):][:50]
	if again := w.get("admin", "/admin/hooks").says(t, 200, "水利站"); strings.Contains(again.body, secret) || strings.Contains(again.body, "whsec_") {
		t.Error("the secret is shown again")
	}
	w.dispatched()
	must(t, w.told.Drain(ctx))
	w.get("admin", "/admin/deliveries").says(t, 200, "没有发送失败的", "等待发送 1")
	if got := w.post("admin", "/admin/hooks/end", "unit", w.water); got.to != "/admin/hooks?ok=saved" {
		t.Errorf("ended: %d", got.status)
	}
	w.get("admin", "/admin/deliveries").says(t, 200, "等待发送 0")
	w.post("admin", "/admin/deliveries", "delivery", "x", "what", "drop").says(t, 404)
}

func TestAColleagueVouches(t *testing.T) {
	w := newWorld(t, "https://yn.example", true)
	acc, err := w.auth.Find(ctx, "handler")
	must(t, err)
	_, err = w.auth.ResetPassword(ctx, w.actor("admin"), acc.ID)
	must(t, err)
	w.derive()
	ask := w.get("second", "/office/notices").says(t, 200, "handler", "确是本人")
	w.post("admin", "/office/notices/vouch", "account", ask.hidden(t, "account")).says(t, 403)
	if got := w.post("second", "/office/notices/vouch", "account", ask.hidden(t, "account")); got.to != "/office/notices?ok=vouched" {
		t.Fatalf("vouched: %d %s", got.status, plain(got.body))
	}
	w.derive()
	if got := w.get("second", "/office/notices?ok=vouched").says(t, 200, "已证实"); strings.Contains(plain(got.body), "确是本人") {
		t.Error("asked again")
	}
}

// TestPagesAreSound looks at every page on a desk and on a phone: axe, reflow at 320 px, the console.
func TestPagesAreSound(t *testing.T) {
	var served http.Handler
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { served.ServeHTTP(rw, r) }))
	t.Cleanup(srv.Close)
	w := newWorld(t, srv.URL, true)
	served = w.served
	for range 3 {
		w.dispatched()
	}
	acc, err := w.auth.Find(ctx, "intake")
	must(t, err)
	_, err = w.auth.ResetPassword(ctx, w.actor("second"), acc.ID)
	must(t, err)
	w.derive()
	look := func(p *uitest.Page, name string) {
		t.Helper()
		for _, v := range [][2]int{{390, 844}, {1366, 768}} {
			p.Viewport(v[0], v[1])
			p.MustBeSound()
			p.Screenshot(name + "-" + []string{"phone", "desk"}[v[0]/1000])
		}
	}
	for _, login := range []string{"handler", "admin", ""} {
		b := uitest.New(t)
		p := b.Page()
		if login != "" {
			p.SetCookie(srv.URL, "ym", w.sessions[login])
		}
		paths := map[string][][2]string{
			"handler": {{"list", "/office/notices"}, {"wish", "/account/notices"}, {"confirm", "/account/notices/confirm?token=x"}},
			"admin":   {{"vouch", "/office/notices"}, {"hooks", "/admin/hooks"}, {"deliveries", "/admin/deliveries"}},
			"":        {{"lost", "/login/forgot"}, {"reset", "/login/reset?token=x"}},
		}[login]
		for _, x := range paths {
			p.Open(srv.URL + x[1])
			look(p, x[0])
		}
	}
}
