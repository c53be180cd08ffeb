package notice_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/notice"
	"yanming/internal/org"
	"yanming/internal/towntest"
)

// wished gives somebody a confirmed address and mails at once.
func (w *town) wished(a actor.Actor, pace notice.Pace) string {
	w.T.Helper()
	address := a.Name + "@yn.example"
	must(w.T, w.told.AskAddress(ctx, a, address, phrase))
	w.drain()
	must(w.T, w.told.ConfirmAddress(ctx, a, w.token("/account/notices/confirm?token=")))
	must(w.T, w.told.SaveWish(ctx, a, notice.SaveWish{Pace: pace, Lang: "zh-CN"}))
	return address
}

// token is the secret of the link in the newest letter.
func (w *town) token(before string) string {
	w.T.Helper()
	letters := w.mail.Letters()
	if len(letters) == 0 {
		w.T.Fatal("no letter came")
	}
	_, rest, ok := strings.Cut(letters[len(letters)-1].Text, base+before)
	if !ok {
		w.T.Fatalf("no link to %s in %q", before, letters[len(letters)-1].Text)
	}
	return strings.TrimSpace(strings.SplitN(rest, "\n", 2)[0])
}

// knows is all that somebody can know of notices: rows, counts, mails, calls, dead letters.
func (w *town) knows(a actor.Actor) string {
	w.T.Helper()
	var b strings.Builder
	for _, it := range w.items(a) {
		fmt.Fprintln(&b, it.Kind, it.Number, it.Due, it.Path, it.At.UnixMilli(), it.Read.IsZero(), it.Vouch)
	}
	fmt.Fprintln(&b, w.unread(a))
	must(w.T, w.DB.View(ctx, dbtest.Town, func(tx *db.Tx) error {
		list, next, err := w.told.Dead(ctx, tx, a, "")
		waiting, dead, err2 := w.told.Waiting(ctx, tx, a)
		fmt.Fprintln(&b, len(list), next, waiting, dead, err == nil, err2 == nil)
		return nil
	}))
	return b.String()
}

// TestTwoWorlds lets the same day pass in two towns, in one of which somebody said something in confidence. Whoever is
// not its named reader is told the same to the byte, and the same leaves the program.
func TestTwoWorlds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		quiet := newTown(t, d, c)
		c2 := &dbtest.Clock{}
		c2.Set(c.Now())
		loud := newTown(t, dbtest.SQLite(t, c2.Now), c2)
		var seen [2]map[string]string
		var left [2]string
		for i, w := range []*town{quiet, loud} {
			calls := w.hooked(w.water)
			for _, name := range []string{"handler", "petition", "inspector", "mayor", "intake", "admin"} {
				w.wished(w.everybody()[name], notice.AtOnce)
			}
			n := w.dispatched()
			w.derive()
			if w == loud {
				secret := w.say(true)
				w.derive()
				w.Do(w.petition, casework.Accept{On: towntest.On(secret)})
				w.Do(w.petition, casework.Dispatch{On: towntest.On(secret), Unit: w.water, Leader: w.mayor.Person, Handler: w.handler.Person})
				w.Do(w.handler, casework.Sign{On: towntest.On(secret)})
				w.derive()
			}
			w.Do(w.handler, casework.Sign{On: towntest.On(n)})
			w.Do(w.intake, casework.Urge{On: towntest.On(n), Reason: "催"})
			w.derive()
			w.drain()
			for range 10 {
				w.clock.Add(24 * time.Hour)
				w.tick()
				w.derive()
				w.drain()
			}
			seen[i] = map[string]string{}
			for name, a := range w.everybody() {
				seen[i][name] = strings.ReplaceAll(w.knows(a), string(n), "N")
			}
			var out []string
			for _, l := range w.mail.Letters() {
				out = append(out, l.To+"\n"+l.Subject+"\n"+l.Text)
			}
			for _, call := range calls() {
				out = append(out, call.body)
			}
			slices.Sort(out)
			left[i] = unnamed(strings.Join(out, "\n"), n.Grouped(), string(n), w.water)
		}
		for name := range seen[0] {
			reads := name == "petition" || name == "inspector" || name == "handler" || name == "mayor"
			if seen[0][name] != seen[1][name] && !reads {
				t.Errorf("%s knows more in one world:\n%s\n%s", name, seen[0][name], seen[1][name])
			}
			if name == "petition" && seen[0][name] == seen[1][name] {
				t.Error("the named reader is told nothing: the worlds may not differ at all")
			}
		}
		if left[0] != left[1] || !strings.Contains(left[0], "case.signed") || !strings.Contains(left[0], "@yn.example") {
			t.Errorf("what leaves the program differs, or is nothing:\n%s\n---\n%s", left[0], left[1])
		}
	})
}

func TestConfidenceTellsItsReadersThatSomethingWaitsAndNoMore(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.wished(w.petition, notice.AtOnce)
		n := w.say(true)
		w.derive()
		for name, a := range w.everybody() {
			if reads := name == "petition" || name == "inspector"; (w.unread(a) > 0) != reads {
				t.Errorf("%s has %d notices", name, w.unread(a))
			}
		}
		it := w.item(w.petition, notice.Confided)
		if it.Kind != notice.Confided || it.Number != "" || it.Due != "" {
			t.Errorf("the notice says %+v", it)
		}
		w.Do(w.petition, casework.Accept{On: towntest.On(n)})
		w.Do(w.petition, casework.NameReader{On: towntest.On(n), Person: w.mayor.Person, Reason: "分管"})
		w.wants("a new reader", w.mayor, notice.Confided)
		w.Do(w.inspector, casework.Supervise{On: towntest.On(n), Level: 1, Text: "抓紧"})
		w.wants("once is enough", w.mayor, notice.Confided)
		w.drain()
		if got := w.mail.Letters(); len(got) != 0 {
			t.Errorf("letters leave the program: %+v", got)
		}
		sys := actor.Actor{Town: dbtest.Town, System: true}
		w.ID(w.Orgs.Appoint(ctx, sys, org.Appoint{Person: w.mayor.Person, Unit: w.committee, Role: actor.Leader}))
		w.wants("a reader who moves into the unit it is about", w.as("mayor"))
	})
}

func TestWhoseCaseBecomesUnreadableGetsNoLetterThatWaits(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.wished(w.handler, notice.AtOnce)
		w.dispatched()
		w.derive() // the letter waits
		sys := actor.Actor{Town: dbtest.Town, System: true}
		w.ID(w.Orgs.EndPost(ctx, sys, org.EndPost{ID: w.Dir().PostsOf(w.handler.Person)[0].ID}))
		w.drain()
		if got := w.mail.Letters(); len(got) != 0 {
			t.Errorf("the gate was not asked when the letter was sent: %+v", got)
		}
	})
}
