package casework_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/id"
	"yanming/internal/journal"
	"yanming/internal/org"
	"yanming/internal/seal"
)

var ctx = context.Background()

// town is a small town with everybody a case needs.
type town struct {
	t     *testing.T
	db    *db.DB
	clock *dbtest.Clock
	org   *org.Service
	cases *casework.Service

	water, roads, committee          string // units
	willow, east                     string // villages
	grid                             string
	intake, handler, deputy, mayor   actor.Actor
	petition, inspector, caller      actor.Actor
	secretary, cadre, admin, auditor actor.Actor
}

func newTown(t *testing.T, d *db.DB, c *dbtest.Clock) *town {
	t.Helper()
	keys, err := seal.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	orgs, err := org.New(d)
	if err != nil {
		t.Fatal(err)
	}
	w := &town{t: t, db: d, clock: c, org: orgs, cases: casework.New(d, keys, orgs)}
	sys := actor.Actor{Town: "419900", System: true}
	w.must(orgs.OpenTown(ctx, sys, org.OpenTown{ID: "419900", Name: "雁县", Demo: true}))
	sys.Town = dbtest.Town
	w.must(orgs.OpenTown(ctx, sys, org.OpenTown{ID: dbtest.Town, Name: "雁南镇", Demo: true}))
	w.must(orgs.AddVillages(ctx, sys, org.AddVillages{Villages: []org.VillageLine{{Name: "柳岸村"}, {Name: "东坡村"}}}))
	dir := w.dir()
	w.willow, w.east = dir.Villages()[0].ID, dir.Villages()[1].ID
	w.committee = dir.VillageUnits(w.willow)[0]
	unit := func(kind org.UnitKind, name string) string {
		return w.must(orgs.SaveUnit(ctx, sys, org.SaveUnit{Kind: kind, Name: name}))
	}
	hall := unit(org.Department, "便民服务中心")
	w.water, w.roads = unit(org.Department, "水利站"), unit(org.Department, "交管办")
	lead, team := unit(org.Leadership, "领导班子"), unit(org.OfficeTeam, "督查组")
	person := func(name, unit string, role actor.Role, villages ...string) actor.Actor {
		p := w.must(orgs.SavePerson(ctx, sys, org.SavePerson{Name: name}))
		w.must(orgs.Appoint(ctx, sys, org.Appoint{Person: p, Unit: unit, Role: role, Villages: villages}))
		return w.actor(p)
	}
	w.intake = person("林月", hall, actor.Intake)
	w.petition = person("秦朗", hall, actor.Petition)
	w.handler = person("陈立", w.water, actor.Handler)
	w.deputy = person("吴桐", w.roads, actor.Handler)
	w.mayor = person("许青", lead, actor.Leader)
	w.inspector = person("沈竹", team, actor.Inspection)
	w.caller = person("罗安", dir.VillageUnits(w.east)[0], actor.Caller, w.east)
	w.secretary = person("高原", w.committee, actor.Secretary, w.willow)
	w.cadre = person("白杨", hall, actor.Cadre, w.willow)
	w.admin = person("管理", hall, actor.Admin)
	w.auditor = person("审计", hall, actor.Auditor)
	w.must(orgs.Set(ctx, sys, org.Set{Name: org.Confidants, Value: []string{w.petition.Person, w.inspector.Person}}))
	w.grid = w.must(orgs.SaveGrid(ctx, sys, org.SaveGrid{Level: org.PartGrid, Village: w.willow, Name: "第1网格", Number: 1}))
	return w
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

func resident() actor.Actor { return actor.Actor{Town: dbtest.Town, Resident: true} }

func (w *town) say(text string) casework.Register {
	return casework.Register{Key: journal.Key(id.Token()), Kind: casework.Opinion, Channel: casework.Web, Text: text, Grid: w.grid,
		Category: "water", Person: casework.Person{Name: "赵一", Phone: "13900000000"}}
}

func (w *town) register(a actor.Actor, r casework.Register) casework.Receipt {
	w.t.Helper()
	got, err := w.cases.Register(ctx, a, r)
	if err != nil {
		w.t.Fatal(err)
	}
	return got
}

// do carries commands out, each of which must succeed.
func (w *town) do(a actor.Actor, cmd casework.Command) casework.Case {
	w.t.Helper()
	c, err := w.cases.Do(ctx, a, cmd)
	if err != nil {
		w.t.Fatalf("%T: %v", cmd, err)
	}
	return c
}

// refused carries a command out that must fail with a kind and key.
func (w *town) refused(a actor.Actor, cmd casework.Command, k errs.Kind, key string) {
	w.t.Helper()
	_, err := w.cases.Do(ctx, a, cmd)
	if !errs.Is(err, k) || key != "" && errs.All(err)[0].Key != key {
		w.t.Errorf("%T: got %v, want %v %s", cmd, err, k, key)
	}
}

// says reports whether an error is about one thing, by its key.
func says(err error, key string) bool {
	all := errs.All(err)
	return len(all) == 1 && all[0].Key == key
}

func on(n seal.Number) casework.On { return casework.On{Case: n} }

// dispatched registers a case and gives it to the water station.
func (w *town) dispatched() seal.Number {
	n := w.register(resident(), w.say("南渠堵了，一下雨水就往院里倒。")).Number
	w.do(w.intake, casework.Accept{On: on(n)})
	w.do(w.intake, casework.Dispatch{On: on(n), Unit: w.water, Leader: w.mayor.Person})
	return n
}

func (w *town) answered(o casework.Outcome) seal.Number {
	n := w.dispatched()
	w.do(w.handler, casework.Sign{On: on(n)})
	w.do(w.handler, casework.Answer{On: on(n), Outcome: o, Text: "已清淤 40 米。", Basis: "《河道管理条例》"})
	return n
}

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

func each(t *testing.T, body func(t *testing.T, w *town)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) { body(t, newTown(t, d, c)) })
}

