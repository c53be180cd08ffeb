package office_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"net/url"
	"strings"
	"testing"
	"time"

	"yanming/internal/casework"
	"yanming/internal/seal"
	"yanming/internal/towntest"
)

// photo is a small picture with a story: an EXIF block that names a place.
func photo(t *testing.T) string {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 40, 30)), nil); err != nil {
		t.Fatal(err)
	}
	exif := "\xFF\xE1\x00\x16Exif\x00\x00SECRET-PLACE.."
	return b.String()[:2] + exif + b.String()[2:]
}

func form(kv ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(kv); i += 2 {
		v.Add(kv[i], kv[i+1])
	}
	return v
}

// TestEveryStepIsTaken opens the form of every step as the person whose step it is, sends it, and looks at the case.
func TestEveryStepIsTaken(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		// Each starts from a case of its own, in the state that make leaves it in.
		returned := func() seal.Number {
			n := w.dispatched("不归水利站。")
			w.do("handler", casework.RequestReturn{On: towntest.On(n), Reason: "不是我站职责"})
			return n
		}
		extending := func() seal.Number {
			n := w.signed("要等配件。")
			w.do("handler", casework.RequestExtension{On: towntest.On(n), Days: 1, Reason: "等配件"})
			return n
		}
		waiting := func() seal.Number {
			n := w.signed("少一张证明。")
			w.do("handler", casework.AskInfo{On: towntest.On(n), Text: "请带户口本"})
			return n
		}
		scheduled := func() seal.Number {
			n := w.signed("修桥。")
			w.do("handler", casework.Answer{On: towntest.On(n), Outcome: casework.Scheduled, Text: "明年修", Planned: "2027-04-01"})
			return n
		}
		called := func() seal.Number {
			n := w.answered("路灯不亮。")
			w.do("caller", casework.Contact{On: towntest.On(n), Reached: true, Solved: "yes", Satisfied: "satisfied"})
			return n
		}
		closed := func() seal.Number {
			n := called()
			w.do("inspector", casework.Close{On: towntest.On(n)})
			return n
		}
		accepted := func() seal.Number {
			n := w.say("井盖坏了。")
			w.do("intake", casework.Accept{On: towntest.On(n)})
			return n
		}
		declined := func() seal.Number {
			n := w.say("要求重判。")
			w.do("intake", casework.Decline{On: towntest.On(n), Reason: "诉讼", Basis: "条例", Target: "法院"})
			return n
		}
		linked := func() seal.Number {
			n := w.say("又是那口井。")
			w.do("intake", casework.Link{On: towntest.On(n), Into: accepted(), Reason: "同一件事"})
			return n
		}
		withdrawn := func() seal.Number {
			n := w.say("算了。")
			w.do("intake", casework.Withdraw{On: towntest.On(n), Reason: "本人来说", AtCounter: true})
			return n
		}
		fresh := func() seal.Number { return w.say("渠道还没清。") }
		signed := func() seal.Number { return w.signed("水塔漏水。") }
		answered := func() seal.Number { return w.answered("水塔漏水。") }
		sent := func() seal.Number { return w.dispatched("水塔漏水。") }
		imported := func() seal.Number {
			return w.say("去年的一件。", func(r *casework.Register) {
				r.Source = &casework.Source{Batch: "b1", Digest: "d", Sheet: "台账", Row: 3}
			})
		}
		agreed := func() seal.Number { return w.say("井盖坏了。", func(r *casework.Register) { r.Consent = true }) }
		published := func() seal.Number {
			n := agreed()
			w.do("petition", casework.Publish{On: towntest.On(n), Title: "井盖坏了"})
			return n
		}
		secret := func() seal.Number { return w.say("会计不公开账。", confide) }
		why := form("reason", "有这个必要")
		pic := upload{"file", "南渠.png", photo(t)}
		for _, c := range []struct {
			name, who string
			make      func() seal.Number
			fields    url.Values
			files     []upload
			holds     func(c casework.Case) bool
		}{
			{"accept", "intake", fresh, nil, nil, func(c casework.Case) bool { return c.State == casework.Accepted }},
			{"dispatch", "intake", accepted, form("unit", w.roads, "leader", w.people["leader"].Person, "handler", w.people["roads"].Person,
				"assist", w.water, "assist", w.committee, "note", "抓紧", "due", "2026-11-25"), nil, func(c casework.Case) bool {
				return c.State == casework.Dispatched && c.Unit == w.roads && len(c.Assist) == 2 && c.Handler == w.people["roads"].Person && c.Due.At.Day() == 25
			}},
			{"unlink", "intake", linked, why, nil, func(c casework.Case) bool { return c.State == casework.Registered }},
			{"object", "intake", declined, why, nil, func(c casework.Case) bool { return c.State == casework.Registered }},
			{"decline", "intake", fresh, form("why", "court", "reason", "判过了", "basis", "条例第十九条", "target", "县人民法院"), nil,
				func(c casework.Case) bool { return c.State == casework.Declined }},
			{"forward", "intake", accepted, form("target", "县公路局", "reason", "县道"), nil, func(c casework.Case) bool { return c.State == casework.Forwarded }},
			{"link", "intake", fresh, form("into", accepted().Grouped(), "reason", "同一件"), nil, func(c casework.Case) bool { return c.State == casework.Linked }},
			{"sign", "handler", sent, nil, nil, func(c casework.Case) bool { return c.State == casework.InProgress }},
			{"answer", "handler", signed, form("outcome", "not_supported", "text", "不符合规定", "basis", "办法第三条"), []upload{pic},
				func(c casework.Case) bool { return c.Outcome == casework.NotSupported }},
			{"answer", "handler", signed, form("outcome", "scheduled", "text", "明年修", "planned", "2027-04-01"), nil,
				func(c casework.Case) bool { return c.Planned == "2027-04-01" }},
			{"record", "handler", signed, form("text", "去看过了"), []upload{pic, {"file", "检测.pdf", "%PDF-1.4 x"}}, func(c casework.Case) bool { return c.State == casework.InProgress }},
			{"decide-return", "leader", returned, form("decision", "grant", "reason", "确实不是"), nil, func(c casework.Case) bool { return c.Returns == 1 }},
			{"decide-return", "petition", returned, form("decision", "deny", "reason", "就是你站的"), nil, func(c casework.Case) bool { return c.State == casework.Dispatched }},
			{"decide-extension", "inspector", extending, form("decision", "grant", "reason", "配件难买"), nil, func(c casework.Case) bool { return c.Extensions == 1 }},
			{"decide-extension", "leader", extending, form("decision", "deny", "reason", "抓紧"), nil, func(c casework.Case) bool { return c.Extensions == 0 && c.Extending == 0 }},
			{"receive-info", "intake", waiting, form("text", "户口本已带来"), []upload{pic}, func(c casework.Case) bool { return c.State == casework.InProgress }},
			{"resume", "intake", scheduled, nil, nil, func(c casework.Case) bool { return c.State == casework.InProgress }},
			{"ask-info", "handler", signed, form("text", "请带户口本"), nil, func(c casework.Case) bool { return c.State == casework.AwaitingInfo }},
			{"request-extension", "handler", signed, form("days", "2", "reason", "等配件"), nil, func(c casework.Case) bool { return c.Extending == 2 }},
			{"request-return", "handler", sent, why, nil, func(c casework.Case) bool { return c.State == casework.ReturnPending }},
			{"call-back", "caller", answered, form("reached", "yes", "solved", "partly", "satisfied", "neutral", "text", "还差一点"), nil,
				func(c casework.Case) bool {
					return c.Solved == casework.SolvedPartly && c.Satisfied == casework.Neutral
				}},
			{"call-back", "inspector", answered, form("reached", "no"), nil, func(c casework.Case) bool { return c.Attempts == 1 && !c.Reached }},
			{"close", "inspector", called, form("note", "好"), nil, func(c casework.Case) bool { return c.State == casework.Closed }},
			{"redo", "inspector", answered, why, nil, func(c casework.Case) bool { return c.Round == 2 }},
			{"reopen", "intake", closed, why, nil, func(c casework.Case) bool { return c.State == casework.InProgress && c.Round == 2 }},
			{"undo-withdrawal", "intake", withdrawn, why, nil, func(c casework.Case) bool { return c.State == casework.Registered }},
			{"supervise", "inspector", signed, form("level", "2", "text", "三天内报结果"), nil, func(c casework.Case) bool { return c.Supervised == 2 }},
			{"urge", "intake", signed, why, nil, func(c casework.Case) bool { return c.Urged == 1 }},
			{"add-words", "intake", signed, form("text", "又漏了"), []upload{pic}, func(c casework.Case) bool { return c.State == casework.InProgress }},
			{"correct", "intake", fresh, form("category", "house", "title", "房屋漏水", "reason", "选错了"), nil,
				func(c casework.Case) bool {
					return c.Category == "house" && c.Words.Title == "房屋漏水" && c.Grid == w.grid
				}},
			{"recuse", "handler", signed, form("handler", w.people["roads"].Person, "reason", "亲戚"), nil,
				func(c casework.Case) bool { return c.Handler == w.people["roads"].Person && len(c.Recused) == 1 }},
			{"name-reader", "petition", secret, form("person", w.people["leader"].Person, "reason", "要他拿主意"), nil, func(c casework.Case) bool { return c.Veiled() }},
			{"publish", "petition", agreed, form("title", "井盖坏了"), nil, func(c casework.Case) bool { return c.Visibility == casework.Public }},
			{"unpublish", "petition", published, why, nil, func(c casework.Case) bool { return c.Visibility == casework.Summary }},
			{"withdraw", "intake", fresh, why, nil, func(c casework.Case) bool { return c.State == casework.Withdrawn && c.TakenDown }},
			{"void", "intake", imported, why, nil, func(c casework.Case) bool { return c.State == casework.Void }},
		} {
			n := c.make()
			path := "/office/cases/" + string(n) + "/" + c.name
			shown := w.get(c.who, "/office/cases/"+string(n)).wants(200)
			if shown.attr("a[href="+path+"]", "href") == "" {
				t.Errorf("%s: the case of %s does not offer it", c.name, c.who)
			}
			got := w.post(c.who, path, c.fields, c.files...)
			if got.status != 303 {
				t.Errorf("%s: status %d: %s", c.name, got.status, got.text(".errsum"))
				continue
			}
			if !strings.Contains(got.header.Get("Location"), "did="+c.name) {
				t.Errorf("%s leads to %s", c.name, got.header.Get("Location"))
			}
			w.get(c.who, got.header.Get("Location")).wants(200)
			if !c.holds(w.state(n)) {
				t.Errorf("%s: the case is %+v", c.name, w.state(n))
			}
			w.Clock.Add(time.Millisecond)
		}
	})
}

