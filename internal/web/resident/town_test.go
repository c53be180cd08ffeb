package resident_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"yanming/internal/actor"
	"yanming/internal/blob"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/seal"
	"yanming/internal/uitest"
	"yanming/internal/web/page"
	"yanming/internal/web/resident"
)

func TestMain(m *testing.M) { uitest.Main(m) }

var ctx = context.Background()

const county, neighbour = "419900", "419900102"

// town is a small town with everybody a word needs, served as a real site would.
type town struct {
	t     testing.TB
	db    *db.DB
	clock *dbtest.Clock
	org   *org.Service
	cases *casework.Service
	keys  *seal.Keyring
	blobs *blob.Store
	full  bool // no room for another file
	url   string
	log   *ledger

	water, committee           string // units
	willow, east               string // villages
	grid, firm                 string
	intake, handler, mayor     actor.Actor
	petition, caller           actor.Actor
	system, above, neighbourly actor.Actor
}

// ledger keeps everything the site logged, and every address it was asked for.
type ledger struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *ledger) Write(p []byte) (int, error) { l.mu.Lock(); defer l.mu.Unlock(); return l.b.Write(p) }
func (l *ledger) String() string              { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }

// newTown builds 雁南镇 alone with its county, which receives nothing yet.
func newTown(t testing.TB, d *db.DB, c *dbtest.Clock) *town {
	t.Helper()
	keys, err := seal.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	orgs, err := org.New(d)
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := &town{t: t, db: d, clock: c, org: orgs, keys: keys, blobs: blobs, cases: casework.New(d, keys, orgs), log: &ledger{},
		system: actor.Actor{Town: dbtest.Town, System: true}, above: actor.Actor{Town: county, System: true},
		neighbourly: actor.Actor{Town: neighbour, System: true}}
	w.must(orgs.OpenTown(ctx, w.above, org.OpenTown{ID: county, Name: "雁县", Demo: true}))
	w.must(orgs.OpenTown(ctx, w.system, org.OpenTown{ID: dbtest.Town, Name: "雁南镇", Demo: true}))
	w.must(orgs.AddVillages(ctx, w.system, org.AddVillages{Villages: []org.VillageLine{{Name: "柳岸村"}, {Name: "东坡村"}}}))
	dir := w.dir()
	w.willow, w.east = dir.Villages()[0].ID, dir.Villages()[1].ID
	w.committee = dir.VillageUnits(w.willow)[0]
	unit := func(u org.SaveUnit) string { return w.must(orgs.SaveUnit(ctx, w.system, u)) }
	hall := unit(org.SaveUnit{Kind: org.Department, Name: "便民服务中心"})
	w.water = unit(org.SaveUnit{Kind: org.Department, Name: "水利站", Phone: "0371-60000121"})
	lead := unit(org.SaveUnit{Kind: org.Leadership, Name: "领导班子"})
	w.firm = unit(org.SaveUnit{Kind: org.Firm, Name: "雁南食品厂", Village: w.east})
	person := func(name, title, phone, unit string, role actor.Role, villages ...string) actor.Actor {
		p := w.must(orgs.SavePerson(ctx, w.system, org.SavePerson{Name: name, Title: title, Phone: phone}))
		w.must(orgs.Appoint(ctx, w.system, org.Appoint{Person: p, Unit: unit, Role: role, Villages: villages}))
		return w.actor(p)
	}
	w.intake = person("林月", "", "", hall, actor.Intake)
	w.petition = person("秦朗", "", "", hall, actor.Petition)
	w.handler = person("陈立", "", "", w.water, actor.Handler)
	w.mayor = person("许青", "副镇长", "0371-60000105", lead, actor.Leader)
	w.caller = person("罗安", "", "", dir.VillageUnits(w.east)[0], actor.Caller, w.east)
	worker := person("周宁", "", "0371-60000103", w.committee, actor.Worker, w.willow)
	w.must(orgs.Set(ctx, w.system, org.Set{Name: org.Confidants, Value: []string{w.petition.Person}}))
	w.must(orgs.Set(ctx, w.system, org.Set{Name: org.OfficeName, Value: "雁南镇便民服务中心"}))
	w.must(orgs.Set(ctx, w.system, org.Set{Name: org.OfficePhone, Value: "0371-60000100"}))
	w.must(orgs.Set(ctx, w.system, org.Set{Name: org.ShowEnglish, Value: true}))
	w.must(orgs.AddContact(ctx, w.system, org.AddContact{Person: w.mayor.Person, Village: w.willow}))
	w.grid = w.must(orgs.SaveGrid(ctx, w.system, org.SaveGrid{Level: org.PartGrid, Village: w.willow, Name: "第1网格", Number: 1, Worker: worker.Person}))
	w.serve()
	return w
}

