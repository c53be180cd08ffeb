package report_test

import (
	"context"
	"strings"
	"testing"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/docx"
	"yanming/internal/errs"
	"yanming/internal/figures"
	"yanming/internal/i18n"
	"yanming/internal/id"
	"yanming/internal/journal"
	"yanming/internal/report"
	"yanming/internal/report/reporttest"
	"yanming/internal/towntest"
)

func wantKey(t *testing.T, err error, key string) {
	t.Helper()
	if all := errs.All(err); len(all) == 0 || all[0].Key != key {
		t.Errorf("got %v, want %s", err, key)
	}
}

func on(r report.Record) report.On {
	return report.On{Key: towntest.Key(), ID: r.ID, Rev: r.Rev}
}

// walk opens the report of a week and has it sent up and reviewed.
func walk(w *reporttest.Town, period string) report.Record {
	w.T.Helper()
	r, err := w.Reports.Open(ctx, w.General, report.Open{Key: towntest.Key(), Period: week(w.T, period)})
	w.No(err)
	r, err = w.Reports.Do(ctx, w.General, report.Step{On: on(r), Type: report.Sent})
	w.No(err)
	r, err = w.Reports.Do(ctx, w.Inspector, report.Step{On: on(r), Type: report.Approved})
	w.No(err)
	return r
}

// shown returns the report of a week as it is shown.
func shown(w *reporttest.Town, a actor.Actor, period string) (r report.Report) {
	w.T.Helper()
	w.No(w.View(func(tx *db.Tx) (err error) {
		r, err = w.Reports.Show(ctx, tx, week(w.T, period), false, i18n.ZH, report.SightOf(w.Figures, a))
		return err
	}))
	return r
}

func TestThreePeopleSignAReport(t *testing.T) {
	each(t, func(t *testing.T, w *reporttest.Town) {
		w.Say(w.Grids[0], casework.Web, "water", "路灯不亮。")
		for _, who := range []actor.Actor{w.Handler, w.Secretary, w.Auditor, w.Admin, w.Inspector, {}} {
			who.Town = w.General.Town
			_, err := w.Reports.Open(ctx, who, report.Open{Period: week(t, "2026-W48")})
			wantKey(t, err, "error.denied")
		}
		key := towntest.Key()
		r, err := w.Reports.Open(ctx, w.General, report.Open{Key: key, Period: week(t, "2026-W48")})
		w.No(err)
		again, err := w.Reports.Open(ctx, w.General, report.Open{Key: key, Period: week(t, "2026-W48")})
		if err != nil || again.ID != r.ID {
			t.Errorf("sent twice: %v %v", again, err)
		}
		_, err = w.Reports.Open(ctx, w.Publicity, report.Open{Key: towntest.Key(), Period: week(t, "2026-W48")})
		wantKey(t, err, "report.open_already")
		step := func(a actor.Actor, typ report.Type, reason string) (report.Record, error) {
			return w.Reports.Do(ctx, a, report.Step{On: on(r), Type: typ, Reason: reason})
		}
		_, err = step(w.Inspector, report.Approved, "")
		wantKey(t, err, "report.state.draft")
		r, err = step(w.General, report.Sent, "")
		w.No(err)
		_, err = step(w.General, report.Approved, "") // the general team may review, but not what it wrote itself
		wantKey(t, err, "report.wrote")
		_, err = w.Reports.Issue(ctx, w.Mayor, report.Issue{On: on(r)})
		wantKey(t, err, "report.state.submitted")
		_, err = step(w.Inspector, report.SentBack, "")
		wantKey(t, err, "error.required")
		r, err = step(w.Inspector, report.SentBack, "第二段不清楚")
		w.No(err)
		if r.State != report.Returned || r.Reason != "第二段不清楚" {
			t.Errorf("returned: %+v", r)
		}
		r, err = w.Reports.Do(ctx, w.Publicity, report.Step{On: on(r), Type: report.Written, Narrative: "本周收到 {case.received@week} 件。"})
		w.No(err)
		r, err = step(w.General, report.Sent, "")
		w.No(err)
		r, err = step(w.Mayor, report.Approved, "")
		w.No(err)
		_, err = w.Reports.Issue(ctx, w.Mayor, report.Issue{On: on(r)})
		wantKey(t, err, "report.reviewed_self")
		for _, who := range []actor.Actor{w.General, w.Inspector, w.Intake} {
			_, err = w.Reports.Issue(ctx, who, report.Issue{On: on(r)})
			wantKey(t, err, "error.denied")
		}
		old := r
		r, err = w.Reports.Issue(ctx, w.Leaders[0], report.Issue{On: on(r)})
		w.No(err)
		if r.State != report.Issued || r.No != 1 || r.Year != 2026 || r.Set == "" || len(r.Hash) != 64 {
			t.Errorf("issued: %+v", r)
		}
		_, err = w.Reports.Issue(ctx, w.Leaders[2], report.Issue{On: on(old)})
		wantKey(t, err, "error.changed")
		_, err = w.Reports.Do(ctx, w.Publicity, report.Step{On: on(r), Type: report.Written, Narrative: "改一改"})
		wantKey(t, err, "report.state.issued")
		other := w.County
		_, err = w.Reports.Do(ctx, other, report.Step{On: on(r), Type: report.SentBack, Reason: "x"})
		wantKey(t, err, "error.not_found") // another town's report is not there
	})
}

