package admin_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/id"
	"yanming/internal/journal"
	"yanming/internal/org"
	"yanming/internal/web/page/pagetest"
)

// TestAConflictKeepsWhatWasTyped: two administrators change one record; the second sees how it stands, with all that
// was typed, and decides.
func TestAConflictKeepsWhatWasTyped(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		w, admin := founded(t, d)
		admin.get("/admin/units/new").fill("/admin/units/new", "kind", "department", "name", "水利站").must(200, "水利站")
		unit := ""
		for _, u := range w.dir(dbtest.Town).Units() {
			if u.Name == "水利站" {
				unit = "/admin/units/" + u.ID
			}
		}
		other := w.browser()
		other.cookies["ym"] = admin.cookies["ym"]
		admin.get(unit)
		other.get(unit).fill(unit, "name", "水利服务站").must(200, "已保存")
		admin.fill(unit, "name", "水务站", "phone", "0371-62180000").must(409, "刚被别人改过", "水利服务站")
		if got := admin.form(unit); got.Get("name") != "水务站" || got.Get("phone") != "0371-62180000" {
			t.Errorf("what was typed is lost: %v", got)
		}
		admin.fill(unit).must(200, "水务站", "已保存")

		admin.get("/admin/people/list").fill("/admin/people/list", "people", "许青 领导班子 镇领导").must(200)
		person := "/admin/people/" + w.dir(dbtest.Town).Leaders()[0].ID
		admin.get(person)
		other.get(person).fill(person, "title", "副镇长").must(200)
		admin.fill(person, "title", "镇长").must(409, "副镇长")
		if admin.form(person).Get("title") != "镇长" {
			t.Error("the title is lost")
		}
		admin.get("/admin/categories/water")
		other.get("/admin/categories/water").fill("/admin/categories/water", "name", "水").must(200)
		admin.fill("/admin/categories/water", "name", "用水").must(409, "刚被别人改过").fill("/admin/categories/water").must(200, "用水")
		rule := "/admin/rules/opinion/handle"
		admin.get(rule)
		other.get(rule).fill(rule, "span", "4").must(200)
		admin.fill(rule, "span", "3").must(409, "4个工作日").fill(rule).must(200, "3个工作日")
	})
}

func TestAListSentTwiceIsTakenOnce(t *testing.T) {
	w, admin := founded(t, dbtest.SQLite(t, nil))
	admin.get("/admin/people/list")
	form := with(admin.form("/admin/people/list"), "people", "林月 便民服务中心 受理员")
	admin.post("/admin/people/list", form).must(200, "初始密码")
	admin.post("/admin/people/list", form).must(409, "已经收下")
	if n := len(w.dir(dbtest.Town).People()); n != 2 {
		t.Errorf("%d people", n)
	}
	admin.get("/admin/people/new")
	one := with(admin.form("/admin/people/new"), "name", "林月", "unit", w.dir(dbtest.Town).Units()[0].ID, "role", "handler")
	admin.post("/admin/people/new", one).must(200, "林月2") // a namesake: another person, another login
	admin.post("/admin/people/new", one).must(409, "已经收下")
	if n := len(w.dir(dbtest.Town).People()); n != 3 {
		t.Errorf("%d people", n)
	}
	admin.get("/admin/people/list").fill("/admin/people/list", "people", "林月 党政办公室 综合组").must(422, "有重名")
}

