package desk

import (
	"bytes"
	"image"
	"image/jpeg"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"yanming/internal/casework"
	"yanming/internal/id"
	"yanming/internal/web/page"
	"yanming/internal/web/page/pagetest"
	"yanming/internal/web/town"
)

// letter is a filled-in form; more changes or adds fields.
func (w *world) letter(more ...string) []string {
	kv := []string{"channel", "letter", "kind", "opinion", "text", "南渠堵了，一下雨水就往院里倒。", "where", "g:" + w.grid, "category", "water",
		"name", "赵一", "phone", "13900000000", "who", "open"}
	return with(kv, more...)
}

func with(kv []string, more ...string) []string {
	out := slices.Clone(kv)
	for i := 0; i < len(more); i += 2 {
		at := -1
		for j := 0; j < len(out); j += 2 {
			if out[j] == more[i] {
				at = j
			}
		}
		if at >= 0 {
			out[at+1] = more[i+1]
		} else {
			out = append(out, more[i], more[i+1])
		}
	}
	return out
}

func TestALetterIsRegisteredOnOnePage(t *testing.T) {
	w := newWorld(t)
	v := w.as("intake")
	form := v.get("/office/cases/new")
	form.has(t, 200, `data-draft="desk-new"`, "说不准", "柳岸村 第1网格")
	if n := len(form.find("[name=channel]")); n != 10 {
		t.Errorf("%d channels", n)
	}
	for _, group := range []string{"petition", "wrongdoing", "proposal", "target", "project"} {
		form.has(t, 200, `data-when="kind=`+group+`"`)
	}
	got := v.post("/office/cases/new", w.letter()...)
	n := got.number()
	if got.text("#number") != n.Grouped() {
		t.Errorf("the receipt says %s", got.text("#number"))
	}
	rc := w.say(casework.Register{Text: "x"}) // any code has six digits
	if code := strings.ReplaceAll(got.text("#code"), " ", ""); len(code) != len(rc.Code) {
		t.Errorf("code %q", code)
	}
	got.has(t, 200, "11月24日", "11月30日", "0999-6000000", `href="/office/cases/new"`, "沿虚线向上折")
	c := w.sheet("petition", n)
	if c.Case.Channel != casework.Letter || c.Case.Grid != w.grid || c.Case.Village != w.willow || c.Person.Name != "赵一" ||
		c.Case.ReplyBy != "phone" || c.Case.Category != "water" || c.Case.Registrar != w.people["intake"].Person {
		t.Errorf("got %+v %+v", c.Case, c.Person)
	}
}

func TestWhatIsMissingIsSaidBesideIt(t *testing.T) {
	w := newWorld(t)
	v := w.as("intake")
	got := v.post("/office/cases/new", "kind", "petition", "name", "赵一")
	got.has(t, 422, `href="#f-channel"`, `href="#f-text"`, `href="#f-where"`, `value="赵一"`)
	v.post("/office/cases/new", w.letter("kind", "petition")...).has(t, 422, `href="#f-extra_petition_kind"`)
	v.post("/office/cases/new", w.letter("kind", "petition", "extra_petition_kind", "申诉求决类")...).number()
	v.post("/office/cases/new", w.letter("where", "v:nowhere")...).has(t, 422, `href="#f-where"`)
	v.post("/office/cases/new", w.letter("said", "2026-11-30")...).has(t, 422, `href="#f-said"`)
	n := v.post("/office/cases/new", w.letter("said", "2026-11-20")...).number()
	if day := w.sheet("intake", n).Case.Registered.UTC().Format("2006-01-02"); day != "2026-11-20" {
		t.Errorf("said on %s", day)
	}
}

