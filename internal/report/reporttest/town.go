// Package reporttest makes a town with opinions in every state, by calling the services as everybody does, for tests
// of reports and their pages.
package reporttest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/figures"
	"yanming/internal/geo"
	"yanming/internal/i18n"
	"yanming/internal/id"
	"yanming/internal/journal"
	"yanming/internal/org"
	"yanming/internal/report"
	"yanming/internal/seal"
)

// Town is a town with everybody a report needs.
type Town struct {
	T       *testing.T
	DB      *db.DB
	Clock   *dbtest.Clock
	Orgs    *org.Service
	Cases   *casework.Service
	Figures *figures.Catalogue
	Reports *report.Service
	Words   *i18n.Catalogue

	Villages, Grids []string
	Water, Roads    string // units
	Leaders         []actor.Actor

	Intake, Handler, Petition, General, Publicity, Inspector, Mayor actor.Actor
	Caller, Secretary, Cadre, Worker, Auditor, Admin, County        actor.Actor
}

// CountyID is the county of the town.
const CountyID = "419900"

// Second is the county's other town.
const Second = "419900102"

// New makes the town over an empty database: villages villages with parts[i] grids each, drawn.
func New(t *testing.T, d *db.DB, c *dbtest.Clock, parts ...int) *Town {
	t.Helper()
	w := &Town{T: t, DB: d, Clock: c}
	keys, err := seal.Open(t.TempDir())
	w.No(err)
	w.Orgs, err = org.New(d)
	w.No(err)
	w.Words, err = i18n.Load()
	w.No(err)
	w.Cases = casework.New(d, keys, w.Orgs)
	w.Figures, err = figures.New(w.Cases.Figures())
	w.No(err)
	w.Reports = report.New(d, w.Figures, w.Orgs, w.Words)
	sys := actor.Actor{Town: CountyID, System: true}
	w.must(w.Orgs.OpenTown(ctx, sys, org.OpenTown{ID: CountyID, Name: "雁县", Demo: true}))
	w.County = w.person(sys, "县看板", w.must(w.Orgs.SaveUnit(ctx, sys, org.SaveUnit{Kind: org.CountyOffice, Name: "县信访局"})), actor.CountyViewer)
	for _, x := range []struct{ id, name string }{{dbtest.Town, "雁南镇"}, {Second, "雁北镇"}} {
		sys.Town = x.id
		w.must(w.Orgs.OpenTown(ctx, sys, org.OpenTown{ID: x.id, Name: x.name, Demo: true}))
	}
	sys.Town = dbtest.Town
	w.settle(sys, parts)
	return w
}

var ctx = context.Background()

