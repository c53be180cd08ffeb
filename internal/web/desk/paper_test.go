package desk

import (
	"strings"
	"testing"

	"yanming/internal/casework"
	"yanming/internal/docx"
	"yanming/internal/seal"
	"yanming/internal/web/page/pagetest"
	"yanming/internal/web/town"
)

func docxText(t *testing.T, a answer) string {
	t.Helper()
	if a.status != 200 || !strings.Contains(a.header.Get("Content-Disposition"), ".docx") {
		t.Fatalf("%s: %d, %s", a.path, a.status, a.header.Get("Content-Disposition"))
	}
	text, err := docx.Text([]byte(a.body))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func says(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%s does not say %q:\n%s", what, p, text)
		}
	}
}

// TestEveryPaperPrintsItsNumber takes each paper of a case through number, page and Word.
func TestEveryPaperPrintsItsNumber(t *testing.T) {
	w := newWorld(t)
	person := casework.Person{Name: "赵一", Phone: "13900000000", Address: "柳岸村"}
	open := w.say(casework.Register{Text: "南渠堵了，一下雨水就往院里倒。", Person: person}).Number
	w.answered(open, casework.Answer{Outcome: casework.Resolved, Text: "已清淤 40 米。"})
	w.do("intake", casework.Identify{On: casework.On{Case: open}, Reason: "打印告知书"})
	w.do("inspector", casework.Supervise{On: casework.On{Case: open}, Level: 2, Text: "三日内报结果。"})
	petition := w.say(casework.Register{Kind: casework.Petition, Text: "请求返还多收的水费。", Person: person, Extra: map[string]string{"petition_kind": "申诉求决类"}}).Number
	w.answered(petition, casework.Answer{Outcome: casework.NotSupported, Text: "经查按水表计费。", Basis: "《水价管理办法》第十条"})
	declined := w.say(casework.Register{Text: "法院判的事再说一次。", Person: person}).Number
	w.do("intake", casework.Decline{On: casework.On{Case: declined}, Reason: "已进入诉讼", Basis: "《信访工作条例》", Target: "县人民法院"})
	for _, c := range []struct {
		name, paper, who string
		case_            seal.Number
		number           string
		words            []string
	}{
		{"notice", "notice", "intake", open, "雁南镇告知〔2026〕1号", []string{"受理告知书", "赵一：", "2026年11月30日前答复", open.Grouped(), "0999-6000000", "由水利站承办"}},
		{"petition's notice", "notice", "intake", petition, "雁南镇告知〔2026〕2号", []string{"第二十三条", "处理途径和程序", "《信访工作条例》第三十四条", "复查", "最多延长30日"}},
		{"decline", "decline", "intake", declined, "雁南镇不予受理〔2026〕1号", []string{"已进入诉讼", "县人民法院", "不同意怎么办"}},
		{"dispatch", "dispatch", "petition", open, "雁南镇交办〔2026〕1号", []string{"群众意见交办单", "水利站", "许青", "陈立", "请到现场看。", "2026年11月30日", "责任领导"}},
		{"supervision", "supervision", "inspector", open, "雁南镇督办〔2026〕1号", []string{"群众意见督办单", "二级", "三日内报结果。", "沈竹"}},
		{"reply", "reply", "handler", open, "雁南镇答复〔2026〕1号", []string{"答复函", "已清淤 40 米。", "已解决", "30日内可以要求重新办理"}},
		{"opinion", "reply", "handler", petition, "雁南镇处理意见〔2026〕1号", []string{"信访事项处理意见书", "信访诉求", "请求返还多收的水费。", "经查按水表计费。", "不予支持", "《水价管理办法》第十条", "复核"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := w.as(c.who)
			path := town.CaseURL(c.case_) + "/papers/" + c.paper
			before := v.get(path)
			before.has(t, 200, "演示", "尚未编号", `id="issue"`)
			before.lacks(t, "format=docx")
			if got := v.get(path + "?format=docx"); got.header.Get("Content-Disposition") != "" {
				t.Error("Word without a number")
			}
			event := pagetest.Attr(before.find("[name=event]")[0], "value")
			after := v.post(path, "event", event)
			if after.text("#number") != c.number {
				t.Errorf("number %q, want %q", after.text("#number"), c.number)
			}
			if again := v.post(path, "event", event); again.text("#number") != c.number {
				t.Errorf("asked again, number %q", again.text("#number"))
			}
			text := docxText(t, v.get(pagetest.Attr(after.find("#docx")[0], "href")))
			says(t, "Word", text, append(c.words, c.number, "演示")...)
			plain := strings.Join(strings.Fields(after.text("article")), "")
			for _, word := range append(c.words, c.number) {
				if !strings.Contains(plain, strings.Join(strings.Fields(word), "")) {
					t.Errorf("the page does not say %q", word)
				}
			}
		})
	}
}