func TestTheSameFormIsOneCase(t *testing.T) {
	w := newWorld(t)
	v := w.as("intake")
	key := string(page.NewForm().Key)
	a := v.post("/office/cases/new", w.letter("key", key)...).number()
	if b := v.post("/office/cases/new", w.letter("key", key)...).number(); a != b {
		t.Errorf("%s then %s", a, b)
	}
	got := v.post("/office/cases/new", w.letter("key", key, "text", "另一件事")...)
	got.has(t, 409, "另一件事", "刚才已经登记过")
	if fresh := pagetest.Attr(got.find("[name=key]")[0], "value"); fresh == key || !id.Valid(fresh) {
		t.Errorf("the token is still %q", fresh)
	}
	if n := len(w.all("intake")); n != 1 {
		t.Errorf("%d cases", n)
	}
}

func TestAKnownNumberLeadsToItsCase(t *testing.T) {
	w := newWorld(t)
	v := w.as("intake")
	first := v.post("/office/cases/new", w.letter("channel", "hotline", "external", "GD1")...).number()
	link := `href="` + town.CaseURL(first) + `"`
	v.get("/office/cases/known?channel=hotline&external=GD1").has(t, 200, town.CaseURL(first))
	v.get("/office/cases/known?channel=hotline&external=GD2").has(t, 200, "{}")
	v.post("/office/cases/new", w.letter("channel", "hotline", "external", "GD1", "do", "check")...).has(t, 200, link, "一下雨水就往院里倒")
	v.post("/office/cases/new", w.letter("channel", "hotline", "external", "GD2", "do", "check")...).has(t, 200, `id="free"`)
	v.post("/office/cases/new", w.letter("channel", "hotline", "external", "GD1")...).has(t, 409, link, `href="#f-external"`)
	// Who does not see the case does not learn where it lies.
	w.as("handler").get("/office/cases/known?system=hotline&external=GD1").lacks(t, town.CaseURL(first))
	if n := len(w.all("intake")); n != 1 {
		t.Errorf("%d cases", n)
	}
}

func TestATalkInConfidenceShowsItsSecretOnceAndLeavesNoDraft(t *testing.T) {
	w := newWorld(t)
	v := w.as("petition")
	form := v.get("/office/cases/new")
	if tick := form.find("#f-confide"); len(tick) != 1 || !strings.Contains(form.body, `name="confide" value="1" data-quiet`) {
		t.Error("the tick of confidence keeps a draft")
	}
	if !strings.Contains(form.body, `value="confident" data-quiet`) {
		t.Error("the channel of talks in confidence keeps a draft")
	}
	key := string(page.NewForm().Key)
	kv := w.letter("key", key, "channel", "confident", "text", "会计优亲厚友。", "subjects", w.water)
	got := v.post("/office/cases/new", kv...)
	secret := strings.ReplaceAll(got.text("#secret"), " ", "")
	if got.status != 200 || len(secret) != 22 || got.path != "/office/cases/new" || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("status %d, secret %q at %s", got.status, secret, got.path)
	}
	if again := v.post("/office/cases/new", kv...).text("#secret"); strings.ReplaceAll(again, " ", "") != secret {
		t.Error("the same form sent again shows another secret")
	}
	cs := w.all("petition")
	if len(cs) != 1 || !cs[0].Veiled() {
		t.Fatalf("cases %+v", cs)
	}
	n := cs[0].Number
	if sh := w.sheet("petition", n); !slices.Contains(sh.Subjects, w.committee) || !slices.Contains(sh.Subjects, w.water) || sh.Case.Anonymity != casework.SealedIdentity {
		t.Errorf("subjects %v, anonymity %s", sh.Subjects, sh.Case.Anonymity)
	}
	got.lacks(t, string(n), n.Grouped(), "可以打")
	got.has(t, 200, "不会有人给您打电话")
	v.get(town.CaseURL(n)+"/receipt").has(t, 404)
	v.post("/office/cases/new", with(kv, "key", "", "slip", "100000000000")...).has(t, 422, `href="#f-slip"`)
}