// TestAnIssueNeedsNoQuietTown: whenever the names of units are asked for, which the report does while it is reckoned,
// something is recorded. It comes behind the issue's position of the journal.
func TestAnIssueNeedsNoQuietTown(t *testing.T) {
	each(t, func(t *testing.T, w *reporttest.Town) {
		w.Play()
		sources, defs, formulas := w.Cases.Figures()
		recorded := 0
		for _, s := range sources {
			unit := s.Dims["unit"]
			names := unit.Names
			unit.Names = func(ctx context.Context, tx *db.Tx) (map[string]i18n.Pair, error) {
				recorded++
				err := w.DB.Update(ctx, tx.Town, func(tx *db.Tx) error {
					_, err := journal.Append(ctx, tx, journal.Event{Kind: "noise", Record: id.New(tx.Now), N: 1, Type: "made", Actor: journal.System})
					return err
				})
				if err != nil {
					return nil, err
				}
				return names(ctx, tx)
			}
			s.Dims["unit"] = unit
		}
		cat, err := figures.New(sources, defs, formulas)
		w.No(err)
		r := walk(w, "2026-W47")
		r, err = report.New(w.DB, cat, w.Orgs, w.Words).Issue(ctx, w.Mayor, report.Issue{On: on(r)})
		w.No(err)
		if recorded == 0 {
			t.Error("nothing was recorded meanwhile")
		}
		said := shown(w, w.General, "2026-W47")
		w.No(w.View(func(tx *db.Tx) error {
			set, err := figures.LoadSet(ctx, tx, r.Set)
			if err != nil {
				return err
			}
			head, err := journal.Head(ctx, tx) // the noise, the set, the issue
			if err != nil {
				return err
			}
			if set.Seq != head-int64(recorded)-2 || said.Seq != set.Seq {
				t.Errorf("frozen at %d, shown as of %d, the journal has come to %d", set.Seq, said.Seq, head)
			}
			problems, err := w.Reports.Verify(ctx, tx, r)
			if len(problems) > 0 {
				t.Errorf("verify: %+v", problems)
			}
			return err
		}))
	})
}

