package casework_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/journal"
	"yanming/internal/org"
)

func TestANumberThatWasTakenMeanwhileIsDrawnAnew(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		m, err := w.cases.Make(ctx, w.intake, []casework.Backfill{row("b", "1", "渠堵了", casework.Past{}), row("b", "2", "路坏了", casework.Past{})})
		if err != nil {
			t.Fatal(err)
		}
		n := m.Numbers()[0]
		if err := w.cases.Print(ctx, dbtest.Town, n); err != nil {
			t.Fatal(err)
		}
		took, err := w.cases.Take(ctx, m)
		if err != nil || took[0].Number == n || took[0].Number == "" || took[1].Number != m.Numbers()[1] {
			t.Errorf("%s was taken: %+v, %v", n, took, err)
		}
		w.check()
	})
}

// anyRow is a random row of a ledger, with or without whatever a ledger may lack; some of them cannot be taken.
func (w *town) anyRow(r *rand.Rand, n int) casework.Backfill {
	one := func(of ...string) string { return of[r.IntN(len(of))] }
	some := func(share int) bool { return r.IntN(100) < share }
	or := func(bad, good string) string { // now and then what is refused
		if some(4) {
			return bad
		}
		return good
	}
	at := func() time.Time { return w.clock.Now().Add(-time.Duration(r.IntN(3_000)) * 7 * time.Hour) }
	b := casework.Backfill{Register: casework.Register{Channel: casework.Channels()[r.IntN(len(casework.Channels()))],
		Kind: casework.Kind(one("opinion", "complaint", "help", "enquiry", "wrongdoing")), Category: one("", "water", "roads"),
		Text: or("", one("渠堵了", "路坏了\n第二行 <b>", "灯不亮。请修")), Title: one("", "", "修渠"), Place: one("", "村口"),
		Village: or("nowhere", one("", w.willow, w.east)), Source: &casework.Source{Sheet: "台账", Row: n}},
		Past: casework.Past{Note: one("", "备注：急"), Unit: one("", w.water, w.roads), Leader: or("nobody", one("", w.mayor.Person)),
			Handling: one("", "已派人"), Outcome: casework.Outcome(or("scheduled", one("", "resolved", "explained", "partly_resolved"))),
			Answer: or("", one("已清淤", "修好了")), Closed: some(50)}}
	if some(20) {
		b.Village, b.Grid = "", w.grid
	}
	if b.Kind == casework.Wrongdoing || some(10) {
		b.Visibility = casework.Private
	}
	if some(60) {
		b.Person = casework.Person{Name: one("赵一", ""), Phone: one("13900000000", "")}
	}
	if some(70) {
		b.Said = at()
	}
	if some(5) {
		b.Said = w.clock.Now().Add(time.Hour)
	}
	if some(50) {
		b.Past.Answered = at()
	}
	if some(50) {
		b.Past.Due = at()
	}
	if some(40) {
		b.External = casework.External{System: one("hotline", "other", "petition")}
	}
	return b
}

// named gives a row the key, batch and cells of one of two ledgers that say the same.
func named(b casework.Backfill, ledger string, n int) casework.Backfill {
	src := *b.Source
	src.Batch, src.Digest = "B", fmt.Sprint(ledger, n)
	b.Source, b.Key = &src, journal.Key(src.Digest)
	if b.External.System != "" {
		b.External.Number = src.Digest
	}
	return b
}