func TestATelephoneThatNobodyCanCallIsNotTaken(t *testing.T) {
	w := newWorld(t)
	v := w.as("intake")
	for phone, status := range map[string]int{"123": 422, "没有": 422, "６１２３４": 303, "0371-60000999 转 2": 303, "": 303} {
		key := string(page.NewForm().Key)
		got := v.post("/office/cases/new", w.letter("key", key, "text", "路灯不亮。"+phone, "phone", phone)...)
		if wrong := got.status == 422; wrong != (status == 422) || wrong && !strings.Contains(got.body, "这不像电话号码") {
			t.Errorf("%q: %d at %s", phone, got.status, got.path)
		}
	}
}

func TestWhoMayNotRegisterFindsNothing(t *testing.T) {
	w := newWorld(t)
	n := w.say(casework.Register{Text: "路灯不亮。"}).Number
	none := w.as("auditor").get("/office/cases/none")
	for _, path := range []string{"/office/cases/new", "/office/cases/new?fix=1", "/office/cases/paste", "/office/slips", "/office/cases/known",
		town.CaseURL(n) + "/receipt", town.CaseURL(n) + "/papers/notice", town.CaseURL(n) + "/copy", "/office/slips/0000000000000000000000000000000a"} {
		got := w.as("auditor").get(path)
		if got.status != 404 || got.body != none.body {
			t.Errorf("%s: status %d, other bytes %v", path, got.status, got.body != none.body)
		}
	}
	for _, path := range []string{"/office/cases/new", "/office/cases/paste", "/office/slips", "/office/slips/void", town.CaseURL(n) + "/copy", town.CaseURL(n) + "/papers/notice"} {
		if got := w.as("admin").post(path, w.letter()...); got.status != 404 || got.body != none.body {
			t.Errorf("post %s: status %d", path, got.status)
		}
	}
	// Nor does a case in confidence, or one that is nobody's, differ from none.
	secret := w.say(casework.Register{Text: "会计优亲厚友。", Confide: true, Person: casework.Person{Name: "赵一"}}).Number
	for _, who := range []string{"mayor", "secretary", "handler"} {
		none := w.as(who).get("/office/cases/100000000000/copy")
		for _, x := range []string{"/receipt", "/papers/notice", "/papers/dispatch", "/copy"} {
			if got := w.as(who).get(town.CaseURL(secret) + x); got.status != 404 || got.body != none.body {
				t.Errorf("%s %s: status %d", who, x, got.status)
			}
		}
	}
}

func TestWhoeverTookItDownMayPrintItsReceiptForAWhile(t *testing.T) {
	w := newWorld(t)
	v := w.as("handler") // may register, but not show receipts again
	n := v.post("/office/cases/new", w.letter("where", "u")...).number()
	v.get(town.CaseURL(n)+"/receipt").has(t, 200, n.Grouped())
	w.as("handler").get(town.CaseURL(n)+"/receipt").has(t, 404) // another browser
	mine := v.get(town.CaseURL(n) + "/receipt")
	mine.has(t, 200, `id="code"`)
	code := regexp.MustCompile(`id="code">([^<]+)<`).FindStringSubmatch(mine.body)[1]
	again := w.as("intake").get(town.CaseURL(n) + "/receipt") // to print it again, but not to speak for the resident
	again.has(t, 200, n.Grouped())
	again.lacks(t, `id="code"`, code, strings.ReplaceAll(code, " ", ""))
	w.Clock.Add(31 * 60e9)
	v.get(town.CaseURL(n)+"/receipt").has(t, 404)
}

func TestNamesAreKeptAsAsked(t *testing.T) {
	w := newWorld(t)
	v := w.as("intake")
	for who, want := range map[string]casework.Anonymity{"open": casework.Open, "protected": casework.Protected, "anonymous": casework.Anonymous} {
		n := v.post("/office/cases/new", w.letter("who", who)...).number()
		sh := w.sheet("petition", n)
		if sh.Case.Anonymity != want || (want == casework.Anonymous) != (sh.Person.Name == "") {
			t.Errorf("%s: %s, name %q", who, sh.Case.Anonymity, sh.Person.Name)
		}
	}
	n := v.post("/office/cases/new", w.letter("private", "1", "consent", "1")...).number()
	if c := w.sheet("petition", n).Case; c.Visibility != casework.Private || c.Consent {
		t.Errorf("private: %s, consent %v", c.Visibility, c.Consent)
	}
	n = v.post("/office/cases/new", w.letter("consent", "1")...).number()
	if c := w.sheet("petition", n).Case; c.Visibility != casework.Summary || !c.Consent {
		t.Errorf("published: %s, consent %v", c.Visibility, c.Consent)
	}
}