func TestACaseGoesItsWholeWay(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		n := w.answered(casework.Resolved)
		w.refused(w.handler, casework.Contact{On: on(n), Reached: true, Solved: "yes", Satisfied: "satisfied"}, errs.Denied, "")
		c := w.do(w.caller, casework.Contact{On: on(n), Reached: true, Solved: "yes", Satisfied: "satisfied"})
		if !c.Confirmed() {
			t.Error("not confirmed")
		}
		c = w.do(w.caller, casework.Close{On: on(n)})
		if c.State != casework.Closed || c.OnTime == nil || !*c.OnTime {
			t.Errorf("got %s, on time %v", c.State, c.OnTime)
		}
		w.check()
	})
}

func TestAnOrdinaryRequestOfMondayIsDueNextMonday(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.clock.Set(time.Date(2026, 11, 23, 1, 41, 0, 0, time.UTC))
		n := w.register(resident(), w.say("南渠堵了。")).Number
		c := w.follow(n)
		if got := c.Due.At.UTC().Format("2006-01-02 15:04"); got != "2026-11-30 15:59" {
			t.Errorf("due %s", got)
		}
	})
}

func TestSendingTwiceGivesOneCaseAndTheSameReceipt(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		for _, confide := range []bool{false, true} {
			r := w.say("村里的账看不到。")
			r.Confide = confide
			a, b := w.register(resident(), r), w.register(resident(), r)
			if a.Again || !b.Again {
				t.Errorf("confide %v: again %v, then %v", confide, a.Again, b.Again)
			}
			if b.Again = false; a != b || a.Number == "" {
				t.Errorf("confide %v: got %+v then %+v", confide, a, b)
			}
			r.Text = "另一件事"
			if _, err := w.cases.Register(ctx, resident(), r); !errs.Is(err, errs.Conflict) {
				t.Errorf("other words under the same key: %v", err)
			}
		}
	})
}

func TestAReceiptIsFoundAgainByItsCodeOnly(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		r := w.register(resident(), w.say("路灯不亮。"))
		if err := w.cases.Unlock(ctx, dbtest.Town, r.Number, r.Code); err != nil {
			t.Fatal(err)
		}
		wrong := "000000"
		if r.Code == wrong {
			wrong = "000001"
		}
		if err := w.cases.Unlock(ctx, dbtest.Town, r.Number, wrong); !errs.Is(err, errs.NotFound) {
			t.Errorf("wrong code: %v", err)
		}
		c := w.say("支书的亲戚都吃低保。")
		c.Confide = true
		secret := w.register(resident(), c)
		if secret.Code != "" || secret.Secret == "" {
			t.Fatalf("got %+v", secret)
		}
		n, err := w.cases.UnlockSecret(ctx, dbtest.Town, secret.Secret)
		if err != nil || n != secret.Number {
			t.Errorf("secret: %v %v", n, err)
		}
	})
}

func TestACaseInConfidenceOpensToItsReadersOnly(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		r := w.say("会计优亲厚友。")
		r.Confide = true
		n := w.register(resident(), r).Number
		for name, who := range map[string]actor.Actor{"intake": w.intake, "mayor": w.mayor, "secretary": w.secretary, "cadre": w.cadre, "handler": w.handler,
			"caller": w.caller, "admin": w.admin, "auditor": w.auditor} {
			w.refused(who, casework.Accept{On: on(n)}, errs.NotFound, "error.not_found")
			if t.Failed() {
				t.Fatal(name)
			}
		}
		w.do(w.petition, casework.Accept{On: on(n)})
		w.refused(w.petition, casework.Dispatch{On: on(n), Unit: w.committee, Leader: w.mayor.Person, Handler: w.secretary.Person}, errs.Invalid, "case.subject_unit")
		w.refused(w.petition, casework.NameReader{On: on(n), Person: w.secretary.Person, Reason: "x"}, errs.Invalid, "case.subject_unit")
		// Moved into the unit the case is about, a reader loses it at once.
		sys := actor.Actor{Town: dbtest.Town, System: true}
		w.must(w.org.Appoint(ctx, sys, org.Appoint{Person: w.petition.Person, Unit: w.committee, Role: actor.Secretary}))
		w.refused(w.actor(w.petition.Person), casework.Accept{On: on(n)}, errs.NotFound, "")
		w.check()
	})
}

