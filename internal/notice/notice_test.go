package notice_test

import (
	"slices"
	"testing"
	"time"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/i18n"
	"yanming/internal/journal"
	"yanming/internal/notice"
	"yanming/internal/org"
	"yanming/internal/towntest"
)

func (w *town) wants(says string, a actor.Actor, kinds ...notice.Kind) {
	w.T.Helper()
	w.derive()
	slices.Sort(kinds)
	if got := w.list(a); !slices.Equal(got, kinds) {
		w.T.Errorf("%s: %v, want %v", says, got, kinds)
	}
	if n := w.unread(a); n != int64(len(kinds)) {
		w.T.Errorf("%s: the bell counts %d, the list has %d", says, n, len(kinds))
	}
}

func TestWhomEachStepConcerns(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		n := w.dispatched()
		w.wants("the unit's handler", w.handler, notice.Dispatched)
		w.wants("the responsible leader", w.mayor, notice.Leads)
		w.wants("another unit", w.deputy)
		w.wants("who dispatched it", w.intake)
		if it := w.items(w.handler)[0]; it.Number != n || it.Due == "" || it.Path != "/office/cases/"+string(n) {
			t.Errorf("the notice says %+v", it)
		}
		w.Do(w.handler, casework.Sign{On: towntest.On(n)})
		w.wants("once it is signed for", w.handler)
		w.Do(w.handler, casework.RequestExtension{On: towntest.On(n), Reason: "雨"})
		w.wants("who decides on time", w.inspector, notice.ExtensionWaits)
		w.wants("and the leader", w.mayor, notice.Leads, notice.ExtensionWaits)
		w.Do(w.inspector, casework.DecideExtension{On: towntest.On(n), Grant: true, Reason: "雨"})
		w.wants("once it was decided", w.inspector)
		w.wants("who asked", w.handler, notice.Decided)
		w.Do(w.intake, casework.Urge{On: towntest.On(n), Reason: "又下雨了"})
		w.Do(w.inspector, casework.Supervise{On: towntest.On(n), Level: 1, Text: "抓紧"})
		w.wants("urged and supervised", w.handler, notice.Decided, notice.Urged, notice.Supervised)
		w.Do(w.handler, casework.Answer{On: towntest.On(n), Outcome: casework.Resolved, Text: "已清淤 40 米。"})
		w.wants("once it is answered", w.handler)
		w.wants("who calls back", w.caller, notice.CallBack)
		before := w.list(w.intake)
		w.Do(actor.Actor{Town: dbtest.Town, Resident: true}, casework.Contact{On: towntest.On(n), Reached: true, Solved: casework.SolvedNo, Satisfied: casework.Dissatisfied})
		w.wants("the resident says no", w.intake, append(before, notice.Unsolved)...)
		w.wants("who called before", w.caller)
		w.Do(w.intake, casework.Redo{On: towntest.On(n), Reason: "没清完"})
		w.wants("the call is off", w.caller)
		w.wants("sent back", w.handler, notice.SentBack)
		w.Do(w.handler, casework.RequestReturn{On: towntest.On(n), Reason: "不归我们"})
		w.wants("a return waits", w.intake, notice.ReturnWaits)
		w.wants("and for nobody of the unit", w.deputy)
	})
}

func TestNothingIsToldTwiceHoweverOftenItIsDerived(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.dispatched()
		w.derive()
		must(t, w.told.Read(ctx, w.handler, ""))
		again := func() {
			must(t, journal.Rewind(ctx, w.DB, dbtest.Town, w.told))
			w.derive()
		}
		again()
		w.wants("read stays read", w.handler)
		if got := len(w.items(w.handler)); got != 1 {
			t.Errorf("%d notices", got)
		}
		w.clock.Add(31 * 24 * time.Hour)
		w.tick()
		if got := len(w.items(w.handler)); got != 0 {
			t.Errorf("%d notices a month after they were read", got)
		}
		again()
		if got := len(w.items(w.mayor)); got != 1 {
			t.Errorf("the leader has %d notices that nobody read", got)
		}
		if got := len(w.items(w.handler)); got != 0 {
			t.Errorf("what was forgotten came back: %d", got)
		}
	})
}

