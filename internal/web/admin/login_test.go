package admin_test

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/org"
)

// TestLoginTellsNothing: an unknown login, a wrong password and a disabled account are answered alike, and the delay
// comes for all of them (threat 52).
func TestLoginTellsNothing(t *testing.T) {
	w, admin := founded(t, dbtest.SQLite(t, nil))
	w.member(admin, "林月", "便民服务中心", "受理员")
	lin := w.dir(dbtest.Town).PeopleWith(actor.Intake)[0].ID
	admin.get("/admin/people/"+lin).fill("/admin/people/"+lin+"/account", "what", "disable").must(200, "已停用")
	answers := map[string]string{}
	for login, password := range map[string]string{"guanli": "wrong-password", "nobody": "wrong-password", "林月": phrase + "林月"} {
		b := w.browser()
		b.get("/login").fill("/login", "login", login, "password", password).must(422, "账号或密码不对")
		if b.cookies["ym"] != "" {
			t.Errorf("%s gets a session", login)
		}
		if strings.Contains(b.body, password) {
			t.Errorf("the password of %s is sent back", login)
		}
		answers[strings.ReplaceAll(b.body, login, "X")] = login
	}
	if len(answers) != 1 {
		t.Errorf("%d different answers", len(answers))
	}
	for _, login := range []string{"guanli", "nobody"} {
		b := w.browser()
		b.get("/login").fill("/login", "login", login, "password", "wrong-password")
		b.get("/login").fill("/login", "login", login, "password", "wrong-password")
		b.get("/login").fill("/login", "login", login, "password", phrase).must(422, "请过")
	}
}

// TestSessionsAreNewAndEnd: the token is new at each login, and dead after signing out, a new password, another role
// (threat 51).
func TestSessionsAreNewAndEnd(t *testing.T) {
	w, admin := founded(t, dbtest.SQLite(t, nil))
	b := w.browser()
	b.cookies["ym"] = "0123456789abcdef0123456789abcdef" // planted
	b.get("/login").fill("/login", "login", "guanli", "password", phrase).must(200)
	if b.cookies["ym"] == "0123456789abcdef0123456789abcdef" || b.cookies["ym"] == admin.cookies["ym"] {
		t.Error("the session's token is not new")
	}
	first := b.cookies["ym"]
	b.get("/login").must(200) // signed in already: led on
	if b.at != "/admin/" {
		t.Error(b.at)
	}
	b.post("/login", url.Values{"login": {"guanli"}, "password": {phrase}}).follow().must(200)
	dead := func(token, why string) {
		t.Helper()
		old := w.browser()
		old.cookies["ym"] = token
		if old.get("/admin/"); !strings.HasPrefix(old.at, "/login") {
			t.Errorf("%s the session lives on at %s", why, old.at)
		}
	}
	dead(first, "after another login in the same browser")
	second := b.cookies["ym"]
	b.post("/logout", nil).follow().must(200, "登录")
	dead(second, "after signing out")

	dead2 := admin.cookies["ym"]
	admin.get("/account/password").fill("/account/password", "old", "nicht richtig", "password", phrase+"二", "again", phrase+"二").must(422, "旧密码不对")
	admin.fill("/account/password", "old", phrase, "password", phrase+"二", "again", "anders").must(422, "两次输入的不一样")
	admin.fill("/account/password", "old", phrase, "password", phrase+"二", "again", phrase+"二").must(200, "已保存")
	dead(dead2, "after a new password")

	lin := w.member(admin, "林月", "便民服务中心", "受理员")
	lin.get("/account").must(200, "便民服务中心")
	person := w.dir(dbtest.Town).PeopleWith(actor.Intake)[0].ID
	unit := w.dir(dbtest.Town).UnitsOf(person)[0]
	admin.get("/admin/people/"+person).fill("/admin/people/"+person+"/posts", "unit", unit, "role", "admin").must(200, "已保存")
	dead(lin.cookies["ym"], "after another role")
}

