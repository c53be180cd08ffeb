package desk

import (
	"strings"
	"testing"

	"yanming/internal/casework"
	"yanming/internal/uitest"
	"yanming/internal/web/town"
)

// TestTheDeskInABrowser registers, fixes, pastes and prints as a clerk does, and looks at every page on the way.
func TestTheDeskInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	w := newWorld(t)
	p := uitest.New(t).Page()
	p.SetCookie(w.url, "ym", "intake")
	seen := func(id string) bool {
		return uitest.Eval[bool](p, `document.querySelector("`+id+`").checkVisibility()`)
	}

	p.Open(w.url + "/office/cases/new")
	p.MustBeSound()
	p.Screenshot("new")
	if seen("#f-extra_petition_kind") || seen("#f-subjects") {
		t.Error("fields of other kinds are shown")
	}
	p.Select("#f-kind", "petition")
	if !seen("#f-extra_petition_kind") {
		t.Error("the own field of a petition is hidden")
	}
	p.Select("#f-kind", "opinion")
	p.Click(".chips label:nth-child(3)")
	p.Type("#f-text", "南渠堵了，一下雨水就往院里倒。")
	p.Select("#f-where", "g:"+w.grid)
	p.Select("#f-category", "water")
	p.Type("#f-name", "赵一")
	p.Type("#f-phone", "13900000000")
	p.Submit(`button.btn:not([name])`)
	if !strings.Contains(p.URL(), "/receipt") {
		t.Fatalf("at %s: %s", p.URL(), p.Text("main"))
	}
	p.MustBeSound()
	p.Screenshot("receipt")
	p.Viewport(390, 844)
	if !uitest.Eval[bool](p, `document.querySelector(".code").scrollWidth <= document.querySelector(".code").clientWidth`) {
		t.Error("the number of the receipt is cut on a telephone")
	}
	p.Viewport(1366, 768)
	if seen("#code") {
		t.Error("the code is on the screen before anybody asked for it")
	}
	p.Click("#tell summary")
	if !seen("#code") {
		t.Error("the code cannot be read out")
	}

	p.Open(w.url + "/office/cases/new?fix=1")
	p.MustBeSound()
	p.Screenshot("fix")
	p.Click(".chips label:nth-child(1)")
	p.Type("#f-text", "水停了，问什么时候来。")
	p.Select("#f-where", "u")
	p.Type("#f-answer", "停水检修，下午四点来水。")
	p.Select("#f-leader", w.people["mayor"].Person)
	p.Submit(`button.btn:not([name])`)
	if !strings.Contains(p.URL(), "/receipt") {
		t.Fatalf("at %s: %s", p.URL(), p.Text("main"))
	}

	p.Open(w.url + "/office/cases/new")
	p.Submit(`button.btn:not([name])`)
	p.MustBeSound()
	p.Screenshot("wrong")

	p.Open(w.url + "/office/cases/paste")
	p.MustBeSound()
	p.Type("#f-block", "村\t反映人\t电话\t意见内容\n柳岸村\t赵一\t13900000001\t南渠堵了\n东坡村\t钱二\t\t路灯不亮")
	p.Submit(`button[value=read]`)
	p.MustBeSound()
	p.Screenshot("paste")
	p.Submit(`button[value=register]`)
	p.Wait("#done")
	p.MustBeSound()
	p.Screenshot("pasted")

	p.Open(w.url + "/office/slips")
	p.MustBeSound()
	p.Type("#f-n", "7")
	p.Submit("#print button")
	p.MustBeSound()
	p.Screenshot("run")
	p.Viewport(390, 844)
	if !uitest.Eval[bool](p, `Array.from(document.querySelectorAll(".slip")).every(s => s.scrollHeight <= s.clientHeight && s.offsetWidth > 300)`) {
		t.Error("slips are cut on a telephone")
	}
	p.Viewport(1366, 768)
	p.Open(w.url + "/office/slips")
	p.MustBeSound()
	p.Screenshot("slips")

	n := w.say(casework.Register{Text: "请求返还多收的水费。", Kind: casework.Petition, Person: casework.Person{Name: "赵一"}, Extra: map[string]string{"petition_kind": "申诉求决类"}}).Number
	w.answered(n, casework.Answer{Outcome: casework.NotSupported, Text: "经查按水表计费。", Basis: "《水价管理办法》第十条"})
	for _, x := range []string{"notice", "dispatch", "reply"} {
		p.Open(w.url + town.CaseURL(n) + "/papers/" + x)
		p.Submit("#issue button")
		p.MustBeSound()
		p.Screenshot("paper-" + x)
	}
	p.Open(w.url + town.CaseURL(n) + "/copy")
	p.MustBeSound()
	p.Screenshot("copy")
}

// TestAConfidedFormLeavesNothingInTheBrowser looks at what the browser keeps.
func TestAConfidedFormLeavesNothingInTheBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	w := newWorld(t)
	p := uitest.New(t).Page()
	p.SetCookie(w.url, "ym", "petition")
	p.Open(w.url + "/office/cases/new")
	p.Type("#f-text", "会计优亲厚友。")
	kept := func() bool {
		return uitest.Eval[bool](p, `new Promise(r => setTimeout(() => r(Object.keys(localStorage).some(k => k.startsWith("draft:"))), 600))`)
	}
	if !kept() {
		t.Error("an open form keeps no draft")
	}
	p.Click("#f-confide")
	if kept() {
		t.Error("a form in confidence keeps a draft")
	}
	p.Click(".chips label:nth-child(1)")
	p.Select("#f-where", "u")
	p.Submit(`button.btn:not([name])`)
	p.Wait("#secret")
	p.MustBeSound()
	p.Screenshot("secret")
	if kept() {
		t.Error("something is kept after a registration in confidence")
	}
}