func TestAnIssueStandsAndSaysWhatCameSince(t *testing.T) {
	each(t, func(t *testing.T, w *reporttest.Town) {
		w.Play()
		r := walk(w, "2026-W47")
		r, err := w.Reports.Issue(ctx, w.Mayor, report.Issue{On: on(r)})
		w.No(err)
		before := shown(w, w.General, "2026-W47")
		paper, err := w.Reports.Paper(before, i18n.ZH, report.Bulletin)
		w.No(err)
		w.Say(w.Grids[0], casework.Web, "water", "又有一件。") // still Sunday evening
		after := shown(w, w.General, "2026-W47")
		for i, l := range before.Lines {
			if after.Lines[i].Total.Text() != l.Total.Text() || after.Lines[i].Week.Text() != l.Week.Text() || after.Lines[i].Total.Set != r.Set {
				t.Errorf("%s moved", l.Total.Code)
			}
		}
		if now, gained, ok := after.Gained("case.received"); !ok || gained != 1 || now.Value != before.Line("case.received").Total.Value.Value+1 {
			t.Errorf("received: now %d, %+d", now.Value, gained)
		}
		if _, gained, _ := after.Gained("case.resolved"); gained != 0 {
			t.Errorf("resolved: %+d", gained)
		}
		again, err := w.Reports.Paper(after, i18n.ZH, report.Bulletin)
		w.No(err)
		a, _ := docx.Text(paper)
		b, _ := docx.Text(again)
		if a != b || !strings.Contains(a, "2026年第 1 期") || !strings.Contains(a, r.Hash) || !strings.Contains(a, "拟稿：方舟") {
			t.Error("the paper moved, or lacks its number, hash or signatures")
		}
		if n := live(w, w.General, week(t, "2026-W47")).Line("case.received").Total.Value.Value; n != 70 {
			t.Errorf("live: %d", n)
		}
		w.No(w.View(func(tx *db.Tx) error {
			if ps, err := w.Reports.Verify(ctx, tx, r); err != nil || len(ps) > 0 {
				t.Errorf("verify: %v %v", ps, err)
			}
			return nil
		}))
		// A correction is a new issue that says what it replaces; the old one stays.
		second := walk(w, "2026-W47")
		second, err = w.Reports.Issue(ctx, w.Mayor, report.Issue{On: on(second)})
		w.No(err)
		if second.No != 2 || second.Replaces != r.ID {
			t.Errorf("correction: %+v", second)
		}
		newest := shown(w, w.General, "2026-W47")
		if newest.Issue.ID != second.ID || newest.Line("case.received").Total.Value.Value != 70 {
			t.Errorf("the newest issue is %s", newest.Issue.ID)
		}
		w.No(w.View(func(tx *db.Tx) error {
			first, err := w.Reports.Issued(ctx, tx, r, report.WholeSight())
			if first.Line("case.received").Total.Value.Value != 69 {
				t.Error("the replaced issue moved")
			}
			return err
		}))
	})
}