func TestTheReadFormSaysWhatIsWrongBesideItsField(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		n := w.signed("水塔漏水。")
		path := "/office/cases/" + string(n) + "/answer"
		got := w.post("handler", path, form("outcome", "not_supported", "text", "不行 <b>"), upload{"file", "x.exe", "MZ program"}).wants(422)
		if got.attr("p[id=f-file-e]", "id") == "" || got.attr("a[href=#f-file]", "href") == "" {
			t.Error("the file's fault is not beside its field")
		}
		if got.text("textarea[name=text]") != "不行 <b>" || got.attr("input[value=not_supported]", "name") == "" {
			t.Error("what was typed is gone")
		}
		got = w.post("handler", path, form("outcome", "not_supported", "text", "不行")).wants(422)
		if got.attr("p[id=f-basis-e]", "id") == "" {
			t.Errorf("the missing basis is not said: %s", got.text(".errsum"))
		}
		if got = w.post("handler", path, form("outcome", "made_up", "text", "x")).wants(422); got.attr("p[id=f-outcome-e]", "id") == "" {
			t.Error("an outcome that does not exist")
		}
		if w.state(n).State != casework.InProgress {
			t.Error("a refused form changed the case")
		}
	})
}

func TestAFormOverAChangedCaseIsShownAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		n := w.signed("水塔漏水。")
		path := "/office/cases/" + string(n) + "/answer"
		old := w.get("handler", path).wants(200)
		w.do("intake", casework.Urge{On: towntest.On(n), Reason: "又来电"})
		got := w.again("handler", path, old, form("outcome", "resolved", "text", "修好了")).wants(409)
		if got.text("textarea[name=text]") != "修好了" || len(got.all(".errsum")) != 1 {
			t.Error("what was typed is gone, or nothing says why")
		}
		if got.attr("input[name=rev]", "value") == old.attr("input[name=rev]", "value") {
			t.Error("the form still carries the old revision")
		}
		w.again("handler", path, got, form("outcome", "resolved", "text", "修好了")).wants(303)
		// Sent twice, it is done once; another text under the same key is refused.
		w.again("handler", path, got, form("outcome", "resolved", "text", "修好了")).wants(303)
		w.again("handler", path, got, form("outcome", "resolved", "text", "别的")).wants(409)
	})
}

func TestAStepThatIsNotTheirsIsRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		n := w.signed("水塔漏水。")
		w.get("handler", "/office/cases/"+string(n)+"/close").wants(403)
		w.get("handler", "/office/cases/"+string(n)+"/nothing").wants(404)
		open := w.get("handler", "/office/cases/"+string(n)+"/answer")
		w.again("leader", "/office/cases/"+string(n)+"/answer", open, form("outcome", "resolved", "text", "x")).wants(403)
		w.again("roads", "/office/cases/"+string(n)+"/answer", open, form("outcome", "resolved", "text", "x")).wants(404)
		w.again("", "/office/cases/"+string(n)+"/answer", open, form("outcome", "resolved", "text", "x")).wants(303)
		if w.state(n).State != casework.InProgress {
			t.Error("it was done all the same")
		}
	})
}

func TestACallBackBeginsWithWhomToCall(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		at := "/office/cases/" + string(w.answered("水塔漏水。"))
		got := w.get("caller", at+"/call-back").wants(200)
		asked := got.text("form.stack")
		if !strings.Contains(asked, "139****00") || strings.Contains(got.body, "13900000000") || !strings.Contains(got.body, `href="`+at+`/identify"`) {
			t.Errorf("whom to call: %s", asked)
		}
		if strings.Count(asked, "联系上了，再填") != 1 || !strings.Contains(asked, "记下回访结果") {
			t.Errorf("the form reads %s", asked)
		}
		once := w.post("caller", at+"/identify", form("reason", "回访")).wants(200)
		if !strings.Contains(once.body, `href="`+at+`/call-back"`) {
			t.Error("the number does not lead on to the call-back")
		}
	})
}

