package org_test

import (
	"slices"
	"testing"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/org"
)

func (h house) rule(kind string, clock org.Clock, at time.Time) (out org.Rule) {
	h.t.Helper()
	h.view(dbtest.Town, func(tx *db.Tx) (err error) {
		dir, err := h.Load(ctx, tx)
		if err == nil {
			out, err = dir.RuleFor(kind, clock, at)
		}
		return err
	})
	return out
}

// The numbers of the Regulations on Petition Work, and what is agreed where no law speaks.
func TestTheShippedDeadlines(t *testing.T) {
	rs := org.DefaultRules()
	find := func(kind string, clock org.Clock) org.Rule {
		i := slices.IndexFunc(rs, func(r org.Rule) bool { return r.Kind == kind && r.Clock == clock })
		if i < 0 {
			t.Fatalf("%s has no %s clock", kind, clock)
		}
		return rs[i]
	}
	for _, tt := range []struct {
		kind  string
		clock org.Clock
		n     int
		unit  calendar.Unit
		start string
		law   string
	}{
		{"opinion", org.Handle, 5, calendar.WorkingDay, "registered", "本镇约定"},
		{"complaint", org.Handle, 5, calendar.WorkingDay, "registered", "本镇约定"},
		{"help", org.Handle, 5, calendar.WorkingDay, "registered", "本镇约定"},
		{"enquiry", org.Handle, 3, calendar.WorkingDay, "registered", "本镇约定"},
		{"petition", org.Notice, 15, calendar.CalendarDay, "registered", "《信访工作条例》第二十三条"},
		{"petition", org.Handle, 60, calendar.CalendarDay, "accepted", "《信访工作条例》第三十四条"},
		{"petition", org.Return, 5, calendar.WorkingDay, "dispatched", "《信访工作条例》第二十三条"},
		{"petition", org.Reopen, 30, calendar.CalendarDay, "answered", "《信访工作条例》第三十五条"},
		{"wrongdoing", org.Notice, 15, calendar.CalendarDay, "registered", "《信访工作条例》第二十三条"},
		{"proposal", org.Handle, 90, calendar.CalendarDay, "accepted", "本镇约定"},
		{"target", org.Handle, 90, calendar.CalendarDay, "accepted", "本镇约定"},
		{"project", org.Handle, 90, calendar.CalendarDay, "accepted", "本镇约定"},
	} {
		r := find(tt.kind, tt.clock)
		if r.Span.N != tt.n || r.Span.Unit != tt.unit || r.Start != tt.start || r.Law.ZH != tt.law || r.Legal != (tt.law != "本镇约定") {
			t.Errorf("%s: got %+v", r.ID(), r)
		}
	}
	if r := find("petition", org.Handle); r.Extension != (calendar.Span{N: 30, Unit: calendar.CalendarDay}) || r.Times != 1 || r.Pauses {
		t.Errorf("Art. 34 allows one extension of 30 days and no pause: got %+v", r)
	}
	for _, kind := range org.Kinds() {
		for _, clock := range org.Clocks() {
			r := find(kind, clock)
			for _, s := range []calendar.Span{r.Span, r.Pause, r.Extension} {
				if err := s.Check(); err != nil {
					t.Errorf("%s: %+v: %v", r.ID(), s, err)
				}
			}
			if r.Law.ZH == "" || r.Law.EN == "" {
				t.Errorf("%s does not say why", r.ID())
			}
		}
	}
}

