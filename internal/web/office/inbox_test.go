package office_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"yanming/internal/casework"
	"yanming/internal/journal"
	"yanming/internal/towntest"
	"yanming/internal/web/page/pagetest"
)

// busy fills the town with cases at many points of their way.
func busy(w *world) {
	w.say("渠道还没清。")
	w.dispatched("桥头没有护栏。")
	w.signed("井盖坏了。")
	w.answered("路灯不亮。")
	n := w.signed("水塔漏水。")
	w.do("handler", casework.RequestExtension{On: towntest.On(n), Days: 1, Reason: "等配件"})
	n = w.answered("水费多收了。")
	w.do("caller", casework.Contact{On: towntest.On(n), Reached: true, Solved: "yes", Satisfied: "satisfied"})
	w.do("inspector", casework.Close{On: towntest.On(n)})
	n = w.say("是县里的路。")
	w.do("intake", casework.Forward{On: towntest.On(n), Target: "县公路局", Reason: "县道"})
	w.say("会计不公开账。", confide)
	w.Clock.Add(9 * 24 * time.Hour)
	w.say("新来的一件。")
	w.dispatched("明天就要到期的一件。")
}

func TestEveryBadgeIsTheCountOfItsList(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		busy(w)
		some := false
		for _, who := range []string{"intake", "petition", "handler", "roads", "leader", "inspector", "caller", "secretary", "cadre", "worker"} {
			home := w.get(who, "/office/cases").wants(200)
			tiles := home.all("a.count")
			if len(tiles) != 6 {
				t.Fatalf("%s: %d tiles", who, len(tiles))
			}
			for _, tile := range tiles {
				path := pagetest.Attr(tile, "href")
				page := w.get(who, path).wants(200)
				badge := ""
				for _, x := range page.all("a.count[aria-current=page]") {
					for d := range x.Descendants() {
						if d.Data == "b" {
							badge = d.FirstChild.Data
						}
					}
				}
				if rows := fmt.Sprint(len(page.all("a.item"))); badge != rows {
					t.Errorf("%s %s: badge %s, %s rows", who, path, badge, rows)
				} else if rows != "0" {
					some = true
				}
			}
		}
		if !some {
			t.Error("every list was empty")
		}
	})
}

func TestTheAddressHoldsFiltersAndSearch(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		busy(w)
		if _, err := journal.CatchUp(ctx, w.DB, w.people["intake"].Town, w.Cases.Index()); err != nil {
			t.Fatal(err)
		}
		for path, rows := range map[string]int{
			"view=every": 10 - 1, "view=every&unit=" + w.water: 6, "view=every&unit=" + w.roads: 0, "view=every&state=registered": 2, "view=every&village=" + w.east: 0,
			"view=every&village=" + w.willow + "&grid=" + w.grid: 9, "view=every&outcome=resolved": 2, "view=ended": 1, "q=灯": 1, "q=路灯 亮": 1, "q=没有的字": 0,
			"q=账": 0, "view=every&channel=letter": 0, "view=every&leader=" + w.people["leader"].Person: 6,
		} {
			got := w.get("intake", "/office/cases?"+strings.ReplaceAll(path, " ", "+")).wants(200)
			if n := len(got.all("a.item")); n != rows {
				t.Errorf("%s: %d rows, want %d", path, n, rows)
			}
			if rows == 0 && len(got.all(".empty")) != 1 {
				t.Errorf("%s: an empty list teaches nothing", path)
			}
		}
		got := w.get("intake", "/office/cases?view=every&village="+w.willow)
		if got.attr("select[name=village]", "name") == "" || got.attr("option[selected][value="+w.willow+"]", "value") == "" {
			t.Error("the chosen village is not shown in its select")
		}
		w.get("intake", "/office/cases?view=nothing").wants(404)
		w.get("intake", "/office/cases?after=nonsense").wants(400)
	})
}