// settle makes the organisation of the town.
func (w *Town) settle(sys actor.Actor, parts []int) {
	names := []string{"柳岸村", "东坡村", "石桥社区", "南塘村", "沙洼村", "青禾村", "渡口村", "双井村", "杏花村", "北岗村", "竹园村", "榆林村", "清泉村", "荷塘村", "新岸村", "长堤村", "云溪村", "白鹭村", "红枫村"}
	var lines []org.VillageLine
	for i := range parts {
		lines = append(lines, org.VillageLine{Name: names[i%len(names)]})
	}
	w.must(w.Orgs.AddVillages(ctx, sys, org.AddVillages{Villages: lines}))
	dir := w.Dir()
	centre, err := geo.At(geo.WGS84, 114.02, 33.01)
	w.No(err)
	land, err := geo.Tessellate(geo.Outline(centre, 6000, 7), parts, 7)
	w.No(err)
	n := int64(0)
	for i, v := range dir.Villages() {
		w.Villages = append(w.Villages, v.ID)
		for j, shape := range land.Villages[i].Grids {
			n++
			w.Grids = append(w.Grids, w.must(w.Orgs.SaveGrid(ctx, sys, org.SaveGrid{Level: org.PartGrid, Village: v.ID, Name: fmt.Sprintf("第%d网格", j+1), Number: n, Boundary: shape})))
		}
	}
	ord := int64(100)
	unit := func(kind org.UnitKind, name string) string {
		ord++
		return w.must(w.Orgs.SaveUnit(ctx, sys, org.SaveUnit{Kind: kind, Name: name, Ord: ord}))
	}
	hall := unit(org.Department, "便民服务中心")
	w.Water, w.Roads = unit(org.Department, "水利站"), unit(org.Department, "交管办")
	lead, team := unit(org.Leadership, "领导班子"), unit(org.OfficeTeam, "综合组")
	for i, p := range []struct{ name, title string }{{"何远", "党委书记"}, {"唐越", "镇长"}, {"林岚", "党委副书记"}, {"许青", "副镇长"}, {"罗安", "组织委员"}, {"沈竹", "宣传委员"}} {
		id := w.must(w.Orgs.SavePerson(ctx, sys, org.SavePerson{Name: p.name, Title: p.title}))
		w.must(w.Orgs.Appoint(ctx, sys, org.Appoint{Person: id, Unit: lead, Role: actor.Leader, Ord: int64(i + 1)}))
		w.Leaders = append(w.Leaders, w.Actor(id))
	}
	w.Mayor = w.Leaders[1]
	w.Intake = w.person(sys, "林月", hall, actor.Intake)
	w.Petition = w.person(sys, "秦朗", hall, actor.Petition)
	w.Handler = w.person(sys, "陈立", w.Water, actor.Handler)
	w.General = w.person(sys, "方舟", team, actor.General)
	w.Publicity = w.person(sys, "顾白", team, actor.Publicity)
	w.Inspector = w.person(sys, "沈石", team, actor.Inspection)
	w.Caller = w.person(sys, "罗川", dir.VillageUnits(w.Villages[1])[0], actor.Caller, w.Villages[1])
	w.Secretary = w.person(sys, "高原", dir.VillageUnits(w.Villages[0])[0], actor.Secretary, w.Villages[0])
	w.Cadre = w.person(sys, "白杨", hall, actor.Cadre, w.Villages[0])
	w.Worker = w.person(sys, "谷雨", dir.VillageUnits(w.Villages[0])[0], actor.Worker, w.Villages[0])
	w.Admin = w.person(sys, "管一", hall, actor.Admin)
	w.Auditor = w.person(sys, "审一", hall, actor.Auditor)
	w.must(w.Orgs.Set(ctx, sys, org.Set{Name: org.Confidants, Value: []string{w.Petition.Person, w.Inspector.Person}}))
}

func (w *Town) person(sys actor.Actor, name, unit string, role actor.Role, villages ...string) actor.Actor {
	w.T.Helper()
	p := w.must(w.Orgs.SavePerson(ctx, sys, org.SavePerson{Name: name}))
	w.must(w.Orgs.Appoint(ctx, sys, org.Appoint{Person: p, Unit: unit, Role: role, Villages: villages}))
	return w.acting(sys.Town, p)
}

// Actor returns a person of the town as actor, signed in.
func (w *Town) Actor(person string) actor.Actor { return w.acting(dbtest.Town, person) }

func (w *Town) acting(town, person string) (a actor.Actor) {
	w.T.Helper()
	w.No(w.DB.Across(ctx, func(x *db.Wide) (err error) { a, err = org.Acting(ctx, x, town, person); return err }))
	a.Account = "a-" + person
	return a
}

// Dir returns the town's directory.
func (w *Town) Dir() (d *org.Directory) {
	w.T.Helper()
	w.No(w.View(func(tx *db.Tx) (err error) { d, err = w.Orgs.Load(ctx, tx); return err }))
	return d
}

// View runs fn in a transaction of the town.
func (w *Town) View(fn func(*db.Tx) error) error { return w.DB.View(ctx, dbtest.Town, fn) }