func TestAChangedRuleLeavesWhatWasDecidedBefore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := opened(t, d)
		before := clock.Now()
		clock.Add(24 * time.Hour)
		r := h.rule("opinion", org.Handle, clock.Now())
		r.Span.N, r.ValidFrom = 3, clock.Now().Add(48*time.Hour)
		if ref := h.must(h.ChangeRule(ctx, h.do, org.ChangeRule{Rule: r})); ref != "opinion.handle@2" {
			t.Errorf("got %s", ref)
		}
		for _, tt := range []struct {
			says    string
			at      time.Time
			version int64
			n       int
		}{
			{"long ago, for history that is filled in", time.UnixMilli(0), 1, 5},
			{"before the change was decided", before, 1, 5},
			{"decided, not yet valid", clock.Now(), 1, 5},
			{"the moment before", r.ValidFrom.Add(-time.Millisecond), 1, 5},
			{"from its moment on", r.ValidFrom, 2, 3},
			{"later", r.ValidFrom.Add(time.Hour), 2, 3},
		} {
			if got := h.rule("opinion", org.Handle, tt.at); got.Version != tt.version || got.Span.N != tt.n {
				t.Errorf("%s: got %s of %d days", tt.says, got.Ref(), got.Span.N)
			}
		}
		if got := h.rule("help", org.Handle, r.ValidFrom); got.Version != 1 {
			t.Errorf("another kind changed too: %s", got.Ref())
		}
		h.view(dbtest.Town, func(tx *db.Tx) error {
			dir, err := h.Load(ctx, tx)
			rs := dir.Rules()
			if want := len(org.DefaultRules()) + 1; len(rs) != want || rs[1].ID() != "opinion.handle" || rs[2].Version != 2 {
				t.Errorf("got %d rules, want %d, each with its versions in order", len(rs), want)
			}
			_, err2 := dir.RuleFor("gossip", org.Handle, clock.Now())
			if !errs.Is(err2, errs.NotFound) {
				t.Errorf("a kind without rules: %v", err2)
			}
			return err
		})
	})
}

func TestALawsNumberMayOnlyBeBettered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := opened(t, d)
		for _, tt := range []struct {
			says   string
			kind   string
			clock  org.Clock
			change func(*org.Rule)
			key    string // "" for allowed
		}{
			{"a petition in 45 days", "petition", org.Handle, func(r *org.Rule) { r.Span.N = 45 }, ""},
			{"a petition in 61 days", "petition", org.Handle, func(r *org.Rule) { r.Span.N = 61 }, "org.rule.law"},
			{"a petition in working days", "petition", org.Handle, func(r *org.Rule) { r.Span.Unit = calendar.WorkingDay }, "org.rule.law"},
			{"a petition with two extensions", "petition", org.Handle, func(r *org.Rule) { r.Times = 2 }, "org.rule.law"},
			{"a petition that pauses", "petition", org.Handle, func(r *org.Rule) { r.Pauses = true }, "org.rule.law"},
			{"notice from acceptance", "petition", org.Notice, func(r *org.Rule) { r.Start = "accepted" }, "org.rule.law"},
			{"a review within 40 days", "petition", org.Reopen, func(r *org.Rule) { r.Span.N = 40 }, ""},
			{"a review within 20 days", "petition", org.Reopen, func(r *org.Rule) { r.Span.N = 20 }, "org.rule.law"},
			{"an opinion in 30 days is the town's own matter", "opinion", org.Handle, func(r *org.Rule) { r.Span.N = 30 }, ""},
			{"but says why", "opinion", org.Handle, func(r *org.Rule) { r.Law = i18n.Pair{} }, "error.required"},
			{"not from yesterday on", "opinion", org.Handle, func(r *org.Rule) { r.ValidFrom = clock.Now().Add(-time.Hour) }, "org.rule.past"},
			{"no span of minus one", "opinion", org.Handle, func(r *org.Rule) { r.Span.N = -1 }, "calendar.span"},
			{"no extension of nothing", "opinion", org.Handle, func(r *org.Rule) { r.Extension.N = 0 }, "error.number"},
			{"not what somebody changed meanwhile", "opinion", org.Sign, func(r *org.Rule) { r.Version = 7 }, "error.changed"},
		} {
			r := h.rule(tt.kind, tt.clock, clock.Now())
			r.ValidFrom = time.Time{}
			tt.change(&r)
			_, err := h.ChangeRule(ctx, h.do, org.ChangeRule{Rule: r})
			switch {
			case tt.key == "" && err != nil:
				t.Errorf("%s: %v", tt.says, err)
			case tt.key == "error.changed":
				refused(t, tt.says, err, errs.Conflict, tt.key)
			case tt.key != "":
				refused(t, tt.says, err, errs.Invalid, tt.key)
			}
		}
	})
}

