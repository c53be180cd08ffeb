package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/demo"
	"yanming/internal/errs"
	"yanming/internal/figures"
	"yanming/internal/id"
	"yanming/internal/journal"
	"yanming/internal/org"
	"yanming/internal/seal"
)

// week is the demo town with a clock that the test moves: one week of its work, as far as casework goes.
type week struct {
	*testing.T
	*home
	ctx   context.Context
	clock *demo.Clock
	guide demo.Guide
	dir   *org.Directory
}

// day returns a moment of the week in the town's time; 23 November 2026 is its Monday.
func day(d, hour, minute int) time.Time {
	return time.Date(2026, 11, d, hour, minute, 0, 0, calendar.Zone())
}

func newWeek(t *testing.T) *week {
	t.Helper()
	w := &week{T: t, ctx: t.Context(), clock: &demo.Clock{}}
	h, err := place{Data: t.TempDir()}.open(w.ctx, shell{}, w.clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.close() })
	w.home = h
	w.guide, err = demo.Fill(w.ctx, demo.Deps{DB: h.db, Orgs: h.orgs, Cases: h.cases, Accounts: h.auth, Clock: w.clock},
		demo.Options{Seed: 1, Now: day(23, 8, 0)})
	if err != nil {
		t.Fatal(err)
	}
	w.view(w.load)
	return w
}

// load reads the town's directory.
func (w *week) load(tx *db.Tx) (err error) {
	w.dir, err = w.orgs.Load(w.ctx, tx)
	return err
}

func (w *week) view(fn func(*db.Tx) error) {
	w.Helper()
	if err := w.db.View(w.ctx, demo.Town, fn); err != nil {
		w.Fatal(err)
	}
}

// as returns whoever signs in with a login of the demo.
func (w *week) as(login string) actor.Actor {
	w.Helper()
	a, err := w.auth.Find(w.ctx, login)
	if err != nil {
		w.Fatal(err)
	}
	out, err := w.acting(w.ctx, a.Town, a.Person)
	if err != nil {
		w.Fatal(err)
	}
	return out
}

func byReceipt() actor.Actor { return actor.Actor{Town: demo.Town, Resident: true} }

func (w *week) said(a actor.Actor, r casework.Register) casework.Receipt {
	w.Helper()
	r.Key = journal.Key(id.Token())
	if r.Kind == "" {
		r.Kind = casework.Opinion
	}
	got, err := w.cases.Register(w.ctx, a, r)
	if err != nil {
		w.Fatal(err)
	}
	return got
}

func (w *week) did(a actor.Actor, cmd casework.Command) casework.Case {
	w.Helper()
	c, err := w.cases.Do(w.ctx, a, cmd)
	if err != nil {
		w.Fatalf("%T: %v", cmd, err)
	}
	return c
}

func (w *week) get(n seal.Number) (tr casework.Track) {
	w.Helper()
	w.view(func(tx *db.Tx) (err error) { tr, err = w.cases.Follow(w.ctx, tx, n); return err })
	return tr
}

func (w *week) figures(codes ...string) map[string]figures.Value {
	w.Helper()
	out := map[string]figures.Value{}
	w.view(func(tx *db.Tx) error {
		vs, err := w.home.figures.Compute(w.ctx, tx, codes, figures.Scope{}, calendar.Period{})
		for _, v := range vs {
			out[v.Code] = v
		}
		return err
	})
	return out
}

func (w *week) want(when string, want map[string]int64) {
	w.Helper()
	codes := make([]string, 0, len(want))
	for code := range want {
		codes = append(codes, code)
	}
	for code, v := range w.figures(codes...) {
		if v.Value != want[code] {
			w.Errorf("%s: %s = %d, want %d", when, code, v.Value, want[code])
		}
	}
}

func (w *week) unit(name string) string {
	w.Helper()
	for _, u := range w.dir.Units() {
		if u.Name == name {
			return u.ID
		}
	}
	w.Fatalf("no unit %s", name)
	return ""
}

func at(n seal.Number) casework.On { return casework.On{Case: n} }