func TestAccounts(t *testing.T) {
	w, admin := founded(t, dbtest.SQLite(t, nil))
	admin.get("/admin/people/list").fill("/admin/people/list", "people", "林月 便民服务中心 受理员", "accounts", "").must(200, "没有账号")
	lin := "/admin/people/" + w.dir(dbtest.Town).PeopleWith(actor.Intake)[0].ID
	account := lin + "/account"
	admin.get(lin).fill(account, "what", "create", "login", "guanli").must(422, "已经有人用了")
	admin.fill(account, "what", "create", "login", "lin.yue").must(200, "lin.yue", "初始密码")
	b := w.login("lin.yue", admin.texts("b", "num")[0])
	admin.get(lin).must(200, "在用").fill(account, "what", "reset").must(200, "初始密码")
	if b.get("/account"); !strings.HasPrefix(b.at, "/login") {
		t.Error("a session lives on after its password was reset")
	}
	b = w.login("lin.yue", admin.texts("b", "num")[0])
	admin.get(lin).fill(account, "what", "revoke").must(200)
	if b.get("/account"); !strings.HasPrefix(b.at, "/login") {
		t.Error("a revoked session lives")
	}
	admin.get(lin).fill(account, "what", "disable").must(200, "已停用").fill(account, "what", "disable").must(409)
	admin.get(lin).fill(account, "what", "enable").must(200, "在用")
	admin.fill(account, "what", "paint").must(409)
}

func TestPostsHaveAHistory(t *testing.T) {
	w, admin := founded(t, dbtest.SQLite(t, nil))
	admin.get("/admin/villages").fill("/admin/villages", "villages", "柳岸村\n东坡村")
	admin.get("/admin/people/list").fill("/admin/people/list", "people", "许青,领导班子,镇领导,副镇长\n方远,领导班子,镇领导,镇长\n白杨,便民服务中心,包村干部,,柳岸村 东坡村").must(200)
	dir := w.dir(dbtest.Town)
	cadre := dir.PeopleWith(actor.Cadre)[0].ID
	if v := dir.PostsOf(cadre)[0].Villages; len(v) != 2 {
		t.Errorf("villages %v", v)
	}
	path := "/admin/people/" + cadre
	old := dir.PostsOf(cadre)[0].ID
	admin.get(path).fill(path+"/posts", "unit", dir.PostsOf(cadre)[0].Unit, "role", "handler", "replaces", old, "since", "2999-01-01").must(422, "开始时间不能晚于现在")
	admin.get(path).fill(path+"/posts", "unit", dir.PostsOf(cadre)[0].Unit, "role", "handler", "replaces", old).must(200, "承办人", "以前的岗位", "包村干部")
	now := w.dir(dbtest.Town).PostsOf(cadre)
	if len(now) != 1 || now[0].Role != actor.Handler {
		t.Fatalf("posts %+v", now)
	}
	admin.fill(path+"/posts/"+now[0].ID+"/end").must(200, "现在没有岗位")
	admin.post(path+"/posts/"+now[0].ID+"/end", admin.form(path)).must(404)

	names := func() (out []string) {
		for _, p := range w.dir(dbtest.Town).Leaders() {
			out = append(out, p.Name)
		}
		return out
	}
	if got := fmt.Sprint(names()); got != "[许青 方远]" {
		t.Fatal(got)
	}
	admin.get("/admin/leaders")
	form := admin.form("/admin/leaders")
	for name := range form {
		if strings.HasPrefix(name, "ord_") {
			form.Set(name, map[string]string{"1": "2", "2": "1"}[form.Get(name)])
		}
	}
	admin.post("/admin/leaders", form).follow().must(200, "已保存")
	if got := fmt.Sprint(names()); got != "[方远 许青]" {
		t.Error(got)
	}

	leader := w.dir(dbtest.Town).Leaders()[0].ID
	admin.get("/admin/contacts").fill("/admin/contacts", "person", leader, "village", "").must(422, "这一项要填")
	admin.fill("/admin/contacts", "village", "419900101201").must(200, "柳岸村", "方远")
	contact := w.dir(dbtest.Town).Contacts("419900101201")[0].ID
	admin.fill("/admin/contacts/"+contact+"/end").must(200, "还没有联系点")
}