// No fails the test on an error.
func (w *Town) No(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

func (w *Town) must(s string, err error) string { w.T.Helper(); w.No(err); return s }

// Key returns a fresh request key.
func Key() journal.Key { return journal.Key(id.Token()) }

// Say registers an opinion about a grid.
func (w *Town) Say(grid string, channel casework.Channel, category, text string) seal.Number {
	w.T.Helper()
	return w.register(casework.Register{Kind: casework.Opinion, Channel: channel, Text: text, Grid: grid, Category: category, Person: casework.Person{Name: "赵一", Phone: "13900000000"}})
}

// Confide registers an opinion in confidence about a village.
func (w *Town) Confide(village string) seal.Number {
	w.T.Helper()
	return w.register(casework.Register{Kind: casework.Opinion, Channel: casework.Web, Text: "村里的账看不到。", Village: village, Category: "water", Confide: true})
}

func (w *Town) register(r casework.Register) seal.Number {
	w.T.Helper()
	r.Key = Key()
	got, err := w.Cases.Register(ctx, actor.Actor{Town: dbtest.Town, Resident: true}, r)
	w.No(err)
	return got.Number
}

// Do carries a command out that must succeed.
func (w *Town) Do(a actor.Actor, cmd casework.Command) {
	w.T.Helper()
	if _, err := w.Cases.Do(ctx, a, cmd); err != nil {
		w.T.Fatalf("%T: %v", cmd, err)
	}
}

// Dispatch accepts a case and gives it to the water station under a leader.
func (w *Town) Dispatch(n seal.Number, leader actor.Actor) seal.Number {
	w.T.Helper()
	w.Do(w.Intake, casework.Accept{On: on(n)})
	w.Do(w.Intake, casework.Dispatch{On: on(n), Unit: w.Water, Leader: leader.Person})
	return n
}

// Answer has the water station answer a dispatched case.
func (w *Town) Answer(n seal.Number, o casework.Outcome) seal.Number {
	w.T.Helper()
	w.Do(w.Handler, casework.Sign{On: on(n)})
	w.Do(w.Handler, casework.Answer{On: on(n), Outcome: o, Text: "已清淤 40 米。", Basis: "《河道管理条例》", Planned: "2027-03-01"})
	return n
}

// Confirm calls the resident back, who says that it is solved, and closes the case.
func (w *Town) Confirm(n seal.Number) {
	w.T.Helper()
	w.Do(w.Caller, casework.Contact{On: on(n), Reached: true, Solved: casework.SolvedYes, Satisfied: casework.SatisfiedYes})
	w.Do(w.Caller, casework.Close{On: on(n)})
}

func on(n seal.Number) casework.On { return casework.On{Case: n} }

// Weeks are the numbers of opinions that Play lets come in, week by week; those of the last week are few.
func weeks() []int { return []int{2, 3, 4, 5, 6, 7, 9, 8, 8, 7, 6, 4} }

// Play lets twelve weeks pass up to Sunday 22 November 2026, 20:00: opinions come in over many channels and end in
// every way. It returns how many came in.
func (w *Town) Play() (total int) {
	w.T.Helper()
	channels := []casework.Channel{casework.Web, casework.Letter, casework.WalkIn, casework.Phone, casework.Forum, casework.Visit, casework.Hotline}
	subjects := w.Dir().Categories("")
	start := time.Date(2026, 8, 31, 1, 0, 0, 0, time.UTC)
	var first seal.Number
	for week, count := range weeks() {
		for i := range count {
			w.Clock.Set(start.AddDate(0, 0, 7*week+i%5).Add(time.Duration(i) * 20 * time.Minute))
			total++
			grid := w.Grids[(total*total*3+total)%len(w.Grids)]
			n := w.Say(grid, channels[total%len(channels)], subjects[total%min(6, len(subjects))].Code, fmt.Sprintf("南渠淤堵，雨天进水（%d）", total))
			if total == 1 {
				first = n
			}
			w.end(n, first, total)
		}
	}
	w.Clock.Set(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
	return total
}

// end brings the n-th opinion where it ends.
func (w *Town) end(n, first seal.Number, total int) {
	switch leader := w.Leaders[total%len(w.Leaders)]; {
	case total == 10 || total == 30:
		w.Do(w.Intake, casework.Decline{On: on(n), Reason: "已在诉讼中", Basis: "条例", Target: "法院"})
	case total == 20 || total == 40:
		w.Do(w.Intake, casework.Forward{On: on(n), Target: "县供电公司", Reason: "不属本镇"})
	case total == 25:
		w.Do(w.Intake, casework.Link{On: on(n), Into: first, Reason: "同一件事"})
	case total == 35:
		w.Do(actor.Actor{Town: dbtest.Town, Resident: true}, casework.Withdraw{On: on(n), Reason: "已经好了"})
	case total%9 == 0:
		w.Answer(w.Dispatch(n, leader), casework.Explained)
	case total%2 == 0:
		w.Answer(w.Dispatch(n, leader), casework.Resolved)
		if total%4 == 0 {
			w.Confirm(n)
		}
	case total%3 != 0 || total > 60:
		w.Dispatch(n, leader)
	}
}

// Done fails the test on the error of a command whose answer is not needed.
func (w *Town) Done(_ string, err error) { w.T.Helper(); w.No(err) }

// DirIn returns the directory as tx sees it.
func (w *Town) DirIn(tx *db.Tx) *org.Directory {
	w.T.Helper()
	d, err := w.Orgs.Load(ctx, tx)
	w.No(err)
	return d
}
