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
	"yanming/internal/org"
	"yanming/internal/report"
	"yanming/internal/seal"
	"yanming/internal/towntest"
)

// Town is a town with everybody a report needs.
type Town struct {
	*towntest.Town
	Figures *figures.Catalogue
	Reports *report.Service
	Words   *i18n.Catalogue

	Villages, Grids []string
	Water, Roads    string // units
	Leaders         []actor.Actor

	Intake, Handler, Petition, General, Publicity, Inspector, Mayor actor.Actor
	Caller, Secretary, Cadre, Worker, Auditor, Admin, County        actor.Actor
}

// Second is the county's other town.
const Second = "419900102"

// New makes the town over an empty database: villages villages with parts[i] grids each, drawn.
func New(t *testing.T, d *db.DB, c *dbtest.Clock, parts ...int) *Town {
	t.Helper()
	w := &Town{Town: towntest.New(t, d, c, names(len(parts))...)}
	var err error
	w.Words, err = i18n.Load()
	w.No(err)
	w.Figures, err = figures.New(w.Cases.Figures())
	w.No(err)
	w.Reports = report.New(d, w.Figures, w.Orgs, w.Words)
	office := w.ID(w.Orgs.SaveUnit(ctx, w.Above, org.SaveUnit{Kind: org.CountyOffice, Name: "县信访局"}))
	viewer := w.ID(w.Orgs.SavePerson(ctx, w.Above, org.SavePerson{Name: "县看板"}))
	w.ID(w.Orgs.Appoint(ctx, w.Above, org.Appoint{Person: viewer, Unit: office, Role: actor.CountyViewer}))
	w.County, err = w.Acting(ctx, towntest.County, viewer)
	w.No(err)
	w.County.Account = "account of " + viewer
	w.ID(w.Orgs.OpenTown(ctx, actor.Actor{Town: Second, System: true}, org.OpenTown{ID: Second, Name: "雁北镇", Demo: true}))
	w.settle(parts)
	return w
}

var ctx = context.Background()

// names are what the first n villages are called.
func names(n int) (list []string) {
	all := []string{"柳岸村", "东坡村", "石桥社区", "南塘村", "沙洼村", "青禾村", "渡口村", "双井村", "杏花村", "北岗村", "竹园村", "榆林村", "清泉村", "荷塘村", "新岸村", "长堤村", "云溪村", "白鹭村", "红枫村"}
	for i := range n {
		list = append(list, all[i%len(all)])
	}
	return list
}

// settle makes the organisation of the town.
func (w *Town) settle(parts []int) {
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
			w.Grids = append(w.Grids, w.ID(w.Orgs.SaveGrid(ctx, w.System, org.SaveGrid{Level: org.PartGrid, Village: v.ID, Name: fmt.Sprintf("第%d网格", j+1), Number: n, Boundary: shape})))
		}
	}
	ord := int64(100)
	unit := func(kind org.UnitKind, name string) string {
		ord++
		return w.ID(w.Orgs.SaveUnit(ctx, w.System, org.SaveUnit{Kind: kind, Name: name, Ord: ord}))
	}
	hall := unit(org.Department, "便民服务中心")
	w.Water, w.Roads = unit(org.Department, "水利站"), unit(org.Department, "交管办")
	lead, team := unit(org.Leadership, "领导班子"), unit(org.OfficeTeam, "综合组")
	for i, p := range []struct{ name, title string }{{"何远", "党委书记"}, {"唐越", "镇长"}, {"林岚", "党委副书记"}, {"许青", "副镇长"}, {"罗安", "组织委员"}, {"沈竹", "宣传委员"}} {
		id := w.ID(w.Orgs.SavePerson(ctx, w.System, org.SavePerson{Name: p.name, Title: p.title}))
		w.ID(w.Orgs.Appoint(ctx, w.System, org.Appoint{Person: id, Unit: lead, Role: actor.Leader, Ord: int64(i + 1)}))
		w.Leaders = append(w.Leaders, w.Actor(id))
	}
	w.Mayor = w.Leaders[1]
	w.Intake = w.Person("林月", hall, actor.Intake)
	w.Petition = w.Person("秦朗", hall, actor.Petition)
	w.Handler = w.Person("陈立", w.Water, actor.Handler)
	w.General = w.Person("方舟", team, actor.General)
	w.Publicity = w.Person("顾白", team, actor.Publicity)
	w.Inspector = w.Person("沈石", team, actor.Inspection)
	w.Caller = w.Person("罗川", dir.VillageUnits(w.Villages[1])[0], actor.Caller, w.Villages[1])
	w.Secretary = w.Person("高原", dir.VillageUnits(w.Villages[0])[0], actor.Secretary, w.Villages[0])
	w.Cadre = w.Person("白杨", hall, actor.Cadre, w.Villages[0])
	w.Worker = w.Person("谷雨", dir.VillageUnits(w.Villages[0])[0], actor.Worker, w.Villages[0])
	w.Admin = w.Person("管一", hall, actor.Admin)
	w.Auditor = w.Person("审一", hall, actor.Auditor)
	w.Town.Confide(w.Petition, w.Inspector)
}