func TestBackLeadsNowhereElse(t *testing.T) {
	w, _ := founded(t, dbtest.SQLite(t, nil))
	for back, want := range map[string]string{"/admin/rules": "/admin/rules", "https://evil.example/": "/admin/", "//evil.example": "/admin/", `/\evil.example`: "/admin/", "": "/admin/"} {
		b := w.browser()
		b.get("/login?back="+url.QueryEscape(back)).fill("/login", "login", "guanli", "password", phrase).must(200)
		if b.at != want {
			t.Errorf("back to %q leads to %s", back, b.at)
		}
	}
}

// TestAFirstPasswordOpensNothingElse holds a session with a password somebody else knows to the page that changes it.
func TestAFirstPasswordOpensNothingElse(t *testing.T) {
	w, admin := founded(t, dbtest.SQLite(t, nil))
	admin.get("/admin/people/list").fill("/admin/people/list", "people", "陈立 水利站 管理员").must(200)
	password := admin.texts("b", "num")[0]
	b := w.browser()
	b.get("/login").fill("/login", "login", "陈立", "password", password).must(200, "先换成只有您知道的")
	for _, path := range []string{"/", "/account", "/admin/", "/admin/people", "/nowhere"} {
		if b.get(path); b.at != "/account/password" {
			t.Errorf("%s opens at %s", path, b.at)
		}
	}
	b.get("/account/password")
	if b.post("/admin/rules/confirm", b.form("/account/password")).follow(); b.at != "/account/password" || w.dir(dbtest.Town).Settings.RulesConfirmed {
		t.Error("a form passes")
	}
	b.get("/account/password").fill("/account/password", "old", password, "password", password, "again", password).must(422, "和旧密码一样")
	b.fill("/account/password", "old", password, "password", phrase, "again", phrase).must(200, "设置概况")
	b.get("/admin/people").must(200)
}

func TestOwnSessionsAreListedAndRevoked(t *testing.T) {
	w, admin := founded(t, dbtest.SQLite(t, nil))
	other := w.browser()
	other.get("/login").fill("/login", "login", "guanli", "password", phrase).must(200)
	admin.get("/account").must(200, "这台", "别处")
	admin.fill("/account/revoke").must(200, "已保存") // the first form with that action is the other session's
	if other.get("/admin/"); !strings.HasPrefix(other.at, "/login") {
		t.Error("the revoked session lives")
	}
	admin.get("/account").must(200)
	if n := len(admin.texts("dt", "")); n != 1 {
		t.Errorf("%d sessions", n)
	}
	stranger := w.member(admin, "林月", "便民服务中心", "受理员")
	list, err := w.auth.Sessions(ctx, actorOf(t, w, admin.cookies["ym"]))
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	stranger.get("/account")
	stranger.post("/account/revoke", with(stranger.form("/account/revoke"), "session", list[0].ID, "all", ""))
	admin.get("/admin/").must(200) // another's session is not his to end
	admin.get("/account").post("/account/revoke", with(admin.form("/account/revoke"), "all", "1")).follow()
	if admin.get("/admin/"); !strings.HasPrefix(admin.at, "/login") {
		t.Error("signing out everywhere leaves this one")
	}
}

