package notice_test

import (
	"context"
	"slices"
	"testing"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/i18n"
	"yanming/internal/id"
	"yanming/internal/journal"
	"yanming/internal/notice"
	"yanming/internal/notice/noticetest"
	"yanming/internal/org"
	"yanming/internal/seal"
)

var ctx = context.Background()

const (
	base   = "https://yn.example"
	phrase = "大雁往南飞，一行又一行"
)

// town is a small town whose people all have accounts.
type town struct {
	t     *testing.T
	db    *db.DB
	clock *dbtest.Clock
	orgs  *org.Service
	auth  *auth.Service
	cases *casework.Service
	mail  *noticetest.Server
	told  *notice.Service

	grid, committee, water, roads  string
	intake, handler, deputy, mayor actor.Actor
	petition, inspector, caller    actor.Actor
	secretary, admin, second       actor.Actor
}

func each(t *testing.T, body func(t *testing.T, w *town)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) { body(t, newTown(t, d, c)) })
}

func newTown(t *testing.T, d *db.DB, c *dbtest.Clock) *town {
	t.Helper()
	keys, err := seal.Open(t.TempDir())
	must(t, err)
	orgs, err := org.New(d)
	must(t, err)
	words, err := i18n.Load()
	must(t, err)
	w := &town{t: t, db: d, clock: c, orgs: orgs, auth: auth.New(d, orgs), cases: casework.New(d, keys, orgs), mail: noticetest.Start(t, false)}
	w.told, err = notice.New(notice.Config{Store: d, Orgs: orgs, Auth: w.auth, Cases: w.cases, Keys: keys, Words: words})
	must(t, err)
	mailer, err := notice.NewMailer(notice.MailOptions{Host: "127.0.0.1", Port: w.mail.Port, User: noticetest.Login, Password: noticetest.Password,
		From: "yanming@yn.example", Roots: w.mail.Roots})
	must(t, err)
	allow, err := notice.ParseAllowlist([]string{"127.0.0.1"})
	must(t, err)
	w.told = w.told.With(notice.Outside{Base: base, Mail: mailer, Calls: true, Allow: allow})

	sys := actor.Actor{Town: "419900", System: true}
	w.id(orgs.OpenTown(ctx, sys, org.OpenTown{ID: "419900", Name: "雁县", Demo: true}))
	sys.Town = dbtest.Town
	w.id(orgs.OpenTown(ctx, sys, org.OpenTown{ID: dbtest.Town, Name: "雁南镇", Demo: true}))
	w.id(orgs.AddVillages(ctx, sys, org.AddVillages{Villages: []org.VillageLine{{Name: "柳岸村"}, {Name: "东坡村"}}}))
	dir := w.dir()
	willow, east := dir.Villages()[0].ID, dir.Villages()[1].ID
	w.committee = dir.VillageUnits(willow)[0]
	unit := func(kind org.UnitKind, name string) string {
		return w.id(orgs.SaveUnit(ctx, sys, org.SaveUnit{Kind: kind, Name: name}))
	}
	hall := unit(org.Department, "便民服务中心")
	w.water, w.roads = unit(org.Department, "水利站"), unit(org.Department, "交管办")
	lead, team := unit(org.Leadership, "领导班子"), unit(org.OfficeTeam, "督查组")
	secret, err := w.auth.Prepare(ctx, "", phrase) // hashing takes long: one for all
	must(t, err)
	person := func(login, unit string, role actor.Role, villages ...string) actor.Actor {
		p := w.id(orgs.SavePerson(ctx, sys, org.SavePerson{Name: login}))
		w.id(orgs.Appoint(ctx, sys, org.Appoint{Person: p, Unit: unit, Role: role, Villages: villages}))
		must(t, d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
			_, err := w.auth.CreateAccountIn(ctx, tx, sys, auth.CreateAccount{Login: login, Person: p, Keep: true}, secret)
			return err
		}))
		return w.as(login)
	}
	w.intake, w.petition = person("intake", hall, actor.Intake), person("petition", hall, actor.Petition)
	w.handler, w.deputy = person("handler", w.water, actor.Handler), person("deputy", w.roads, actor.Handler)
	w.mayor, w.inspector = person("mayor", lead, actor.Leader), person("inspector", team, actor.Inspection)
	w.caller = person("caller", dir.VillageUnits(east)[0], actor.Caller, east)
	w.secretary = person("secretary", w.committee, actor.Secretary, willow)
	w.admin, w.second = person("admin", hall, actor.Admin), person("second", hall, actor.Admin)
	w.id(orgs.Set(ctx, sys, org.Set{Name: org.Confidants, Value: []string{w.petition.Person, w.inspector.Person}}))
	w.grid = w.id(orgs.SaveGrid(ctx, sys, org.SaveGrid{Level: org.PartGrid, Village: willow, Name: "第1网格", Number: 1}))
	return w
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *town) id(s string, err error) string { w.t.Helper(); must(w.t, err); return s }