func TestATamperedIssueIsFound(t *testing.T) {
	each(t, func(t *testing.T, w *reporttest.Town) {
		w.Say(w.Grids[0], casework.Web, "water", "路灯不亮。")
		r, err := w.Reports.Issue(ctx, w.Mayor, report.Issue{On: on(walk(w, "2026-W48"))})
		w.No(err)
		w.No(w.DB.Update(ctx, w.General.Town, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE reports SET body = body || ' ' WHERE town_id = $1 AND id = $2`, r.ID)
			return err
		}))
		w.No(w.View(func(tx *db.Tx) error {
			ps, err := w.Reports.Verify(ctx, tx, r)
			if len(ps) != 1 || ps[0].Key != "report.check.hash" {
				t.Errorf("verify: %+v", ps)
			}
			return err
		}))
	})
}

func TestNoNumberCanBeTyped(t *testing.T) {
	for _, c := range []struct{ text, key string }{
		{"本周收到 {case.received@week} 件，比上周多。", ""},
		{"2026年11月22日召开会议，11月16日至22日收到 {case.received@week} 件。", ""},
		{"按雁南政函〔2026〕12号办理；12345热线转来的见附表。第47周、第3网格、09:30。", ""},
		{"这是一件大事，第二次会议研究，按《信访工作条例》第三十一条办理。", ""},
		{"As of 22 November 2026, week 47: {case.received}.", ""},
		{"", ""},
		{"本周收到 69 件。", "report.narrative.number"},
		{"本周收到６９件。", "report.narrative.number"},
		{"收到六十九件。", "report.narrative.number"},
		{"解决了三件。", "report.narrative.number"},
		{"解决率达到百分之九十。", "report.narrative.number"},
		{"解决率 98%。", "report.narrative.number"},
		{"共①类问题。", "report.narrative.number"},
		{"收到 2026 件。", "report.narrative.number"},
		{"共 12345 件。", "report.narrative.number"},
		{"收到 {case.received 件。", "report.narrative.braces"},
		{"收到 {69} 件。", "report.narrative.slot"},
		{"收到 {case.Received} 件。", "report.narrative.slot"},
		{strings.Repeat("好", 6001), "error.too_long"},
	} {
		err := report.CheckNarrative(c.text)
		if c.key == "" {
			if err != nil {
				t.Errorf("%q: %v %v", c.text, err, errs.All(err)[0].Args)
			}
			continue
		}
		wantKey(t, err, c.key)
	}
	err := report.CheckNarrative("第一句没有数字。第二句有 7 个。第三句没有。")
	if all := errs.All(err); len(all) != 1 || all[0].Args[0] != "第二句有 7 个" || all[0].Field != "narrative" {
		t.Errorf("the sentence is not named: %v", err)
	}
}

func TestATextMayOnlyNameFiguresOfTheTown(t *testing.T) {
	each(t, func(t *testing.T, w *reporttest.Town) {
		w.Say(w.Grids[0], casework.Web, "water", "路灯不亮。")
		r, err := w.Reports.Open(ctx, w.Intake, report.Open{Key: towntest.Key(), Period: week(t, "2026-W48")})
		w.No(err)
		_, err = w.Reports.Do(ctx, w.Intake, report.Step{On: on(r), Type: report.Written, Narrative: "收到 {case.nothing} 件。"})
		wantKey(t, err, "report.narrative.slot")
		for _, c := range []struct{ written, offered string }{
			{"case.recieved", "{case.received}"}, {"case.Received@week", "{case.received@week}"}, {"收到意见", "{case.received}"},
			{"in_progres", "{case.in_progress}"}, {"ｃａｓｅ．overdue", "{case.overdue}"}, {"project.recieved", "{project.received}"},
		} {
			_, err = w.Reports.Do(ctx, w.Intake, report.Step{On: on(r), Type: report.Written, Narrative: "收到 {case.received} 件，其中 {" + c.written + "} 件。"})
			wantKey(t, err, "report.narrative.nearest")
			if all := errs.All(err); len(all) != 1 || all[0].Args[0] != c.written || all[0].Args[1] != c.offered {
				t.Errorf("%s: %v", c.written, all[0].Args)
			}
		}
		_, err = w.Reports.Do(ctx, w.Intake, report.Step{On: on(r), Type: report.Written, Narrative: "{case.recieved} 件、{case.overdu} 件。"})
		if all := errs.All(err); len(all) != 2 {
			t.Errorf("of two unknown figures %d are named", len(all))
		}
		r, err = w.Reports.Do(ctx, w.Intake, report.Step{On: on(r), Type: report.Written, Narrative: "本周未署名 {case.anonymous@week} 件，收到 {case.received} 件。"})
		w.No(err)
		r, err = w.Reports.Do(ctx, w.Intake, report.Step{On: on(r), Type: report.Sent})
		w.No(err)
		r, err = w.Reports.Do(ctx, w.Inspector, report.Step{On: on(r), Type: report.Approved})
		w.No(err)
		_, err = w.Reports.Issue(ctx, w.Mayor, report.Issue{On: on(r)})
		w.No(err)
		w.Say(w.Grids[0], casework.Web, "water", "又一件。")
		now := shown(w, w.General, "2026-W48")
		if got := now.Text()[0].String(); got != "本周未署名 0 件，收到 1 件。" {
			t.Errorf("text: %s", got)
		}
	})
}

// A writer chooses figures from a list: it has every figure of the town, each once, as it is at the end of the week.
func TestEveryFigureThatATextMayNameIsOffered(t *testing.T) {
	each(t, func(t *testing.T, w *reporttest.Town) {
		w.Say(w.Grids[0], casework.Web, "water", "路灯不亮。")
		r := shown(w, w.General, "2026-W48")
		var groups []report.Group
		var all []figures.About
		w.No(w.View(func(tx *db.Tx) (err error) {
			if all, err = w.Figures.List(ctx, tx); err == nil {
				groups, err = w.Reports.Slots(ctx, tx, r)
			}
			return err
		}))
		values := map[string]string{}
		for _, g := range groups {
			for _, l := range g.Lines {
				if _, twice := values[l.Total.Code]; twice {
					t.Errorf("%s is offered twice", l.Total.Code)
				}
				values[l.Total.Code] = l.Total.Text() + "/" + l.Week.Text()
			}
		}
		if len(values) != len(all) || values["case.received"] != "1/1" || values["case.anonymous"] != "0/0" {
			t.Errorf("%d of %d figures: %v", len(values), len(all), values)
		}
	})
}
