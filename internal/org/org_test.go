package org_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/geo"
	"yanming/internal/i18n"
	"yanming/internal/journal"
	"yanming/internal/org"
)

var ctx = context.Background()

const county, other = "419900", "419900102"

func system(town string) actor.Actor { return actor.Actor{Town: town, System: true} }

// house is a town with a few rows, made by its services.
type house struct {
	*org.Service
	t  *testing.T
	d  *db.DB
	do actor.Actor // system of dbtest.Town
}

// opened returns a service with dbtest.Town open in it.
func opened(t *testing.T, d *db.DB) house {
	t.Helper()
	s, err := org.New(d)
	if err != nil {
		t.Fatal(err)
	}
	h := house{s, t, d, system(dbtest.Town)}
	h.must(s.OpenTown(ctx, h.do, org.OpenTown{ID: dbtest.Town, Name: "雁南镇", Demo: true}))
	return h
}

func (h house) must(id string, err error) string {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

func (h house) unit(kind org.UnitKind, name, village string) string {
	h.t.Helper()
	return h.must(h.SaveUnit(ctx, h.do, org.SaveUnit{Kind: kind, Name: name, Village: village}))
}

func (h house) person(name string) string {
	h.t.Helper()
	return h.must(h.SavePerson(ctx, h.do, org.SavePerson{Name: name}))
}

func (h house) post(person, unit string, role actor.Role, ord int64) string {
	h.t.Helper()
	return h.must(h.Appoint(ctx, h.do, org.Appoint{Person: person, Unit: unit, Role: role, Ord: ord}))
}

func (h house) villages(names ...string) []string {
	h.t.Helper()
	lines, err := org.ParseVillages(strings.Join(names, "\n"))
	if err != nil {
		h.t.Fatal(err)
	}
	h.must(h.AddVillages(ctx, h.do, org.AddVillages{Villages: lines}))
	var ids []string
	for _, v := range h.dir().Villages() {
		ids = append(ids, v.ID)
	}
	return ids
}

func (h house) dir() *org.Directory { return h.dirOf(dbtest.Town) }

func (h house) dirOf(town string) (out *org.Directory) {
	h.t.Helper()
	h.view(town, func(tx *db.Tx) (err error) {
		out, err = h.Load(ctx, tx)
		return err
	})
	return out
}

func (h house) view(town string, fn func(*db.Tx) error) {
	h.t.Helper()
	if err := h.d.View(ctx, town, fn); err != nil {
		h.t.Fatal(err)
	}
}

// admin is an administrator of the town, appointed by the system.
func (h house) admin(town string) actor.Actor {
	h.t.Helper()
	p := h.must(h.SavePerson(ctx, system(town), org.SavePerson{Name: "管理员"}))
	u := h.must(h.SaveUnit(ctx, system(town), org.SaveUnit{Kind: org.Department, Name: "党政办"}))
	h.must(h.Appoint(ctx, system(town), org.Appoint{Person: p, Unit: u, Role: actor.Admin}))
	return h.acting(town, p)
}

func (h house) acting(town, person string) (a actor.Actor) {
	h.t.Helper()
	err := h.d.Across(ctx, func(w *db.Wide) (err error) {
		a, err = org.Acting(ctx, w, town, person)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

// refused checks that err is of the kind and carries the key, and that the key is written.
func refused(t *testing.T, says string, err error, kind errs.Kind, key string) {
	t.Helper()
	if !errs.Is(err, kind) {
		t.Errorf("%s: got %v, want %v", says, err, kind)
		return
	}
	c, e := i18n.Load()
	if e != nil {
		t.Fatal(e)
	}
	all := errs.All(err)
	if len(all) == 0 || all[0].Key != key || !c.Has(key) {
		t.Errorf("%s: got %v, want the key %s", says, err, key)
	}
}

func TestWhatMakesUpATown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := opened(t, d)
		v := h.villages("柳岸村", "石桥村")
		leaders := h.unit(org.Leadership, "镇领导班子", "")
		roads := h.unit(org.Department, "村镇建设中心", "")
		branch := h.unit(org.Branch, "柳岸村党支部", v[0])
		firm := h.unit(org.Firm, "雁南农机厂", v[1])
		first, second, far := h.person("甲书记"), h.person("乙镇长"), h.person("丙副县长")
		h.post(second, leaders, actor.Leader, 2)
		h.post(first, leaders, actor.Leader, 1)
		h.post(second, roads, actor.Leader, 0)
		h.post(far, h.unit(org.CountyOffice, "县政府办", ""), actor.Leader, 0)
		for _, leader := range []string{far, first} {
			h.must(h.AddContact(ctx, h.do, org.AddContact{Person: leader, Village: v[0]}))
		}
		dir := h.dir()
		committee := dir.Village(v[0]).Unit

		if got := dir.Leaders(); len(got) != 2 || got[0].ID != first || got[1].ID != second {
			t.Errorf("leaders in order: got %v", got)
		}
		for _, tt := range []struct{ says, unit, village, want string }{
			{"the leader in charge of the unit", roads, v[0], second},
			{"the leader whose contact point the village is, not the county's", committee, "", first},
			{"the same by the case's village", firm, v[0], first},
			{"nobody for a village without a contact point", "", v[1], ""},
			{"nobody for the town at large", "", "", ""},
		} {
			if got := dir.LeaderFor(tt.unit, tt.village); got != tt.want {
				t.Errorf("%s: got %s, want %s", tt.says, dir.Person(got).Name, dir.Person(tt.want).Name)
			}
		}
		for _, tt := range []struct {
			says, unit, village string
			want                bool
		}{
			{"the committee is the village", committee, v[0], true},
			{"its branch is", branch, v[0], true},
			{"another village's committee is not", dir.Village(v[1]).Unit, v[0], false},
			{"a department is not", roads, v[0], false},
			{"a firm in it is not", firm, v[1], false},
			{"no unit is not", "", "", false},
		} {
			if got := dir.Concerns(tt.unit, tt.village); got != tt.want {
				t.Errorf("%s: got %v", tt.says, got)
			}
		}
		if got := dir.Unit(committee).Name; got != "柳岸村民委员会" {
			t.Errorf("committee is called %s", got)
		}
		if got := dir.Chips(); len(got) != 12 || got[8].Name.ZH != "村务财务、干部作风" || !got[8].Confide {
			t.Errorf("chips: got %v", got)
		}
	})
}

func TestGridsStandOnThreeLevels(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := opened(t, d)
		v := h.villages("柳岸村", "石桥村")
		worker := h.person("网格员")
		square := geo.Shape{{Outer: geo.Ring{{Lon: 1140000000, Lat: 345000000}, {Lon: 1140100000, Lat: 345000000}, {Lon: 1140100000, Lat: 345100000}, {Lon: 1140000000, Lat: 345100000}}}}
		h.must(h.SaveGrid(ctx, h.do, org.SaveGrid{Level: org.TownGrid, Name: "雁南镇网格"}))
		village := h.must(h.SaveGrid(ctx, h.do, org.SaveGrid{Level: org.VillageGrid, Village: v[0], Name: "柳岸村网格"}))
		part := h.must(h.SaveGrid(ctx, h.do, org.SaveGrid{Level: org.PartGrid, Village: v[0], Name: "第1网格", Worker: worker, Boundary: square}))
		h.must(h.SaveGrid(ctx, h.do, org.SaveGrid{Level: org.PartGrid, Village: v[1], Name: "第2网格", Number: 40}))
		h.must(h.SaveGrid(ctx, h.do, org.SaveGrid{ID: part, Rev: 1, Level: org.PartGrid, Village: v[0], Name: "第一网格", Worker: worker}))
		dir := h.dir()

		ids := func(gs []org.Grid) (out []string) {
			for _, g := range gs {
				out = append(out, g.ID)
			}
			return out
		}
		for _, tt := range []struct {
			says      string
			got, want []string
		}{
			{"a village's grids of every level", ids(dir.GridsIn(v[0])), []string{village, part}},
		} {
			if !slices.Equal(tt.got, tt.want) {
				t.Errorf("%s: got %v, want %v", tt.says, tt.got, tt.want)
			}
		}
		if g := dir.Grid(part); g.Number != 3 || !g.Drawn || !square.Contains(g.Label) || g.Name != "第一网格" {
			t.Errorf("a change without a boundary keeps the drawn one: got %+v", g)
		}
		h.view(dbtest.Town, func(tx *db.Tx) error {
			bs, err := org.Boundaries(ctx, tx)
			if len(bs) != 1 || bs[part].Area() != square.Area() {
				t.Errorf("boundaries: got %v", bs)
			}
			return err
		})
		err := h.d.Across(ctx, func(w *db.Wide) error {
			got, err := org.TownOfGrid(ctx, w, part)
			if got.ID != dbtest.Town {
				t.Errorf("the town of %s: got %s", part, got.ID)
			}
			for _, no := range []string{"", "999zzzzz", part[:7], part[:3] + "zzzzz", "abcdefgh"} {
				if _, err := org.TownOfGrid(ctx, w, no); !errs.Is(err, errs.NotFound) {
					t.Errorf("grid %q: got %v, want NotFound", no, err)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = h.SaveGrid(ctx, h.do, org.SaveGrid{Level: org.PartGrid, Village: v[0], Name: "又一个", Number: 40})
		refused(t, "a number that was used", err, errs.Invalid, "org.grid.number")
	})
}

func TestAPostThatEndsStaysInTheHistory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := opened(t, d)
		v := h.villages("柳岸村", "石桥村")
		dir := h.dir()
		from, to := dir.Village(v[0]).Unit, dir.Village(v[1]).Unit
		p := h.person("王某")
		old := h.post(p, from, actor.Secretary, 0)
		began := clock.Now()
		if a := h.acting(dbtest.Town, p); !a.InUnit(from) || a.InUnit(to) {
			t.Fatalf("before: %+v", a)
		}
		clock.Add(time.Hour)
		h.must(h.Appoint(ctx, h.do, org.Appoint{Person: p, Unit: to, Role: actor.Secretary, Villages: []string{v[1]}, Replaces: old}))
		moved := clock.Now()
		a := h.acting(dbtest.Town, p)
		if a.InUnit(from) || !a.InUnit(to) || !slices.Equal(a.Villages(), []string{v[1]}) {
			t.Errorf("the very next request sees the new post only: %+v", a)
		}
		clock.Add(time.Hour)
		h.view(dbtest.Town, func(tx *db.Tx) error {
			ps, err := org.PostsOf(ctx, tx, p)
			if len(ps) != 2 {
				t.Fatalf("got %d posts", len(ps))
			}
			for _, tt := range []struct {
				says     string
				at       time.Time
				old, new bool
			}{
				{"before it began", began.Add(-time.Second), false, false},
				{"at its beginning", began, true, false},
				{"just before the move", moved.Add(-time.Millisecond), true, false},
				{"at the move", moved, false, true},
				{"today", clock.Now(), false, true},
			} {
				if ps[0].At(tt.at) != tt.old || ps[1].At(tt.at) != tt.new {
					t.Errorf("%s: got %v and %v", tt.says, ps[0].At(tt.at), ps[1].At(tt.at))
				}
			}
			es, e := journal.History(ctx, tx, org.Record("posts", old))
			if e != nil || len(es) != 2 || es[0].Type != "post_began" || es[1].Type != "post_ended" {
				t.Errorf("history of the post: %v, %v", es, e)
			}
			return err
		})
		_, err := h.EndPost(ctx, h.do, org.EndPost{ID: old})
		refused(t, "a post ends once", err, errs.Conflict, "error.changed")
	})
}

