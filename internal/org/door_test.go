package org_test

import (
	"testing"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/org"
)

func TestATownIsFoundAtTheDoor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := opened(t, d)
		h.must(h.OpenTown(ctx, system(county), org.OpenTown{ID: county, Name: "雁县", Demo: true}))
		ts, err := h.AllTowns(ctx)
		if err != nil || len(ts) != 2 || ts[0].Level != org.County || ts[1].ID != dbtest.Town {
			t.Fatalf("towns: %+v, %v", ts, err)
		}
		v := h.villages("柳岸村")
		g := h.must(h.SaveGrid(ctx, h.do, org.SaveGrid{Level: org.PartGrid, Village: v[0], Name: "第1网格", Number: 1}))
		if got, err := h.GridTown(ctx, g); err != nil || got.ID != dbtest.Town {
			t.Errorf("by grid: %v, %v", got.ID, err)
		}
		if got, err := h.NumberTown(ctx, int(ts[1].Number)); err != nil || got.ID != dbtest.Town {
			t.Errorf("by number: %v, %v", got.ID, err)
		}
		if _, err := h.GridTown(ctx, "999zzzzz"); !errs.Is(err, errs.NotFound) {
			t.Errorf("unknown grid: %v", err)
		}
		if _, err := h.NumberTown(ctx, 998); !errs.Is(err, errs.NotFound) {
			t.Errorf("unknown number: %v", err)
		}
		if _, ok, err := h.CountyOf(ctx, dbtest.Town); err != nil || ok {
			t.Errorf("a county without an officer: %v, %v", ok, err)
		}
		c := system(county)
		p := h.must(h.SavePerson(ctx, c, org.SavePerson{Name: "方远"}))
		u := h.must(h.SaveUnit(ctx, c, org.SaveUnit{Kind: org.CountyOffice, Name: "县信访局"}))
		h.must(h.Appoint(ctx, c, org.Appoint{Person: p, Unit: u, Role: actor.CountyOfficer}))
		if got, ok, err := h.CountyOf(ctx, dbtest.Town); err != nil || !ok || got != county {
			t.Errorf("a county with an officer: %v, %v, %v", got, ok, err)
		}
	})
}
