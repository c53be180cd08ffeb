package resident_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yanming/internal/casework"
	"yanming/internal/seal"
	"yanming/internal/uitest"
)

// budget is the budget of a resident's page on the first visit, style and script with it.
const budget = 20 << 10

// sound looks at a page as it stands: axe, 320 px, console, weight.
func sound(t *testing.T, p *uitest.Page, shot string) {
	t.Helper()
	p.MustBeSound()
	most := 2
	if strings.Contains(p.URL(), "/r/") {
		most++ // the form that was sent and the page to which it led
	}
	if w := p.Weight(); w.Bytes > budget || w.Blocking > most || w.JS > 5<<10 {
		t.Errorf("%s: %d bytes, of them %d of scripts, %d blocking", p.URL(), w.Bytes, w.JS, w.Blocking)
	}
	p.Screenshot(shot)
}

// TestTheWholeWayWithoutScripts goes from a board to an answered case on a phone that runs no scripts.
func TestTheWholeWayWithoutScripts(t *testing.T) {
	for _, look := range []struct{ name, lang, size string }{{"zh", "zh-CN", ""}, {"xl", "zh-CN", "xl"}, {"en", "en", ""}} {
		t.Run(look.name, func(t *testing.T) {
			w := sqlite(t)
			w.openCounty()
			published(t, w)
			p := uitest.New(t).Page()
			p.NoScript()
			p.Viewport(390, 844)
			p.SetCookie(w.url, "lang", look.lang)
			if look.size != "" {
				p.SetCookie(w.url, "size", look.size)
			}
			shot := func(name string) { t.Helper(); sound(t, p, look.name+"-"+name) }
			p.Open(w.url + "/g/" + w.grid)
			shot("1-board")
			p.Follow("a.btn.big")
			shot("2-what")
			p.Submit("form")
			shot("2-what-wrong")
			p.Type("#f-text", "南渠堵了，一下雨水就往院里倒，去年就说过一次。")
			p.Click(`[name=category][value=water]`)
			p.Submit("form")
			shot("3-where")
			p.Type("#f-place", "南渠桥往东第二家门口")
			p.Submit("form")
			shot("4-reply")
			p.Submit("form")
			shot("4-reply-wrong")
			p.Click("#f-reply")
			p.Type("#f-phone", "0371-60000999")
			p.Submit("form")
			shot("5-check")
			photo := filepath.Join(t.TempDir(), "p.jpg")
			if err := os.WriteFile(photo, jpegWithPlace(t), 0o600); err != nil {
				t.Fatal(err)
			}
			p.Upload("#f-photos", photo)
			p.Submit(`form[action="/say/send"]`)
			shot("6-receipt")
			code, number := p.Text("#code"), strings.Join(strings.Fields(p.Text("#number")), "")
			if u := p.URL(); u != w.url+"/r/"+number || strings.Contains(u+p.Title(), code) {
				t.Errorf("at %s, titled %q", u, p.Title())
			}
			for _, c := range p.Cookies() {
				if c.Name == "receipt" && (!c.HTTPOnly || c.SameSite != "Lax" || c.Path != "/r" || strings.Contains(c.Value, code)) {
					t.Errorf("the ticket: %+v", c)
				}
			}
			p.Follow(`a[href$="/steps"]`)
			shot("7-track")
			p.Follow(`a[href$="/words"]`)
			shot("8-words")
			p.Open(w.url + "/r/" + number)
			p.Submit(`form[action$="/leave"]`)
			p.Open(w.url + "/r/" + number)
			shot("9-lookup")
			p.Type("#f-code", "1")
			p.Submit("form")
			shot("9-lookup-wrong")
			p.Type("#f-code", code)
			p.Submit("form")
			n := seal.Number(number)
			w.answer(n)
			p.Open(w.url + "/r/" + number)
			shot("a-answered")
			p.Follow(`a[href$="/rate"]`)
			shot("b-rate")
			p.Click("#f-solved-2")
			p.Click("#f-satisfied-2")
			p.Submit("form")
			shot("c-rated")
			p.Open(w.url + "/r/" + number + "/print")
			p.Viewport(1366, 768)
			p.MustBeSound()
			p.Screenshot(look.name + "-d-print")
		})
	}
}

