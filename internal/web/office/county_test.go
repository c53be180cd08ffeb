package office_test

import (
	"strings"
	"testing"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/org"
	"yanming/internal/towntest"
)

func TestTheCountySeesItsTownsRedacted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		county := actor.Actor{Town: "419900", System: true}
		office := w.ID(w.Orgs.SaveUnit(ctx, county, org.SaveUnit{Kind: org.CountyOffice, Name: "县专班"}))
		p := w.ID(w.Orgs.SavePerson(ctx, county, org.SavePerson{Name: "温岭"}))
		w.ID(w.Orgs.Appoint(ctx, county, org.Appoint{Person: p, Unit: office, Role: actor.CountyViewer}))
		err := w.DB.Across(ctx, func(x *db.Wide) error {
			a, err := org.Acting(ctx, x, county.Town, p)
			a.Account = "account"
			w.people["viewer"] = a
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		n := w.dispatched("南渠堵了，赵一家进水。")
		shown := w.say("路灯不亮。", func(r *casework.Register) { r.Consent = true })
		w.do("petition", casework.Publish{On: towntest.On(shown), Title: "一处路灯不亮"})
		secret := w.say("会计不公开账。", confide)
		list := w.get("viewer", "/county/cases").wants(200)
		if len(list.all("tr")) != 3 || !strings.Contains(list.body, "一处路灯不亮") {
			t.Errorf("the list: %s", list.text("table"))
		}
		one := w.get("viewer", "/county/cases/"+dbtest.Town+"/"+string(n)).wants(200)
		for _, hidden := range []string{"南渠", "赵", "13900000", "139*", "会计", string(secret)} {
			if strings.Contains(list.body+one.body, hidden) {
				t.Errorf("the county reads %s", hidden)
			}
		}
		if !strings.Contains(one.text("dl"), "水利站") {
			t.Error("the county does not see who handles it")
		}
		w.get("viewer", "/county/cases?view=done&town="+dbtest.Town).wants(200)
		w.get("viewer", "/county/cases/"+dbtest.Town+"/"+string(secret)).wants(404)
		w.get("viewer", "/county/cases?town=419900102").wants(404)
		w.get("viewer", "/office/cases").wants(404)
		w.get("viewer", "/office/cases/"+string(n)).wants(404)
		for _, who := range []string{"intake", "leader", "admin", "auditor"} {
			w.get(who, "/county/cases").wants(404)
			w.get(who, "/county/cases/"+dbtest.Town+"/"+string(n)).wants(404)
		}
	})
}