func TestAWeekOfTheTown(t *testing.T) {
	w := newWeek(t)
	intake, water, caller := w.as("nan.shouli"), w.as("nan.shuili"), w.as("nan.huifang")
	mayor, petition := w.as("nan.zhenzhang"), w.as("nan.xinfang")
	w.want("before the week", map[string]int64{"case.received": 75, "case.collected": 69, "case.resolved": 32, "case.in_progress": 37,
		"case.declined": 2, "case.forwarded": 2, "case.linked": 1, "case.withdrawn": 1, "case.confirmed": 28, "case.overdue": 1})
	village := w.dir.Villages()[0]
	secretary := w.as("nan.cunzhishu")

	// Monday. A scan, a woman at the counter, an unsigned letter in confidence.
	w.clock.Set(day(23, 9, 41))
	c70 := w.said(byReceipt(), casework.Register{Channel: casework.Web, Text: "村东的排水沟堵死了，一下雨就往家里倒灌。", Grid: w.dir.GridsIn(village.ID)[0].ID, Category: "water"})
	if due := calendar.DayOf(w.get(c70.Number).Case.Due.At); due != "2026-11-30" {
		t.Errorf("C70 is due %s, want Monday 30 November", due)
	}
	w.clock.Set(day(23, 10, 5))
	c71 := w.said(intake, casework.Register{Kind: casework.Help, Channel: casework.WalkIn, Text: "老人口述：低保复核的材料退了三次，不知道还缺什么。", Category: "allowance",
		Person: casework.Person{Name: "陶桂兰", Phone: "10000001234"}, ReplyBy: "phone"})
	w.did(intake, casework.Accept{On: at(c71.Number)})
	w.clock.Set(day(23, 10, 20))
	before := w.seenBy(secretary)
	c72 := w.said(petition, casework.Register{Kind: casework.Wrongdoing, Channel: casework.Letter, Text: "匿名来信：村会计优亲厚友。", Village: village.ID, Confide: true})
	if after := w.seenBy(secretary); before != after {
		t.Error("the village's secretary sees that something was said about the village")
	}
	w.refusedTo(secretary, c72.Number)
	w.did(petition, casework.Forward{On: at(c72.Number), Target: "县纪委监委信访室", Reason: "检举控告，依纪依法转送（信访工作条例第三十条）"})

	// Tuesday. Tap water goes outside; six opinions of a forum; three rows of the hotline.
	w.clock.Set(day(24, 9, 0))
	c73 := w.said(w.as("nan.wangge"), casework.Register{Kind: casework.Help, Channel: casework.Visit, Text: "自来水发黄三天了。", Village: village.ID, Category: "water"})
	w.did(intake, casework.Accept{On: at(c73.Number)})
	w.did(intake, casework.Dispatch{On: at(c73.Number), Unit: w.unit("水利站"), Leader: mayor.Person})
	w.did(water, casework.RequestReturn{On: at(c73.Number), Reason: "主管网归县供水公司"})
	w.did(intake, casework.DecideReturn{On: at(c73.Number), Grant: true, Reason: "属实"})
	w.did(intake, casework.Forward{On: at(c73.Number), Target: "县供水公司", Reason: "主管网由该公司管理"})
	w.clock.Set(day(24, 15, 0))
	var forum []casework.Receipt
	for _, text := range []string{"希望晚上加一班公交。", "文化广场缺座椅。", "卫生室中午没人。", "田间道路要硬化。", "村东的沟堵了。", "公示栏的字太小。"} {
		r := casework.Register{Channel: casework.Forum, Text: text, Village: village.ID, Category: "other"}
		if text == "公示栏的字太小。" { // C79, answered and confirmed on the spot
			r.Key, r.Kind = journal.Key(id.Token()), casework.Opinion
			got, err := w.cases.Fix(w.ctx, intake, casework.Fix{Register: r, Outcome: casework.Resolved, Answer: "当场换成大字版。", Solved: casework.SolvedYes, Satisfied: casework.SatisfiedYes})
			if err != nil {
				t.Fatal(err)
			}
			forum = append(forum, got)
			continue
		}
		forum = append(forum, w.said(intake, r))
	}
	w.did(intake, casework.Link{On: at(forum[4].Number), Into: c70.Number, Reason: "同一条沟"})
	if w.get(forum[4].Number).Into == nil {
		t.Error("C78 does not follow C70")
	}
	c80 := casework.Register{Channel: casework.Hotline, Text: "热线：路口红绿灯坏了。", External: casework.External{System: "hotline", Number: "HL20261124001"}}
	w.said(intake, c80)
	c80.Key, c80.Kind = journal.Key(id.Token()), casework.Opinion
	if _, err := w.cases.Register(w.ctx, intake, c80); !errs.Is(err, errs.Conflict) {
		t.Errorf("the hotline's row twice: %v", err)
	}

	// Thursday. C70 is dredged; C31 gets thirty more days, once.
	w.clock.Set(day(24, 16, 0))
	w.did(intake, casework.Accept{On: at(c70.Number)})
	w.did(intake, casework.Dispatch{On: at(c70.Number), Unit: w.unit("水利站"), Leader: mayor.Person})
	w.did(water, casework.Sign{On: at(c70.Number)})
	w.clock.Set(day(26, 11, 0))
	w.did(water, casework.Answer{On: at(c70.Number), Outcome: casework.Resolved, Text: "已清淤 60 米，水排出去了。"})
	w.extendOnce(w.guide.Cases["C31"], mayor)

	// Friday. Call-backs, a withdrawal.
	w.clock.Set(day(27, 9, 0))
	w.did(caller, casework.Contact{On: at(c70.Number), Reached: true, Solved: casework.SolvedYes, Satisfied: casework.SatisfiedYes})
	if c := w.did(caller, casework.Close{On: at(c70.Number)}); c.State != casework.Closed {
		t.Errorf("C70 is %s", c.State)
	}
	c45, c52 := w.guide.Cases["C45"], w.guide.Cases["C52"]
	w.did(caller, casework.Contact{On: at(c45), Reached: true, Solved: casework.SolvedNo, Satisfied: casework.Dissatisfied})
	if c := w.did(caller, casework.Redo{On: at(c45), Reason: "群众说没有解决"}); c.Round != 2 || c.State != casework.InProgress {
		t.Errorf("C45: round %d, %s", c.Round, c.State)
	}
	w.did(caller, casework.Contact{On: at(c52)})
	if c := w.did(caller, casework.Close{On: at(c52)}); c.Reached || c.Satisfied != "" {
		t.Error("C52 was closed unreached, and yet counts as reached or satisfied")
	}
	w.did(byReceipt(), casework.Withdraw{On: at(forum[3].Number), Reason: "村里已经答应修"})

	// Saturday. One more, and its receipt.
	w.clock.Set(day(28, 16, 0))
	c81 := w.said(byReceipt(), casework.Register{Channel: casework.Web, Text: "路边的树挡住了路灯。", Village: village.ID})
	if err := w.cases.Unlock(w.ctx, demo.Town, c81.Number, c81.Code); err != nil {
		t.Errorf("C81: %v", err)
	}

	// Sunday. The week is counted.
	w.clock.Set(day(29, 20, 0))
	w.want("after the week", map[string]int64{"case.received": 87, "case.collected": 77, "case.resolved": 33, "case.in_progress": 44,
		"case.declined": 2, "case.forwarded": 4, "case.linked": 2, "case.withdrawn": 2, "case.confirmed": 30})
	if got, want := w.figures("case.overdue")["case.overdue"].Value, w.lapsed(intake); got != want {
		t.Errorf("overdue %d, counted one by one %d", got, want)
	}
	w.freeze()
	w.view(func(tx *db.Tx) error {
		_, faults, err := w.cases.Check(w.ctx, tx)
		for _, f := range faults {
			t.Errorf("%s: %s", f.Number, f.What)
		}
		return err
	})
}

