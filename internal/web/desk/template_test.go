package desk

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"yanming/internal/casework"
	"yanming/internal/i18n"
	"yanming/internal/web/page"
	"yanming/internal/web/page/pagetest"
	"yanming/internal/web/town"
)

// TestPagesAreSoundInBothLanguages type-checks every page and executes it, empty and full.
func TestPagesAreSoundInBothLanguages(t *testing.T) {
	site := pagetest.Site(t, "https://yn.example", nil)
	set, err := site.Pages(templates, page.Staff)
	if err != nil {
		t.Fatal(err)
	}
	wrong, bad := page.NewForm(), page.NewForm()
	for _, f := range []string{"channel", "text", "where", "said", "slip", "external"} {
		wrong.Fail(f, "error.required")
	}
	bad.Fail("n", "error.required")
	void := page.NewForm()
	void.Fail("numbers", "error.required")
	void.Fail("reason", "error.required")
	words := page.NewForm()
	one := []page.Choice{{Value: "a", Label: i18n.Key("desk.unsure")}}
	form := func(f *page.Form, fix bool) newPage {
		return newPage{Form: f, Fix: fix, Self: "/office/cases/new", Draft: "desk-new", Channels: []chip{{Value: "letter", ID: "f-channel", Label: casework.Letter.Name(), On: true}},
			Kinds: page.Named(casework.Kinds()), Extras: extras(), Places: one, Categories: one, Who: one, Replies: one, Systems: one, Subjects: one, MayConfide: true,
			MaxText: maxText, Units: one, Leaders: one, Outcomes: one, Solved: one, Satisfied: one, Known: "/office/cases/1", Sent: true}
	}
	full := pastePage{Form: words, Channels: one, Kinds: one, Who: one, Divide: one, Places: one, Categories: one, Systems: one, MaxBlock: maxBlock,
		Columns: []pasteColumn{{Name: "col_0", Label: "x", Choices: one}}, Rows: []pasteRow{{N: 1, Of: 1, Prefix: "row_1_", Label: i18n.Pair{ZH: "1"}, Day: "x", Cat: "x", Known: "/x"}},
		Done: []pasteDone{{N: 2, Number: "1", Title: "x", Href: "/x"}}, More: 3}
	full.Form.Set("block", "x")
	blank := full
	blank.Rows, blank.Done, blank.Form = nil, nil, page.NewForm()
	paperOf := func(isForm bool) paperPage {
		return paperPage{Form: page.NewForm(), Self: "/x", Event: "e", Notes: []string{"n"}, Docx: "/y", Others: []otherPaper{{Href: "/z"}},
			Paper: paper{Title: "t", Number: "1", Date: "d", To: "x", Form: isForm, Paras: []para{{Head: "h", Text: "x"}},
				Rows: [][]place{{{Label: "a", Value: "b"}, {Label: "c"}}, {{Label: "d", Lines: 4, Sign: "s"}}}}}
	}
	pagetest.Check(t, set, map[string]any{
		"new":     pagetest.Samples{form(page.NewForm(), false), form(wrong, true)},
		"receipt": receiptPage{Number: "1", Code: "123 456", Link: "https://yn.example/r/1", Case: "/x", Lost: true, Law: "x", Soft: true, Title: "x", Phone: "1", Address: "a"},
		"secret":  secretPage{Secret: "1", Link: "https://yn.example/r", Lost: true},
		"paste":   pagetest.Samples{full, blank},
		"slips":   pagetest.Samples{slipsPage{Form: page.NewForm(), Void: void, Waiting: []waiting{{Value: "1", Number: "1", ID: "f-numbers", Printed: monday}}}, slipsPage{Form: bad, Void: page.NewForm()}},
		"run":     slipPaper{Sheets: [][]slipLine{{{Number: "1", Code: "2", Link: "https://yn.example/r/1"}}}, Count: 1, Phone: "1"},
		"paper":   pagetest.Samples{paperOf(true), paperOf(false), paperPage{}},
		"copy": copyPage{Form: page.NewForm(), Systems: one, Known: []string{"x"}, Link: "/x", Case: "/x", Self: "/x", Noted: true,
			Sheets: []copySheet{{System: "hotline", Key: "desk.copy.hotline", Fields: []copyField{{ID: "a", Key: "desk.copy.field.name", Value: "x"}}}}},
	})
}

// TestEverythingIsSaidInEnglishToo walks the pages in English: every message that Go code puts together is written.
func TestEverythingIsSaidInEnglishToo(t *testing.T) {
	w := newWorld(t)
	u, err := url.Parse(w.url)
	if err != nil {
		t.Fatal(err)
	}
	v := w.as("petition")
	v.client.Jar.SetCookies(u, []*http.Cookie{{Name: "lang", Value: "en", Path: "/"}})
	n := w.say(casework.Register{Kind: casework.Petition, Text: "水费算错了。", Person: casework.Person{Name: "赵一"}, Extra: map[string]string{"petition_kind": "申诉求决类"}}).Number
	w.answered(n, casework.Answer{Outcome: casework.Explained, Text: "已说明。"})
	w.do("inspector", casework.Supervise{On: casework.On{Case: n}, Level: 3, Text: "抓紧。"})
	for _, path := range []string{"/office/cases/new", "/office/cases/new?fix=1", "/office/cases/paste", "/office/slips", town.CaseURL(n) + "/receipt",
		town.CaseURL(n) + "/copy", town.CaseURL(n) + "/papers/notice", town.CaseURL(n) + "/papers/dispatch", town.CaseURL(n) + "/papers/supervision", town.CaseURL(n) + "/papers/reply"} {
		got := v.get(path)
		got.has(t, 200)
		if i := strings.Index(got.body, "[desk."); i >= 0 {
			t.Errorf("%s: the catalogue lacks %.60s", path, got.body[i:])
		}
	}
	v.post("/office/cases/new", "text", "").has(t, 422, "How it came in")
}
