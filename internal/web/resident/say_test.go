package resident_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/org"
	"yanming/internal/seal"
	"yanming/internal/towntest"
	"yanming/internal/web/page/pagetest"
)

func TestAWordGetsAReceiptAndIsFoundAgain(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		v := w.visitor(t)
		v.get("/g/" + w.grid)
		v.is(200)
		v.shows("柳岸村 第1网格", "周宁", "副镇长 许青", "0371-60000105", "0371-60000103", "12345", "12388")
		if strings.Contains(squeeze(text(v.doc)), "网格员 网格员") {
			t.Error("who is called by their duty is called so twice")
		}
		n := v.say("/say/what?grid="+w.grid, "南渠堵了，一下雨水就往院里倒。", "category", "water", "reply", "phone", "phone", "0371-60000999", "name", "赵一")
		if v.id("number") != strings.ReplaceAll(n.Grouped(), " ", "\u00a0") || len(v.id("code")) != 6 {
			t.Fatalf("number %q code %q", v.id("number"), v.id("code"))
		}
		code := v.id("code")
		v.shows("11月24日前", "11月30日前", "雁南镇便民服务中心", "0371-60000100")
		if got := v.header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("the receipt may be kept: %q", got)
		}
		c := w.track(dbtest.Town, n).Case
		if c.Village != w.willow || c.Grid != w.grid || c.Category != "water" || c.Kind != casework.Opinion || c.Channel != casework.Web || c.ReplyBy != "phone" {
			t.Errorf("registered: %+v", c)
		}
		other := w.visitor(t).get("/r/" + string(n))
		other.hides("南渠", code)
		other.send("/r", "code", code)
		other.is(200)
		other.shows("南渠堵了", "您提交了意见", "已收到")
		if other.at != "/r/"+string(n) || other.id("code") != "" {
			t.Errorf("at %s, code %q", other.at, other.id("code"))
		}
		if strings.Contains(other.title(), "南渠") {
			t.Errorf("the browser's title tells: %q", other.title())
		}
		if log := w.log.String(); strings.Contains(log, code) || strings.Contains(log, "南渠") || strings.Contains(log, url.QueryEscape("南渠")) {
			t.Errorf("the log holds the code or the word:\n%s", log)
		}
	})
}

func TestSendingTwiceGivesTheSameReceipt(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		for _, who := range []string{"", "confide"} {
			before := w.held(dbtest.Town)
			v := w.visitor(t).upToCheck("/say/what", "路灯不亮。", "who", who, "where", "v:"+w.east)
			form := v.form("/say/send")
			photo := jpegWithPlace(t)
			v.upload("/say/send", form, photo)
			n, code := v.number(), v.id("code")+v.id("secret")
			if code == "" {
				t.Fatalf("who %q: neither code nor secret:\n%s", who, v.body)
			}
			for _, photos := range [][][]byte{{photo}, nil} { // again, and again without the photos the browser forgot
				again := w.visitor(t).upload("/say/send", form, photos...)
				if got := again.number(); got != n || again.id("code")+again.id("secret") != code {
					t.Errorf("who %q: %s %s, then %s %s", who, n, code, got, again.id("code")+again.id("secret"))
				}
			}
			if got := w.held(dbtest.Town) - before; got != 1 {
				t.Errorf("who %q: %d cases", who, got)
			}
			if got := len(w.track(dbtest.Town, n).Files); got != 1 {
				t.Errorf("who %q: %d photos", who, got)
			}
		}
	})
}

