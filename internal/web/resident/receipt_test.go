package resident_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"yanming/internal/casework"
	"yanming/internal/db/dbtest"
	"yanming/internal/journal"
	"yanming/internal/seal"
	"yanming/internal/towntest"
)

func TestAnotherReceiptOpensNothing(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		mine, other := w.visitor(t), w.visitor(t)
		a := mine.say("/say/what", "我家的事。", "where", "u")
		other.upToCheck("/say/what", "别家的事。", "where", "u")
		other.upload("/say/send", other.form("/say/send"), jpegWithPlace(t))
		b := other.number()
		file := w.track(dbtest.Town, b).Files[0].ID
		for _, path := range []string{"", "/steps", "/print", "/words", "/withdraw", "/urge"} {
			mine.get("/r/" + string(b) + path)
			mine.hides("别家", other.id("code"))
		}
		for _, n := range []seal.Number{a, b} { // somebody else's file through either receipt
			if mine.get("/r/" + string(n) + "/file/" + file); mine.status != 404 {
				t.Errorf("file through %s: %d", n, mine.status)
			}
		}
		form := mine.get("/r/" + string(a) + "/words").form("/r/" + string(a) + "/words")
		form.Set("text", "塞进去的话")
		mine.post("/r/"+string(b)+"/words", form)
		if got := len(w.track(dbtest.Town, b).Steps); got != 1 {
			t.Errorf("another's case has %d steps", got)
		}
		// A ticket that was made up, and one of another receipt with its number exchanged.
		for _, ticket := range []string{"9999999999." + string(b) + ".00", w.Keys.Ticket("other", string(b)+"/1", w.Clock.Now().Add(time.Hour)),
			w.Keys.Ticket("receipt", string(b)+"/1", w.Clock.Now().Add(-time.Minute)),
			w.Keys.Ticket("receipt", string(b), w.Clock.Now().Add(time.Minute)), w.Keys.Ticket("receipt", string(b)+"/2", w.Clock.Now().Add(time.Minute))} {
			req, err := http.NewRequest("GET", w.url+"/r/"+string(b), nil)
			if err != nil {
				t.Fatal(err)
			}
			req.AddCookie(&http.Cookie{Name: "receipt", Value: ticket})
			w.visitor(t).do(req).hides("别家")
		}
	})
}

// TestANewCodeEndsWhatTheOldOneOpened: whoever asks the counter for another code fears for the one before.
func TestANewCodeEndsWhatTheOldOneOpened(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		author := w.visitor(t)
		author.upToCheck("/say/what", "路灯不亮。", "where", "u")
		form := author.form("/say/send")
		n := author.post("/say/send", form).number()
		at := "/r/" + string(n)
		other := w.unlocked(t, n)
		w.Do(w.intake, casework.Reissue{On: towntest.On(n), Reason: "回执丢了"})
		code := w.Keys.Code(dbtest.Town, n, 2)
		for name, v := range map[string]*visitor{"the first receipt": author, "the old code": other} {
			for _, path := range []string{at, at + "/steps", at + "/print", at + "/words"} {
				if v.get(path); strings.Contains(v.body, "路灯") || strings.Contains(v.body, code) {
					t.Errorf("%s still opens %s", name, path)
				}
			}
		}
		if author.post("/say/send", form); strings.Contains(author.body, code) || strings.Contains(author.body, "路灯") {
			t.Error("the form of before shows the new code")
		}
		form.Set("bare", "1")
		if author.post("/say/send", form); strings.Contains(author.body, code) || strings.Contains(author.body, "路灯") {
			t.Error("the form of before answers with the new code")
		}
		w.visitor(t).get("/r").send("/r", "number", string(n), "code", code).shows("路灯不亮")
	})
}