func TestFormsKeepProtectedNames(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		name string
		reg  casework.Register
		who  string
	}{
		{"protected", casework.Register{Anonymity: casework.Protected, Source: &casework.Source{Batch: "b", Digest: "d", Sheet: "1", Row: 2}}, "petition"}, // of a ledger: nobody is there to take the name out
		{"in confidence", casework.Register{Confide: true}, "petition"},
		{"sealed identity", casework.Register{Anonymity: casework.SealedIdentity}, "petition"},
	} {
		c.reg.Text, c.reg.Person = "我叫赵一一，电话 13900000000，南渠堵了。", casework.Person{Name: "赵一一", Phone: "13900000000"}
		n := w.say(c.reg).Number
		w.do("petition", casework.Accept{On: casework.On{Case: n}})
		w.do("petition", casework.Dispatch{On: casework.On{Case: n}, Unit: w.water, Leader: w.people["mayor"].Person, Handler: w.people["handler"].Person})
		by := "inspector"
		w.do(by, casework.Supervise{On: casework.On{Case: n}, Level: 1, Text: "抓紧。"})
		for paper, who := range map[string]string{"dispatch": "petition", "supervision": by} {
			path := town.CaseURL(n) + "/papers/" + paper
			page := w.as(who).get(path)
			page.lacks(t, "13900000000")
			after := w.as(who).post(path, "event", pagetest.Attr(page.find("[name=event]")[0], "value"))
			text := docxText(t, w.as(who).get(pagetest.Attr(after.find("#docx")[0], "href")))
			for _, word := range []string{"13900000000"} {
				if strings.Contains(text, word) || strings.Contains(after.body, word) {
					t.Errorf("%s, %s by %s says %s", c.name, paper, who, word)
				}
			}
			says(t, c.name, text, "按规定保密")
			if c.name == "protected" && paper == "dispatch" && (strings.Contains(text, "赵一一") || strings.Contains(after.body, "赵一一")) {
				t.Errorf("%s, %s says the name", c.name, paper)
			}
		}
	}
	// Of an open name, the form says it to whom it may be shown.
	n := w.say(casework.Register{Text: "南渠堵了。", Person: casework.Person{Name: "赵一一", Phone: "13900000000"}}).Number
	w.answered(n, casework.Answer{Outcome: casework.Explained, Text: "已说明。"})
	w.do("petition", casework.Identify{On: casework.On{Case: n}, Reason: "打印交办单"})
	w.as("petition").get(town.CaseURL(n)+"/papers/dispatch").has(t, 200, "赵一一")
	w.as("mayor").get(town.CaseURL(n)+"/papers/dispatch").lacks(t, "赵一一")
	// A letter in confidence carries no number.
	secret := w.all("petition")
	for _, c := range secret {
		if c.Veiled() {
			w.as("petition").get(town.CaseURL(c.Number)+"/papers/notice").lacks(t, c.Number.Grouped())
		}
	}
}

// TestPapersPrintAWholeNameToWhoOpenedItOnly: else a paper would show without a trace what the case's page keeps.
func TestPapersPrintAWholeNameToWhoOpenedItOnly(t *testing.T) {
	w := newWorld(t)
	n := w.say(casework.Register{Text: "南渠堵了。", Person: casework.Person{Name: "赵一一", Phone: "13900000000", Address: "柳岸村东头三号"}}).Number
	w.answered(n, casework.Answer{Outcome: casework.Explained, Text: "已说明。"})
	pages := []string{"/papers/notice", "/papers/dispatch", "/copy"}
	for _, path := range pages {
		got := w.as("petition").get(town.CaseURL(n) + path)
		got.has(t, 200, "赵**")
		got.lacks(t, "赵一一")
		got.lacks(t, "东头三号")
	}
	event := pagetest.Attr(w.as("intake").get(town.CaseURL(n) + "/papers/notice").find("[name=event]")[0], "value")
	after := w.as("intake").post(town.CaseURL(n)+"/papers/notice", "event", event)
	if text := docxText(t, w.as("intake").get(pagetest.Attr(after.find("#docx")[0], "href"))); strings.Contains(text, "赵一一") || !strings.Contains(text, "赵**") {
		t.Errorf("Word says the name: %s", text)
	}
	w.do("petition", casework.Identify{On: casework.On{Case: n}, Reason: "送达"})
	for _, path := range pages {
		w.as("petition").get(town.CaseURL(n)+path).has(t, 200, "赵一一")
		w.as("intake").get(town.CaseURL(n)+path).lacks(t, "赵一一") // who did not ask
	}
}