// TestAReceiptThatCannotBeHandedOverIsShownAtOnce: what opens the receipt of a word in confidence is closed under the key of
// its record. Where that cannot be had, the word is recorded all the same, and nobody else knows its secret.
func TestAReceiptThatCannotBeHandedOverIsShownAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		v := w.visitor(t).upToCheck("/say/what", "会计的事。", "where", "u", "who", "confide")
		form := v.form("/say/send")
		v.upload("/say/send", form)
		secret, id := v.id("secret"), w.track(dbtest.Town, v.number()).Case.ID
		err := w.DB.Update(ctx, dbtest.Town, func(tx *db.Tx) error { return w.Keys.Destroy(ctx, tx, string(id)) })
		if err != nil {
			t.Fatal(err)
		}
		again := w.visitor(t).upload("/say/send", form)
		again.is(http.StatusOK)
		if got := again.id("secret"); secret == "" || got != secret {
			t.Errorf("secret %q was shown, then %q:\n%s", secret, got, again.body)
		}
		again.shows("只显示这一次")
		again.hides("会计")
	})
}

func TestABrowserThatKeepsNoCookiesGetsItsReceiptAllTheSame(t *testing.T) {
	w := sqlite(t)
	v := w.visitor(t)
	v.c.Jar = nil
	v.upToCheck("/say/what", "路灯不亮。", "where", "u")
	form := v.form("/say/send")
	v.upload("/say/send", form)
	v.is(http.StatusOK)
	number, code := v.id("number"), v.id("code")
	if number == "" || code == "" {
		t.Fatalf("no number %q or code %q on\n%s", number, code, v.body)
	}
	if again := w.visitor(t).upload("/say/send", form); again.id("number") != number || again.id("code") != code {
		t.Errorf("sent again, the form gives %s %s, not %s %s", again.id("number"), again.id("code"), number, code)
	}
	kept := w.visitor(t).upToCheck("/say/what", "路灯又不亮。", "where", "u")
	kept.upload("/say/send", kept.form("/say/send"))
	if kept.at == "/say/send" {
		t.Error("a browser that keeps cookies is not led to its receipt")
	}
}

func TestTheSameFormWithOtherWordsIsNotTakenForTheSame(t *testing.T) {
	w := sqlite(t)
	v := w.visitor(t).upToCheck("/say/what", "路灯不亮。", "where", "u")
	form := v.form("/say/send")
	v.upload("/say/send", form)
	first := v.number()
	form.Set("text", "路又塌了。")
	v.upload("/say/send", form)
	v.is(http.StatusConflict)
	v.shows("刚才已经收到过一次", "路又塌了。")
	v.upload("/say/send", v.form("/say/send"))
	if second := v.number(); second == first {
		t.Error("one receipt for two matters")
	}
}

func TestWhatIsMissingIsSaidAndNothingIsLost(t *testing.T) {
	w := sqlite(t)
	v := w.visitor(t).get("/say/what?town=" + dbtest.Town)
	v.send("/say/where", "text", "  ", "category", "school", "who", "confide")
	v.is(http.StatusUnprocessableEntity)
	v.shows("还差一点", "一两句话就行", "第 1 步，共 4 步")
	if f := v.form("/say/where"); f.Get("category") != "school" || f.Get("who") != "confide" {
		t.Errorf("lost: %v", f)
	}
	v.send("/say/where", "text", "校车不来。", "who", "")
	v.shows("第 2 步，共 4 步")
	v.send("/say/reply", "place", "桥头", "where", "")
	v.is(http.StatusUnprocessableEntity)
	if f := v.form("/say/reply"); f.Get("place") != "桥头" || f.Get("text") != "校车不来。" {
		t.Errorf("lost: %v", f)
	}
	v.send("/say/reply", "where", "f:"+w.firm)
	v.shows("第 3 步，共 4 步", "不留姓名住址")
	v.send("/say/check")
	v.is(http.StatusUnprocessableEntity)
	v.send("/say/check", "reply", "phone", "phone", "没有", "name", "赵一")
	v.is(http.StatusUnprocessableEntity)
	v.shows("这不像电话号码")
	v.send("/say/check", "reply", "post", "phone", "")
	v.shows("请留住址")
	if f := v.form("/say/check"); f.Get("name") != "赵一" || f.Get("category") != "school" {
		t.Errorf("lost: %v", f)
	}
	v.send("/say/check", "address", "桥头 3 号")
	v.is(200)
	v.shows("第 4 步，共 4 步", "校车不来。", "雁南食品厂", "桥头", "寄信给我", "赵一", "上学")
	// Back to the first page by its own way, and forward again.
	back := v.form("/say/what")
	v.post("/say/what", back)
	v.is(200)
	if f := v.form("/say/where"); f.Get("text") != "校车不来。" || f.Get("place") != "桥头" || f.Get("address") != "桥头 3 号" || f.Get("category") != "school" {
		t.Errorf("going back lost: %v", f)
	}
	v.upload("/say/send", v.form("/say/where")) // skipping what was filled in already is no harm
	n := v.number()
	if c := w.track(dbtest.Town, n).Case; c.Firm != w.firm || c.Village != w.east || c.Words.Place != "桥头" {
		t.Errorf("registered: %+v", c)
	}
	if strings.Contains(w.log.String(), url.QueryEscape("校车")) {
		t.Error("the word stands in an address")
	}
}