func TestOnlyWhatItsResidentAgreedToIsPublishedAndUnderATitleThatNamesNobody(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		silent := w.register(resident(), w.say("路灯不亮。")).Number
		w.refused(w.petition, casework.Publish{On: on(silent), Title: "路灯"}, errs.Conflict, "case.no_consent")
		r := w.say("赵一家门口的沟堵了，电话13900000000。")
		r.Consent = true
		n := w.register(resident(), r).Number
		w.refused(w.handler, casework.Publish{On: on(n), Title: "排水沟堵塞"}, errs.NotFound, "")
		w.refused(w.petition, casework.Publish{On: on(n), Title: "找13900000000"}, errs.Invalid, "case.title_contacts")
		similar := func() (cs []casework.Case) {
			t.Helper()
			err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) (err error) { cs, err = w.cases.Similar(ctx, tx, w.willow, "water"); return err })
			if err != nil {
				t.Fatal(err)
			}
			return cs
		}
		if got := similar(); len(got) != 0 {
			t.Errorf("before: %d published", len(got))
		}
		w.do(w.petition, casework.Publish{On: on(n), Title: "排水沟堵塞"})
		got := similar()
		if len(got) != 1 || got[0].Words.Title != "排水沟堵塞" || got[0].Words.Text != "" {
			t.Errorf("got %+v", got)
		}
		w.do(w.petition, casework.Unpublish{On: on(n), Reason: "群众改了主意"})
		if got := similar(); len(got) != 0 {
			t.Errorf("after: %d published", len(got))
		}
		w.check()
	})
}

func TestANumberOfAnotherSystemIsHandledOnceAndBetraysNobody(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		open := w.say("路口红绿灯坏了。")
		open.External = casework.External{System: "hotline", Number: "HL1"}
		w.register(w.intake, open)
		again := w.say("路口红绿灯坏了。")
		again.External = open.External
		if _, err := w.cases.Register(ctx, w.intake, again); !errs.Is(err, errs.Conflict) {
			t.Errorf("the same number twice: %v", err)
		}
		sealed := w.say("会计优亲厚友。")
		sealed.Confide, sealed.External = true, casework.External{System: "hotline", Number: "HL2"}
		w.register(w.petition, sealed)
		other := w.say("别的事。")
		other.External = sealed.External
		if _, err := w.cases.Register(ctx, w.intake, other); err != nil {
			t.Errorf("a number of a case in confidence: %v; its existence must not show", err)
		}
	})
}

func TestFilesAreShownInTheOrderTheyWereChosen(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		n := w.dispatched()
		var files []journal.File
		for _, name := range strings.Split("hgfedcba", "") {
			files = append(files, journal.File{Digest: name, Name: name, Media: "image/jpeg", Role: "evidence"})
		}
		w.do(w.handler, casework.Sign{On: on(n)})
		w.do(w.handler, casework.Record{On: on(n), Text: "清了一半。", Files: files})
		got := ""
		for _, f := range w.get(w.handler, n).Files {
			got += f.Name
		}
		if got != "hgfedcba" {
			t.Errorf("shown as %s", got)
		}
	})
}

func TestPhotosComeWithTheWordAndAreNoPartOfTheRequest(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		r := w.say("路灯不亮。")
		photos := []journal.File{{Digest: strings.Repeat("a", 64), Name: "photo-1.jpg", Media: "image/jpeg", Bytes: 9, Role: "original"}}
		r.Photos = photos
		first := w.register(resident(), r)
		r.Photos = nil // a browser that went back has forgotten them
		if again := w.register(resident(), r); !again.Again || again.Number != first.Number {
			t.Errorf("without its photos the form is another: %+v", again)
		}
		err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) error {
			tr, err := w.cases.Follow(ctx, tx, first.Number)
			if err == nil && (len(tr.Files) != 1 || len(tr.Steps) != 1 || tr.Files[0].Digest != photos[0].Digest || tr.Files[0].Sealed) {
				t.Errorf("%d steps, files %+v", len(tr.Steps), tr.Files)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		hidden := w.say("村里的账看不到。")
		hidden.Confide, hidden.Photos = true, photos
		if _, err := w.cases.Register(ctx, resident(), hidden); err == nil {
			t.Error("a photo in clear came with a case in confidence")
		}
	})
}
