package bench

import (
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"yanming/internal/calendar"
)

// ledger makes the rows of an old ledger, by which a corpus comes into the program as a town's would. The same seed,
// day and organisation give the same rows.
type ledger struct {
	texts texts
	names []string
	org   organisation
	end   time.Time // the last moment of the last day on which something was said
}

// span is over how long a ledger reaches: a year, so that of a million cases some 19,000 fall into a week.
const span = 365 * 24 * time.Hour

// ledgerHeads are the columns, by names that the importer knows.
func ledgerHeads() []string {
	return []string{"number", "created", "title", "content", "name", "phone", "village", "category", "kind", "channel", "unit", "responsible leader",
		"reply", "answered", "due", "status"}
}

// dealt is one of several values with how often it comes, in hundredths.
type dealt struct {
	value string
	share int
}

func deal(r *rand.Rand, list []dealt) string {
	x := r.IntN(100)
	for _, d := range list {
		if x -= d.share; x < 0 {
			return d.value
		}
	}
	return list[len(list)-1].value
}

func kindShares() []dealt {
	return []dealt{{"opinion", 68}, {"complaint", 15}, {"help", 11}, {"enquiry", 6}}
}

func channelShares() []dealt {
	return []dealt{{"web", 24}, {"phone", 18}, {"walk_in", 16}, {"hotline", 16}, {"visit", 12}, {"letter", 4}, {"forum", 4}, {"message", 4}, {"questionnaire", 2}}
}

// stateShares are what became of a matter that is not fresh: "" waits to be accepted, "in progress" is being handled.
func stateShares() []dealt {
	return []dealt{{"resolved closed", 70}, {"explained closed", 15}, {"partly resolved closed", 8}, {"unverifiable closed", 3}, {"resolved", 2}, {"in progress", 2}}
}

// freshShares are those of the last two weeks.
func freshShares() []dealt {
	return []dealt{{"in progress", 35}, {"", 15}, {"resolved", 10}, {"resolved closed", 40}}
}

// row makes the n-th row.
func (l ledger) row(n int) []string {
	r := rand.New(rand.NewPCG(20261123, uint64(n)))
	said := l.end.Add(-time.Duration(r.Int64N(int64(span)))).Truncate(time.Minute)
	subject, body := l.texts.pick(r)
	fresh := l.end.Sub(said) < 14*24*time.Hour
	state := deal(r, stateShares())
	if fresh {
		state = deal(r, freshShares())
	}
	day := func(t time.Time) string { return t.In(calendar.Zone()).Format("2006-01-02 15:04") }
	name, phone := "", ""
	if r.IntN(10) < 6 {
		name, phone = l.names[r.IntN(len(l.names))], fmt.Sprintf("1000000%04d", r.IntN(10000))
	}
	unit, leader, reply, answered, due := "", "", "", "", ""
	if state != "" {
		unit = l.org.units[r.IntN(len(l.org.units))]
		leader = l.org.leaders[r.IntN(len(l.org.leaders))]
		due = day(said.Add(time.Duration(5+r.IntN(40)) * 24 * time.Hour))
	}
	if state != "" && state != "in progress" {
		at := said.Add(time.Duration(1+r.IntN(20*24)) * time.Hour)
		if at.After(l.end) {
			at = l.end
		}
		answered = day(at)
		_, reply = l.texts.pick(r)
		reply = clip(reply, 60)
	}
	return []string{fmt.Sprintf("B%08d", n), day(said), subject, body, name, phone, l.org.villages[r.IntN(len(l.org.villages))],
		l.org.categories[r.IntN(len(l.org.categories))], deal(r, kindShares()), deal(r, channelShares()), unit, leader, reply, answered, due, state}
}

// write writes the rows from to to as CSV.
func (l ledger) write(out io.Writer, from, to int) error {
	w := csv.NewWriter(out)
	if err := w.Write(ledgerHeads()); err != nil {
		return err
	}
	for n := from; n < to; n++ {
		if err := w.Write(l.row(n)); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}
