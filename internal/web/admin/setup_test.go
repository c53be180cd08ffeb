package admin_test

import (
	"strings"
	"testing"
	"time"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/id"
	"yanming/internal/journal"
)

// TestTheFirstReceiptComesWithinFiveMinutes goes through the whole set-up by HTTP, as a newcomer with a script would,
// up to the first receipt.
func TestTheFirstReceiptComesWithinFiveMinutes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		began := time.Now()
		w := newWorld(t, d, "https://yn.example")
		b := w.browser()
		token, err := w.auth.NewSetupToken(ctx)
		if err != nil {
			t.Fatal(err)
		}
		b.get("/setup?token="+token).must(200, "一个镇自己用", "yanming demo")
		if b.at != "/setup" {
			t.Errorf("the token stays in the address: %s", b.at)
		}
		if steps := b.texts("dt", ""); len(steps) != 7 {
			t.Errorf("%d steps", len(steps))
		}
		b.get("/setup/place?kind=town").must(200, "省")
		b.get("/setup/place?kind=town&p=41").must(200, "河南省", "郑州市")
		b.get("/setup/place?kind=town&p=41&c=4101").must(200, "中牟县")
		b.get("/setup/place?kind=town&p=41&c=4101&d=410122").must(200, "雁鸣湖镇")
		b.get("/setup/place?kind=town&p=41&c=4101&d=410122&t=410122114").must(200, "第一位管理员")
		// A made-up place, typed.
		b.get("/setup/admin?code=" + dbtest.Town + "&name=雁南镇").must(200)
		b.fill("/setup/admin", "person", "管理员", "login", "guanli", "password", "123456", "again", "123456").must(422, "密码至少 10 个字")
		b.fill("/setup/admin", "password", phrase, "again", phrase).must(200, "正式用之前，一共 7 件事", "已完成")
		if b.at != "/admin/" || b.cookies["setup"] != "" {
			t.Errorf("after set-up at %s with %v", b.at, b.cookies)
		}

		b.get("/admin/villages").fill("/admin/villages", "villages", "柳岸村\n419900101abc 东坡村\n柳岸村").must(422, "第 3 行", "柳岸村")
		b.fill("/admin/villages", "villages", "柳岸村\n东坡村\n雁湖社区").must(200, "一共 3 个村", "419900101201", "已保存")

		list := "姓名\t单位\t岗位\t职务\t村\n林月\t便民服务中心\t受理员\n秦朗\t便民服务中心\t信访专干\n许青\t领导班子\t镇领导\t副镇长\n许青\t水利站\t镇领导\n陈立\t水利站\t承办人\n高原\t柳岸村\t支书\n白杨\t便民服务中心\t包村干部\t\t柳岸村、东坡村"
		b.get("/admin/people/list").fill("/admin/people/list", "people", strings.Replace(list, "承办人", "大管家", 1)).must(422, "第 6 行", "大管家")
		b.fill("/admin/people/list", "people", list).must(200, "只在这一页显示一次", "林月", "便民服务中心")
		if slips := b.texts("b", "num"); len(slips) != 6 {
			t.Errorf("%d passwords for six people", len(slips))
		}
		dir := w.dir(dbtest.Town)
		if leaders := dir.Leaders(); len(leaders) != 1 || leaders[0].Name != "许青" || len(dir.UnitsOf(leaders[0].ID)) != 2 {
			t.Errorf("leaders %+v", leaders)
		}
		water := ""
		for _, u := range dir.Units() {
			if u.Name == "水利站" {
				water = u.ID
			}
		}
		if dir.LeaderFor(water, "") != dir.Leaders()[0].ID {
			t.Error("the leader is not in charge of the water station")
		}

		petition := dir.PeopleWith(actor.Petition)[0].ID
		b.get("/admin/confidants").fill("/admin/confidants", "confidants", petition).must(200, "已保存")
		b.get("/admin/rules").must(200, "信访事项", "60日", "《信访工作条例》第三十四条", "本镇约定").fill("/admin/rules/confirm").must(200, "已核对")
		b.get("/admin/categories/water").fill("/admin/categories/water", "unit", water).must(200, "水利站")
		if !strings.Contains(b.get("/admin/health").must(200, "在 /admin/keys 或用").body, `<a href="/admin/keys">/admin/keys</a>`) {
			t.Error("a finding does not lead to the page it names")
		}
		b.get("/admin/people").must(200, "账号", "状态")
		b.get("/admin/keys").fill("/admin/keys/export", "passphrase", "短", "again", "短", "old", phrase).must(422, "至少要 12 个字符")
		b.get("/admin/keys").post("/admin/keys/export", with(b.form("/admin/keys/export"), "passphrase", "雁鸣湖边的密钥要放好才行", "again", "雁鸣湖边的密钥要放好才行", "old", phrase))
		if b.status != 200 || !strings.HasPrefix(b.body, "age-encryption.org/v1") || !strings.Contains(b.header.Get("Content-Disposition"), "attachment") {
			t.Errorf("export: %d %v %.30q", b.status, b.header, b.body)
		}
		b.get("/admin/keys").fill("/admin/keys/saved", "kept", "1").must(200, "已妥善保存")
		b.get("/admin/backup").must(200, "yanming-data", "不要复制正在运行的数据库")
		if left := b.get("/admin/").must(200).texts("span", "y"); len(left) != 0 {
			t.Errorf("left to check: %v", left)
		}

		receipt, err := w.cases.Register(ctx, actor.Actor{Town: dbtest.Town, Resident: true}, casework.Register{Key: journal.Key(id.Token()),
			Kind: casework.Opinion, Channel: casework.Web, Text: "南渠堵了，一下雨水就往院里倒。", Category: "water", Village: "419900101201"})
		if err != nil || len(receipt.Number) != 12 || len(receipt.Code) != 6 {
			t.Fatalf("the first receipt: %+v, %v", receipt, err)
		}
		if took := time.Since(began); took > 5*time.Minute {
			t.Errorf("the first receipt took %s", took)
		}
	})
}