func TestWrongCodesAreAnsweredAlike(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		open := w.visitor(t).say("/say/what", "路灯不亮。", "where", "u")
		sealed := w.visitor(t).say("/say/what", "会计的事。", "where", "u", "who", "confide")
		broken := string(open[:11]) + string('0'+(open[11]-'0'+1)%10)
		unknown := seal.NewNumber(open.Town())
		var first string
		for name, number := range map[string]string{"open": string(open), "sealed": string(sealed), "unknown": string(unknown),
			"mistyped": broken, "of no town": string(seal.NewNumber(997))} {
			v := w.visitor(t).get("/r").send("/r", "number", number, "code", "000000")
			v.is(http.StatusUnprocessableEntity)
			v.hides("000000")
			same := strings.ReplaceAll(v.body, number, "")
			for _, f := range []string{"/r"} {
				same = strings.ReplaceAll(same, v.form(f).Get("key"), "")
			}
			if first == "" {
				first = same
			} else if same != first {
				t.Errorf("%s is answered otherwise:\n%s\n%s", name, same, first)
			}
		}
		// Without a ticket the page of every number is the same too.
		first = ""
		for _, number := range []string{string(open), string(sealed), string(unknown)} {
			v := w.visitor(t).get("/r/" + number)
			same := strings.ReplaceAll(strings.ReplaceAll(v.body, seal.Number(number).Grouped(), ""), v.form("/r").Get("key"), "")
			if first == "" {
				first = same
			} else if same != first {
				t.Errorf("%s: %s\n%s", number, same, first)
			}
		}
		v := w.visitor(t)
		for range 6 {
			v.get("/r").send("/r", "number", string(unknown), "code", "111111")
		}
		v.is(http.StatusTooManyRequests)
		v.shows("秒再试")
		if v.header.Get("Retry-After") == "" {
			t.Error("not said for how long")
		}
		w.Clock.Add(2 * time.Minute)
		v.get("/r").send("/r", "number", string(open), "code", w.Keys.Code(dbtest.Town, open, 1))
		v.shows("路灯不亮")
		v.get("/r").send("/r", "secret", "1234")
		v.is(http.StatusUnprocessableEntity)
		v.get("/r").send("/r")
		v.is(http.StatusUnprocessableEntity)
		v.shows("请填回执上的编号")
		if v.post("/r", url.Values{"secret": {""}}); v.status != 422 {
			t.Errorf("no secret: %d", v.status)
		}
		v.shows("请填收到时抄下的长密码")
		v.hides("请填回执上的编号")
	})
}

// unlocked is a visitor who came back by number and code.
func (w *town) unlocked(t testing.TB, n seal.Number) *visitor {
	t.Helper()
	v := w.visitor(t).get("/r").send("/r", "number", n.Grouped(), "code", w.Keys.Code(dbtest.Town, n, 1))
	v.is(200)
	return v
}

func TestAnAnswerIsRatedSentBackAndReopened(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		n := w.visitor(t).say("/say/what", "南渠堵了。", "where", "v:"+w.willow)
		at := "/r/" + string(n)
		v := w.unlocked(t, n)
		v.shows("补充内容", "催一下", "撤回", "11月24日到期")
		v.hides("退回重办", "重新办理", "说说办得怎么样")
		v.get(at+"/urge").send(at+"/urge", "reason", "")
		v.is(http.StatusUnprocessableEntity)
		v.send(at+"/urge", "reason", "快下雨了")
		v.shows("收到了：已经替您催办", "催办", "快下雨了")
		v.get(at + "/steps?did=other").hides(`role="status"`)
		v.get(at + "/rate")
		v.is(http.StatusConflict) // nothing is answered yet
		w.answer(n)
		v.get(at)
		v.shows("已清淤 40 米，水通了。", "已解决", "水利站", "交给水利站办理", "副镇长 许青", "解决了没有，您说了算")
		v.hides("陈立") // the timeline names units, not handlers
		v.get(at+"/rate").send(at+"/rate", "solved", "no")
		v.is(http.StatusUnprocessableEntity)
		v.send(at+"/rate", "satisfied", "dissatisfied")
		v.is(200)
		v.shows("收到了，谢谢您的评价", "要退回去重办吗", "没有解决", "不满意")
		v.get(at+"/redo").send(at+"/redo", "reason", "一下雨又堵了")
		v.shows("收到了：已退回重办", "退回重办", "一下雨又堵了", "办理中")
		w.Do(w.handler, casework.Answer{On: towntest.On(n), Outcome: casework.Resolved, Text: "换了大管。"})
		w.Do(w.caller, casework.Contact{On: towntest.On(n), Reached: true, Solved: "yes", Satisfied: "satisfied", Text: "电话里情绪不好"})
		w.Do(w.caller, casework.Close{On: towntest.On(n), Note: "内部的话"})
		v.get(at)
		v.shows("换了大管。", "已办结", "重新办理")
		v.hides("内部的话", "情绪不好")
		v.get(at+"/reopen").send(at+"/reopen", "reason", "又塌了")
		v.shows("收到了：重新办理", "又塌了", "办理中")
		if c := w.track(dbtest.Town, n).Case; c.Round != 3 {
			t.Errorf("round %d", c.Round)
		}
	})
}

