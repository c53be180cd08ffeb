package office_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/journal"
	"yanming/internal/org"
	"yanming/internal/towntest"
	"yanming/internal/web/page/pagetest"
)

func TestACaseInConfidenceIsNotOfferedToWhomItIsAbout(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		n := w.say("会计不公开账。", confide, func(r *casework.Register) { r.ReplyBy = "phone" }) // about the committee of the village where it was said
		w.do("petition", casework.Accept{On: towntest.On(n)})
		path := "/office/cases/" + string(n) + "/dispatch"
		got := w.get("petition", path).wants(200)
		for what, id := range map[string]string{"its unit": w.committee, "its secretary": w.people["secretary"].Person} {
			if got.attr("[value="+id+"]", "value") != "" {
				t.Errorf("the form offers %s", what)
			}
		}
		if got.attr("[value="+w.water+"]", "value") == "" {
			t.Error("the form offers no other unit")
		}
		to := form("unit", w.committee, "leader", w.people["leader"].Person, "handler", w.people["secretary"].Person)
		if got = w.again("petition", path, got, to).wants(422); got.attr("p[id=f-unit-e]", "id") == "" || got.attr("p[id=f-handler-e]", "id") == "" {
			t.Errorf("a forced choice is taken: %s", got.text(".errsum"))
		}
		to = form("unit", w.water, "leader", w.people["leader"].Person)
		w.post("petition", path, to).wants(422) // to a named person, or nobody
		to.Set("handler", w.people["handler"].Person)
		w.post("petition", path, to).wants(303)
		w.get("handler", "/office/cases/"+string(n)).wants(200)
		w.get("roads", "/office/cases/"+string(n)).wants(404)
		shown := w.get("petition", "/office/cases/"+string(n)).text("article")
		for _, want := range []string{"涉及单位", "柳岸村", "可以看的人", "陈立", "回复方式 不打电话，本人凭密码查"} {
			if !strings.Contains(shown, want) {
				t.Errorf("the case does not say %s", want)
			}
		}
	})
}

func TestAnImportedCaseNamesItsRow(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		err := w.DB.Update(ctx, w.people["intake"].Town, func(tx *db.Tx) error {
			return journal.SaveBatch(ctx, tx, journal.Batch{ID: "b1", Kind: "import", Source: "2025年台账.xlsx", Digest: "0f1e2d", Actor: w.people["intake"].Person})
		})
		if err != nil {
			t.Fatal(err)
		}
		n := w.say("去年的一件。", func(r *casework.Register) {
			r.Source = &casework.Source{Batch: "b1", Digest: "d", Sheet: "第一季度", Row: 37}
			r.External = casework.External{System: "hotline", Number: "DH20251101"}
		})
		got := w.get("intake", "/office/cases/"+string(n)).wants(200)
		for _, want := range []string{"2025年台账.xlsx · 第一季度 · 第 37 行（补录）", "0f1e2d", "12345 · DH20251101"} {
			if !strings.Contains(got.text("article"), want) {
				t.Errorf("the case does not say %s", want)
			}
		}
		if got.attr("a[href=/office/cases/"+string(n)+"/papers/notice]", "href") != "" {
			t.Error("a paper is offered for history")
		}
		if row := w.get("intake", "/office/cases?view=every").text("a.item"); !strings.Contains(row, "补录") {
			t.Errorf("the list says %s", row)
		}
	})
}

func TestJoinedReceiptsLeadToEachOther(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first, second := w.signed("井盖坏了。"), w.say("又是那口井。")
		w.do("intake", casework.Link{On: towntest.On(second), Into: first, Reason: "同一件"})
		if w.get("intake", "/office/cases/"+string(second)).attr("a[href=/office/cases/"+string(first)+"]", "href") == "" {
			t.Error("no way to the case it was joined to")
		}
		if w.get("intake", "/office/cases/"+string(first)).attr("a[href=/office/cases/"+string(second)+"]", "href") == "" {
			t.Error("no way to the receipt that joined")
		}
	})
}

func TestADeadlineNamesItsLawAndNoRuleOfTheProgram(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		shown := w.get("intake", "/office/cases/"+string(w.dispatched("南渠堵了。"))).wants(200).text("article")
		if !strings.Contains(shown, "（依据：本镇约定）") || strings.Contains(shown, "@") {
			t.Errorf("the deadlines read: %s", shown)
		}
	})
}

func TestACaseIsJoinedToOneThatIsOffered(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first, second := w.signed("井盖坏了。"), w.say("又是那口井，盖子坏了。")
		path := "/office/cases/" + string(second) + "/link"
		if w.get("intake", path).attr("input[name=like][value="+string(first)+"]", "type") != "radio" {
			t.Fatal("the other case is not offered")
		}
		third := w.signed("路灯不亮。")
		w.post("intake", path, form("like", "", "into", "", "reason", "同一件")).wants(422)
		w.post("intake", path, form("like", string(first), "into", string(third), "reason", "同一件")).wants(422)
		w.post("intake", path, form("like", string(first), "into", first.Grouped(), "reason", "同一件")).wants(303)
		if c := w.state(second); c.State != casework.Linked {
			t.Errorf("the case is %s", c.State)
		}
	})
}

// Of some ninety units nobody finds one in a bare list: they stand by kind, and first those that the town names itself.
func TestUnitsToHandToStandByKindAndTheLikelyOnesFirst(t *testing.T) {
	clock := &dbtest.Clock{}
	w := newWorld(t, dbtest.SQLite(t, clock.Now), clock)
	w.Set(org.DefaultUnit, w.roads)
	n := w.say("桥头没有护栏。", func(r *casework.Register) { r.Category = "" })
	w.do("intake", casework.Accept{On: towntest.On(n)})
	groups := map[string][]string{}
	got := w.get("intake", "/office/cases/"+string(n)+"/dispatch").wants(200)
	for _, g := range got.all("optgroup") {
		label := pagetest.Attr(g, "label")
		for o := range g.ChildNodes() {
			groups[label] = append(groups[label], pagetest.Attr(o, "value"))
		}
	}
	likely := groups["常办单位和所在村、企业"]
	if diff := cmp.Diff([]string{w.roads, w.committee}, likely[:min(2, len(likely))]); diff != "" || pagetest.Attr(got.all("optgroup")[0], "label") != "常办单位和所在村、企业" {
		t.Errorf("the likely units (-want +got):\n%s", diff)
	}
	if !slices.Contains(groups["站所、办公室"], w.water) || !slices.Contains(groups["村（居）委会"], w.other) {
		t.Errorf("by kind: %v", groups)
	}
	for label, ids := range groups {
		if label != "常办单位和所在村、企业" && (slices.Contains(ids, w.roads) || slices.Contains(ids, w.committee)) {
			t.Errorf("a likely unit stands in %s once more", label)
		}
	}
}