func TestAWholeNumberLeadsToItsCase(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		n, secret := w.say("路灯不亮。"), w.say("会计不公开账。", confide)
		if got := w.get("intake", "/office/cases?q="+url.QueryEscape(n.Grouped())).wants(303).header.Get("Location"); got != "/office/cases/"+string(n) {
			t.Errorf("leads to %q", got)
		}
		if n := len(w.get("intake", "/office/cases?q="+string(secret)).wants(200).all("a.item")); n != 0 {
			t.Errorf("%d rows for a number in confidence", n)
		}
		w.get("petition", "/office/cases?q="+string(secret)).wants(303)
	})
}

func TestAListIsWalkedByKey(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i := range 55 {
			w.say(fmt.Sprintf("第 %d 件", i))
		}
		first := w.get("intake", "/office/cases").wants(200)
		seen := map[string]bool{}
		for _, p := range []reply{first, w.get("intake", first.attr("a[rel=next]", "href")).wants(200)} {
			for _, a := range p.all("a.item") {
				seen[pagetest.Attr(a, "href")] = true
			}
		}
		if len(first.all("a.item")) != 50 || len(seen) != 55 {
			t.Errorf("%d rows on the first page, %d in all", len(first.all("a.item")), len(seen))
		}
	})
}

func TestAConfidedRowIsThereForItsReadersOnly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		n := w.say("会计不公开账。", confide)
		for who := range w.people {
			got := w.get(who, "/office/cases?view=every")
			switch who {
			case "admin", "auditor":
				got.wants(404)
			case "petition", "inspector":
				if len(got.wants(200).all("a.item")) != 1 || !strings.Contains(got.text("a.item"), "保密") {
					t.Errorf("%s: %s", who, got.text("a.item"))
				}
				w.get(who, "/office/cases?view=every&case="+string(n)).wants(200)
			default:
				if len(got.wants(200).all("a.item")) != 0 {
					t.Errorf("%s sees it", who)
				}
			}
		}
	})
}

func TestTheListAndTheCaseStandSideBySide(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		n := w.signed("水塔漏水。")
		got := w.get("handler", "/office/cases?view=mine&case="+string(n)).wants(200)
		if got.attr("a.item[aria-current=true]", "href") == "" || len(got.all("article.panel")) != 1 {
			t.Error("the case does not lie open beside the list")
		}
		if got.attr("a[href=/office/cases/"+string(n)+"/papers/dispatch]", "href") == "" || got.attr("a[href=/office/cases/"+string(n)+"/papers/reply]", "href") != "" {
			t.Error("the papers are not those of what has happened")
		}
		if !strings.Contains(got.text("article"), "水塔漏水。") {
			t.Error("its words are not there")
		}
	})
}

// Until a case is accepted, the day by which the resident is to be told runs out first: a row is not calm because the
// answer has time.
func TestARowSaysWhatRunsOutFirst(t *testing.T) {
	each(t, func(t *testing.T, w *world) { rowSays(t, w, w.state(w.say("渠道还没清。"))) })
}

func rowSays(t *testing.T, w *world, c casework.Case) {
	if !c.Notice.Set() || !c.Notice.At.Before(c.Due.At) {
		t.Fatalf("the notice clock: %+v", c.Notice)
	}
	for _, tt := range []struct {
		at    time.Time
		class string
		says  string
	}{
		{w.Clock.Now(), "g", "前告知"},
		{c.Notice.At.Add(-time.Minute), "y", "今天要告知"},
		{c.Notice.At.Add(24 * time.Hour), "r", "应在"},
	} {
		w.Clock.Set(tt.at)
		items := w.get("intake", "/office/cases?view=to_accept").wants(200).all("a.item")
		if len(items) != 1 {
			t.Fatalf("%d rows", len(items))
		}
		if class, text := pagetest.Attr(items[0], "class"), pagetest.Text(items[0]); !slices.Contains(strings.Fields(class), tt.class) || !strings.Contains(text, tt.says) {
			t.Errorf("at %v: class %q, %q; want %s and %s", tt.at, class, text, tt.class, tt.says)
		}
	}
}