// openCounty lets the county receive what is about the town.
func (w *town) openCounty() (officer string) {
	u := w.must(w.org.SaveUnit(ctx, w.above, org.SaveUnit{Kind: org.CountyOffice, Name: "县信访局"}))
	officer = w.must(w.org.SavePerson(ctx, w.above, org.SavePerson{Name: "方远"}))
	w.must(w.org.Appoint(ctx, w.above, org.Appoint{Person: officer, Unit: u, Role: actor.CountyOfficer}))
	w.must(w.org.Set(ctx, w.above, org.Set{Name: org.Confidants, Value: []string{officer}}))
	return officer
}

func (w *town) serve() {
	w.t.Helper()
	cat, err := i18n.Load()
	if err != nil {
		w.t.Fatal(err)
	}
	var h http.Handler
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.log.Write([]byte(r.Method + " " + r.RequestURI + " " + r.Referer() + "\n"))
		h.ServeHTTP(rw, r)
	}))
	w.t.Cleanup(srv.Close)
	w.url = srv.URL
	site, err := page.New(page.Config{Catalogue: cat, Base: srv.URL, Demo: true, Log: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		w.t.Fatal(err)
	}
	s, err := resident.New(resident.Deps{Site: site, Store: w.db, Orgs: w.org, Cases: w.cases, Keys: w.keys, Photos: &faulty{w.blobs, &w.full}})
	if err != nil {
		w.t.Fatal(err)
	}
	mux := http.NewServeMux()
	site.Register(mux)
	s.Register(mux)
	h = site.Wrap(mux)
}

func (w *town) must(s string, err error) string {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *town) dir() (d *org.Directory) {
	w.t.Helper()
	err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) (err error) { d, err = w.org.Load(ctx, tx); return err })
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}

func (w *town) actor(person string) (a actor.Actor) {
	w.t.Helper()
	err := w.db.Across(ctx, func(x *db.Wide) (err error) { a, err = org.Acting(ctx, x, dbtest.Town, person); return err })
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

// do carries out a command of the office, which must succeed.
func (w *town) do(a actor.Actor, cmd casework.Command) {
	w.t.Helper()
	if _, err := w.cases.Do(ctx, a, cmd); err != nil {
		w.t.Fatalf("%T: %v", cmd, err)
	}
}

func on(n seal.Number) casework.On { return casework.On{Case: n} }

// answer takes a case from registered to answered.
func (w *town) answer(n seal.Number) {
	w.t.Helper()
	w.do(w.intake, casework.Accept{On: on(n)})
	w.do(w.intake, casework.Dispatch{On: on(n), Unit: w.water, Leader: w.mayor.Person})
	w.do(w.handler, casework.Sign{On: on(n)})
	w.do(w.handler, casework.Answer{On: on(n), Outcome: casework.Resolved, Text: "已清淤 40 米，水通了。"})
}

// track reads a case as its resident sees it.
func (w *town) track(town string, n seal.Number) (t casework.Track) {
	w.t.Helper()
	err := w.db.View(ctx, town, func(tx *db.Tx) (err error) { t, err = w.cases.Follow(ctx, tx, n); return err })
	if err != nil {
		w.t.Fatal(err)
	}
	return t
}

// held counts the cases of a town.
func (w *town) held(town string) int {
	w.t.Helper()
	n := 0
	err := w.db.View(ctx, town, func(tx *db.Tx) error {
		var err error
		n, _, err = w.cases.Check(ctx, tx)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func each(t *testing.T, body func(t *testing.T, w *town)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) { body(t, newTown(t, d, c)) })
}

func sqlite(t *testing.T) *town {
	t.Helper()
	c := &dbtest.Clock{}
	return newTown(t, dbtest.SQLite(t, c.Now), c)
}

// faulty is a store whose disk can be full.
type faulty struct {
	*blob.Store
	full *bool
}

func (f *faulty) PutBytes(ctx context.Context, content []byte) (string, error) {
	if *f.full {
		return "", errors.New("no space left on device")
	}
	return f.Store.PutBytes(ctx, content)
}
