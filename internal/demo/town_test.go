package demo_test

import (
	"encoding/csv"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/demo"
	"yanming/internal/division"
	"yanming/internal/errs"
	"yanming/internal/geo"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/seal"
)

func TestTheTownIsWholeAndItsGuideWorks(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.hasItsOrganisation()
		w.isFilledByGrids()
		w.guideWorks()
		w.keepsTownsApart()
		w.keepsConfidence()
		w.telephonesRingNowhere()
		w.weekCanBePlayed()
		_, err := demo.Fill(ctx, w.deps, demo.Options{Seed: 1, Now: monday()})
		if !errs.Is(err, errs.Conflict) {
			t.Errorf("a second fill: %v", err)
		}
	})
}

func (w *world) hasItsOrganisation() {
	w.t.Helper()
	d := w.dir(demo.Town)
	for what, n := range map[string][2]int{
		"villages": {len(d.Villages()), 19}, "branches": {len(d.Units(org.Branch)), 26}, "firms": {len(d.Firms("")), 21},
		"grids": {len(d.Grids()), 88}, "village grids": {len(d.Grids(org.VillageGrid)), 19}, "town grids": {len(d.Grids(org.TownGrid)), 1},
		"teams": {len(d.Units(org.OfficeTeam)), 3}, "leaders": {len(d.Leaders()), 10},
	} {
		if n[0] != n[1] {
			w.t.Errorf("%s: %d, want %d", what, n[0], n[1])
		}
	}
	if d.Leaders()[0].Title != "党委书记" || d.Leaders()[1].Title != "镇长" {
		w.t.Error("the leaders stand in another order than theirs")
	}
	for _, g := range d.Grids() {
		if g.Leader == "" || g.Worker == "" || !g.Drawn {
			w.t.Errorf("grid %s %s has no leader, worker or border", d.Village(g.Village).Name, g.Name)
		}
	}
	for _, v := range d.Villages() {
		if len(d.Contacts(v.ID)) == 0 {
			w.t.Errorf("%s is nobody's contact point", v.Name)
		}
	}
	for _, r := range actor.Roles() {
		if r != actor.CountyOfficer && r != actor.CountyViewer && len(d.PeopleWith(r)) == 0 {
			w.t.Errorf("nobody is %s", r)
		}
	}
	for _, town := range []string{demo.County, demo.Town, demo.Small} {
		if !w.dir(town).Town.Demo {
			w.t.Errorf("%s is not marked as a demo", town)
		}
	}
}

// isFilledByGrids compares the land of each level with that of the level below.
func (w *world) isFilledByGrids() {
	w.t.Helper()
	for _, town := range []string{demo.Town, demo.Small} {
		d := w.dir(town)
		var shapes map[string]geo.Shape
		w.view(town, func(tx *db.Tx) (err error) { shapes, err = org.Boundaries(ctx, tx); return err })
		area := map[org.GridLevel]int64{}
		for _, g := range d.Grids() {
			area[g.Level] += shapes[g.ID].Area()
		}
		for level, a := range area {
			if diff := area[org.TownGrid] - a; diff > 200 || diff < -200 { // square metres of rounding, of a hundred million
				w.t.Errorf("%s: the grids of level %s leave %d m²", town, level, diff)
			}
		}
	}
}

func (w *world) guideWorks() {
	w.t.Helper()
	cat, err := i18n.Load()
	if err != nil {
		w.t.Fatal(err)
	}
	roles := map[actor.Role]bool{}
	for _, l := range w.guide.Logins {
		_, a, err := w.auth.Login(ctx, l.Login, l.Password, "test")
		if err != nil || !a.Is(l.Role) || a.Town != l.Town {
			w.t.Errorf("login %s as %s: %+v, %v", l.Login, l.Role, a, err)
		}
		roles[l.Role] = true
	}
	for _, r := range actor.Roles() {
		if !roles[r] {
			w.t.Errorf("nobody can sign in as %s", r)
		}
	}
	for _, r := range w.guide.Receipts {
		if !cat.Has(r.Key) {
			w.t.Errorf("the catalogue lacks %s", r.Key)
		}
		if r.Secret != "" {
			_, err = w.cases.UnlockSecret(ctx, r.Town, r.Secret)
		} else {
			err = w.cases.Unlock(ctx, r.Town, r.Number, r.Code)
		}
		if err != nil {
			w.t.Errorf("receipt %s: %v", r.Key, err)
		}
	}
	if len(w.guide.Stops) != 7 {
		w.t.Errorf("%d stops", len(w.guide.Stops))
	}
	for _, s := range w.guide.Stops {
		known := s.Login == "" || slices.ContainsFunc(w.guide.Logins, func(l demo.Login) bool { return l.Login == s.Login })
		if !cat.Has(s.Key) || !known || !strings.HasPrefix(s.Path, "/") {
			w.t.Errorf("stop %+v", s)
		}
	}
	if g, err := w.org.GridTown(ctx, strings.TrimPrefix(w.guide.Stops[0].Path, "/g/")); err != nil || g.ID != demo.Town {
		w.t.Errorf("the first stop's grid: %v %v", g.ID, err)
	}
}