func TestAClockTellsOnceForEachDueMoment(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		late := w.say(false) // that nobody accepts
		n := w.dispatched()
		w.Do(w.handler, casework.Sign{On: towntest.On(n)})
		w.derive()
		w.tick()
		if got := w.list(w.handler); len(got) != 0 {
			t.Errorf("a week ahead: %v", got)
		}
		w.clock.Add(5 * 24 * time.Hour)
		for range 3 {
			w.tick()
		}
		if got := w.list(w.handler); !slices.Equal(got, []notice.Kind{notice.DueSoon}) {
			t.Errorf("two days ahead: %v", got)
		}
		if got := w.list(w.intake); !slices.Equal(got, []notice.Kind{notice.AcceptLate, notice.DueSoon}) {
			t.Errorf("not accepted: %v", got)
		}
		w.clock.Add(3 * 24 * time.Hour)
		for range 3 {
			w.tick()
		}
		if got := w.list(w.handler); !slices.Equal(got, []notice.Kind{notice.DueSoon, notice.Overdue}) {
			t.Errorf("a day behind: %v", got)
		}
		if got := w.list(w.mayor); !slices.Equal(got, []notice.Kind{notice.Leads, notice.Overdue}) {
			t.Errorf("the leader: %v", got)
		}
		w.Do(w.handler, casework.Answer{On: towntest.On(n), Outcome: casework.Explained, Text: "已解释。"})
		w.Do(w.intake, casework.Accept{On: towntest.On(late)})
		w.wants("answered", w.handler)
		w.wants("accepted, and still in nobody's hands", w.intake, notice.DueSoon, notice.Overdue)
	})
}

// TestWhoCouldNotBeToldThreeDaysAheadIsToldLater: the clock is shorter than that, or the case was somebody else's then.
func TestWhoCouldNotBeToldThreeDaysAheadIsToldLater(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		sys := actor.Actor{Town: dbtest.Town, System: true}
		short := func(version int64, n int, unit calendar.Unit) {
			t.Helper()
			w.ID(w.Orgs.ChangeRule(ctx, sys, org.ChangeRule{Rule: org.Rule{Kind: "opinion", Clock: org.Handle, Version: version, Start: "registered",
				Span: calendar.Span{N: n, Unit: unit}, Law: i18n.Pair{ZH: "本镇约定"}}}))
		}
		wait := func(what string, until time.Time, want ...notice.Kind) {
			t.Helper()
			w.clock.Add(until.Sub(w.DB.Now()))
			for range 2 {
				w.tick()
			}
			w.wants(what, w.handler, want...)
		}
		signed := func() casework.Case {
			t.Helper()
			return w.Do(w.handler, casework.Sign{On: towntest.On(w.dispatched())})
		}
		answered := func(c casework.Case) {
			t.Helper()
			w.Do(w.handler, casework.Answer{On: towntest.On(c.Number), Outcome: casework.Explained, Text: "已解释。"})
			w.derive()
		}

		n := w.say(false) // a week, and given to the handler two days before its end
		c := w.Do(w.intake, casework.Accept{On: towntest.On(n)})
		wait("two days ahead", c.Due.At.Add(-2*24*time.Hour))
		w.Do(w.intake, casework.Dispatch{On: towntest.On(n), Unit: w.water, Leader: w.mayor.Person})
		w.Do(w.handler, casework.Sign{On: towntest.On(n)})
		wait("just given", w.DB.Now().Add(time.Minute))
		wait("a day ahead of what was given late", c.Due.At.Add(-23*time.Hour), notice.DueSoon)
		answered(c)

		short(1, 2, calendar.WorkingDay)
		if c = signed(); c.Due.At.Sub(w.DB.Now()) >= casework.Soon {
			t.Fatalf("due on %v", c.Due.At)
		}
		wait("just begun", w.DB.Now().Add(time.Minute))
		wait("a day ahead", c.Due.At.Add(-23*time.Hour), notice.DueSoon)
		answered(c)

		short(2, 8, calendar.WorkingHour)
		c = signed()
		wait("just begun", w.DB.Now().Add(time.Minute))
		wait("three hours ahead", c.Due.At.Add(-3*time.Hour), notice.DueSoon)
		answered(c)
		wait("answered", c.Due.At.Add(time.Hour))
	})
}