// seenBy is everything the secretary of the village can ask for, as one text.
func (w *week) seenBy(a actor.Actor) string {
	var b strings.Builder
	w.view(func(tx *db.Tx) error {
		for _, v := range casework.Views() {
			p, err := w.cases.List(w.ctx, tx, a, casework.Filter{View: v, Limit: 1000})
			if err != nil {
				return err
			}
			for _, c := range p.Cases {
				b.WriteString(string(c.Number) + " ")
			}
		}
		p, err := w.cases.Search(w.ctx, tx, a, "村", casework.Filter{View: casework.Every, Limit: 1000})
		for _, c := range p.Cases {
			b.WriteString(string(c.Number) + " ")
		}
		if err != nil {
			return err
		}
		parts, _, err := w.home.figures.By(w.ctx, tx, "case.received", "village", figures.Scope{}, calendar.Period{})
		for _, v := range w.dir.Villages() {
			b.WriteString(parts[v.ID].Text() + " ")
		}
		return err
	})
	return b.String()
}

func (w *week) refusedTo(a actor.Actor, n seal.Number) {
	w.Helper()
	err := w.db.View(w.ctx, demo.Town, func(tx *db.Tx) error {
		_, err := w.cases.Get(w.ctx, tx, a, n)
		return err
	})
	if !errs.Is(err, errs.NotFound) {
		w.Errorf("a case in confidence about the village: %v", err)
	}
}