// keepsTownsApart asks one town's people for the other town's cases.
func (w *world) keepsTownsApart() {
	w.t.Helper()
	south, north := w.all("nan.shouli"), w.all("bei.shouli")
	if len(north) != 10 {
		w.t.Errorf("雁北镇 has %d cases", len(north))
	}
	get := func(a actor.Actor, n seal.Number) (err error) {
		if e := w.db.View(ctx, a.Town, func(tx *db.Tx) error { _, err = w.cases.Get(ctx, tx, a, n); return nil }); e != nil {
			w.t.Fatal(e)
		}
		return err
	}
	for _, x := range []struct {
		login       string
		own, others []casework.Case
	}{{"nan.shouli", south, north}, {"bei.shouli", north, south}} {
		a := w.acting(x.login)
		if err := get(a, x.own[0].Number); err != nil {
			w.t.Errorf("%s: %v", x.login, err)
		}
		for _, c := range x.others {
			if err := get(a, c.Number); !errs.Is(err, errs.NotFound) {
				w.t.Errorf("%s sees the other town's %s: %v", x.login, c.Number, err)
			}
		}
	}
}

// keepsConfidence: three cases of the town are read by its two confidants and nobody else.
func (w *world) keepsConfidence() {
	w.t.Helper()
	for login, want := range map[string]int{"nan.xinfang": 3, "nan.jijian": 3, "nan.shouli": 0, "nan.shuji": 0, "nan.cunzhishu": 0, "nan.guanli": 0, "nan.shenji": 0} {
		n := 0
		for _, c := range w.all(login) {
			if c.Veiled() {
				n++
			}
		}
		if n != want {
			w.t.Errorf("%s reads %d cases in confidence, want %d", login, n, want)
		}
	}
}

var digits = regexp.MustCompile(`[^0-9]`)

// telephonesRingNowhere looks at every telephone: none is assigned, none ends like a receipt.
func (w *world) telephonesRingNowhere() {
	w.t.Helper()
	tails := map[string]bool{}
	check := func(phone string, form *regexp.Regexp) {
		if !form.MatchString(phone) {
			w.t.Errorf("telephone %q could be somebody's", phone)
		}
		phone = digits.ReplaceAllString(phone, "")
		tails[phone[len(phone)-4:]] = true
	}
	office, mobile := regexp.MustCompile(`^0000-6000\d{4}$`), regexp.MustCompile(`^1000000\d{4}$`)
	var receipts []seal.Number
	for town, login := range map[string]string{demo.Town: "nan.xinfang", demo.Small: "bei.shouli", demo.County: "xian.shouli"} {
		d := w.dir(town)
		check(d.Settings.OfficePhone, office)
		check(d.Settings.SupervisionPhone, office)
		for _, p := range d.People() {
			if p.Phone != "" {
				check(p.Phone, office)
			}
		}
		for _, u := range d.Units() {
			if u.Phone != "" {
				check(u.Phone, office)
			}
		}
		a, numbered := w.acting(login), 0
		for _, c := range w.all(login) {
			receipts = append(receipts, c.Number)
			if c.Anonymity == casework.SealedIdentity || c.Anonymity == casework.Anonymous || a.InUnit(c.Unit) || numbered == 20 {
				continue
			}
			numbered++
			p, err := w.cases.Identify(ctx, a, casework.Identify{On: casework.On{Case: c.Number}, Reason: "test"})
			if err != nil {
				w.t.Fatal(err)
			}
			check(p.Phone, mobile)
			if !strings.Contains(p.Name, "某") {
				w.t.Errorf("resident %s has a whole name", p.Name)
			}
		}
	}
	for _, n := range receipts {
		if tails[string(n[8:])] {
			w.t.Errorf("receipt %s ends like a telephone", n)
		}
	}
}