func TestManyCasesDueAtOneMomentAreAllTold(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		for range 205 { // more than one transaction takes
			n := w.say(false)
			w.Do(w.intake, casework.Accept{On: towntest.On(n)})
			w.Do(w.intake, casework.Dispatch{On: towntest.On(n), Unit: w.water, Leader: w.mayor.Person})
		}
		w.clock.Add(6 * 24 * time.Hour)
		w.tick()
		if got := w.unread(w.handler); got != 205 {
			t.Errorf("%d of 205 are told", got)
		}
	})
}

func TestWhatIsNotTheirsAnyMoreIsTakenBack(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.dispatched()
		w.wants("the handler", w.handler, notice.Dispatched)
		sys := actor.Actor{Town: dbtest.Town, System: true}
		post := w.Dir().PostsOf(w.handler.Person)[0]
		w.ID(w.Orgs.EndPost(ctx, sys, org.EndPost{ID: post.ID}))
		w.ID(w.Orgs.Appoint(ctx, sys, org.Appoint{Person: w.handler.Person, Unit: w.roads, Role: actor.Handler}))
		moved := w.as("handler")
		if got := w.items(moved); len(got) != 0 {
			t.Errorf("before it is derived the gate is asked too: %v", got)
		}
		w.wants("moved to another unit", moved)
	})
}

func TestReportsImportsAndBackupsReachWhoTakesTheNextStep(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		step := func(record string, n int64, kind, typ string, by actor.Actor, payload any) {
			t.Helper()
			must(t, w.DB.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
				_, err := journal.Append(ctx, tx, journal.Event{Kind: kind, Record: record, N: n, Type: typ, Actor: by.Person, Payload: payload})
				return err
			}))
			w.derive()
		}
		week := calendar.WeekOf(calendar.Day("2026-11-23"))
		step("r", 1, "report", "drafted", w.intake, map[string]any{"Period": week})
		step("r", 2, "report", "submitted", w.intake, map[string]any{})
		w.wants("who reviews", w.inspector, notice.ReportSent)
		w.wants("who wrote it", w.intake)
		if it := w.items(w.inspector)[0]; it.Path != "/office/reports/weekly/2026-W48" {
			t.Errorf("leads to %s", it.Path)
		}
		step("r", 3, "report", "returned", w.inspector, map[string]any{})
		w.wants("returned", w.intake, notice.ReportReturned)
		step("r", 4, "report", "submitted", w.intake, map[string]any{})
		step("r", 5, "report", "reviewed", w.inspector, map[string]any{})
		w.wants("who signs", w.mayor, notice.ReportReviewed)
		w.wants("who reviewed", w.inspector)
		step("r", 6, "report", "issued", w.mayor, map[string]any{})
		w.wants("issued", w.mayor)
		step("b", 1, "import", "import_finished", w.intake, map[string]any{})
		w.wants("the importer", w.intake, notice.Imported)
		for range 2 {
			must(t, w.told.BackupFailed(ctx, dbtest.Town, "2026-11-23"))
		}
		w.wants("administrators", w.admin, notice.BackupFailed)
	})
}

func TestNoticesAreTheirOwners(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.dispatched()
		w.derive()
		it := w.items(w.handler)[0]
		must(t, w.told.Read(ctx, w.mayor, it.ID))
		w.wants("another's reading changes nothing", w.handler, notice.Dispatched)
		must(t, w.told.Read(ctx, w.handler, it.ID))
		w.wants("their own does", w.handler)
		if err := w.DB.View(ctx, dbtest.Town, func(tx *db.Tx) error { _, err := w.told.List(ctx, tx, actor.Actor{Town: dbtest.Town}, ""); return err }); err == nil {
			t.Error("nobody has notices")
		}
	})
}