func TestALotComesToWhatItsEventsWouldOneByOne(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		r := rand.New(rand.NewPCG(1, 2))
		var lot []casework.Backfill
		var steps []casework.Took
		for n := range 200 {
			b := w.anyRow(r, n)
			lot = append(lot, named(b, "L", n))
			took, err := w.cases.StepByStep(ctx, w.intake, named(b, "S", n))
			if err != nil {
				t.Fatalf("row %d: %v", n, err)
			}
			steps = append(steps, took)
		}
		var took []casework.Took
		for part := range slices.Chunk(lot, 77) {
			out, err := w.cases.Backfill(ctx, w.intake, part)
			if err != nil {
				t.Fatal(err)
			}
			took = append(took, out...)
		}
		refused := 0
		for n := range lot {
			if fmt.Sprint(took[n].Err) != fmt.Sprint(steps[n].Err) || took[n].Fate != steps[n].Fate {
				t.Fatalf("row %d: %+v, step by step %+v", n, took[n], steps[n])
			}
			if took[n].Err != nil {
				refused++
				continue
			}
			tell := func(k casework.Took, ledger string) string {
				lines, err := w.cases.Everything(ctx, dbtest.Town, k.Number)
				if err != nil {
					t.Fatal(err)
				}
				return strings.ReplaceAll(strings.Join(lines, "\n"), fmt.Sprint(ledger, n), "CELLS")
			}
			if a, b := tell(took[n], "L"), tell(steps[n], "S"); a != b {
				t.Fatalf("row %d, in a lot:\n%s\nstep by step:\n%s", n, a, b)
			}
		}
		if refused < 20 || refused > 100 {
			t.Errorf("%d of %d rows were refused: the rows are not random enough", refused, len(lot))
		}
		w.check()
	})
}

func TestRowsOfOneLotMeetOneAnother(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		at := func(system, number, digest string) casework.Backfill {
			b := row("b", "k"+system+number+digest, "渠堵了", casework.Past{})
			b.External, b.Source.Digest = casework.External{System: system, Number: number}, digest
			return b
		}
		bad := at("hotline", "H3", "bad")
		bad.Past.Unit = "nowhere"
		rows := []casework.Backfill{
			at("hotline", "H1", "a"), at("hotline", "H1", "a2"), at("other", "H1", "a"), // one ticket
			at("", "", "c"), at("", "", "c"), // the same cells
			bad, at("hotline", "H3", "d"), // what is refused is not met
			at("x", "H4", "e"), at("hotline", "H4", "f"), at("x", "H4", "g"), // x is no system that another would know
		}
		rows[2].Key, rows[4].Key = "other", "again"
		rows = append(rows, rows[0]) // the very same row once more
		took, err := w.cases.Backfill(ctx, w.intake, rows)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for i, k := range took {
			first := slices.IndexFunc(took, func(o casework.Took) bool { return o.Number == k.Number })
			if k.Err != nil {
				got = append(got, fmt.Sprint(i, " refused"))
			} else {
				got = append(got, fmt.Sprint(first, " ", k.Fate))
			}
		}
		want := []string{"0 taken", "0 differ", "0 same", "3 taken", "3 same", "5 refused", "6 taken", "7 taken", "8 taken", "7 differ", "0 taken"}
		if !slices.Equal(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
		again := rows[0]
		again.Text = "另一句"
		if _, err := w.cases.Backfill(ctx, w.intake, []casework.Backfill{rows[3], again}); !errs.Is(err, errs.Conflict) {
			t.Errorf("a key for another row: %v", err)
		}
		w.check()
	})
}

func TestALotMadeBeforeTheTownChangedIsMadeAgain(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		sys := actor.Actor{Town: dbtest.Town, System: true}
		team := w.must(w.org.SaveUnit(ctx, sys, org.SaveUnit{Kind: org.OfficeTeam, Name: "路灯专班"}))
		b := row("b", "1", "渠堵了", casework.Past{Unit: team})
		c := row("b", "2", "路坏了", casework.Past{Unit: w.water})
		m, err := w.cases.Make(ctx, w.intake, []casework.Backfill{b, c})
		if err != nil {
			t.Fatal(err)
		}
		w.must(w.org.Retire(ctx, sys, org.Retire{What: "units", ID: team, Rev: w.dir().Unit(team).Rev}))
		took, err := w.cases.Take(ctx, m)
		if err != nil || took[0].Err == nil || took[1].Err != nil {
			t.Errorf("a unit that is gone: %+v, %v", took, err)
		}
		w.check()
	})
}