func actorOf(t *testing.T, w *world, token string) actor.Actor {
	t.Helper()
	a, _, err := w.auth.Session(ctx, token)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// routes are all that this package registers, with ids that are there.
func routes(w *world) (gets, posts []string) {
	dir := w.dir(dbtest.Town)
	unit, person := dir.Units()[0].ID, dir.People()[0].ID
	gets = []string{"/admin", "/admin/", "/admin/backup", "/admin/units", "/admin/units/new", "/admin/units/" + unit, "/admin/villages", "/admin/villages/419900101201",
		"/admin/grids", "/admin/grids/new", "/admin/contacts", "/admin/towns", "/admin/people", "/admin/people/list", "/admin/people/new", "/admin/people/" + person,
		"/admin/leaders", "/admin/confidants", "/admin/rules", "/admin/rules/opinion/handle", "/admin/categories", "/admin/categories/new", "/admin/categories/water",
		"/admin/holidays", "/admin/settings", "/admin/keys", "/admin/journal"}
	posts = []string{"/admin/units/new", "/admin/units/" + unit, "/admin/villages", "/admin/villages/419900101201", "/admin/grids", "/admin/grids/boundaries", "/admin/grids/new",
		"/admin/retire/units/" + unit, "/admin/contacts", "/admin/contacts/x/end", "/admin/towns", "/admin/people/list", "/admin/people/new", "/admin/people/" + person,
		"/admin/people/" + person + "/posts", "/admin/people/" + person + "/posts/x/end", "/admin/people/" + person + "/account", "/admin/leaders", "/admin/confidants",
		"/admin/rules/confirm", "/admin/rules/opinion/handle", "/admin/categories/new", "/admin/categories/water", "/admin/holidays", "/admin/settings",
		"/admin/keys/export", "/admin/keys/sheet", "/admin/keys/saved", "/admin/backup"}
	return gets, posts
}

// TestOthersFindNothing: every page of an administrator is, for every other role, byte for byte what is not there. The
// auditor has the journal and nothing else.
func TestOthersFindNothing(t *testing.T) {
	w, admin := founded(t, dbtest.SQLite(t, nil))
	admin.get("/admin/villages").fill("/admin/villages", "villages", "柳岸村").must(200)
	gets, posts := routes(w)
	for i, role := range []actor.Role{actor.Intake, actor.Leader, actor.Petition, actor.Secretary, actor.Auditor} {
		b := w.member(admin, string([]rune("甲乙丙丁戊")[i])+"某", "便民服务中心", string(role))
		b.get("/nowhere").must(404)
		none := b.body
		for _, path := range gets {
			if role == actor.Auditor && path == "/admin/journal" {
				b.get(path).must(200, "没有内容")
				continue
			}
			if b.get(path); b.status != 404 || b.body != none {
				t.Errorf("%s finds %s: %d", role, path, b.status)
			}
		}
		for _, path := range posts {
			if b.post(path, url.Values{"key": {"0123456789abcdef0123456789abcdef"}, "name": {"x"}}); b.status != 404 || b.body != none {
				t.Errorf("%s sends to %s: %d", role, path, b.status)
			}
		}
	}
	nobody := w.browser()
	for _, path := range gets {
		if nobody.get(path); !strings.HasPrefix(nobody.at, "/login?back=") {
			t.Errorf("nobody finds %s at %s", path, nobody.at)
		}
	}
}

// TestFormsFromOtherSitesAreRefused sends every form as another site would (threat 50).
func TestFormsFromOtherSitesAreRefused(t *testing.T) {
	w, admin := founded(t, dbtest.SQLite(t, nil))
	admin.get("/admin/villages").fill("/admin/villages", "villages", "柳岸村").must(200)
	_, posts := routes(w)
	for _, path := range append(posts, "/login", "/logout", "/setup", "/setup/admin", "/account/revoke", "/account/password") {
		for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
			r := httptest.NewRequest("POST", path, strings.NewReader("name=x"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set(name, value)
			if admin.send(r); admin.status != 403 {
				t.Errorf("%s with %s: %d", path, name, admin.status)
			}
		}
	}
	admin.get("/admin/").must(200)
}

// TestNobodyGivesHimselfAPost: refused on every way, and written down (threat 31).
func TestNobodyGivesHimselfAPost(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		w, admin := founded(t, d)
		dir := w.dir(dbtest.Town)
		self, unit := dir.PeopleWith(actor.Admin)[0].ID, dir.Units()[0].ID
		admin.get("/admin/people/"+self).must(200, "另一位管理员")
		admin.post("/admin/people/"+self+"/posts", with(admin.form("/admin/people/"+self), "unit", unit, "role", "intake")).must(403, "不能给自己安排岗位")
		admin.get("/admin/people/list").fill("/admin/people/list", "people", "管理员，党政办公室，受理员").must(403, "不能给自己安排岗位", "管理员，党政办公室，受理员")
		admin.post("/admin/people/"+self+"/account", with(admin.form("/admin/people/list"), "what", "reset")).must(403)
		admin.get("/admin/people/" + self)
		admin.post("/admin/people/"+self+"/posts/"+dir.PostsOf(self)[0].ID+"/end", admin.form("/admin/people/"+self)).must(422, "最后一位管理员")
		if posts := w.dir(dbtest.Town).PostsOf(self); len(posts) != 1 || posts[0].Role != actor.Admin {
			t.Errorf("posts now: %+v", posts)
		}
		admin.get("/admin/journal?type=self_grant_refused").must(200, "给自己安排岗位，被拒")
		if rows := admin.texts("time", ""); len(rows) != 2 {
			t.Errorf("%d refusals are written down, not 2", len(rows))
		}
		// The town of a request is the session's, whatever a form says (threat 30).
		admin.get("/admin/units/new")
		admin.post("/admin/units/new", with(admin.form("/admin/units/new"), "kind", "department", "name", "别处", "town", "419900999", "town_id", "419900999")).follow().must(200)
		if got := w.dir(dbtest.Town).Units(org.Department); len(got) != 2 {
			t.Errorf("%d units", len(got))
		}
	})
}