func TestAPaperNeedsItsEventAndItsRight(t *testing.T) {
	w := newWorld(t)
	n := w.say(casework.Register{Text: "南渠堵了。", Person: casework.Person{Name: "赵一"}}).Number
	v := w.as("petition")
	for _, paper := range []string{"notice", "dispatch", "reply", "nonsense"} {
		v.get(town.CaseURL(n)+"/papers/"+paper).has(t, 404)
	}
	w.answered(n, casework.Answer{Outcome: casework.Explained, Text: "已说明。"})
	form := v.get(town.CaseURL(n) + "/papers/dispatch")
	event := pagetest.Attr(form.find("[name=event]")[0], "value")
	h := w.as("handler")
	if len(h.get(town.CaseURL(n)+"/papers/dispatch").find("#issue")) != 0 {
		t.Error("the unit is offered the number of its own dispatch form")
	}
	h.post(town.CaseURL(n)+"/papers/dispatch", "event", event).has(t, 403)
	v.get(town.CaseURL(n)+"/papers/dispatch?event="+strings.Repeat("0", 32)).has(t, 404)
	v.get(town.CaseURL(n)+"/papers/notice?event="+event).has(t, 404)
	v.post(town.CaseURL(n)+"/papers/dispatch", "event", event)
	h.get(town.CaseURL(n)+"/papers/dispatch").has(t, 200, "〔2026〕1号") // but reads what was issued
	// Dispatched again, there are two forms with two numbers.
	on := casework.On{Case: n}
	w.do("intake", casework.Redo{On: on, Reason: "没有解决"})
	w.do("handler", casework.RequestReturn{On: on, Reason: "不归水利站"})
	w.do("petition", casework.DecideReturn{On: on, Grant: true, Reason: "属实"})
	w.do("petition", casework.Dispatch{On: on, Unit: w.hall, Leader: w.people["mayor"].Person})
	second := v.get(town.CaseURL(n) + "/papers/dispatch")
	second.has(t, 200, "尚未编号", event)
	v.post(town.CaseURL(n)+"/papers/dispatch", "event", pagetest.Attr(second.find("[name=event]")[0], "value")).has(t, 200, "〔2026〕2号")
}

func TestANamelessWordIsToldThatNoPaperCanBeServed(t *testing.T) {
	w := newWorld(t)
	n := w.say(casework.Register{Kind: casework.Petition, Text: "水费算错了。", Extra: map[string]string{"petition_kind": "申诉求决类"}}).Number
	w.answered(n, casework.Answer{Outcome: casework.Explained, Text: "已说明。"})
	w.as("intake").get(town.CaseURL(n)+"/papers/notice").has(t, 200, "没有留姓名住址", "反映人：")
	w.as("intake").get(town.CaseURL(n)+"/papers/reply").has(t, 200, "没有写法律依据", "＿＿＿＿")
}

func TestACaseIsCopiedInTheOrderOfTheOtherSystem(t *testing.T) {
	w := newWorld(t)
	n := w.say(casework.Register{Text: "南渠堵了，一下雨就进水。", Person: casework.Person{Name: "赵一", Phone: "13900000000"}, Category: "water"}).Number
	v := w.as("intake")
	got := v.get(town.CaseURL(n) + "/copy")
	got.has(t, 200, `data-copy="#copy-hotline-text"`, "139****00")
	got.lacks(t, "13900000000")
	var order []string
	for _, field := range orders("hotline") {
		if strings.Contains(got.body, `id="copy-hotline-`+field+`"`) {
			order = append(order, field)
		}
	}
	last := -1
	for _, field := range order {
		at := strings.Index(got.body, `id="copy-hotline-`+field+`"`)
		if at < last {
			t.Errorf("%s stands before its turn", field)
		}
		last = at
	}
	if len(order) < 8 || got.text("#copy-hotline-text") != "南渠堵了，一下雨就进水。" {
		t.Errorf("fields %v", order)
	}
	rev := pagetest.Attr(got.find("[name=rev]")[0], "value")
	note := v.post(town.CaseURL(n)+"/copy", "rev", rev, "system", "hotline", "external", "GD9")
	note.has(t, 200, "编号记下了", "GD9")
	if x := w.sheet("intake", n).Externals; len(x) != 1 || x[0].Number != "GD9" {
		t.Errorf("externals %+v", x)
	}
	v.post(town.CaseURL(n)+"/copy", "rev", rev, "system", "hotline", "external", "GD8").has(t, 409) // changed meanwhile
	other := w.say(casework.Register{Text: "路灯不亮。"}).Number
	v.post(town.CaseURL(other)+"/copy", "rev", "1", "system", "hotline", "external", "GD9").has(t, 409, `href="`+town.CaseURL(n)+`"`)
	v.post(town.CaseURL(other)+"/copy", "rev", "1", "system", "hotline", "external", "").has(t, 422, `href="#f-external"`)
	w.as("handler").get(town.CaseURL(n)+"/copy").has(t, 404)
}