func TestRulesAreChangedWithinTheLaw(t *testing.T) {
	w, admin := founded(t, dbtest.SQLite(t, nil))
	rule := "/admin/rules/petition/handle"
	admin.get(rule).must(200, "60日").fill(rule, "span", "70").must(422, "这一条有规定", "第三十四条")
	admin.fill(rule, "span", "45", "law", "本镇承诺").must(200, "45日")
	admin.get(rule).fill(rule, "span", "40", "valid_from", "2999-01-01").must(200)
	admin.get("/admin/rules").must(200, "45日", "40日", "2999年1月1日")
	admin.get("/admin/rules/petition/nothing").must(404)
	err := w.d.View(ctx, dbtest.Town, func(tx *db.Tx) error {
		dir, err := w.orgs.Load(ctx, tx)
		if err != nil {
			return err
		}
		r, err := dir.RuleFor("petition", org.Handle, tx.Now)
		if r.Span.N != 45 {
			t.Errorf("now %d", r.Span.N)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestHolidaysAndSettings(t *testing.T) {
	w, admin := founded(t, dbtest.SQLite(t, nil))
	admin.get("/admin/holidays").must(200, "2004 年到 2026 年").fill("/admin/holidays", "days", "2027-01-01,放假\n2027-13-01,放假\n2027-01-03,加班").must(422, "第 2 行", "第 3 行")
	admin.fill("/admin/holidays", "days", "2027-01-01,放假\n2027-01-03,上班\n2027-10-01,放假").must(200, "2004 年到 2027 年", "2027年1月3日", "调休上班")
	admin.get("/admin/settings").fill("/admin/settings", "office_hours", "早上到晚上", "office_name", "雁南镇便民服务中心").must(422, "办公时间请写成")
	if got := admin.form("/admin/settings").Get("office_name"); got != "雁南镇便民服务中心" {
		t.Errorf("what was typed is lost: %q", got)
	}
	unit := w.dir(dbtest.Town).Units()[0].ID
	admin.fill("/admin/settings", "office_hours", "08:30-12:00，14:30-17:30", "office_phone", "0371-62180000", "default_unit", unit, "show_english", "1").must(200, "已保存")
	got := w.dir(dbtest.Town).Settings
	if got.OfficeName != "雁南镇便民服务中心" || got.OfficePhone != "0371-62180000" || got.Hours.String() != "08:30-12:00,14:30-17:30" || got.DefaultUnit != unit || !got.ShowEnglish {
		t.Errorf("%+v", got)
	}
	admin.get("/admin/settings").post("/admin/settings", with(admin.form("/admin/settings"), "compare_villages", "1", "sms", "1")).follow().must(200)
	if got := w.dir(dbtest.Town).Settings; got.Comparison.On || got.SMS {
		t.Error("a field that the page has not is taken")
	}
	admin.get("/admin/units/"+unit).fill("/admin/retire/units/"+unit).must(422, "先结束或调整他们的岗位")
	admin.get("/admin/categories/new").fill("/admin/categories/new", "code", "well", "name", "机井", "parent", "water").must(200, "— 机井")
	admin.get("/admin/categories/water").fill("/admin/retire/categories/water").must(422, "先停用小类")
	admin.get("/admin/categories/well").fill("/admin/retire/categories/well").must(200)
	if w.dir(dbtest.Town).Category("well").Retired != true {
		t.Error("not retired")
	}
	admin.get("/admin/categories/well").must(404)
}

func TestGridsAndTheirBoundaries(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		w, admin := founded(t, d)
		admin.get("/admin/villages").fill("/admin/villages", "villages", "柳岸村\n东坡村")
		admin.get("/admin/grids").must(200, "没有网格也能收意见").fill("/admin/grids", "grids", "柳岸村,第1网格\n西坡村,第1网格\n柳岸村,第2网格,七\n柳岸村,第1网格").must(422, "第 2 行", "西坡村", "第 3 行", "第 4 行")
		admin.fill("/admin/grids", "grids", "柳岸村,第1网格,11\n柳岸村,第2网格\n东坡村,第1网格,,,\n东坡村\n,全镇").must(200, "一共 5 个网格")
		levels := map[org.GridLevel]int{}
		for _, g := range w.dir(dbtest.Town).Grids() {
			levels[g.Level]++
		}
		if levels[org.PartGrid] != 3 || levels[org.VillageGrid] != 1 || levels[org.TownGrid] != 1 {
			t.Errorf("levels %v", levels)
		}
		square := func(x float64) string {
			return fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%[1]f,34.7],[%[2]f,34.7],[%[2]f,34.71],[%[1]f,34.71],[%[1]f,34.7]]]}`, x, x+0.01)
		}
		feature := func(props map[string]any, x float64) string {
			p, err := json.Marshal(props)
			if err != nil {
				t.Fatal(err)
			}
			return `{"type":"Feature","properties":` + string(p) + `,"geometry":` + square(x) + `}`
		}
		file := func(features ...string) string {
			return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
		}
		admin.get("/admin/grids").upload("/admin/grids/boundaries", "boundary", "not json", "system", "CGCS2000").must(422)
		if len(admin.texts("p", "errmsg")) == 0 {
			t.Error("a broken file is not named")
		}
		admin.upload("/admin/grids/boundaries", "boundary", file(feature(map[string]any{"编号": 11}, 114), feature(map[string]any{"name": "第9网格"}, 114.01)), "system", "CGCS2000").
			must(422, "第 2 块", "第9网格")
		admin.upload("/admin/grids/boundaries", "boundary", file(feature(map[string]any{"编号": 11}, 114), feature(map[string]any{"村": "东坡村", "名称": "第1网格"}, 114.01)), "system", "CGCS2000").
			must(200, "已画")
		drawn := 0
		for n := range admin.doc.Descendants() {
			if n.Data == "path" && n.Parent.Data == "a" && strings.HasPrefix(pagetest.Attr(n.Parent, "href"), "/admin/grids/") {
				drawn++
			}
		}
		if drawn != 2 {
			t.Errorf("%d grids are drawn", drawn)
		}
		grid := "/admin/grids/" + w.dir(dbtest.Town).Grids()[0].ID
		admin.get(grid).upload(grid, "boundary", file(feature(nil, 114.1), feature(nil, 114.2)), "system", "WGS84").must(422)
		admin.get(grid).upload(grid, "boundary", square(114.3), "system", "WGS84", "name", "第一网格").must(200, "第一网格", "已保存")
		admin.get(grid).fill("/admin/retire/"+strings.TrimPrefix(grid, "/admin/")).must(200, "一共 4 个网格")
	})
}

// TestTheJournalTellsNoContent: neither auditor nor administrator reads a word of a case there, and cases in
// confidence are not in it at all.
func TestTheJournalTellsNoContent(t *testing.T) {
	clock := &dbtest.Clock{}
	w, admin := founded(t, dbtest.SQLite(t, clock.Now))
	admin.get("/admin/villages").fill("/admin/villages", "villages", "柳岸村")
	auditor := w.member(admin, "审一", "党政办公室", "审计员")
	w.member(admin, "秦朗", "便民服务中心", "信访专干")
	petition := w.dir(dbtest.Town).PeopleWith(actor.Petition)[0].ID
	admin.get("/admin/confidants").fill("/admin/confidants", "confidants", petition).must(200)
	clock.Add(24 * time.Hour)
	if auditor.get("/admin/journal"); !strings.HasPrefix(auditor.at, "/login") {
		t.Error("a session outlives the night")
	}
	auditor = w.browser()
	auditor.get("/login").fill("/login", "login", "审一", "password", phrase+"审一").must(200, "操作记录")
	register := func(confide bool) {
		t.Helper()
		_, err := w.cases.Register(ctx, actor.Actor{Town: dbtest.Town, Resident: true}, casework.Register{Key: journal.Key(id.Token()), Kind: casework.Opinion,
			Channel: casework.Web, Text: "南渠堵了，书记家的院墙占了渠。", Category: "water", Village: "419900101201", Confide: confide})
		if err != nil {
			t.Fatal(err)
		}
	}
	register(false)
	before := auditor.get("/admin/journal?day=2026-11-24").must(200, "意见", "群众").body
	for _, word := range []string{"南渠", "渠", "院墙", "柳岸村"} {
		if strings.Contains(before, word) {
			t.Errorf("the journal says %q", word)
		}
	}
	register(true)
	if after := auditor.get("/admin/journal?day=2026-11-24"); withoutKeys(after.body) != withoutKeys(before) {
		t.Error("a case in confidence changes the journal")
	}
	auditor.get("/admin/journal?type=unit_saved").must(200, "保存单位")
	for _, row := range auditor.texts("tr", "")[1:] {
		if !strings.Contains(row, "保存单位") {
			t.Errorf("another type: %s", row)
		}
	}
	auditor.get("/admin/journal?day=gestern").must(422, "日期要写成")
	auditor.get("/admin/journal?type=nothing").must(404)
	auditor.get("/admin/journal?before=x").must(404)
	auditor.get("/admin/journal?before=100").must(404)
	sys := actor.Actor{Town: dbtest.Town, System: true}
	for i := range 120 {
		if _, err := w.orgs.SavePerson(ctx, sys, org.SavePerson{Name: fmt.Sprintf("某%d", i)}); err != nil {
			t.Fatal(err)
		}
	}
	auditor.get("/admin/journal?type=person_saved")
	if n := len(auditor.texts("time", "")); n != 100 {
		t.Errorf("%d events on a page", n)
	}
	for n := range auditor.doc.Descendants() {
		if pagetest.Attr(n, "rel") == "next" {
			next, err := url.Parse(pagetest.Attr(n, "href"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := strconv.Atoi(next.Query().Get("before")); err == nil { // it would count what is in confidence
				t.Errorf("the next page is asked for by number: %s", next)
			}
			auditor.get(next.String()).must(200, "回到最新")
			break
		}
	}
	if n := len(auditor.texts("time", "")); n == 0 || n == 100 {
		t.Errorf("%d events on the second page", n)
	}
	// The auditor changes nothing, and no account page opens a way.
	auditor.get("/admin/people").must(404)
}

// withoutKeys takes the one-time tokens out of a page.
func withoutKeys(body string) string {
	for {
		head, rest, ok := strings.Cut(body, `name="key" value="`)
		if !ok {
			return body
		}
		_, tail, _ := strings.Cut(rest, `"`)
		body = head + tail
	}
}