// Say registers an opinion about a grid.
func (w *Town) Say(grid string, channel casework.Channel, category, text string) seal.Number {
	w.T.Helper()
	return w.Register(towntest.Resident(), casework.Register{Kind: casework.Opinion, Channel: channel, Text: text, Grid: grid, Category: category, Person: casework.Person{Name: "赵一", Phone: "13900000000"}}).Number
}

// Confide registers an opinion in confidence about a village.
func (w *Town) Confide(village string) seal.Number {
	w.T.Helper()
	return w.Register(towntest.Resident(), casework.Register{Kind: casework.Opinion, Channel: casework.Web, Text: "村里的账看不到。", Village: village, Category: "water", Confide: true}).Number
}

// Dispatch accepts a case and gives it to the water station under a leader.
func (w *Town) Dispatch(n seal.Number, leader actor.Actor) seal.Number {
	w.T.Helper()
	w.Do(w.Intake, casework.Accept{On: towntest.On(n)})
	w.Do(w.Intake, casework.Dispatch{On: towntest.On(n), Unit: w.Water, Leader: leader.Person})
	return n
}

// Answer has the water station answer a dispatched case.
func (w *Town) Answer(n seal.Number, o casework.Outcome) seal.Number {
	w.T.Helper()
	w.Do(w.Handler, casework.Sign{On: towntest.On(n)})
	w.Do(w.Handler, casework.Answer{On: towntest.On(n), Outcome: o, Text: "已清淤 40 米。", Basis: "《河道管理条例》", Planned: "2027-03-01"})
	return n
}

// Confirm calls the resident back, who says that it is solved, and closes the case.
func (w *Town) Confirm(n seal.Number) {
	w.T.Helper()
	w.Do(w.Caller, casework.Contact{On: towntest.On(n), Reached: true, Solved: casework.SolvedYes, Satisfied: casework.SatisfiedYes})
	w.Do(w.Caller, casework.Close{On: towntest.On(n)})
}

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
		w.Do(w.Intake, casework.Decline{On: towntest.On(n), Reason: "已在诉讼中", Basis: "条例", Target: "法院"})
	case total == 20 || total == 40:
		w.Do(w.Intake, casework.Forward{On: towntest.On(n), Target: "县供电公司", Reason: "不属本镇"})
	case total == 25:
		w.Do(w.Intake, casework.Link{On: towntest.On(n), Into: first, Reason: "同一件事"})
	case total == 35:
		w.Do(actor.Actor{Town: dbtest.Town, Resident: true}, casework.Withdraw{On: towntest.On(n), Reason: "已经好了"})
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
