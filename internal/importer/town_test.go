package importer_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"yanming/internal/actor"
	"yanming/internal/blob"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/i18n"
	"yanming/internal/importer"
	"yanming/internal/journal"
	"yanming/internal/org"
	"yanming/internal/register"
	"yanming/internal/seal"
	"yanming/internal/search"
)

var ctx = context.Background()

// town is a small town that brings its ledgers in.
type town struct {
	t       testing.TB
	db      *db.DB
	cases   *casework.Service
	imports *importer.Service
	dir     *org.Directory
	clock   *dbtest.Clock

	intake, admin, handler actor.Actor
}

func must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func newTown(t testing.TB, d *db.DB) *town {
	t.Helper()
	keys := must[*seal.Keyring](t)(seal.Open(t.TempDir()))
	orgs := must[*org.Service](t)(org.New(d))
	w := &town{t: t, db: d, cases: casework.New(d, keys, orgs)}
	say := must[string](t)
	sys := actor.Actor{Town: "419900", System: true}
	say(orgs.OpenTown(ctx, sys, org.OpenTown{ID: "419900", Name: "雁县", Demo: true}))
	sys.Town = dbtest.Town
	say(orgs.OpenTown(ctx, sys, org.OpenTown{ID: dbtest.Town, Name: "雁南镇", Demo: true}))
	say(orgs.AddVillages(ctx, sys, org.AddVillages{Villages: []org.VillageLine{{Name: "柳岸村"}, {Name: "荷塘村"}}}))
	hall := say(orgs.SaveUnit(ctx, sys, org.SaveUnit{Kind: org.Department, Name: "便民服务中心"}))
	water := say(orgs.SaveUnit(ctx, sys, org.SaveUnit{Kind: org.Department, Name: "水利站"}))
	lead := say(orgs.SaveUnit(ctx, sys, org.SaveUnit{Kind: org.Leadership, Name: "领导班子"}))
	person := func(name, unit string, role actor.Role) actor.Actor {
		p := say(orgs.SavePerson(ctx, sys, org.SavePerson{Name: name}))
		say(orgs.Appoint(ctx, sys, org.Appoint{Person: p, Unit: unit, Role: role}))
		return w.actor(dbtest.Town, p)
	}
	w.intake, w.admin, w.handler = person("林月", hall, actor.Intake), person("管理", hall, actor.Admin), person("陈立", water, actor.Handler)
	person("许青", lead, actor.Leader)
	w.imports = importer.New(importer.Config{Store: d, Cases: w.cases, Orgs: orgs, Keys: keys,
		Blobs: must[*blob.Store](t)(blob.Open(t.TempDir())), Catalogue: must[*i18n.Catalogue](t)(i18n.Load()),
		Acting: func(_ context.Context, town, person string) (actor.Actor, error) { return w.actor(town, person), nil }})
	err := d.View(ctx, dbtest.Town, func(tx *db.Tx) (err error) { w.dir, err = orgs.Load(ctx, tx); return err })
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *town) actor(town, person string) (a actor.Actor) {
	w.t.Helper()
	err := w.db.Across(ctx, func(x *db.Wide) (err error) { a, err = org.Acting(ctx, x, town, person); return err })
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

func each(t *testing.T, body func(t *testing.T, w *town)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newTown(t, d)
		w.clock = c
		body(t, w)
	})
}

func file(name string, content []byte) importer.File {
	return importer.File{Name: name, Body: bytes.NewReader(content), Size: int64(len(content))}
}

func (w *town) run(f importer.File, m *register.Mapping) importer.Report {
	w.t.Helper()
	r, err := w.imports.Run(ctx, w.intake, f, m, importer.Options{})
	if err != nil {
		w.t.Fatal(err)
	}
	w.whole(r)
	return r
}

// whole holds what every report must: each row that was read has exactly one fate, and a reason where it is no case.
func (w *town) whole(r importer.Report) {
	w.t.Helper()
	if r.Read != r.Accepted+r.Rejected+r.Duplicate {
		w.t.Errorf("%d read, but %d accepted, %d rejected, %d duplicates", r.Read, r.Accepted, r.Rejected, r.Duplicate)
	}
	n := map[importer.Fate]int{}
	for _, g := range r.Groups {
		n[g.Fate] += g.Rows.Count()
	}
	if n[importer.Rejected] != r.Rejected || n[importer.Duplicate] != r.Duplicate {
		w.t.Errorf("reasons for %v, counts %+v", n, r.Counts)
	}
}

func (w *town) counts(r importer.Report, read, accepted, rejected, duplicate int) {
	w.t.Helper()
	want := journal.Counts{Read: read, Accepted: accepted, Rejected: rejected, Duplicate: duplicate}
	if r.Counts != want {
		w.t.Errorf("got %+v, want %+v; %v", r.Counts, want, r.Groups)
	}
}

// all returns every case that stands, the oldest first.
func (w *town) all() (cs []casework.Case) {
	w.t.Helper()
	err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) error {
		p, err := w.cases.List(ctx, tx, w.intake, casework.Filter{View: casework.Every, Limit: 10000})
		cs = p.Cases
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return cs
}

// told returns the case whose text is text.
func (w *town) told(text string) casework.Sheet {
	w.t.Helper()
	var sh casework.Sheet
	for _, c := range w.all() {
		if c.Words.Text != text {
			continue
		}
		err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) (err error) {
			sh, err = w.cases.Get(ctx, tx, w.intake, c.Number)
			return err
		})
		if err != nil {
			w.t.Fatal(err)
		}
		return sh
	}
	w.t.Fatalf("nobody said %q", text)
	return sh
}

// found counts what a full-text search finds.
func (w *town) found(words string) int {
	w.t.Helper()
	if _, err := journal.CatchUp(ctx, w.db, dbtest.Town, w.cases.Index()); err != nil {
		w.t.Fatal(err)
	}
	n := 0
	err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) error {
		hits, err := search.Find(ctx, tx, search.Query{Kind: "case", Text: words, Limit: 100})
		n = len(hits)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// check folds every case again.
func (w *town) check() {
	w.t.Helper()
	err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) error {
		_, faults, err := w.cases.Check(ctx, tx)
		for _, f := range faults {
			w.t.Errorf("case %s: %s", f.Number, f.What)
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// messages opens one of the files of real messages, which lie beside the repository and are never shipped.
func messages(t testing.TB, name string) importer.File {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "data", "messages", name)
	if _, err := os.Stat(path); err != nil && os.Getenv("CI") != "true" {
		t.Skipf("no %s here", path)
	}
	f, closer, err := importer.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closer.Close() })
	return f
}
