package page_test

import (
	"strings"
	"testing"

	"yanming/internal/uitest"
)

const kept = `Object.keys(localStorage).filter(k => k.startsWith("draft:")).map(k => localStorage.getItem(k)).join("")`

func TestDraftsStayOnThePhoneUnlessInConfidence(t *testing.T) {
	url, p := serve(t), uitest.New(t).Page()
	p.Viewport(390, 844)
	p.Open(url + "/say")
	p.Type("#f-text", "南渠又堵了")
	if got := uitest.Eval[string](p, kept); !strings.Contains(got, "南渠又堵了") {
		t.Errorf("no draft is kept: %q", got)
	}
	p.Click("#f-quiet")
	if got := uitest.Eval[string](p, kept); got != "" {
		t.Errorf("a draft stays after asking for confidence: %q", got)
	}
	p.Type("#f-text", "书记的事")
	if got := uitest.Eval[string](p, kept); got != "" {
		t.Errorf("a draft in confidence is kept: %q", got)
	}
}

func TestReceiptBecomesAPicture(t *testing.T) {
	url, p := serve(t), uitest.New(t).Page()
	p.Viewport(390, 844)
	p.Open(url + "/receipt")
	p.Click("[data-picture]")
	p.Wait("#picture")
	if size := uitest.Eval[int](p, `document.getElementById("picture").src.length`); size < 3000 {
		t.Errorf("the picture is empty: %d characters", size)
	}
	if got := p.Problems(); len(got) > 0 {
		t.Error(got)
	}
	p.Screenshot("picture")
}

func TestPhotosAreMadeSmaller(t *testing.T) {
	url, p := serve(t), uitest.New(t).Page()
	p.Open(url + "/say")
	// A picture of 3000 pixels, drawn by the page itself, as a phone's camera would give it.
	got := uitest.Eval[string](p, `(async () => {
		const c = document.createElement("canvas"); c.width = 3000; c.height = 1500;
		const x = c.getContext("2d");
		const noise = x.createImageData(3000, 1500);
		for (let i = 0; i < noise.data.length; i++) noise.data[i] = i % 4 === 3 ? 255 : i * 7919 % 251;
		x.putImageData(noise, 0, 0);
		const big = await new Promise(d => c.toBlob(d, "image/png")), t = new DataTransfer(), input = document.getElementById("f-photo");
		t.items.add(new File([big], "井.png", {type: "image/png"}));
		input.files = t.files; input.dispatchEvent(new Event("change"));
		for (let i = 0; i < 100 && input.files[0].type !== "image/jpeg"; i++) await new Promise(d => setTimeout(d, 50));
		const img = await createImageBitmap(input.files[0]);
		return [input.files[0].name, img.width, img.height, input.files[0].size < big.size].join(" ");
	})()`)
	if got != "井.jpg 1600 800 true" {
		t.Errorf("the photo is sent as %q", got)
	}
	if list := p.Problems(); len(list) > 0 {
		t.Error(list)
	}
}

func TestKeysOfTheOffice(t *testing.T) {
	url, p := serve(t), uitest.New(t).Page()
	p.Open(url + "/inbox")
	at := func() string {
		return uitest.Eval[string](p, `document.activeElement.getAttribute("href") || document.activeElement.id`)
	}
	p.Press("j") // the item at hand is the second
	if got := at(); got != "/office/cases/2" {
		t.Errorf("after J: %s", got)
	}
	p.Press("k")
	p.Press("k")
	if got := at(); got != "/office/cases/0" {
		t.Errorf("after K twice: %s", got)
	}
	p.Press("?")
	if p.Count("details.keys[open]") != 1 {
		t.Error("? shows no keys")
	}
	p.Press("/")
	if got := at(); got != "q" {
		t.Errorf("after /: %s", got)
	}
	p.Press("j")
	// The browser's remote control sends the letter of a key apart from its press, so the slash may come along.
	if got := strings.TrimPrefix(p.Value("#q"), "/"); got != "j" {
		t.Errorf("a letter typed into the search is %q", got)
	}
	p.Click("[data-keys]")
	uitest.Eval[bool](p, `(document.activeElement.blur(), true)`)
	p.Press("j")
	if got := at(); strings.HasPrefix(got, "/office") {
		t.Errorf("keys that are switched off lead to %s", got)
	}
	if list := p.Problems(); len(list) > 0 {
		t.Error(list)
	}
}

func TestOfficeDraftsLastUntilTheServerHasTakenThem(t *testing.T) {
	url, p := serve(t), uitest.New(t).Page()
	p.Open(url + "/form")
	p.Type("#f-phone", "0371-00000000")
	p.Submit("main form") // the page comes again: with an error here
	if got := p.Value("#f-phone"); got != "0371-00000000" {
		t.Errorf("what was typed is lost after a refusal: %q", got)
	}
	p.Open(url + "/inbox")
	if got := uitest.Eval[string](p, kept); !strings.Contains(got, "0371-00000000") {
		t.Errorf("a refused form's draft is gone: %q", got)
	}
	p.Open(url + "/form?taken=1")
	p.Submit("main form")
	if got := uitest.Eval[string](p, kept); got != "" {
		t.Errorf("a taken form's draft stays: %q", got)
	}
}

// A draft outlives a session that ran out, says that it is one when it comes back, and is cleared when asked: the next
// resident must not be written down with the name of the last.
func TestADraftThatComesBackSaysSo(t *testing.T) {
	url, p := serve(t), uitest.New(t).Page()
	p.Open(url + "/form?ended=1")
	if p.Count("#draft") != 0 {
		t.Error("an empty form says it is a draft")
	}
	p.Type("#f-phone", "0371-00000000")
	p.Submit("main form")
	if got := p.URL(); !strings.HasSuffix(got, "/login") {
		t.Fatalf("sent without a session it leads to %s", got)
	}
	p.Open(url + "/inbox")
	p.Open(url + "/form")
	if got := p.Value("#f-phone"); got != "0371-00000000" || p.Count("#draft") != 1 {
		t.Errorf("after signing in again: %q, %d notes", got, p.Count("#draft"))
	}
	p.Click("#draft button")
	if got := uitest.Eval[string](p, kept); got != "" || p.Value("#f-phone") != "" || p.Count("#draft") != 0 {
		t.Errorf("cleared: kept %q, shown %q, %d notes", got, p.Value("#f-phone"), p.Count("#draft"))
	}
	if list := p.Problems(); len(list) > 0 {
		t.Error(list)
	}
}