func TestWhoMayChangeWhat(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := opened(t, d)
		h.must(h.OpenTown(ctx, system(county), org.OpenTown{ID: county, Name: "雁县"}))
		admin := h.admin(dbtest.Town)
		clerk := h.person("办事员")
		leaders := h.unit(org.Leadership, "镇领导班子", "")
		boss := h.person("书记")
		h.post(boss, leaders, actor.Leader, 1)
		desk := h.unit(org.Department, "便民服务中心", "")
		h.post(clerk, desk, actor.Intake, 0)
		leader, intake := h.acting(dbtest.Town, boss), h.acting(dbtest.Town, clerk)
		foreign := admin
		foreign.Town = county

		appoint := func(a actor.Actor, person string, role actor.Role) error {
			_, err := h.Appoint(ctx, a, org.Appoint{Person: person, Unit: desk, Role: role})
			return err
		}
		set := func(a actor.Actor, name org.Setting, value any) error {
			_, err := h.Set(ctx, a, org.Set{Name: name, Value: value})
			return err
		}
		for _, tt := range []struct {
			says string
			err  error
			kind errs.Kind
			key  string
		}{
			{"an administrator does not appoint himself", appoint(admin, admin.Person, actor.Petition), errs.Denied, "org.self"},
			{"nor name himself a confidant", set(admin, org.Confidants, []string{admin.Person}), errs.Denied, "org.self"},
			{"the county's roles are not a town's", appoint(admin, clerk, actor.CountyOfficer), errs.Invalid, "org.post.county"},
			{"a clerk changes nothing", appoint(intake, clerk, actor.Admin), errs.Denied, "error.denied"},
			{"nobody acts from another town", h.d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
				_, err := h.AppointIn(ctx, tx, foreign, org.Appoint{Person: clerk, Unit: desk, Role: actor.Intake})
				return err
			}), errs.NotFound, "error.not_found"},
			{"an administrator does not switch the comparison on", set(admin, org.CompareVillages, true), errs.Denied, "org.compare.leader"},
			{"a leader does not change the telephone", set(leader, org.OfficePhone, "0371-62180000"), errs.Denied, "error.denied"},
			{"the last administrator stays", func() error {
				_, err := h.EndPost(ctx, admin, org.EndPost{ID: admin.Posts[0].ID})
				return err
			}(), errs.Invalid, "org.post.last_admin"},
			{"a mobile is not kept", func() error {
				_, err := h.SavePerson(ctx, admin, org.SavePerson{Name: "某人", Phone: "１３８ 0000 0000"})
				return err
			}(), errs.Invalid, "org.phone.mobile"},
			{"a town's administrator opens no town", func() error {
				_, err := h.OpenTown(ctx, admin, org.OpenTown{ID: other, Name: "雁北镇"})
				return err
			}(), errs.Denied, "error.denied"},
		} {
			refused(t, tt.says, tt.err, tt.kind, tt.key)
		}
		for _, tt := range []struct {
			says string
			err  error
		}{
			{"an administrator appoints others", appoint(admin, clerk, actor.Caller)},
			{"a leader switches the comparison on", set(leader, org.CompareVillages, true)},
			{"and names himself a confidant", set(leader, org.Confidants, []string{boss})},
			{"an administrator switches it off", set(admin, org.CompareVillages, false)},
		} {
			if tt.err != nil {
				t.Errorf("%s: %v", tt.says, tt.err)
			}
		}
		h.view(dbtest.Town, func(tx *db.Tx) error { // threat 31: refused, and noted
			es, err := journal.Lines(ctx, tx, journal.Look{Type: "self_grant_refused", Limit: 10})
			n := 0
			for _, e := range es {
				if e.Actor == admin.Person {
					n++
				}
			}
			if n != 2 {
				t.Errorf("%d refused self-grants are noted, want 2", n)
			}
			return err
		})
		got := h.dir().Settings
		if got.Comparison.On || got.Comparison.DecidedBy != admin.Person || !slices.Equal(got.Confidants, []string{boss}) {
			t.Errorf("settings: %+v", got)
		}
	})
}