func TestWordsPhotosInformationAndWithdrawal(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		n := w.visitor(t).say("/say/what", "南渠堵了。", "where", "v:"+w.willow)
		at := "/r/" + string(n)
		v := w.unlocked(t, n)
		v.get(at + "/words")
		v.send(at + "/words")
		v.is(http.StatusUnprocessableEntity)
		form := v.form(at + "/words")
		v.upload(at+"/words", form, jpegWithPlace(t))
		v.shows("收到了：您补充的内容", "补充了照片", "您的照片 1")
		v.upload(at+"/words", form, jpegWithPlace(t)) // sent twice
		if got := len(w.track(dbtest.Town, n).Files); got != 1 {
			t.Errorf("%d photos", got)
		}
		w.Do(w.intake, casework.Accept{On: towntest.On(n)})
		w.Do(w.intake, casework.Dispatch{On: towntest.On(n), Unit: w.water, Leader: w.mayor.Person, Note: "请张三去看"})
		w.Do(w.handler, casework.Sign{On: towntest.On(n)})
		w.Do(w.handler, casework.AskInfo{On: towntest.On(n), Text: "是哪一段？"})
		v.get(at)
		v.shows("是哪一段？", "等您补充", "暂停计时")
		v.hides("请张三去看")
		v.get(at+"/info").send(at+"/info", "text", "桥东那一段")
		v.shows("收到了：您补充的情况", "您补充了情况", "桥东那一段")
		v.get(at + "/withdraw").shows("不能恢复")
		v.send(at + "/withdraw")
		v.is(http.StatusUnprocessableEntity)
		v.send(at+"/withdraw", "reason", "自己通了")
		v.shows("收到了：这一件已撤回", "已撤回", "撤回了")
		if got := w.track(dbtest.Town, n).Case.State; got != casework.Withdrawn {
			t.Errorf("state %s", got)
		}
	})
}

func TestObjectionsAndJoinedCases(t *testing.T) {
	w := sqlite(t)
	n := w.visitor(t).say("/say/what", "南渠堵了。", "where", "v:"+w.willow)
	at := "/r/" + string(n)
	w.Do(w.intake, casework.Decline{On: towntest.On(n), Reason: "属县水利局管", Basis: "《河道管理条例》", Target: "县水利局"})
	v := w.unlocked(t, n)
	v.shows("不予受理", "属县水利局管", "《河道管理条例》", "县水利局", "我有异议")
	v.get(at+"/object").send(at+"/object", "reason", "渠是镇里修的")
	v.shows("收到了：您的异议已登记", "您提出了异议", "已收到")
	other := w.visitor(t).say("/say/what", "南渠又堵了，我叫赵一。", "where", "v:"+w.willow)
	w.Do(w.intake, casework.Link{On: towntest.On(n), Into: other, Reason: "同一条渠"})
	w.answer(other)
	v.get(at)
	v.shows("与另一件一起办", "一起办的那一件", "交给水利站办理", "已清淤 40 米，水通了。", "不是同一件事")
	v.hides("赵一", string(other))
	v.get(at+"/unlink").send(at+"/unlink", "reason", "不是一条渠")
	v.shows("收到了：已经分开", "分开单独办")
}

func TestATicketEndsAndNothingThatWasWrittenIsLost(t *testing.T) {
	w := sqlite(t)
	n := w.visitor(t).say("/say/what", "南渠堵了。", "where", "u")
	at := "/r/" + string(n)
	v := w.unlocked(t, n).get(at + "/words")
	w.Clock.Add(31 * time.Minute)
	v.send(at+"/words", "text", "昨天又漫了")
	v.is(http.StatusUnprocessableEntity)
	v.shows("已经自动关上", "昨天又漫了")
	if got := len(w.track(dbtest.Town, n).Steps); got != 1 {
		t.Errorf("%d steps", got)
	}
}

func TestPaperHoldsNoCodeUnlessItWasJustShown(t *testing.T) {
	w := sqlite(t)
	v := w.visitor(t)
	n := v.say("/say/what", "南渠堵了。", "where", "u")
	at, code := "/r/"+string(n), w.Keys.Code(dbtest.Town, n, 1)
	v.get(at+"/print").shows(code, "回执编号", "登记时间")
	back := w.unlocked(t, n)
	back.get(at + "/print").shows("见您的回执")
	back.hides(code)
	if got := w.visitor(t).get(at + "/print"); got.at != "/r" {
		t.Errorf("without a ticket: %s", got.at)
	}
	for _, l := range v.get(at).links() {
		if strings.Contains(l, code) {
			t.Errorf("a link holds the code: %s", l)
		}
	}
}

