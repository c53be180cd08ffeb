package office_test

import (
	"strings"
	"testing"
	"time"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/db/dbtest"
	"yanming/internal/towntest"
	"yanming/internal/uitest"
)

// TestListAndCaseScrollOnTheirOwn: the chosen row of a long list stands in view beside its case, and the page has not moved.
func TestListAndCaseScrollOnTheirOwn(t *testing.T) {
	clock := &dbtest.Clock{}
	w := newWorld(t, dbtest.SQLite(t, clock.Now), clock)
	for range 16 {
		w.say("渠道还没清。")
	}
	p := uitest.New(t).Page()
	p.Viewport(1366, 600)
	p.SetCookie(w.base, "ym", "intake")
	p.Open(w.base + "/office/cases?view=to_accept")
	p.Follow("[data-list] a:nth-of-type(15)")
	p.MustBeSound()
	if got := uitest.Eval[string](p, `(() => {
		const box = document.querySelector("[data-list]"), row = box.querySelector("[aria-current]").getBoundingClientRect();
		const at = document.querySelector(".split > article").getBoundingClientRect();
		return [box.scrollTop > 0, row.top >= box.getBoundingClientRect().top, row.bottom <= innerHeight, at.top < innerHeight / 2, scrollY].join(" ");
	})()`); got != "true true true true 0" {
		t.Error(got)
	}
}

// TestACaseIsCarriedThroughInTheBrowser walks a case from the inbox to its close, each step by the person whose step it
// is, and looks at every page on the way.
func TestACaseIsCarriedThroughInTheBrowser(t *testing.T) {
	browser := uitest.New(t)
	clock := &dbtest.Clock{}
	w := newWorld(t, dbtest.SQLite(t, clock.Now), clock)
	busy(w)
	late := w.signed("村小学门口没有减速带，上下学的孩子多，车又快。")
	w.do("inspector", casework.Supervise{On: towntest.On(late), Level: 1, Text: "一周内报办理情况"})
	w.Clock.Add(8 * 24 * time.Hour)
	n := w.say("南边的水渠堵了，一下雨水就往院里倒，去年就说过一次。\n来人看看吧。")
	w.say("会计不公开账。", confide)
	p := browser.Page()
	as := func(who string) { p.SetCookie(w.base, "ym", who) }
	look := func(name string) {
		p.MustBeSound()
		p.Screenshot(name + "-1366")
		p.Viewport(390, 844)
		p.Screenshot(name + "-390")
		p.Viewport(1366, 768)
	}
	as("intake")
	p.Open(w.base + "/office/cases")
	if weight := p.Weight(); weight.Bytes > 80<<10 {
		t.Errorf("the inbox weighs %d bytes", weight.Bytes)
	}
	look("inbox")
	as("petition")
	p.Open(w.base + "/office/cases?view=every")
	look("inbox-petition")
	as("intake")
	p.Open(w.base + "/office/cases")
	p.Press("j")
	if got := p.Focused(); got != "a" {
		t.Errorf("J puts the focus on %s", got)
	}
	p.Press("/")
	if got := p.Focused(); got != "input#q[name=q]" {
		t.Errorf("/ puts the focus on %s", got)
	}
	p.Open(w.base + "/office/cases?view=to_accept&case=" + string(n))
	look("split")
	step := func(name string, fill func()) {
		p.Open(w.base + "/office/cases/" + string(n))
		p.Follow(`a[href="/office/cases/` + string(n) + "/" + name + `"]`)
		look("step-" + name)
		if fill != nil {
			fill()
		}
		p.Submit(`form[method=post]:not([action="/logout"])`)
		if got := p.Text(".note.good"); !strings.Contains(got, "办好了") {
			t.Errorf("%s: %q", name, got)
		}
	}
	step("accept", nil)
	step("dispatch", func() {
		p.Select("#f-unit", w.water)
		p.Select("#f-leader", w.people["leader"].Person)
	})
	as("handler")
	step("sign", nil)
	// Refused: the answer says nothing yet.
	p.Open(w.base + "/office/cases/" + string(n) + "/answer")
	p.Click("input[value=resolved]")
	p.Submit(`form[method=post]:not([action="/logout"])`)
	look("answer-refused")
	step("answer", func() {
		p.Click("input[value=resolved]")
		p.Type("#f-text", "已清淤 40 米，加了挡水坎。")
	})
	as("caller")
	step("call-back", func() {
		p.Click("input[name=reached][value=yes]")
		p.Click("input[name=solved][value=yes]")
		p.Click("input[name=satisfied][value=satisfied]")
	})
	as("inspector")
	step("close", nil)
	look("case-closed")
	if c := w.state(n); c.State != casework.Closed || !c.Confirmed() {
		t.Errorf("the case is %s", c.State)
	}
	as("leader")
	p.Open(w.base + "/office/cases/" + string(late))
	look("case-late")
	p.Open(w.base + "/office/cases?view=overdue&case=" + string(late))
	look("overdue")
	w.people["viewer"] = actor.Actor{Town: "419900", Account: "account", Person: "p", Posts: []actor.Post{{Role: actor.CountyViewer}}}
	as("viewer")
	p.Open(w.base + "/county/cases?view=every")
	look("county")
	p.Follow("tbody a")
	look("county-case")
	as("leader")
	p.SetCookie(w.base, "lang", "en")
	p.Open(w.base + "/office/cases?view=all&case=" + string(late))
	look("split-en")
}

// TestALineTellsItsCaseOnAPhone: two lines of the title over the whole width, and right below when it is due beside where it
// stands.
func TestALineTellsItsCaseOnAPhone(t *testing.T) {
	clock := &dbtest.Clock{}
	w := newWorld(t, dbtest.SQLite(t, clock.Now), clock)
	w.signed("村小学门口没有减速带，上下学的孩子多，车又快，上个月已经有两个孩子被电动车碰倒过。")
	p := uitest.New(t).Page()
	p.Viewport(390, 844)
	p.SetCookie(w.base, "ym", "intake")
	p.Open(w.base + "/office/cases")
	p.MustBeSound()
	if got := uitest.Eval[string](p, `(() => {
		const box = s => document.querySelector(".item " + s).getBoundingClientRect(), t = box(".t"), due = box(".due"), stand = box(".m > :first-child");
		return [t.width > 300, t.height > 40, due.top >= t.bottom, stand.left > due.right, stand.top < due.bottom, document.querySelector(".item .m > :first-child").innerText].join(" ");
	})()`); got != "true true true true true 办理中 · 水利站" {
		t.Error(got)
	}
}