// A phone keeps the page that one came from ready for its own key: after closing a receipt it must ask for the code again.
func TestAReceiptThatWasClosedDoesNotComeBack(t *testing.T) {
	w := sqlite(t)
	v := w.visitor(t)
	n := v.say("/say/what", "南渠堵了。", "where", "u")
	code := v.id("code")
	p := uitest.New(t).Page()
	p.Open(w.url + "/r/" + string(n))
	p.Type("#f-code", code)
	p.Submit("form")
	p.Wait("[data-leave]")
	p.Submit(`form[action$="/leave"]`)
	uitest.Eval[bool](p, `(setTimeout(() => history.back(), 0), true)`)
	p.Wait("#f-code")
	if p.Count("[data-leave]") != 0 {
		t.Error("the closed receipt is shown")
	}
}

// TestTheWayInConfidenceWithoutScripts goes the way of the first choice.
func TestTheWayInConfidenceWithoutScripts(t *testing.T) {
	w := sqlite(t)
	w.openCounty()
	p := uitest.New(t).Page()
	p.NoScript()
	p.Viewport(390, 844)
	for i, who := range []string{"#f-who-1", "#f-who-2"} {
		name := []string{"confide", "county"}[i]
		p.Open(w.url + "/say/what?grid=" + w.grid)
		p.Click(who)
		p.Type("#f-text", "会计优亲厚友，低保给了亲戚。")
		p.Submit("form")
		p.Submit("form")
		sound(t, p, name+"-reply")
		p.Submit("form")
		sound(t, p, name+"-check")
		p.Submit(`form[action="/say/send"]`)
		sound(t, p, name+"-receipt")
		if strings.Contains(p.Title()+p.URL(), "会计") {
			t.Errorf("the page's name tells: %s", p.Title())
		}
	}
}

// TestDraftsAreKeptOnlyOfOrdinaryWords runs scripts: a draft is kept, and gone as soon as confidence is asked for, or
// the receipt is there.
func TestDraftsAreKeptOnlyOfOrdinaryWords(t *testing.T) {
	w := sqlite(t)
	w.openCounty()
	const kept = `Object.keys(localStorage).map(k => localStorage.getItem(k)).join("")`
	p := uitest.New(t).Page()
	p.Viewport(390, 844)
	p.Open(w.url + "/say/what")
	p.Type("#f-text", "南渠又堵了")
	if got := uitest.Eval[string](p, kept); !strings.Contains(got, "南渠又堵了") {
		t.Fatalf("no draft: %q", got)
	}
	p.Open(w.url + "/say/what")
	if got := p.Value("#f-text"); got != "南渠又堵了" {
		t.Errorf("the draft does not come back: %q", got)
	}
	p.Click("#f-who-1")
	p.Type("#f-text", "会计的事")
	if got := uitest.Eval[string](p, kept); got != "" {
		t.Errorf("kept in confidence: %q", got)
	}
	p.Click("#f-who")
	p.Type("#f-text", "会计的事")
	p.Click("[name=category][value=conduct]")
	p.Submit("form")
	p.Click("#f-hush")
	p.Submit("form")
	if got := uitest.Eval[string](p, kept); got != "" {
		t.Errorf("kept after the later choice: %q", got)
	}
	p.Open(w.url + "/say/what")
	p.Type("#f-text", "路灯不亮")
	p.Submit("form")
	p.Submit("form")
	if p.Status() != 422 {
		t.Fatalf("status %d", p.Status())
	}
	p.Select("#f-where", "u")
	p.Submit("form")
	p.Click("#f-reply-3")
	p.Submit("form")
	p.Submit(`form[action="/say/send"]`)
	if got := uitest.Eval[string](p, kept); got != "" {
		t.Errorf("kept after the receipt: %q", got)
	}
	p.Click("[data-picture]")
	p.Wait("#picture")
	sound(t, p, "js-receipt")
}

// published registers a case whose title stands for everybody.
func published(t *testing.T, w *town) {
	t.Helper()
	_, err := w.Cases.Register(ctx, w.intake, casework.Register{Kind: casework.Opinion, Channel: casework.WalkIn, Text: "南渠淤堵。", Title: "南渠淤堵，雨天进水",
		Village: w.willow, Category: "water", Visibility: casework.Public, Consent: true})
	if err != nil {
		t.Fatal(err)
	}
}
