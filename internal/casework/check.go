package casework

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"yanming/internal/db"
	"yanming/internal/journal"
	"yanming/internal/seal"
)

// Fault is a case whose row is not what its journal says.
type Fault struct {
	Case   ID
	Number string
	What   string
}

// Check folds the journal of every case of the town again and compares the result with the row, its last span and its
// receipt. It changes nothing.
func (s *Service) Check(ctx context.Context, tx *db.Tx) (cases int, faults []Fault, err error) {
	after := ID("")
	for {
		ss, err := casesOf(ctx, tx, after, 500)
		if err != nil || len(ss) == 0 {
			return cases, faults, err
		}
		for _, st := range ss {
			cases++
			what, err := s.refold(ctx, tx, st)
			if err != nil {
				return cases, faults, fmt.Errorf("check case %s: %w", st.ID, err)
			}
			if what != "" {
				faults = append(faults, Fault{st.ID, string(st.Number), what})
			}
			after = st.ID
		}
	}
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

func (s *Service) refold(ctx context.Context, tx *db.Tx, st stored) (string, error) {
	es, err := journal.History(ctx, tx, string(st.ID))
	if err != nil {
		return "", err
	}
	c := Case{ID: st.ID}
	for _, e := range es {
		ev := Event{Type: Type(e.Type), By: e.Actor, At: e.At}
		if err := e.Decode(&ev.Facts); err != nil {
			return err.Error(), nil
		}
		if e.Secret != nil {
			if ev.Words, err = s.openWords(ctx, tx, st.ID, e.Secret); err != nil {
				return err.Error(), nil
			}
		}
		c = c.after(ev)
	}
	if c.Rev != int64(len(es)) || c.Rev != st.Rev {
		return fmt.Sprintf("revision %d, %d events", st.Rev, len(es)), nil
	}
	row := st.Case
	if st.box != nil {
		if row.Words, err = s.openWords(ctx, tx, st.ID, st.box); err != nil {
			return err.Error(), nil
		}
	}
	if d := differ(row, c); d != "" {
		return d, nil
	}
	agrees, err := spanAgrees(ctx, tx, c)
	if err == nil && !agrees {
		return "span does not agree with the state", nil
	}
	return "", err
}

// differ names the first field in which a row and its fold differ.
func differ(row, fold Case) string {
	x, y := reflect.ValueOf(inMillis(row)), reflect.ValueOf(inMillis(fold))
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
