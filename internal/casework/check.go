package casework

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"

	"yanming/internal/db"
	"yanming/internal/figures"
	"yanming/internal/journal"
	"yanming/internal/seal"
)

// Fault is a case whose row is not what its journal says.
type Fault struct {
	Case   ID
	Number string
	What   string
}

// stretch is how many cases are read at once.
const stretch = 500

// chapter is a stretch of cases with everything that was written about them. Events of records that have no case are
// in it too.
type chapter struct {
	cases  []stored
	events []journal.Entry
	words  []sealed // by event
	spans  []spanRow
}

// sealed are the words of an event from under the record's key, and why they cannot be read, or "".
type sealed struct {
	words Words
	wrong string
}

// folded is an event as it is folded.
type folded struct {
	record ID
	n      int64
	Event
	wrong string // why it cannot be read, or ""
}

// Check folds the journal of every case of the town again and compares the result with the row, with the history of its
// spans and with the events themselves, which must be numbered without gaps from the registration on. What it folds it
// tells the counts, so that figures can be held against the journal alone. It changes nothing, and holds a stretch of
// cases at a time in memory: one goroutine reads, this one folds.
func (s *Service) Check(ctx context.Context, tx *db.Tx, counts ...*figures.Again) (cases int, faults []Fault, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	chapters, read := make(chan chapter, 2), make(chan error, 1)
	go func() {
		defer close(chapters)
		read <- s.chapters(ctx, tx, func(c chapter) error {
			select {
			case chapters <- c:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	for c := range chapters {
		cases += len(c.cases)
		if err == nil {
			var found []Fault
			if found, err = c.check(counts); err != nil {
				stop()
			}
			faults = append(faults, found...)
		}
	}
	return cases, faults, cmp.Or(err, <-read)
}

// EachReceipt calls fn with what opens each case of the town: number and code, or the tag of the one secret. It is for
// holding one database against another, and for no page.
func (s *Service) EachReceipt(ctx context.Context, tx *db.Tx, fn func(number seal.Number, opens string) error) error {
	after := ID("")
	for {
		ss, err := casesOf(ctx, tx, after, 500)
		if err != nil || len(ss) == 0 {
			return err
		}
		for _, st := range ss {
			opens := hex.EncodeToString(st.SecretTag)
			if opens == "" {
				opens = s.keys.Code(tx.Town, st.Number, st.Generation)
			}
			if err := fn(st.Number, opens); err != nil {
				return err
			}
			after = st.ID
		}
	}
}

// chapters reads all cases with their events and spans, stretch by stretch in order of their ids.
func (s *Service) chapters(ctx context.Context, tx *db.Tx, fn func(chapter) error) error {
	for after, upto := ID(""), ID("?"); upto != ""; after = upto {
		var c chapter
		var err error
		if c.cases, err = casesOf(ctx, tx, after, stretch); err != nil {
			return err
		}
		if upto = ""; len(c.cases) == stretch {
			upto = c.cases[stretch-1].ID
		}
		if c.events, err = journal.Stretch(ctx, tx, recordKind, string(after), string(upto)); err != nil {
			return err
		}
		if c.spans, err = spansOf(ctx, tx, after, upto); err != nil {
			return err
		}
		for i := range c.cases {
			st := &c.cases[i]
			if st.box != nil {
				if st.Words, err = s.openWords(ctx, tx, st.ID, st.box); err != nil {
					return fmt.Errorf("check case %s: %w", st.ID, err)
				}
			}
		}
		for i, e := range c.events {
			if e.Secret == nil {
				continue
			}
			if c.words == nil {
				c.words = make([]sealed, len(c.events))
			}
			if c.words[i].words, err = s.openWords(ctx, tx, ID(e.Record), e.Secret); err != nil {
				c.words[i].wrong = err.Error()
			}
		}
		if err := fn(c); err != nil {
			return err
		}
	}
	return nil
}

// check compares the cases of a chapter, and tells them to the counts.
func (c chapter) check(counts []*figures.Again) (faults []Fault, err error) {
	known := make(map[ID]bool, len(c.cases))
	for _, st := range c.cases {
		known[st.ID] = true
	}
	events, spans := map[ID][]folded{}, map[ID][]spanRow{}
	for _, e := range runs(c.decode(), func(e folded) ID { return e.record }) {
		if events[e[0].record] = e; !known[e[0].record] {
			faults = append(faults, Fault{e[0].record, e[0].Facts.Number, fmt.Sprintf("%d events, no row", len(e))})
		}
	}
	for _, r := range runs(c.spans, func(r spanRow) ID { return r.id }) {
		if spans[r[0].id] = r; !known[r[0].id] {
			faults = append(faults, Fault{r[0].id, "", fmt.Sprintf("%d spans, no row", len(r))})
		}
	}
	for _, st := range c.cases {
		t, what := refold(st, events[st.ID])
		if what == "" {
			what = differ(st.Case, t.c)
		}
		if due := t.c.answerDue(); what == "" && st.answerDue != due {
			what = fmt.Sprintf("answer_due: row %d, journal %d", st.answerDue, due)
		}
		if what == "" && !slices.Equal(t.spans, spans[st.ID]) {
			what = fmt.Sprintf("spans: rows %v, journal %v", spans[st.ID], t.spans)
		}
		if what != "" {
			faults = append(faults, Fault{st.ID, string(st.Number), what})
		}
		if err := t.tell(counts); err != nil {
			return faults, err
		}
	}
	return faults, nil
}

// decode reads what the events say.
func (c chapter) decode() []folded {
	out := make([]folded, len(c.events))
	for i, e := range c.events {
		f := &out[i]
		f.record, f.n, f.Event = ID(e.Record), e.N, Event{Type: Type(e.Type), By: e.Actor, At: e.At}
		if err := e.Decode(&f.Facts); err != nil {
			f.wrong = err.Error()
		}
		if e.Secret != nil {
			f.Words = c.words[i].words
			f.wrong += c.words[i].wrong
		}
	}
	return out
}

// runs cuts a list where its key changes.
func runs[T any](list []T, key func(T) ID) (out [][]T) {
	for len(list) > 0 {
		n := 1
		for n < len(list) && key(list[n]) == key(list[0]) {
			n++
		}
		out, list = append(out, list[:n]), list[n:]
	}
	return out
}

// refold folds a case's events, and says what is wrong with them, or "".
func refold(st stored, es []folded) (t retelling, what string) {
	t.c = Case{ID: st.ID}
	for i, e := range es {
		switch {
		case e.wrong != "":
			return t, e.wrong
		case e.n != int64(i+1):
			return t, fmt.Sprintf("event %d stands where event %d should", e.n, i+1)
		case i == 0 && e.Type != EvRegistered:
			return t, fmt.Sprintf("history begins with %q", e.Type)
		}
		t.after(e)
	}
	if t.c.Rev != st.Rev {
		return t, fmt.Sprintf("revision %d, %d events", st.Rev, len(es))
	}
	return t, ""
}

// differ names the first field in which a row and its fold differ.
func differ(row, fold Case) string {
	a, b := inMillis(row), inMillis(fold)
	if reflect.DeepEqual(a, b) {
		return ""
	}
	x, y := reflect.ValueOf(a), reflect.ValueOf(b) // what differs only in an empty list against none is equal as JSON
	for i := range x.NumField() {
		p, _ := json.Marshal(x.Field(i).Interface()) // fields of a Case always marshal
		q, _ := json.Marshal(y.Field(i).Interface())
		if !bytes.Equal(p, q) {
			return fmt.Sprintf("%s: row %s, journal %s", x.Type().Field(i).Name, p, q)
		}
	}
	return ""
}

// inMillis is a case with its times as the row holds them.
func inMillis(c Case) Case {
	for _, t := range []*time.Time{&c.Registered, &c.Accepted, &c.Dispatched, &c.Answered, &c.Closed, &c.Notice.At, &c.Due.At, &c.Sign.At} {
		if !t.IsZero() {
			*t = time.UnixMilli(t.UnixMilli()).UTC()
		}
	}
	c.Took = c.Took.Truncate(time.Millisecond)
	c.Sign.Rule, c.Sign.Provisional, c.Notice.Provisional = "", false, false // the journal alone keeps them
	return c
}