func TestOnlyPublishedCasesAreOfferedAndFollowed(t *testing.T) {
	w := sqlite(t)
	r := casework.Register{Key: journal.Key("k1"), Kind: casework.Opinion, Channel: casework.WalkIn, Text: "南渠淤堵，赵一家门口进水", Title: "南渠淤堵", Village: w.willow,
		Category: "water", Consent: true}
	shown, err := w.Cases.Register(ctx, w.intake, r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Cases.Do(ctx, w.petition, casework.Publish{On: casework.On{Case: shown.Number}, Title: "南渠淤堵"}); err != nil {
		t.Fatal(err)
	}
	r.Key, r.Title = "k2", "北渠漏水"
	kept, err := w.Cases.Register(ctx, w.intake, r)
	if err != nil {
		t.Fatal(err)
	}
	v := w.visitor(t)
	v.get("/say/what").send("/say/where", "text", "渠里没水。", "category", "water")
	v.send("/say/reply", "where", "v:"+w.willow)
	v.shows("附近已有人反映过", "南渠淤堵")
	v.hides("赵一", "北渠漏水")
	v.send("/say/check", "reply", "none", "follow", string(shown.Number))
	v.upload("/say/send", v.form("/say/send"))
	v.get("/r/" + string(v.number()) + "/steps")
	v.shows("您跟着看的", "南渠淤堵", "已收到")
	v.hides("赵一", "北渠漏水")
	v.get("/r/" + string(shown.Number) + "/public")
	v.shows("南渠淤堵", "已收到", "2026年11月23日")
	v.hides("赵一")
	if v.get("/r/" + string(kept.Number) + "/public"); v.status != 404 {
		t.Errorf("an unpublished case: %d", v.status)
	}
}

func TestMarkupIsShownAsText(t *testing.T) {
	w := sqlite(t)
	const evil = `<script>alert("1")</script><img src=x onerror=alert(2)>`
	v := w.visitor(t)
	v.upToCheck("/say/what", evil, "where", "u", "place", evil[:30], "name", `"><script>`)
	v.hides("<script>alert", "<img src=x", `value=""><script>`)
	v.upload("/say/send", v.form("/say/send"))
	n := v.number()
	v.get("/r/" + string(n) + "/steps")
	v.shows(`<script>alert("1")</script>`)
	v.hides("<script>alert", "<img src=x")
	v.get("/r/"+string(n)+"/words").send("/r/"+string(n)+"/words", "text", evil)
	v.hides("<script>alert", "<img src=x")
}

func TestWritesFromOtherSitesAreRefused(t *testing.T) {
	w := sqlite(t)
	v := w.visitor(t).upToCheck("/say/what", "路灯不亮。", "where", "u")
	req, err := http.NewRequest("POST", w.url+"/say/send", strings.NewReader(v.form("/say/send").Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	req.Header.Set("Origin", "https://other.example")
	v.do(req)
	v.is(http.StatusForbidden)
	if n := w.held(dbtest.Town); n != 0 {
		t.Errorf("%d cases", n)
	}
	v.post("/say/where", url.Values{"town": {dbtest.Town}, "text": {strings.Repeat("字", 400_000)}})
	v.is(http.StatusRequestEntityTooLarge)
}

// TestWordsAreNotLostWhereTheCaseMovedOnOrAnAnswerWas: another sentence behind a form that was taken is added, and what
// cannot be taken any more is shown again.
func TestWordsAreNotLostWhereTheCaseMovedOnOrAnAnswerWas(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		n := w.visitor(t).say("/say/what", "南渠堵了。", "where", "v:"+w.willow)
		at := "/r/" + string(n)
		v := w.unlocked(t, n).get(at + "/words")
		form := v.form(at + "/words")
		form.Set("text", "昨天又漫了")
		w.unlocked(t, n).upload(at+"/words", form, jpegWithPlace(t)) // whose answer is lost
		form.Set("text", "昨天又漫了，漫到路上")
		v.upload(at+"/words", form, jpegWithPlace(t))
		v.shows("漫到路上")
		v.get(at + "/words")
		form = v.form(at + "/words")
		form.Set("text", "桥也塌了")
		v.upload(at+"/words", form)
		form.Set("text", "桥塌了一角")
		v.upload(at+"/words", form)
		v.is(http.StatusConflict)
		v.shows("再按一次提交", "桥塌了一角")
		v.send(at+"/words", "text", "桥塌了一角")
		v.shows("桥塌了一角", "桥也塌了")
		v.get(at + "/withdraw")
		w.unlocked(t, n).get(at+"/withdraw").send(at+"/withdraw", "reason", "自己通了")
		v.send(at+"/withdraw", "reason", "已经通了，谢谢各位")
		v.is(http.StatusConflict)
		v.shows("已经通了，谢谢各位")
	})
}