func TestWhatAWayOfAnsweringNeedsIsSaidBeforeTheError(t *testing.T) {
	w := sqlite(t)
	v := w.visitor(t).get("/say/what").send("/say/where", "text", "路灯不亮。")
	v.send("/say/reply", "where", "u")
	v.shows("要留电话号码", "选“打电话告诉我”的要填", "选“寄信给我”的要填")
	if label := text(v.find(func(n *html.Node) bool { return pagetest.Attr(n, "for") == "f-phone" })); label != "电话" {
		t.Errorf("the number is called %q", label)
	}
	v.send("/say/check", "reply", "phone")
	v.is(http.StatusUnprocessableEntity)
	v.shows("请留一个号码", "选“打电话告诉我”的要填")
}

func TestAPageCannotBeSkipped(t *testing.T) {
	w := sqlite(t)
	v := w.visitor(t)
	v.upload("/say/send", url.Values{"town": {dbtest.Town}, "text": {"路灯不亮。"}, "where": {"v:999"}, "reply": {"none"}})
	v.is(http.StatusUnprocessableEntity)
	if n := w.held(dbtest.Town); n != 0 {
		t.Errorf("%d cases", n)
	}
	v.upload("/say/send", url.Values{"town": {county}, "text": {"路灯不亮。"}, "where": {"u"}, "reply": {"none"}})
	v.is(http.StatusNotFound)
}

func TestAWordInConfidence(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		v := w.visitor(t)
		v.get("/say/what?grid="+w.grid).send("/say/where", "text", "会计优亲厚友。", "category", "conduct")
		v.shows("您要不要保密")
		back := v.form("/say/reply")
		back.Set("hush", "1")
		v.post("/say/what", back)
		if got := v.form("/say/where").Get("who"); got != "confide" {
			t.Errorf("going back forgets the confidence: %q", got)
		}
		v.send("/say/where", "who", "")
		v.shows("您要不要保密")
		v.send("/say/reply", "hush", "1")
		v.shows("镇里指定的 1 个人能看", "不会打给您")
		v.hides(`name="consent"`, `value="phone"`)
		v.send("/say/check", "phone", "0371-60000999", "consent", "1") // consent is not asked for here, and not taken
		v.shows("不想让村里知道是我说的")
		v.upload("/say/send", v.form("/say/send"), jpegWithPlace(t))
		n, secret := v.number(), v.id("secret")
		v.shows("只显示这一次", "在雁南镇指定的人手里", "凭密码来查，看受理不受理", "不会有人给您打电话")
		v.hides("便民服务中心", "0371-60000100", "告诉您") // who answers there cannot see it
		v.hides(n.Grouped(), strings.ReplaceAll(n.Grouped(), " ", "\u00a0"))
		if len(strings.ReplaceAll(secret, " ", "")) != 22 {
			t.Fatalf("secret %q", secret)
		}
		track := w.track(dbtest.Town, n)
		if c := track.Case; !c.Veiled() || c.Consent || c.Anonymity != casework.SealedIdentity {
			t.Errorf("registered: %+v", c)
		}
		if len(track.Files) != 1 || !track.Files[0].Sealed {
			t.Fatalf("files: %+v", track.Files)
		}
		if b, err := w.blobs.GetBytes(track.Files[0].Digest); err != nil || strings.HasPrefix(string(b), "\xff\xd8") {
			t.Errorf("the photo is stored in clear: %v", err)
		}
		v.get("/r/" + string(n) + "/file/" + track.Files[0].ID)
		if v.status != 200 || !strings.HasPrefix(v.body, "\xff\xd8") {
			t.Errorf("its own photo: %d", v.status)
		}
		v.get("/r/" + string(n) + "/print").shows(secret)
		v.hides("便民服务中心", "0371-60000100")
		v.get("/r/" + string(n)).shows(secret) // changing the size of letters comes back here
		v.get("/r/" + string(n) + "/steps")
		v.shows("会计优亲厚友。", "不会有人给您打电话")
		v.hides("便民服务中心", "0371-60000100")
		if strings.Contains(v.title(), "会计") {
			t.Errorf("the browser's title tells: %q", v.title())
		}
		v.send("/r/" + string(n) + "/leave")
		v.get("/r/"+string(n)).hides("会计", secret)
		// The number opens nothing; the secret alone does.
		v.get("/r").send("/r", "secret", secret)
		v.is(200)
		v.shows("会计优亲厚友。")
		v.get("/r/" + string(n) + "/print").hides(secret)
		if log := w.log.String(); strings.Contains(log, strings.ReplaceAll(secret, " ", "")) || strings.Contains(log, url.QueryEscape(secret)) {
			t.Error("the log holds the secret")
		}
	})
}

