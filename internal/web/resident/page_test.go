package resident

import (
	"testing"
	"time"

	"yanming/internal/casework"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/web/page"
	"yanming/internal/web/page/pagetest"
)

// TestPagesHoldTogether checks every template against its page's struct and executes it in both languages, empty and
// full, right and wrong.
func TestPagesHoldTogether(t *testing.T) {
	site := pagetest.Site(t, "https://yn.example", nil)
	set, err := site.Pages(templates, page.Resident)
	if err != nil {
		t.Fatal(err)
	}
	say := sayPage{Form: page.NewForm(), Keep: []hidden{{"text", "a\nb"}}}
	bad := sayPage{Head: page.Head{Wrong: true, Step: 2, Steps: 4}, Form: page.NewForm(), Quiet: true}
	for _, f := range []string{"who", "text"} {
		bad.Form.Fail(f, "error.required")
	}
	only := func(fields ...string) sayPage {
		p := bad
		p.Form = page.NewForm()
		for _, f := range fields {
			p.Form.Fail(f, "error.required")
		}
		return p
	}
	choices := []page.Choice{{Value: "", Label: "A"}, {Value: "b", Label: i18n.Pair{ZH: "乙", EN: "B"}, Hint: i18n.Key("resident.send")}}
	at := time.Date(2026, 11, 23, 1, 41, 0, 0, time.UTC)
	next := promises(casework.Case{Registered: at, Notice: casework.Clock{At: at}, Due: casework.Clock{At: at, Provisional: true}})
	due := page.DueOn("2026-11-25", "2026-11-23", soon)
	acts := pagetest.Samples{}
	for _, name := range order() {
		a := actTable()[name]
		p := actPage{Form: page.NewForm(), Here: "/r/1", Act: name, Field: a.field, Label: "resident.act." + name + ".ask", Must: a.must, Rates: a.rates, Max: 9,
			Solved: choices, Satisfied: choices, Danger: name == "withdraw"}
		if a.photos {
			p.Photos = maxPhotos
		}
		acts = append(acts, p)
		p.Wrong, p.Form = true, page.NewForm()
		p.Form.Fail(a.field, "resident.act.required")
		acts = append(acts, p)
	}
	track := trackPage{Key: "k", Here: "/r/1", Number: "100400752891", Subject: "南渠", Said: "话", State: "resident.state.registered", Due: &due, Unit: "水利站",
		Phone: "1", Leader: "许青", Answer: &answer{Outcome: casework.Resolved.Name(), Text: "好", Basis: "法", At: at, Unit: "水利站", Planned: "2027-01-01"},
		Rated: &rated{casework.SolvedNo.Name(), casework.Neutral.Name()}, Ask: "info", Asked: "哪段", Steps: []page.Moment{{State: "now", When: at, Title: "x", Text: "y"}},
		Into: []page.Moment{{State: "now", When: at, Title: "x"}}, Files: []file{{"resident.file.original", 1, "/r/1/file/2", "3 KB"}}, Others: []similar{{"1", "渠", stateKey(casework.Registered), "x"}}, Acts: order(), Office: "中心", Call: "2"}
	states := pagetest.Samples{track, trackPage{Key: "k", Here: "/r/1", State: "resident.state.closed"}}
	for _, s := range casework.States() {
		states = append(states, trackPage{Key: "k", Here: "/r/1", State: stateKey(s)})
	}
	for _, typ := range []casework.Type{casework.EvRegistered, casework.EvAccepted, casework.EvDeclined, casework.EvObjected, casework.EvForwarded, casework.EvLinked,
		casework.EvUnlinked, casework.EvDispatched, casework.EvSigned, casework.EvExtensionGranted, casework.EvInfoAsked, casework.EvInfoReceived, casework.EvUrged,
		casework.EvSupervised, casework.EvActionRecorded, casework.EvResumed, casework.EvContactRecorded, casework.EvRedone, casework.EvClosed, casework.EvReopened,
		casework.EvWithdrawn, casework.EvWithdrawalUndone, casework.EvWordsAdded, casework.EvReceiptReissued} {
		states = append(states, trackPage{Key: "k", Here: "/r/1", State: "resident.state.closed", Steps: []page.Moment{{When: at, Title: stepKey(casework.Step{Type: typ})}}})
	}
	for _, ask := range []string{"rate", "redo"} {
		states = append(states, trackPage{Key: "k", Here: "/r/1", State: "resident.state.closed", Ask: ask})
	}
	receipt := receiptPage{Key: "k", At: at, Number: "100400752891", Code: "730612", Link: "https://yn.example/r/100400752891", Here: "/r/1", Next: next, Office: "中心", Phone: "1"}
	secret := receiptPage{Key: "k", At: at, Secret: "7730 5115 8469 3632 1380 91", Link: "https://yn.example/r", Here: "/r/1", Next: next, Office: "中心"}
	gone := secret
	gone.Secret = ""
	similarOnes := []similar{{"100400752891", "南渠", "resident.state.registered", "2026-11-23"}}
	pagetest.Check(t, set, map[string]any{
		"towns": pagetest.Samples{townsPage{}, townsPage{Towns: []org.Town{{ID: "419900101", Name: "雁南镇"}}}},
		"home": pagetest.Samples{homePage{Say: "/say/what"}, homePage{Name: "柳岸村", Board: "1", Say: "/say/what", Duties: []duty{{"resident.duty.leader", "周宁", "主任", "1"}},
			Office: "中心", Address: "路", Phone: "1", Watch: "2"}},
		"say/what": pagetest.Samples{whatPage{sayPage: say, Who: choices, Kinds: choices, Categories: choices, Max: 9, Draft: "say-1"},
			whatPage{sayPage: bad, Who: choices, NotOffered: []i18n.Key{"resident.who.county.none"}, Kinds: choices, Categories: choices, Max: 9}},
		"say/where": pagetest.Samples{wherePage{sayPage: say, Places: choices, Max: 9}, wherePage{sayPage: only("where"), Places: choices, Board: "x", Suggest: true, Max: 9}},
		"say/reply": pagetest.Samples{replyPage{sayPage: say, Ways: choices, Similar: similarOnes, Follow: choices, MaxName: 9, MaxPhone: 9, MaxAddress: 9},
			replyPage{sayPage: only("phone", "name"), Ways: choices, County: true, Readers: 2, MaxName: 9, MaxPhone: 9, MaxAddress: 9}},
		"say/check":       pagetest.Samples{checkPage{sayPage: say, Rows: []checkRow{{"resident.row.text", "话", "more", "what"}}}, checkPage{sayPage: only("photos", ""), Again: true}},
		"receipt/lookup":  pagetest.Samples{lookupPage{Form: page.NewForm()}, lookupPage{Form: only("number", "code").Form, Kept: "话"}},
		"receipt/receipt": pagetest.Samples{receipt, secret, gone},
		"receipt/paper":   pagetest.Samples{receipt, secret, gone},
		"receipt/track":   states,
		"receipt/act":     acts,
		"receipt/public": pagetest.Samples{publicPage{Subject: "南渠", State: "resident.state.closed", Outcome: casework.Resolved.Name(), Due: &due,
			Rows: []page.Row{{Label: i18n.Key("resident.step.registered"), Value: at}}}},
	})
}
