package admin_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"yanming/internal/backup"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/uitest"
)

func TestMain(m *testing.M) { uitest.Main(m) }

// TestPagesAreSound goes through set-up in the browser, without JavaScript, and looks at every kind of page on a desk
// and on a phone: axe, reflow at 320 px, the console.
func TestPagesAreSound(t *testing.T) {
	var served http.Handler
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { served.ServeHTTP(w, r) }))
	t.Cleanup(srv.Close)
	w := newWorld(t, dbtest.SQLite(t, nil), srv.URL)
	served = w.served
	token, err := w.auth.NewSetupToken(ctx)
	if err != nil {
		t.Fatal(err)
	}
	p := uitest.New(t).Page()
	look := func(name string) {
		t.Helper()
		for _, v := range [][2]int{{390, 844}, {1366, 768}} {
			p.Viewport(v[0], v[1])
			p.MustBeSound()
			p.Screenshot(fmt.Sprint(name, "-", v[0]))
		}
	}
	p.NoScript()
	p.Open(srv.URL + "/setup")
	look("token")
	p.Open(srv.URL + "/setup?token=" + token)
	look("begin")
	p.Open(srv.URL + "/setup/place?kind=town&p=41&c=4101")
	p.Select("#f-d", "410122")
	p.Submit(`form[action="/setup/place"]`)
	look("place")
	p.Select("#f-t", "410122114")
	p.Submit(`form[action="/setup/place"]`)
	p.Type("#f-person", "管理员")
	p.Type("#f-login", "guanli")
	p.Type("#f-password", phrase)
	p.Submit(`form[action="/setup/admin"]`)
	look("founder-wrong")
	p.Type("#f-password", phrase)
	p.Type("#f-again", phrase)
	p.Submit(`form[action="/setup/admin"]`)
	if got := p.URL(); got != srv.URL+"/admin/" {
		t.Fatalf("set-up leads to %s: %s", got, p.Text("main"))
	}
	look("home")
	p.Open(srv.URL + "/admin/villages")
	p.Type("#f-villages", "柳岸村\n东坡村\n雁湖社区")
	p.Submit(`form[action="/admin/villages"]`)
	look("villages")
	p.Open(srv.URL + "/admin/people/list")
	p.Type("#f-people", "林月 便民服务中心 大管家")
	p.Submit(`form[action="/admin/people/list"]`)
	look("roster-wrong")
	p.Type("#f-people", "林月,便民服务中心,受理员\n许青,领导班子,镇领导,副镇长\n许青,水利站,镇领导\n高原,柳岸村,支书")
	p.Submit(`form[action="/admin/people/list"]`)
	look("logins")
	made, _, err := w.backups.Make(ctx, backup.Order{Kind: backup.Nightly})
	if err != nil {
		t.Fatal(err)
	}
	full := errs.All(errs.Field("-o", "backup.full", "/srv/yanming/backups"))[0]
	for _, m := range []backup.Made{made, {Kind: backup.Nightly, At: made.At.Add(time.Minute), Failure: full}} {
		if err := backup.Note(ctx, w.d, m); err != nil {
			t.Fatal(err)
		}
	}
	for _, page := range [][2]string{{"people", "/admin/people"}, {"person", "/admin/people/" + w.dir("410122114").Leaders()[0].ID}, {"leaders", "/admin/leaders"},
		{"confidants", "/admin/confidants"}, {"rules", "/admin/rules"}, {"rule", "/admin/rules/petition/handle"}, {"categories", "/admin/categories"}, {"units", "/admin/units"},
		{"settings", "/admin/settings"}, {"keys", "/admin/keys"}, {"backup", "/admin/backup"}, {"health", "/admin/health"}, {"journal", "/admin/journal"}, {"account", "/account"}, {"password", "/account/password"}} {
		p.Open(srv.URL + page[1])
		look(page[0])
	}
	p.Open(srv.URL + "/admin/grids")
	p.Type("#f-grids", "柳岸村,第1网格\n柳岸村,第2网格")
	p.Submit(`form[action="/admin/grids"]`)
	look("grids")
	p.SetCookie(srv.URL, "lang", "en")
	p.Open(srv.URL + "/admin/rules")
	look("rules-en")
	p.SetCookie(srv.URL, "ym", "")
	p.Open(srv.URL + "/login")
	look("login")
}