func TestACaseInConfidenceNamesOnlyWhoReadsIt(t *testing.T) {
	w := sqlite(t)
	v := w.visitor(t)
	n := v.say("/say/what", "会计优亲厚友。", "where", "u", "who", "confide")
	w.Do(w.petition, casework.Accept{On: towntest.On(n)})
	w.Do(w.petition, casework.Dispatch{On: towntest.On(n), Unit: w.water, Leader: w.mayor.Person, Handler: w.handler.Person})
	v.get("/r/"+string(n)+"/steps").shows("受理了", "交给水利站办理", "不会有人给您打电话")
	v.hides("便民服务中心", "tel:")
}

// What is said in confidence of an office is kept from its people, also where one of them is named to read such words.
func TestAWordInConfidenceIsKeptFromWhomItIsAbout(t *testing.T) {
	w := sqlite(t)
	w.ID(w.Orgs.Set(ctx, w.System, org.Set{Name: org.Confidants, Value: []string{w.petition.Person, w.caller.Person}}))
	about := w.petition.Posts[0].Unit
	if w.visitor(t).get("/say/what").send("/say/where", "text", "路灯不亮。").offers("about", about) {
		t.Error("asked though nothing is said in confidence")
	}
	v := w.visitor(t)
	n := v.say("/say/what", "信访办的人收东西。", "where", "u", "who", "confide", "about", about)
	reads := func(a actor.Actor) bool {
		err := w.DB.View(ctx, dbtest.Town, func(tx *db.Tx) error { _, err := w.Cases.Get(ctx, tx, a, seal.Number(n)); return err })
		if err != nil && !errs.Is(err, errs.NotFound) {
			t.Fatal(err)
		}
		return err == nil
	}
	if reads(w.petition) || !reads(w.caller) {
		t.Errorf("read by whom it is about %v, by the other reader %v", reads(w.petition), reads(w.caller))
	}
}

func TestAProvisionalDaySaysWhy(t *testing.T) {
	w := sqlite(t)
	v := w.visitor(t)
	n := v.say("/say/what", "会计的事。", "where", "u", "kind", "wrongdoing")
	v.shows("（暂定）", "那一年的放假安排还没有公布")
	w.unlocked(t, n).get("/r/" + string(n) + "/steps")
	w.Do(w.intake, casework.Accept{On: towntest.On(n)})
	w.unlocked(t, n).shows("（暂定）", "那一年的放假安排还没有公布")
}

