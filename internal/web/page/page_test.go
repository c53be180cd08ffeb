package page_test

import (
	"os"
	"testing"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/i18n"
	"yanming/internal/uitest"
	"yanming/internal/web/page"
	"yanming/internal/web/page/pagetest"
)

func TestMain(m *testing.M) { uitest.Main(m) }

// sink is a page that holds one of everything.
type sink struct {
	page.Head
	Form       *page.Form
	Categories []page.Choice
	Where      []page.Choice
	Rows       []page.Row
	Dues       []page.Due
	Steps      []page.Moment
	Figs       []int
	Counts     []int
	Pager      page.Pager
	At         time.Time
	Link, Send string
}

// L is a label that is data: the sink's own words need no catalogue.
func (sink) L(s string) i18n.Pair { return i18n.Pair{ZH: s} }

func sinkSet(t testing.TB, site *page.Site) *page.Set {
	t.Helper()
	set, err := site.Templates(os.DirFS("testdata/sink"), page.Resident)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// full is a sink with everything in it; wrong is the same after a refusal.
func full(wrong bool) sink {
	form := page.NewForm()
	form.Set("text", "南边的水渠堵了，<b>一下雨</b>水就往院里倒。")
	form.Set("category", "water")
	form.Set("where", "g3")
	at := time.Date(2026, 11, 23, 9, 41, 0, 0, calendar.Zone())
	s := sink{
		Head: page.Head{Back: "/say", Step: 1, Steps: 3, Wrong: wrong, Nav: []page.NavItem{
			{Key: "page.ledger", Icon: "inbox", Href: "/office/cases", Count: 37, Current: true},
			{Key: "page.keys", Icon: "walk", Href: "/office/visits"}, {Key: "page.print", Icon: "chart", Href: "/office/reports", Count: 2}}},
		Form: form, Send: "提交，拿回执", At: at, Link: "https://yn.example/r/100400752891", Figs: []int{6, 1507, 2, 0, 12, 37},
		Counts:     []int{37, 5, 1, 3, 4, 6, 32},
		Categories: []page.Choice{{Value: "road", Label: "道路路灯"}, {Value: "water", Label: "饮水灌溉"}, {Value: "land", Label: "土地宅基地"}, {Value: "aid", Label: "低保救助"}},
		Where: []page.Choice{{Value: "g3", Label: "柳园村 第3网格", Hint: "您扫的公示牌所在的网格"},
			{Value: "x", Label: i18n.Pair{ZH: "说不准", EN: "Not sure"}}},
		Rows: []page.Row{{Label: "事情", Value: "南边的水渠堵了……\n（照片 1 张）", Edit: "/say/what"}, {Label: "地点", Value: "柳园村", Edit: "/say/where"}},
		Dues: []page.Due{page.DueOn("2026-11-22", "2026-11-23", 3), {State: page.DueSoon, Day: "2026-11-25", Left: 2, Work: true},
			page.DueOn("2026-11-23", "2026-11-23", 3), page.DueOn("2026-12-21", "2026-11-23", 3), {State: page.DuePaused},
			{State: page.DueDone, Day: "2026-11-20"}, {State: page.DueOK, Day: "2027-02-05", Left: 50, Work: true, Provisional: true}},
		Steps: []page.Moment{{State: "now", When: at, Title: i18n.Pair{ZH: "水利站到现场看过"}, Text: "渠底淤泥约 40 厘米。\n已排到周四。", Who: "陈立", Log: 10301, Href: "/files/1", Linked: "2 张照片"},
			{When: calendar.Day("2026-11-18"), Title: "受理"}, {State: "todo", When: "答复以后", Title: "请您说满意不满意"}},
		Pager: page.Pager{Prev: "?before=a", Next: "?after=b"},
	}
	if wrong {
		form.Need("phone", "day")
		form.Choice("where", "other")
		form.Fail("category", "error.choice")
		form.Line("text", 5)
	}
	return s
}

func TestSinkInBothLanguages(t *testing.T) {
	site := pagetest.Site(t, "https://yn.example", nil)
	pagetest.Check(t, sinkSet(t, site), map[string]any{
		"say": pagetest.Samples{full(false), full(true)}, "form": pagetest.Samples{full(false), full(true)},
		"receipt": full(false), "inbox": full(false), "slip": full(false),
	})
}
