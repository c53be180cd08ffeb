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
	"yanming/internal/towntest"
	"yanming/internal/uitest"
	"yanming/internal/web/page"
	"yanming/internal/web/resident"
)

func TestMain(m *testing.M) { uitest.Main(m) }

var ctx = context.Background()

const county, neighbour = towntest.County, "419900102"

// town is a small town with everybody a word needs, served as a real site would.
type town struct {
	*towntest.Town
	blobs *blob.Store
	full  bool // no room for another file
	url   string
	log   *ledger

	water, committee       string // units
	willow, east           string // villages
	grid, firm             string
	intake, handler, mayor actor.Actor
	petition, caller       actor.Actor
	neighbourly            actor.Actor
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
	w := &town{Town: towntest.New(t, d, c, "柳岸村", "东坡村"), log: &ledger{}, neighbourly: actor.Actor{Town: neighbour, System: true}}
	blobs, err := blob.Open(t.TempDir())
	w.No(err)
	w.blobs = blobs
	w.willow, w.committee = w.Village(0)
	var other string
	w.east, other = w.Village(1)
	unit := func(u org.SaveUnit) string { return w.ID(w.Orgs.SaveUnit(ctx, w.System, u)) }
	hall := w.Unit(org.Department, "便民服务中心")
	w.water = unit(org.SaveUnit{Kind: org.Department, Name: "水利站", Phone: "0371-60000121"})
	lead := w.Unit(org.Leadership, "领导班子")
	w.firm = unit(org.SaveUnit{Kind: org.Firm, Name: "雁南食品厂", Village: w.east})
	listed := func(name, title, phone, unit string, role actor.Role, villages ...string) actor.Actor {
		p := w.ID(w.Orgs.SavePerson(ctx, w.System, org.SavePerson{Name: name, Title: title, Phone: phone}))
		w.ID(w.Orgs.Appoint(ctx, w.System, org.Appoint{Person: p, Unit: unit, Role: role, Villages: villages}))
		return w.Actor(p)
	}
	w.intake = w.Person("林月", hall, actor.Intake)
	w.petition = w.Person("秦朗", hall, actor.Petition)
	w.handler = w.Person("陈立", w.water, actor.Handler)
	w.mayor = listed("许青", "副镇长", "0371-60000105", lead, actor.Leader)
	w.caller = w.Person("罗安", other, actor.Caller, w.east)
	worker := listed("周宁", "网格员", "0371-60000103", w.committee, actor.Worker, w.willow)
	w.Confide(w.petition)
	w.Set(org.OfficeName, "雁南镇便民服务中心")
	w.Set(org.OfficePhone, "0371-60000100")
	w.Set(org.ShowEnglish, true)
	w.ID(w.Orgs.AddContact(ctx, w.System, org.AddContact{Person: w.mayor.Person, Village: w.willow}))
	w.grid = w.ID(w.Orgs.SaveGrid(ctx, w.System, org.SaveGrid{Level: org.PartGrid, Village: w.willow, Name: "第1网格", Number: 1, Worker: worker.Person}))
	w.serve()
	return w
}

// openCounty lets the county receive what is about the town.
func (w *town) openCounty() (officer string) {
	u := w.ID(w.Orgs.SaveUnit(ctx, w.Above, org.SaveUnit{Kind: org.CountyOffice, Name: "县信访局"}))
	officer = w.ID(w.Orgs.SavePerson(ctx, w.Above, org.SavePerson{Name: "方远"}))
	w.ID(w.Orgs.Appoint(ctx, w.Above, org.Appoint{Person: officer, Unit: u, Role: actor.CountyOfficer}))
	w.ID(w.Orgs.Set(ctx, w.Above, org.Set{Name: org.Confidants, Value: []string{officer}}))
	return officer
}

func (w *town) serve() {
	w.T.Helper()
	cat, err := i18n.Load()
	if err != nil {
		w.T.Fatal(err)
	}
	var h http.Handler
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.log.Write([]byte(r.Method + " " + r.RequestURI + " " + r.Referer() + "\n"))
		h.ServeHTTP(rw, r)
	}))
	w.T.Cleanup(srv.Close)
	w.url = srv.URL
	site, err := page.New(page.Config{Catalogue: cat, Base: srv.URL, Demo: true, Log: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		w.T.Fatal(err)
	}
	s, err := resident.New(resident.Deps{Site: site, Store: w.DB, Orgs: w.Orgs, Cases: w.Cases, Keys: w.Keys, Photos: &faulty{w.blobs, &w.full}})
	if err != nil {
		w.T.Fatal(err)
	}
	mux := http.NewServeMux()
	site.Register(mux)
	s.Register(mux)
	h = site.Wrap(mux)
}

// answer takes a case from registered to answered.
func (w *town) answer(n seal.Number) {
	w.T.Helper()
	w.Do(w.intake, casework.Accept{On: towntest.On(n)})
	w.Do(w.intake, casework.Dispatch{On: towntest.On(n), Unit: w.water, Leader: w.mayor.Person})
	w.Do(w.handler, casework.Sign{On: towntest.On(n)})
	w.Do(w.handler, casework.Answer{On: towntest.On(n), Outcome: casework.Resolved, Text: "已清淤 40 米，水通了。"})
}

// track reads a case as its resident sees it.
func (w *town) track(town string, n seal.Number) (t casework.Track) {
	w.T.Helper()
	err := w.DB.View(ctx, town, func(tx *db.Tx) (err error) { t, err = w.Cases.Follow(ctx, tx, n); return err })
	if err != nil {
		w.T.Fatal(err)
	}
	return t
}

// held counts the cases of a town.
func (w *town) held(town string) int {
	w.T.Helper()
	n := 0
	err := w.DB.View(ctx, town, func(tx *db.Tx) error {
		var err error
		n, _, err = w.Cases.Check(ctx, tx)
		return err
	})
	if err != nil {
		w.T.Fatal(err)
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