func TestWhatIsAboutTheTownGoesToTheCounty(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		v := w.visitor(t).get("/say/what?grid=" + w.grid)
		v.shows("县里还没有指定接收的人", "12388")
		if v.offers("who", "county") {
			t.Error("offered though nobody would read it")
		}
		v.send("/say/where", "text", "镇长的事。", "who", "county")
		v.is(http.StatusUnprocessableEntity)
		w.openCounty()
		v = w.visitor(t)
		n := v.say("/say/what?grid="+w.grid, "镇长的事。", "who", "county", "place", "镇政府")
		v.shows("雁县")
		if w.held(dbtest.Town) != 0 || w.held(county) != 1 {
			t.Fatalf("town %d, county %d", w.held(dbtest.Town), w.held(county))
		}
		c := w.track(county, n).Case
		if !c.Veiled() || c.Grid != "" || c.Words.Place != "雁南镇 柳岸村 第1网格 镇政府" {
			t.Errorf("registered: %+v", c)
		}
		secret := v.id("secret")
		w.visitor(t).get("/r").send("/r", "secret", secret).shows("镇长的事。")
	})
}

func TestConfidenceIsOfferedOnlyWhereSomebodyReads(t *testing.T) {
	w := sqlite(t)
	w.ID(w.Orgs.Set(ctx, w.System, org.Set{Name: org.Confidants, Value: []string{}}))
	v := w.visitor(t).get("/say/what")
	v.shows("镇里还没有指定保密经办的人")
	if v.offers("who", "confide") {
		t.Error("offered though nobody would read it")
	}
	v.send("/say/where", "who", "confide", "text", "会计的事。")
	v.is(http.StatusUnprocessableEntity)
	if w.held(dbtest.Town) != 0 {
		t.Error("registered")
	}
	// The only reader belongs to the village that it is about.
	w.ID(w.Orgs.Set(ctx, w.System, org.Set{Name: org.Confidants, Value: []string{w.caller.Person}}))
	v = w.visitor(t).upToCheck("/say/what", "会计的事。", "who", "confide", "where", "v:"+w.east)
	v.upload("/say/send", v.form("/say/send"))
	v.is(http.StatusConflict)
	v.shows("这件事请直接向县里反映", "会计的事。")
}

func TestTownsAreFoundAtTheDoor(t *testing.T) {
	w := sqlite(t)
	v := w.visitor(t)
	v.get("/").shows("雁南镇", "我要提意见")
	w.ID(w.Orgs.OpenTown(ctx, w.neighbourly, org.OpenTown{ID: neighbour, Name: "雁北镇", Demo: true}))
	v.get("/").shows("雁南镇", "雁北镇", "您要向哪个镇提意见")
	v.hides("雁县") // a county is spoken to through its towns
	v.get("/t/" + neighbour).shows("雁北镇")
	v.get("/say/what")
	if v.at != "/" {
		t.Errorf("without a town: %s", v.at)
	}
	v.get("/say/check?town=" + neighbour)
	if v.at != "/" {
		t.Errorf("a later page by itself: %s", v.at)
	}
	for _, path := range []string{"/t/" + county, "/t/123", "/g/zzz", "/g/999zzzzz", "/say/what?town=1", "/say/else", "/r/" + string(seal.NewNumber(998)) + "/public"} {
		if v.get(path); v.status != 404 {
			t.Errorf("%s: %d", path, v.status)
		}
	}
	// A board of one town cannot bring a word into another.
	v.get("/say/what?grid=" + w.grid)
	if f := v.form("/say/where"); f.Get("town") != dbtest.Town || f.Get("board") != w.grid {
		t.Errorf("form: %v", f)
	}
	v.send("/say/where", "town", neighbour, "text", "路灯不亮。", "category", "")
	if f := v.form("/say/reply"); f.Get("board") != "" {
		t.Errorf("board of another town: %v", f)
	}
}