func TestTheSetUpTokenWorksOnce(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, nil), "https://yn.example")
	token, err := w.auth.NewSetupToken(ctx)
	if err != nil {
		t.Fatal(err)
	}
	stranger := w.browser()
	stranger.get("/setup").must(200, "开通口令")
	stranger.get("/setup?token=0123456789abcdef0123456789abcdef").must(403, "开通口令不对")
	for _, path := range []string{"/setup/place", "/setup/admin"} {
		if stranger.get(path); stranger.at != "/setup" {
			t.Errorf("%s opens without a token at %s", path, stranger.at)
		}
	}
	stranger.get("/setup").fill("/setup", "token", token).must(200, "选一种开始办法")
	second := w.browser()
	second.get("/setup?token=" + token).must(200)
	for _, b := range []*browser{stranger, second} { // both have the form open
		b.get("/setup/admin?code=" + county + "&name=雁县").must(200)
	}
	for _, b := range []*browser{stranger, second} {
		b.post("/setup/admin", with(b.form("/setup/admin"), "person", "管理员", "login", "guanli", "password", phrase, "again", phrase)).follow()
	}
	stranger.must(200, "正式用之前")
	second.must(200, "开通口令") // asks for a token again
	if ts, err := w.orgs.AllTowns(ctx); err != nil || len(ts) != 1 {
		t.Errorf("%d towns, %v", len(ts), err)
	}
	w.browser().get("/setup?token="+token).must(403, "或者已经用过")
}

func TestTheCountyOpensItsTowns(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, nil), "https://yn.example")
	b := w.foundAs("410122", "中牟县")
	b.get("/admin/").must(200, "开通各镇", "县里还没有受理员")
	b.get("/admin/towns").must(200, "雁鸣湖镇")
	b.fill("/admin/towns", "person", "周平", "login", "zhouping", "code", "999999999", "name", "远镇").must(422, "前 6 位是 410122")
	b.get("/admin/towns").fill("/admin/towns", "place", "410122114", "code", "", "name", "", "person", "周平", "login", "zhouping").must(200, "账号单", "雁鸣湖镇")
	password := b.texts("b", "num")[0]
	b.get("/admin/towns").must(200, "410122114")
	for _, path := range []string{"/admin/villages", "/admin/grids", "/admin/contacts"} {
		b.get(path).must(404)
	}
	town := w.login("zhouping", password)
	town.get("/admin/").must(200, "一共 5 件事")
	for _, path := range []string{"/admin/towns", "/admin/keys", "/admin/backup"} { // the county's alone
		town.get(path).must(404)
	}
	for _, path := range []string{"/admin/keys/export", "/admin/keys/sheet", "/admin/keys/saved", "/admin/towns"} {
		town.get("/admin/villages").post(path, town.form("/admin/villages")).must(404)
	}
}

func with(values map[string][]string, pairs ...string) map[string][]string {
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = []string{pairs[i+1]}
	}
	return values
}

func TestEveryPageIsThereInBothLanguages(t *testing.T) {
	w, b := founded(t, dbtest.SQLite(t, nil))
	b.get("/admin/villages").fill("/admin/villages", "villages", "柳岸村").must(200)
	b.get("/admin/people/list").fill("/admin/people/list", "people", "许青,领导班子,镇领导").must(200)
	dir := w.dir(dbtest.Town)
	unit, person := dir.Units()[0].ID, dir.Leaders()[0].ID
	b.get("/admin/grids").fill("/admin/grids", "grids", "柳岸村,第1网格").must(200)
	grid := w.dir(dbtest.Town).Grids()[0].ID
	for _, lang := range []string{"zh-CN", "en"} {
		b.cookies["lang"] = lang
		for _, path := range []string{"/account", "/account/password", "/admin/", "/admin/units", "/admin/units/new", "/admin/units/" + unit, "/admin/villages",
			"/admin/villages/419900101201", "/admin/grids", "/admin/grids/new", "/admin/grids/" + grid, "/admin/contacts", "/admin/people", "/admin/people/list",
			"/admin/people/new", "/admin/people/" + person, "/admin/leaders", "/admin/confidants", "/admin/rules", "/admin/rules/opinion/handle",
			"/admin/categories", "/admin/categories/new", "/admin/categories/water", "/admin/holidays", "/admin/settings", "/admin/keys", "/admin/backup",
			"/admin/journal", "/admin/journal?day=2026-11-23&type=unit_saved"} {
			b.get(path).must(200)
		}
		b.get("/admin/keys").fill("/admin/keys/sheet", "sheet", phrase).must(200, "yanming keys import")
	}
	b.get("/admin").must(200)
	if b.at != "/admin/" {
		t.Error(b.at)
	}
}