func TestTownsDoNotSeeEachOther(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := opened(t, d)
		h.must(h.OpenTown(ctx, system(county), org.OpenTown{ID: county, Name: "雁县"}))
		boss := h.admin(county)
		h.must(h.OpenTown(ctx, boss, org.OpenTown{ID: other, Name: "雁北镇"}))
		_, err := h.OpenTown(ctx, boss, org.OpenTown{ID: other, Name: "雁北镇"})
		refused(t, "a town opens once", err, errs.Conflict, "org.town.open")
		h.villages("柳岸村")
		unit, p := h.unit(org.Department, "财政所", ""), h.person("甲")

		if dir := h.dirOf(other); len(dir.Villages()) != 0 || len(dir.Units()) != 0 || len(dir.People()) != 0 || dir.Town.Name != "雁北镇" {
			t.Errorf("the other town sees %d villages, %d units", len(dir.Villages()), len(dir.Units()))
		}
		for says, err := range map[string]error{
			"another town's person": func() error {
				_, err := h.Appoint(ctx, system(other), org.Appoint{Person: p, Unit: unit, Role: actor.Handler})
				return err
			}(),
			"another town's unit": func() error {
				_, err := h.Set(ctx, system(other), org.Set{Name: org.DefaultUnit, Value: unit})
				return err
			}(),
		} {
			refused(t, says, err, errs.Invalid, "error.choice")
		}
		_, err = h.SaveUnit(ctx, system(other), org.SaveUnit{ID: unit, Rev: 1, Kind: org.Department, Name: "x"})
		refused(t, "another town's unit to change", err, errs.NotFound, "error.not_found")
		err = d.Across(ctx, func(w *db.Wide) error {
			ts, err := org.TownsOf(ctx, w, county)
			if len(ts) != 2 || ts[0].Number == ts[1].Number || ts[0].Number < 100 || ts[0].Number > 999 {
				t.Errorf("the county's towns: %v", ts)
			}
			if _, ok, err := org.CountyFor(ctx, w, dbtest.Town); ok || err != nil {
				t.Errorf("a county without an officer receives nothing: %v %v", ok, err)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		officer := h.must(h.SavePerson(ctx, boss, org.SavePerson{Name: "县信访局"}))
		office := h.must(h.SaveUnit(ctx, boss, org.SaveUnit{Kind: org.Department, Name: "县信访局"}))
		h.must(h.Appoint(ctx, boss, org.Appoint{Person: officer, Unit: office, Role: actor.CountyOfficer}))
		err = d.Across(ctx, func(w *db.Wide) error {
			for town, want := range map[string]bool{dbtest.Town: true, county: false} {
				if c, ok, err := org.CountyFor(ctx, w, town); ok != want || c != county || err != nil {
					t.Errorf("what is about %s: got %s %v %v", town, c, ok, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestAFormSentTwiceMakesOneRecord(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := opened(t, d)
		c := org.SavePerson{Key: "k1", Name: "甲", Phone: "0371—62180000、62180001"}
		first, second := h.must(h.SavePerson(ctx, h.do, c)), h.must(h.SavePerson(ctx, h.do, c))
		if first != second || len(h.dir().People()) != 1 {
			t.Errorf("got %s and %s", first, second)
		}
		if got := h.dir().Person(first).Phone; got != "0371-62180000,62180001" {
			t.Errorf("telephone kept as %q", got)
		}
		c.Name = "乙"
		_, err := h.SavePerson(ctx, h.do, c)
		refused(t, "the key with other content", err, errs.Conflict, "error.key_reused")
		h.must(h.SavePerson(ctx, h.do, org.SavePerson{ID: first, Rev: 1, Name: "丙"}))
		_, err = h.SavePerson(ctx, h.do, org.SavePerson{ID: first, Rev: 1, Name: "丁"})
		refused(t, "changed meanwhile", err, errs.Conflict, "error.changed")
	})
}

func TestADirectoryIsNeverOlderThanItsTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := opened(t, d)
		again, err := org.New(d) // another process
		if err != nil {
			t.Fatal(err)
		}
		if first, second := h.dir(), h.dir(); first != second {
			t.Error("an unchanged town is read twice")
		}
		if _, err := again.SavePerson(ctx, h.do, org.SavePerson{Name: "甲"}); err != nil {
			t.Fatal(err)
		}
		if n := len(h.dir().People()); n != 1 {
			t.Errorf("after another process wrote: %d people", n)
		}
		err = d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
			if _, err := h.SavePersonIn(ctx, tx, h.do, org.SavePerson{Name: "乙"}); err != nil {
				return err
			}
			dir, err := h.Load(ctx, tx)
			if err != nil || len(dir.People()) != 2 {
				t.Errorf("a transaction does not see what it wrote: %v", err)
			}
			return errs.Missing() // and undoes it
		})
		if !errs.Is(err, errs.NotFound) {
			t.Fatal(err)
		}
		if n := len(h.dir().People()); n != 1 {
			t.Errorf("after the transaction was undone: %d people", n)
		}
	})
}

func TestWhatIsStillNeededDoesNotRetire(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := opened(t, d)
		v := h.villages("柳岸村")[0]
		committee := h.dir().Village(v).Unit
		unit := h.unit(org.Department, "财政所", "")
		post := h.post(h.person("甲"), unit, actor.Handler, 0)
		retire := func(what, id string, rev int64) error {
			_, err := h.Retire(ctx, h.do, org.Retire{What: what, ID: id, Rev: rev})
			return err
		}
		refused(t, "a unit with posts", retire("units", unit, 1), errs.Invalid, "org.retire.posts")
		refused(t, "a village's committee", retire("units", committee, 1), errs.Invalid, "org.retire.committee")
		h.must(h.EndPost(ctx, h.do, org.EndPost{ID: post}))
		h.must(h.Set(ctx, h.do, org.Set{Name: org.DefaultUnit, Value: unit}))
		refused(t, "the default unit", retire("units", unit, 1), errs.Invalid, "org.retire.default")
		h.must(h.Set(ctx, h.do, org.Set{Name: org.DefaultUnit, Value: ""}))
		grid := h.must(h.SaveGrid(ctx, h.do, org.SaveGrid{Level: org.PartGrid, Village: v, Name: "第1网格"}))
		refused(t, "a village with grids", retire("villages", v, 1), errs.Invalid, "org.retire.grids")
		for _, tt := range []struct{ what, id string }{{"grids", grid}, {"villages", v}, {"units", committee}, {"units", unit}, {"categories", "school"}} {
			if err := retire(tt.what, tt.id, 1); err != nil {
				t.Errorf("%s: %v", tt.what, err)
			}
		}
		dir := h.dir()
		if len(dir.Units())+len(dir.Villages())+len(dir.Grids()) != 0 || len(dir.Chips()) != 11 {
			t.Error("what retired is still listed")
		}
		if dir.Unit(unit).Name != "财政所" || dir.Village(v).Name != "柳岸村" || dir.Category("school").Name.EN != "Schools" {
			t.Error("what retired has lost its name")
		}
	})
}