func TestFilesGoWithTheWord(t *testing.T) {
	w := newWorld(t)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 40, 30)), nil); err != nil {
		t.Fatal(err)
	}
	key := string(page.NewForm().Key)
	n := w.as("intake").upload("/office/cases/new", "files", "沟.jpg", b.Bytes(), w.letter("key", key)...).number()
	if sh := w.sheet("intake", n); len(sh.Files) != 1 || sh.Files[0].Sealed || sh.Files[0].Media != "image/jpeg" || sh.Files[0].Role != "original" {
		t.Errorf("files %+v", sh.Files)
	}
	key = string(page.NewForm().Key)
	for range 2 { // sent twice
		n = w.as("petition").upload("/office/cases/new", "files", "信.jpg", b.Bytes(), w.letter("key", key, "private", "1")...).number()
	}
	if sh := w.sheet("petition", n); len(sh.Files) != 1 || !sh.Files[0].Sealed {
		t.Errorf("private files %+v", sh.Files)
	}
	w.as("handler").upload("/office/cases/new", "files", "信.jpg", b.Bytes(), w.letter("key", string(page.NewForm().Key), "private", "1")...).has(t, 200, "材料没有存")
	w.as("intake").upload("/office/cases/new", "files", "x.exe", []byte("MZ1234567890"), w.letter()...).has(t, http.StatusUnprocessableEntity, `href="#f-files"`)
}

func TestAFixWritesEveryEvent(t *testing.T) {
	w := newWorld(t)
	v := w.as("intake")
	form := v.get("/office/cases/new?fix=1")
	form.has(t, 200, `data-draft="desk-fix"`, `data-when="outcome=not_supported"`)
	form.lacks(t, `value="confident"`, `name="confide"`)
	fix := w.letter("channel", "walk_in", "answer", "当场查到是停水检修，已告诉来水时间。", "outcome", "resolved", "unit", w.hall,
		"leader", w.people["mayor"].Person, "solved", "yes", "satisfied", "satisfied")
	n := v.post("/office/cases/new?fix=1", fix...).number()
	sh := w.sheet("petition", n)
	var got []string
	for _, s := range sh.Steps {
		got = append(got, string(s.Type))
	}
	if want := "registered accepted dispatched signed answered_resolved contact_recorded"; strings.Join(got, " ") != want {
		t.Errorf("events %q, want %q", strings.Join(got, " "), want)
	}
	if c := sh.Case; c.State != casework.FollowUp || !c.Immediate || !c.Confirmed() || !c.AtCounter || c.Leader != w.people["mayor"].Person {
		t.Errorf("case %+v", c)
	}
	v.post("/office/cases/new?fix=1", with(fix, "answer", "", "solved", "")...).has(t, 422, `href="#f-answer"`, `href="#f-solved"`)
	v.post("/office/cases/new?fix=1", with(fix, "outcome", "not_supported", "solved", "", "satisfied", "")...).has(t, 422, `href="#f-basis"`)
	v.post("/office/cases/new?fix=1", with(fix, "outcome", "scheduled", "solved", "", "satisfied", "")...).has(t, 422, `href="#f-planned"`)
	v.post("/office/cases/new?fix=1", with(fix, "leader", "")...).has(t, 422, `href="#f-leader"`)
	if n := len(w.all("petition")); n != 1 {
		t.Errorf("%d cases: a refused fix left one behind", n)
	}
}
