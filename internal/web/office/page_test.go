package office

import (
	"testing"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/i18n"
	"yanming/internal/web/page"
	"yanming/internal/web/page/pagetest"
)

// TestPagesInBothLanguages checks every template against its page and executes it, empty and full.
func TestPagesInBothLanguages(t *testing.T) {
	site := pagetest.Site(t, "https://yn.example", nil)
	set, err := site.Pages(templates, page.Staff)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 23, 9, 41, 0, 0, calendar.Zone())
	due := page.DueOn("2026-11-25", "2026-11-23", 3)
	pair := i18n.Pair{ZH: "来信", EN: "Letter"}
	file := fileLink{Href: "/office/cases/1/file/2", Name: "<b>渠.pdf", Size: "3 KB"}
	photo := file
	photo.Picture = true
	fact := page.Row{Label: i18n.Key("office.fact.unit"), Value: "水利站"}
	full := &casePanel{Number: "100400752891", Title: "<i>南渠淤堵", URL: "/office/cases/100400752891", Channel: pair, Kind: pair, Kept: pair, Sealed: true,
		Place: "柳岸村 第1网格", Stand: "办理中", Category: "饮水灌溉", Round: 2, Level: 1, Urged: 2, Text: "水<script>\n往院里倒", Said: "桥头",
		Clock: []clockStep{{Key: "office.clock.received", State: "done", When: at}, {Key: "office.clock.answer", State: "now", Due: &due}},
		Extra: []page.Row{{Label: i18n.Key("office.extra.project"), Value: "x"}}, Person: "赵**", Identify: "/i", Files: []fileLink{file, photo},
		Facts: []page.Row{fact, fact}, Links: []link{{"/office/cases/2", "并到"}}, Papers: []link{{"/p", "告知书"}},
		Main: &actionLink{"/a", "office.do.answer", false}, Acts: []actionLink{{"/b", "office.do.record", true}}, Rest: []actionLink{{"/c", "office.do.urge", false}},
		Steps: []step{{Key: "office.event.answered_resolved", Who: "陈立", At: at, Late: at, State: "now", Texts: []page.Row{{Value: "已清"}, {Label: i18n.Key("office.text.basis"), Value: "法"}},
			Facts: []page.Row{fact, fact}, Files: []fileLink{file}}, {Key: "office.event.registered", Who: "群众", At: at}}}
	private := *full
	private.Sealed, private.Secret, private.Main = false, true, nil
	form := page.NewForm()
	form.Need("text")
	var fields []shownField
	for _, kind := range []string{"text", "area", "select", "radios", "checks", "day", "number", "tick", "file"} {
		fields = append(fields, shownField{Kind: kind, Name: kind, Key: "office.field.text", Choices: refusals()[:1], Hint: i18n.Key("office.told.hint")})
		fields[len(fields)-1].Key = "office.field.note"
	}
	ask := actionPage{Action: "answer", Key: "office.do.answer", Button: "office.do.answer", Person: "赵**", Number: "/i", Open: true, Info: true, Files: true, Draft: "d", Form: form, Case: full, Fields: fields,
		Faults: []page.Fault{{Field: "text", Label: "内容", Text: "要填"}}, About: []page.Row{fact}}
	shut := ask
	shut.Open, shut.Danger, shut.Faults = false, true, []page.Fault{{Label: "内容", Text: "要填"}}
	list := inboxPage{Tiles: []page.Tile{{Href: "/x", Key: "office.view.all", Count: 3, Tone: "r", Current: true}}, More: []page.Tile{{Href: "/y", Key: "office.view.every"}},
		Filters: []page.Select{{Name: "kind", Key: "office.filter.kind", Choices: refusals()}}, Rare: []page.Select{{Name: "unit", Key: "office.filter.unit"}}, View: "all", Q: "<", Clear: "/z",
		Rows: []page.Item{{Href: "/office/cases?case=1", Title: "<b>", Class: "r", Due: &due, Current: true, Notes: []page.Note{{Tag: true, Text: "<i>"},
			{Tag: true, Tone: "bad", Icon: "lock", Text: "k"}, {Text: "p"}}}, {Title: "t", Class: "n"}},
		Pager: page.Pager{Next: "/n"}, First: "/f", MayNew: true, Did: "office.do.answer", List: "/l"}
	open := list
	open.Case = full
	empty := inboxPage{View: "all", Empty: nothing(casework.All, false, true)}
	beside := empty
	beside.Case = &private
	line := countyRow{Href: "/c", Number: "100400752891", Kind: pair, State: pair, Outcome: pair, Category: "c", Unit: "u", Village: "v", Title: "<t>", Registered: at, Due: &due}
	pagetest.Check(t, set, map[string]any{
		"inbox": pagetest.Samples{list, open, empty, beside}, "case": pagetest.Samples{casePage{Case: full, Did: "office.do.accept", List: "/l"}, casePage{Case: &private, List: "/l"}},
		"action": pagetest.Samples{ask, shut}, "county": pagetest.Samples{countyPage{Filters: list.Filters, Rows: []countyRow{line, {Number: "100400752891", Kind: pair, State: pair}}, Pager: page.Pager{Next: "/n"}},
			countyPage{Empty: page.Nothing{Title: "office.empty.filtered"}}},
		"county-case": pagetest.Samples{countyCasePage{Row: line, Clock: full.Clock, Facts: []page.Row{fact}, List: "/l"}, countyCasePage{}},
		"once":        oncePage{Action: "identify", Rows: []page.Row{fact}, Case: "/c", Call: "/c/call-back"},
	})
}

// TestEveryStepHasItsWords asks the catalogue for what is put together at run time.
func TestEveryStepHasItsWords(t *testing.T) {
	cat, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	has := func(key string) {
		t.Helper()
		if !cat.Has(key) {
			t.Errorf("the catalogue lacks %s", key)
		}
	}
	for _, a := range actions() {
		has(a.key())
		if a.info() {
			has(a.key() + ".text")
		}
		if a.reveal != nil {
			has("office.once." + a.name)
		}
		if (a.command == nil) == (a.reveal == nil) {
			t.Errorf("%s does not do one thing", a.name)
		}
		for _, f := range a.fields {
			has(f.key())
			if f.hint != "" {
				has(f.hint)
			}
		}
	}
	for _, x := range casework.Types() {
		has("office.event." + string(x))
	}
	for _, x := range casework.Outcomes() {
		has("office.outcome." + string(x))
	}
	for _, k := range casework.Kinds() {
		for _, f := range casework.Fields(k) {
			has("office.extra." + f.Name)
		}
	}
	for _, x := range casework.Views() {
		has("office.view." + string(x))
		n := nothing(x, false, false)
		has(n.Title)
		has(n.Text)
	}
	for _, x := range asked {
		has("office.filter." + x)
		has("office.any." + x)
	}
}

// TestEveryEventHasItsStep looks for an event that the state machine knows and no page offers.
func TestEveryEventHasItsStep(t *testing.T) {
	offered := map[casework.Type]bool{casework.EvRegistered: true} // the desk's
	for _, a := range actions() {
		for _, e := range a.events {
			offered[e] = true
		}
	}
	for _, e := range casework.Types() {
		if !offered[e] {
			t.Errorf("no page for %s", e)
		}
	}
}