func (w *town) dir() (dir *org.Directory) {
	w.t.Helper()
	must(w.t, w.db.View(ctx, dbtest.Town, func(tx *db.Tx) (err error) { dir, err = w.orgs.Load(ctx, tx); return err }))
	return dir
}

// as is somebody with the posts held now.
func (w *town) as(login string) (a actor.Actor) {
	w.t.Helper()
	acc, err := w.auth.Find(ctx, login)
	must(w.t, err)
	must(w.t, w.db.Across(ctx, func(x *db.Wide) (err error) { a, err = org.Acting(ctx, x, dbtest.Town, acc.Person); return err }))
	a.Account, a.Doubted = acc.ID, acc.DoubtedBy != ""
	return a
}

// with is somebody signed in.
func (w *town) with(login, password string) actor.Actor {
	w.t.Helper()
	token, _, err := w.auth.Login(ctx, login, password, "")
	must(w.t, err)
	a, _, err := w.auth.Session(ctx, token)
	must(w.t, err)
	return a
}

// say is what a resident says of the south canal, in confidence or not.
func (w *town) say(confide bool) seal.Number {
	w.t.Helper()
	r, err := w.cases.Register(ctx, actor.Actor{Town: dbtest.Town, Resident: true}, casework.Register{Key: journal.Key(id.Token()), Kind: casework.Opinion,
		Channel: casework.Web, Text: "南渠堵了，水往院里倒。", Grid: w.grid, Category: "water", Confide: confide, Person: casework.Person{Name: "赵一", Phone: "13900000000"}})
	must(w.t, err)
	return r.Number
}

func (w *town) do(a actor.Actor, cmd casework.Command) casework.Case {
	w.t.Helper()
	c, err := w.cases.Do(ctx, a, cmd)
	if err != nil {
		w.t.Fatalf("%T: %v", cmd, err)
	}
	return c
}

func on(n seal.Number) casework.On { return casework.On{Case: n} }

// dispatched gives an open case to the water station.
func (w *town) dispatched() seal.Number {
	w.t.Helper()
	n := w.say(false)
	w.do(w.intake, casework.Accept{On: on(n)})
	w.do(w.intake, casework.Dispatch{On: on(n), Unit: w.water, Leader: w.mayor.Person})
	return n
}

// derive brings notices to the end of the journal.
func (w *town) derive() {
	w.t.Helper()
	_, err := journal.CatchUp(ctx, w.db, dbtest.Town, w.told)
	must(w.t, err)
}

func (w *town) drain() { w.t.Helper(); must(w.t, w.told.Drain(ctx)) }

func (w *town) tick() { w.t.Helper(); must(w.t, w.told.Tick(ctx, dbtest.Town)) }

// list returns the kinds of what somebody has not read.
func (w *town) list(a actor.Actor) (kinds []notice.Kind) {
	w.t.Helper()
	for _, it := range w.items(a) {
		if it.Read.IsZero() {
			kinds = append(kinds, it.Kind)
		}
	}
	slices.Sort(kinds)
	return kinds
}

func (w *town) items(a actor.Actor) (out []notice.Item) {
	w.t.Helper()
	must(w.t, w.db.View(ctx, dbtest.Town, func(tx *db.Tx) error {
		l, err := w.told.List(ctx, tx, a, "")
		out = l.Items
		return err
	}))
	return out
}

// item is what somebody has of a kind.
func (w *town) item(a actor.Actor, k notice.Kind) (it notice.Item) {
	w.t.Helper()
	for _, it = range w.items(a) {
		if it.Kind == k {
			return it
		}
	}
	w.t.Fatalf("no notice of kind %s", k)
	return it
}

func (w *town) unread(a actor.Actor) (n int64) {
	w.t.Helper()
	must(w.t, w.db.View(ctx, dbtest.Town, func(tx *db.Tx) (err error) { n, err = notice.Unread(ctx, tx, a.Person); return err }))
	return n
}

// everybody is everyone of the town.
func (w *town) everybody() map[string]actor.Actor {
	return map[string]actor.Actor{"intake": w.intake, "handler": w.handler, "deputy": w.deputy, "mayor": w.mayor, "petition": w.petition,
		"inspector": w.inspector, "caller": w.caller, "secretary": w.secretary, "admin": w.admin, "second": w.second}
}
