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
	"yanming/internal/journal"
	"yanming/internal/notice"
	"yanming/internal/notice/noticetest"
	"yanming/internal/org"
	"yanming/internal/seal"
	"yanming/internal/towntest"
)

var ctx = context.Background()

const (
	base   = "https://yn.example"
	phrase = "大雁往南飞，一行又一行"
)

// town is a small town whose people all have accounts.
type town struct {
	*towntest.Town
	clock *dbtest.Clock // stands still while the town is made
	auth  *auth.Service
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
	words, err := i18n.Load()
	must(t, err)
	w := &town{Town: towntest.New(t, d, nil, "柳岸村", "东坡村"), clock: c, mail: noticetest.Start(t, false)}
	w.auth = auth.New(d, w.Orgs)
	w.told, err = notice.New(notice.Config{Store: d, Orgs: w.Orgs, Auth: w.auth, Cases: w.Cases, Keys: w.Keys, Words: words})
	must(t, err)
	mailer, err := notice.NewMailer(notice.MailOptions{Host: "127.0.0.1", Port: w.mail.Port, User: noticetest.Login, Password: noticetest.Password,
		From: "yanming@yn.example", Roots: w.mail.Roots})
	must(t, err)
	allow, err := notice.ParseAllowlist([]string{"127.0.0.1"})
	must(t, err)
	w.told = w.told.With(notice.Outside{Base: base, Mail: mailer, Calls: true, Allow: allow})

	willow, committee := w.Village(0)
	east, other := w.Village(1)
	w.committee = committee
	hall := w.Unit(org.Department, "便民服务中心")
	w.water, w.roads = w.Unit(org.Department, "水利站"), w.Unit(org.Department, "交管办")
	lead, team := w.Unit(org.Leadership, "领导班子"), w.Unit(org.OfficeTeam, "督查组")
	secret, err := w.auth.Prepare(ctx, "", phrase) // hashing takes long: one for all
	must(t, err)
	person := func(login, unit string, role actor.Role, villages ...string) actor.Actor {
		p := w.Person(login, unit, role, villages...).Person
		must(t, d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
			_, err := w.auth.CreateAccountIn(ctx, tx, w.System, auth.CreateAccount{Login: login, Person: p, Keep: true}, secret)
			return err
		}))
		return w.as(login)
	}
	w.intake, w.petition = person("intake", hall, actor.Intake), person("petition", hall, actor.Petition)
	w.handler, w.deputy = person("handler", w.water, actor.Handler), person("deputy", w.roads, actor.Handler)
	w.mayor, w.inspector = person("mayor", lead, actor.Leader), person("inspector", team, actor.Inspection)
	w.caller = person("caller", other, actor.Caller, east)
	w.secretary = person("secretary", w.committee, actor.Secretary, willow)
	w.admin, w.second = person("admin", hall, actor.Admin), person("second", hall, actor.Admin)
	w.Confide(w.petition, w.inspector)
	w.grid = w.Grid(willow)
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// as is somebody with the posts held now.
func (w *town) as(login string) (a actor.Actor) {
	w.T.Helper()
	acc, err := w.auth.Find(ctx, login)
	must(w.T, err)
	a = w.Actor(acc.Person)
	a.Account, a.Doubted = acc.ID, acc.DoubtedBy != ""
	return a
}

// with is somebody signed in.
func (w *town) with(login, password string) actor.Actor {
	w.T.Helper()
	token, _, err := w.auth.Login(ctx, login, password, "")
	must(w.T, err)
	a, _, err := w.auth.Session(ctx, token)
	must(w.T, err)
	return a
}

// say is what a resident says of the south canal, in confidence or not.
func (w *town) say(confide bool) seal.Number {
	w.T.Helper()
	return w.Register(towntest.Resident(), casework.Register{Channel: casework.Web, Text: "南渠堵了，水往院里倒。", Grid: w.grid, Category: "water",
		Confide: confide, Person: casework.Person{Name: "赵一", Phone: "13900000000"}}).Number
}

// dispatched gives an open case to the water station.
func (w *town) dispatched() seal.Number {
	w.T.Helper()
	n := w.say(false)
	w.Do(w.intake, casework.Accept{On: towntest.On(n)})
	w.Do(w.intake, casework.Dispatch{On: towntest.On(n), Unit: w.water, Leader: w.mayor.Person})
	return n
}

// derive brings notices to the end of the journal.
func (w *town) derive() {
	w.T.Helper()
	_, err := journal.CatchUp(ctx, w.DB, dbtest.Town, w.told)
	must(w.T, err)
}

func (w *town) drain() { w.T.Helper(); must(w.T, w.told.Drain(ctx)) }

func (w *town) tick() { w.T.Helper(); must(w.T, w.told.Tick(ctx, dbtest.Town)) }

// list returns the kinds of what somebody has not read.
func (w *town) list(a actor.Actor) (kinds []notice.Kind) {
	w.T.Helper()
	for _, it := range w.items(a) {
		if it.Read.IsZero() {
			kinds = append(kinds, it.Kind)
		}
	}
	slices.Sort(kinds)
	return kinds
}

func (w *town) items(a actor.Actor) (out []notice.Item) {
	w.T.Helper()
	must(w.T, w.DB.View(ctx, dbtest.Town, func(tx *db.Tx) error {
		l, err := w.told.List(ctx, tx, a, "")
		out = l.Items
		return err
	}))
	return out
}

// item is what somebody has of a kind.
func (w *town) item(a actor.Actor, k notice.Kind) (it notice.Item) {
	w.T.Helper()
	for _, it = range w.items(a) {
		if it.Kind == k {
			return it
		}
	}
	w.T.Fatalf("no notice of kind %s", k)
	return it
}

func (w *town) unread(a actor.Actor) (n int64) {
	w.T.Helper()
	must(w.T, w.DB.View(ctx, dbtest.Town, func(tx *db.Tx) (err error) { n, err = notice.Unread(ctx, tx, a.Person); return err }))
	return n
}

// everybody is everyone of the town.
func (w *town) everybody() map[string]actor.Actor {
	return map[string]actor.Actor{"intake": w.intake, "handler": w.handler, "deputy": w.deputy, "mayor": w.mayor, "petition": w.petition,
		"inspector": w.inspector, "caller": w.caller, "secretary": w.secretary, "admin": w.admin, "second": w.second}
}