func TestANumberIsShownOnceAndOnRecord(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		n := w.dispatched("水塔漏水。")
		shown := w.get("handler", "/office/cases/"+string(n)).wants(200)
		if strings.Contains(shown.body, "13900000000") || strings.Contains(shown.body, "赵一") || !strings.Contains(shown.text("article"), "139****00") {
			t.Error("the person is not masked")
		}
		w.post("handler", "/office/cases/"+string(n)+"/identify", form("reason", "")).wants(422)
		got := w.post("handler", "/office/cases/"+string(n)+"/identify", form("reason", "约时间上门")).wants(200)
		if !strings.Contains(got.text("dl"), "13900000000") || got.header.Get("Cache-Control") != "no-store" {
			t.Error("it is not shown, or may be kept")
		}
		if !strings.Contains(w.get("leader", "/office/cases/"+string(n)).text("ol.tl"), "约时间上门") {
			t.Error("the look is not on record")
		}
		w.get("secretary", "/office/cases/"+string(n)).wants(200)
		w.get("secretary", "/office/cases/"+string(n)+"/identify").wants(403)
		code := w.post("intake", "/office/cases/"+string(n)+"/reissue", form("reason", "身份证核过")).wants(200).text("dd")
		if err := w.Cases.Unlock(ctx, w.people["intake"].Town, n, code[len(code)-6:]); err != nil {
			t.Errorf("the new code %q: %v", code, err)
		}
	})
}

// What the unit calls solved is not shown so where the resident says that it is not.
func TestACaseThatTheResidentSaysIsNotSolvedIsNotShownAsSolved(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		n := w.answered("路灯不亮。")
		shown := func() string {
			return w.get("intake", "/office/cases/"+string(n)).wants(200).text("section.stack-s") + w.get("intake", "/office/cases?view=all").wants(200).text(".item")
		}
		if got := shown(); !strings.Contains(got, "已解决") || strings.Contains(got, "群众说") {
			t.Errorf("answered: %s", got)
		}
		w.Do(towntest.Resident(), casework.Contact{On: towntest.On(n), Reached: true, Solved: casework.SolvedNo, Satisfied: casework.Dissatisfied})
		if got := shown(); strings.Contains(got, "已解决") || strings.Count(got, "群众说没有解决") != 2 {
			t.Errorf("the resident says no: %s", got)
		}
	})
}