// TestTakingKeysIsWrittenDown: what leaves the installation leaves a line in the journal.
func TestTakingKeysIsWrittenDown(t *testing.T) {
	w, admin := founded(t, dbtest.SQLite(t, nil))
	admin.get("/admin/keys").must(200, "还没有保存").fill("/admin/keys/sheet", "sheet", phrase).must(200, "恢复单")
	lines, err := w.keys.Recovery()
	if err != nil || !strings.Contains(admin.body, lines[0]) {
		t.Errorf("the sheet lacks its lines: %v", err)
	}
	if admin.header.Get("Cache-Control") != "no-store" {
		t.Error("the sheet may be kept by the browser")
	}
	for _, wrong := range []string{"", "猜一个密码试试看"} {
		admin.get("/admin/keys").fill("/admin/keys/sheet", "sheet", wrong).must(422)
		if strings.Contains(admin.body, lines[0]) {
			t.Errorf("the sheet is there for the password %q", wrong)
		}
		admin.get("/admin/keys").fill("/admin/keys/export", "passphrase", "一共十二个字的口令才够长", "again", "一共十二个字的口令才够长", "old", wrong).must(422)
		if strings.HasPrefix(admin.body, "age-encryption.org") {
			t.Errorf("the file is there for the password %q", wrong)
		}
	}
	admin.get("/admin/keys").fill("/admin/keys/saved").must(422)
	admin.get("/admin/keys").fill("/admin/keys/export", "passphrase", "一共十二个字的口令才够长", "again", "别的", "old", phrase).must(422, "两次输入的不一样")
	if saved, err := w.keys.Saved(); saved || err != nil {
		t.Error("marked as kept without a word", err)
	}
	admin.get("/admin/journal?type=keys_printed").must(200)
	if n := len(admin.texts("time", "")); n != 1 {
		t.Errorf("%d lines", n)
	}
}