func TestATownsOwnDaysJoinTheCalendar(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := opened(t, d)
		days, err := calendar.ParseDays("2027-10-01,放假\n2026-11-25,放假\n2026-11-28,上班")
		if err != nil {
			t.Fatal(err)
		}
		due := func() (out calendar.Day, year int) {
			h.view(dbtest.Town, func(tx *db.Tx) error {
				c, hours, err := h.Calendar(ctx, tx)
				if err != nil {
					return err
				}
				at, _ := c.Due(time.Date(2026, 11, 23, 9, 0, 0, 0, calendar.Zone()), calendar.Span{N: 5, Unit: calendar.WorkingDay}, hours)
				out, year = calendar.DayOf(at), c.LastYear()
				return nil
			})
			return out, year
		}
		if day, year := due(); day != "2026-11-30" || year != 2026 {
			t.Errorf("before: %s, %d", day, year)
		}
		h.must(h.AddDays(ctx, h.do, org.AddDays{Name: "国办发明电", Days: days[:1]}))
		if day, year := due(); day != "2026-11-30" || year != 2027 {
			t.Errorf("with a new year: %s, %d", day, year)
		}
		h.must(h.AddDays(ctx, h.do, org.AddDays{Name: "本地停电", Days: days[1:2]}))
		if day, _ := due(); day != "2026-12-01" {
			t.Errorf("with a day off more: %s", day)
		}
		h.must(h.AddDays(ctx, h.do, org.AddDays{Days: days[2:]}))
		if day, _ := due(); day != "2026-11-30" {
			t.Errorf("with a Saturday worked: %s", day)
		}
		h.must(h.Set(ctx, h.do, org.Set{Name: org.OfficeHours, Value: "08:30-12:00,14:30-18:00"}))
		if got := h.dir().Settings.Hours.String(); got != "08:30-12:00,14:30-18:00" {
			t.Errorf("office hours: %s", got)
		}
		for _, tt := range []struct {
			name  org.Setting
			value any
			key   string
		}{
			{org.OfficeHours, "all day", "calendar.hours"},
			{org.SMS, "yes", "error.choice"},
			{org.SMS, nil, "error.required"},
			{org.OfficePhone, "打给老王", "org.phone"},
			{org.DefaultUnit, "nowhere", "error.choice"},
		} {
			_, err := h.Set(ctx, h.do, org.Set{Name: tt.name, Value: tt.value})
			refused(t, string(tt.name), err, errs.Invalid, tt.key)
		}
	})
}

func TestCategoriesHaveThreeLevelsAtMost(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := opened(t, d)
		save := func(code, parent string, rev int64) error {
			_, err := h.SaveCategory(ctx, h.do, org.SaveCategory{Code: code, Parent: parent, Rev: rev, Name: i18n.Pair{ZH: code}})
			return err
		}
		for _, tt := range []struct {
			says, code, parent string
			rev                int64
			key                string
		}{
			{"a second level", "lamp", "road_light", 0, ""},
			{"a third level", "lamp_dark", "lamp", 0, ""},
			{"no fourth", "lamp_darker", "lamp_dark", 0, "org.category.parent"},
			{"not under itself", "lamp", "lamp_dark", 1, "org.category.parent"},
			{"not with its parts below the third", "road_light", "water", 1, "org.category.parent"},
			{"moved with its parts", "lamp", "water", 1, ""},
			{"no capitals", "Lamp", "", 0, "org.category.code"},
			{"no unknown parent", "well", "nothing", 0, "org.category.parent"},
		} {
			if err := save(tt.code, tt.parent, tt.rev); tt.key == "" && err != nil {
				t.Errorf("%s: %v", tt.says, err)
			} else if tt.key != "" {
				refused(t, tt.says, err, errs.Invalid, tt.key)
			}
		}
		if got := h.dir().Under("water"); !slices.Equal(got, []string{"lamp", "lamp_dark", "water"}) {
			t.Errorf("under water: %v", got)
		}
	})
}
