package admin

import (
	"testing"
	"time"

	"yanming/internal/auth"
	"yanming/internal/backup"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/web/page"
	"yanming/internal/web/page/pagetest"
)

// TestTemplates checks every template against its struct and executes it in both languages, empty and full.
func TestTemplates(t *testing.T) {
	site := pagetest.Site(t, "https://yn.example", nil)
	set, err := site.Pages(templates, page.Staff)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	form := func(wrong ...string) *page.Form {
		f := page.NewForm()
		f.Set("rev", "1")
		for _, name := range wrong {
			f.Fail(name, "error.required")
		}
		if len(wrong) > 0 {
			f.Errs = append(f.Errs, errs.All(errs.New(errs.Conflict, "error.changed"))...)
		}
		return f
	}
	steps := []page.Step{{N: 1, Key: "admin.step.place", State: "now"}, {N: 2, Key: "admin.step.villages", Href: "/admin/villages", State: "todo", Here: true},
		{N: 3, Key: "admin.step.people", State: "done"}, {N: 4, Key: "admin.step.rules", State: "look"}, {N: 5, Key: "admin.step.categories", State: "later"}}
	empty := frame{Form: form()}
	full := func(wrong ...string) frame {
		return frame{Form: form(wrong...), Saved: true, Tabs: []page.Tab{{Key: "admin.title", Href: "/admin/"}, {Key: "admin.units", Href: "/admin/units", Current: true}}, Steps: steps,
			Now: []page.Row{{Label: i18n.Key("admin.unit.name"), Value: "水利站"}}}
	}
	made := backup.Made{Kind: backup.Nightly, At: at, Path: "/b/x.ybk", Bytes: 1 << 20, Files: 7, Verified: true, Sealed: true, Faults: 2}
	failed := backup.Made{Kind: backup.Upgrade, At: at, Failure: errs.All(errs.Field("-o", "backup.full", "/b"))[0]}
	risky := full()
	risky.Risk = &backupNote{&made, &failed, true}
	pick := []page.Choice{{Label: nothing}, {Value: "a", Label: "甲"}}
	post := postRow{ID: "p", Person: "许青", PersonID: "x", Unit: "水利站", Role: "auth.role.leader", Title: "副镇长", Villages: []string{"柳岸村"}, Since: at, Until: at}
	unit := org.Unit{ID: "u", Name: "水利站", Phone: "0371-62180000", Span: org.Span{Since: at}}
	rule := rowOf(org.DefaultRules()[1], at)
	two := rule
	two.Times = 2
	drawing := gridMap{Width: 640, Height: 460, Areas: []mapArea{{"/admin/grids/1", "柳岸村 第1网格", "M1 1L2 2L3 1Z", 2, 2, "1"}}}
	pagetest.Check(t, set, map[string]any{
		"password": pagetest.Samples{passwordPage{Form: form()}, passwordPage{Form: form("old", "again"), Must: true}},
		"account":  pagetest.Samples{accountPage{frame: empty}, accountPage{frame: full(), Sessions: []sessionRow{{"s", "Firefox, Linux", at, at, true}, {"t", "", at, at, false}}, Posts: []postRow{post}}},
		"home":     pagetest.Samples{homePage{frame: frame{Form: form(), Risk: &backupNote{}}}, homePage{frame: full(), List: steps, Sections: [][]page.Tab{{{Key: "admin.units", Href: "/admin/units"}}}, Address: "https://yn.example/", Open: true}},
		"backup": pagetest.Samples{backupPage{frame: full(), Data: "yanming-data", Dir: "yanming-data/backups"},
			backupPage{frame: risky, Data: "yanming-data", Dir: "yanming-data/backups", Good: &made, Waiting: true, Rows: []backupRow{
				{made, "yanming-419900-20261129-023000-nightly.ybk", false, "12.3 MB"}, {made, "", true, "12.3 MB"}, {failed, "", false, ""},
				{backup.Made{Kind: backup.Manual, At: at}, "yanming-419900-20261128-023000.ybk", false, "1 KB"}}}},
		"health":    pagetest.Samples{healthPage{frame: empty}, healthPage{frame: full(), Sick: 1, Found: []foundRow{{"doctor.check.disk", "doctor.state.todo", "r", "x", "", ""}, {"doctor.check.keys", "doctor.state.todo", "r", "x", "/admin/keys", "y"}}}},
		"units":     pagetest.Samples{unitsPage{frame: empty}, unitsPage{frame: full(), Groups: []unitGroup{{"org.unit.firm", []unitRow{{unit, "柳岸村", 3}}}}}},
		"unit":      pagetest.Samples{unitPage{frame: empty, ID: fresh, Kinds: pick}, unitPage{frame: full("name"), ID: "u", Parents: pick, Posts: []postRow{post}}},
		"villages":  pagetest.Samples{villagesPage{frame: empty}, villagesPage{frame: full("villages"), Villages: []villageRow{{org.Village{ID: "1", Name: "柳岸村"}, 2}}}},
		"village":   pagetest.Samples{villagePage{frame: empty}, villagePage{frame: full("name"), ID: "1", Units: []org.Unit{unit}}},
		"grids":     pagetest.Samples{gridsPage{frame: empty}, gridsPage{frame: full("grids", "boundary"), Grids: []gridRow{{org.Grid{ID: "1", Name: "第1网格", Drawn: true}, "柳岸村", "甲", "乙"}}, Map: drawing, Systems: systemChoices()}},
		"grid":      pagetest.Samples{gridPage{frame: empty, ID: fresh}, gridPage{frame: full("name", "boundary"), ID: "1", Public: "https://yn.example/g/1", Map: drawing, Firms: []org.Unit{unit}, People: pick}},
		"contacts":  pagetest.Samples{contactsPage{frame: empty}, contactsPage{frame: full("person"), Contacts: []contactRow{{"c", "许青", "柳岸村", at}}, Leaders: pick, Villages: pick}},
		"towns":     pagetest.Samples{townsPage{frame: empty}, townsPage{frame: full("code", "login"), Towns: []org.Town{{ID: "1", Name: "雁南镇", Opened: at}}, Places: pick}},
		"people":    pagetest.Samples{peoplePage{frame: empty}, peoplePage{frame: full(), People: []personRow{{org.Person{ID: "p", Name: "许青"}, []postRow{post}, "许青", "admin.account.open"}}}},
		"roster":    pagetest.Samples{rosterPage{frame: empty}, rosterPage{frame: full("people"), Roles: []roleLine{{"auth.role.intake", []i18n.Key{"auth.right.register"}}}}},
		"newperson": pagetest.Samples{newPersonPage{frame: empty}, newPersonPage{frame: full("name", "role"), Units: pick, Roles: pick, Villages: pick[1:]}},
		"person": pagetest.Samples{personPage{frame: empty, ID: "p", State: "admin.account.none", Units: pick, Roles: pick}, personPage{frame: full("name"), ID: "p", Own: true, Posts: []postRow{post}, Past: []postRow{post},
			Account: auth.Account{ID: "a", Login: "许青"}, State: "admin.account.open"},
			personPage{frame: full("role", "login"), ID: "p", Villages: pick[1:], Account: auth.Account{}, State: "admin.account.none"},
			personPage{frame: full(), ID: "p", Account: auth.Account{ID: "a", Login: "许青", Disabled: true}, State: "admin.account.disabled"}},
		"leaders":    pagetest.Samples{leadersPage{frame: empty}, leadersPage{frame: full("ord_p"), Rows: []leaderRow{{org.Post{ID: "p"}, "许青", "ord_p"}}}},
		"confidants": pagetest.Samples{confidantsPage{frame: empty}, confidantsPage{frame: full("confidants"), Choices: pick[1:]}},
		"logins":     pagetest.Samples{loginsPage{}, loginsPage{Slips: []slip{{"许青", "领导班子", "auth.role.leader", "许青", "abcd-efgh-1234"}, {"陈立", "水利站", "", "陈立", ""}}, Address: "https://yn.example/login", Units: []string{"水利站"}}},
		"rules":      pagetest.Samples{rulesPage{frame: empty}, rulesPage{frame: full(), Confirmed: true, Groups: []ruleGroup{{i18n.Pair{ZH: "意见", EN: "Opinion"}, "opinion", []ruleRow{rule, two}}}}},
		"rule":       pagetest.Samples{rulePage{frame: empty}, rulePage{frame: full("span", "law"), Versions: []ruleRow{two, rule}, Units: timeUnitChoices()}},
		"categories": pagetest.Samples{categoriesPage{frame: empty}, categoriesPage{frame: full(), Rows: []categoryRow{{org.Category{Code: "water", Name: i18n.Pair{ZH: "饮水"}, Chip: true, Confide: true}, "— ", "水利站"}}}},
		"category":   pagetest.Samples{categoryPage{frame: empty, Code: fresh}, categoryPage{frame: full("name"), Code: "water", Parents: pick, Units: pick}},
		"holidays":   pagetest.Samples{holidaysPage{frame: empty, First: 2004, Last: 2026}, holidaysPage{frame: full("days"), First: 2004, Last: 2027, Added: []dayRow{{"2027-01-01", "admin.day.holiday"}}}},
		"settings":   pagetest.Samples{settingsPage{frame: empty}, settingsPage{frame: full("office_hours"), Units: pick}},
		"keys":       pagetest.Samples{keysPage{frame: empty, Made: at}, keysPage{frame: full("passphrase", "old", "sheet"), Kept: true, Made: at}},
		"sheet":      sheetPage{Lines: []string{"01 abcd"}, Made: at, Place: "雁南镇"},
		"journal":    pagetest.Samples{journalPage{frame: empty}, journalPage{frame: full("day"), Rows: []logRow{{at, i18n.Key("admin.record.org"), i18n.Key("admin.event.unit_saved"), "许青"}, {at, "other", "other", i18n.Key("admin.journal.system")}}, Types: pick, Pager: page.Pager{Next: "/admin/journal?before=x"}, First: "/admin/journal"}},
	})
}

func TestServicesMustBeGiven(t *testing.T) {
	if _, err := New(Deps{Data: "x"}); err == nil {
		t.Error("pages without services are built")
	}
}

func TestLogins(t *testing.T) {
	for _, c := range []struct {
		name string
		n    int
		want string
	}{{"林月", 1, "林月"}, {"林月", 2, "林月2"}, {"阿依古丽·买买提", 1, "阿依古丽买买提"}, {"王", 1, "王1"}, {"Lin Yue", 1, "LinYue"}} {
		if got := loginFor(c.name, c.n); got != c.want {
			t.Errorf("%s, try %d: %q, want %q", c.name, c.n, got, c.want)
		}
	}
}