// TestAnotherTownsRecordsAreNotThere asks for ids of another town (threat 29).
func TestAnotherTownsRecordsAreNotThere(t *testing.T) {
	w, admin := founded(t, dbtest.SQLite(t, nil))
	sys := actor.Actor{Town: "419900102", System: true}
	must := func(s string, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	time.Sleep(2 * time.Millisecond) // not opened at the same moment as the founding town
	must(w.orgs.OpenTown(ctx, sys, org.OpenTown{ID: sys.Town, Name: "雁北镇"}))
	unit := must(w.orgs.SaveUnit(ctx, sys, org.SaveUnit{Kind: org.Department, Name: "水利站"}))
	person := must(w.orgs.SavePerson(ctx, sys, org.SavePerson{Name: "方远"}))
	village := must(w.orgs.AddVillages(ctx, sys, org.AddVillages{Villages: []org.VillageLine{{Name: "北村"}}}))
	grid := must(w.orgs.SaveGrid(ctx, sys, org.SaveGrid{Level: org.PartGrid, Village: village, Name: "第1网格"}))
	for _, path := range []string{"/admin/units/" + unit, "/admin/people/" + person, "/admin/villages/" + village, "/admin/grids/" + grid} {
		admin.get(path).must(404)
		admin.get("/admin/settings").post(path, admin.form("/admin/settings")).must(404)
	}
	for _, path := range []string{"/admin/people/" + person + "/posts", "/admin/people/" + person + "/account", "/admin/retire/units/" + unit, "/admin/retire/grids/" + grid} {
		admin.get("/admin/settings").post(path, admin.form("/admin/settings")).must(404)
	}
}

// TestOnePasswordTriedOnEveryNameIsSlowedDown: by network, where the delay of each account does not come.
func TestOnePasswordTriedOnEveryNameIsSlowedDown(t *testing.T) {
	w, _ := founded(t, dbtest.SQLite(t, nil))
	b := w.browser()
	b.from = "203.0.113.7:4711"
	for i := range 30 {
		b.get("/login").fill("/login", "login", fmt.Sprintf("人%d", i), "password", "123456789012").must(422, "账号或密码不对")
	}
	b.get("/login").fill("/login", "login", "guanli", "password", phrase).must(429, "错误密码太多")
	other := w.browser()
	other.from = "198.51.100.1:4711"
	for range 40 { // right ones do not count
		other.get("/login").fill("/login", "login", "guanli", "password", phrase).must(200)
		other.cookies = map[string]string{}
	}
}