// extendOnce gives a petition its thirty days, by somebody who does not handle it, and no second time.
func (w *week) extendOnce(n seal.Number, leader actor.Actor) {
	w.Helper()
	c := w.get(n).Case
	var handler actor.Actor
	for _, p := range w.dir.PeopleIn(c.Unit) {
		if a, err := w.acting(w.ctx, demo.Town, p.ID); err == nil && a.Is(actor.Handler, actor.Petition, actor.Secretary) {
			handler = a
			break
		}
	}
	w.did(handler, casework.RequestExtension{On: at(n), Reason: "需要再丈量一次"})
	if _, err := w.cases.Do(w.ctx, handler, casework.DecideExtension{On: at(n), Grant: true, Reason: "同意"}); !errs.Is(err, errs.Denied) {
		w.Errorf("a handler approved his own extension: %v", err)
	}
	after := w.did(leader, casework.DecideExtension{On: at(n), Grant: true, Reason: "情况复杂"})
	if got := calendar.DayOf(c.Due.At).DaysTo(calendar.DayOf(after.Due.At)); got != 30 {
		w.Errorf("C31 was extended by %d days", got)
	}
	if _, err := w.cases.Do(w.ctx, handler, casework.RequestExtension{On: at(n), Reason: "还要"}); !errs.Is(err, errs.Conflict) {
		w.Errorf("a second extension: %v", err)
	}
}

// lapsed counts what is overdue one by one, without a figure.
func (w *week) lapsed(a actor.Actor) (n int64) {
	w.view(func(tx *db.Tx) error {
		p, err := w.cases.List(w.ctx, tx, a, casework.Filter{View: casework.All, Limit: 1000})
		for _, c := range p.Cases {
			for _, k := range casework.Voices() {
				if c.Kind == k && c.Overdue(w.clock.Now()) {
					n++
				}
			}
		}
		return err
	})
	return n
}

// freeze holds the week's number, and one more case does not change it.
func (w *week) freeze() {
	w.Helper()
	item := figures.Item{Code: "case.received"}
	set, err := w.home.figures.Freeze(w.ctx, w.db, w.as("nan.zonghe"), figures.Freeze{Key: journal.Key(id.Token()), Purpose: "week", Items: []figures.Item{item}})
	if err != nil {
		w.Fatal(err)
	}
	w.clock.Set(day(29, 22, 0))
	w.said(byReceipt(), casework.Register{Channel: casework.Web, Text: "晚上广场音响太吵。", Village: w.dir.Villages()[1].ID})
	w.view(func(tx *db.Tx) error {
		f, ok := set.Find(item)
		if !ok || f.Value.Value != 87 {
			w.Errorf("frozen %+v", f.Value)
		}
		change, err := w.home.figures.Since(w.ctx, tx, f)
		if err == nil && (change.Now.Value != 88 || len(change.Added) != 1 || len(change.Gone) != 0) {
			w.Errorf("now %d, +%d, -%d; want 88 (+1)", change.Now.Value, len(change.Added), len(change.Gone))
		}
		return err
	})
}