// weekCanBePlayed does what the acceptance week does to the three cases that it names.
func (w *world) weekCanBePlayed() {
	w.t.Helper()
	resident := actor.Actor{Town: demo.Town, Resident: true}
	handler, leader, caller := w.acting("nan.jianshe"), w.acting("nan.zhenzhang"), w.acting("nan.huifang")
	on := func(name string) casework.On { return casework.On{Case: w.guide.Cases[name]} }
	w.clock.Set(monday().AddDate(0, 0, 3)) // Thursday, day 58 of 60
	land := w.holder(w.caseOf("C31").Handler)
	w.do(land, casework.RequestExtension{On: on("C31"), Reason: "等复测结果"})
	c := w.do(leader, casework.DecideExtension{On: on("C31"), Grant: true, Reason: "同意"})
	if left := c.Due.At.Sub(w.db.Now()); left < 32*24*time.Hour || left > 33*24*time.Hour {
		w.t.Errorf("C31 has %v left after its extension", left)
	}
	if _, err := w.cases.Do(ctx, land, casework.RequestExtension{On: on("C31"), Reason: "再等等"}); !errs.Is(err, errs.Conflict) {
		w.t.Errorf("a second extension: %v", err)
	}
	w.clock.Set(monday().AddDate(0, 0, 4))
	w.do(resident, casework.Contact{On: on("C45"), Reached: true, Solved: casework.SolvedNo, Satisfied: casework.Dissatisfied})
	if c := w.do(resident, casework.Redo{On: on("C45"), Reason: "没有解决"}); c.Round != 2 || c.State != casework.InProgress || !handler.InUnit(c.Unit) {
		w.t.Errorf("C45: round %d, %s", c.Round, c.State)
	}
	w.do(caller, casework.Contact{On: on("C52")})
	if c := w.do(caller, casework.Close{On: on("C52")}); c.State != casework.Closed || c.Satisfied != "" {
		w.t.Errorf("C52: %s, %q", c.State, c.Satisfied)
	}
	w.want(demo.Town, map[string]int64{"case.resolved": 31, "case.confirmed": 28, "case.unreached": 1})
	w.clock.Set(monday())
}

func (w *world) caseOf(name string) (c casework.Case) {
	a := w.acting("nan.zonghe")
	w.view(a.Town, func(tx *db.Tx) error {
		s, err := w.cases.Get(ctx, tx, a, w.guide.Cases[name])
		c = s.Case
		return err
	})
	return c
}

func (w *world) holder(person string) (a actor.Actor) {
	err := w.db.Across(ctx, func(x *db.Wide) (err error) { a, err = org.Acting(ctx, x, demo.Town, person); return err })
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

// realVillages lies beside the repository, not in it: villages of a real county.
const realVillages = "../../../shared/data/divisions/zhongmu_villages_2023.csv"

func TestNoPlaceOfTheDemoIsReal(t *testing.T) {
	var div division.Table
	for _, code := range []string{demo.County, demo.Town, demo.Small} {
		if name, known, err := div.Name(code); known || err != nil {
			t.Errorf("%s is the code of %s, %v", code, name, err)
		}
	}
	c := &dbtest.Clock{}
	w := fillWith(t, dbtest.SQLite(t, c.Now), c, demo.Options{Seed: 1, Now: monday()}, true)
	ending := regexp.MustCompile(`(社区)?(居民委员会|村民委员会|居委会|村委会|社区|镇|乡|街道|地区)$`)
	stem := func(name string) string { return strings.TrimSuffix(ending.ReplaceAllString(name, ""), "村") }
	invented := map[string]bool{}
	for _, town := range []string{demo.Town, demo.Small} {
		for _, v := range w.dir(town).Villages() {
			invented[stem(v.Name)] = true
		}
	}
	if len(invented) != 23 {
		t.Errorf("%d villages", len(invented))
	}
	var below func(code string)
	below = func(code string) {
		places, err := div.Under(code)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range places {
			if invented[stem(p.Name)] {
				t.Errorf("%s %s is a real place", p.Code, p.Name)
			}
			below(p.Code)
		}
	}
	below("")
	f, err := os.Open(realVillages)
	if os.IsNotExist(err) && os.Getenv("CI") != "true" {
		t.Skipf("no %s here", realVillages)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		if invented[stem(row[1])] {
			t.Errorf("%s is a real village", row[1])
		}
	}
}
