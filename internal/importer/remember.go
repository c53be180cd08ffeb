package importer

import (
	"context"
	"fmt"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/journal"
	"yanming/internal/register"
)

// mappingKind is the journal's word for what a town has settled about a header.
const mappingKind = "import_mapping"

// remembered returns what the town settled last for a header.
func (s *Service) remembered(ctx context.Context, tx *db.Tx, fingerprint string) (m register.Mapping, found bool, err error) {
	es, err := journal.History(ctx, tx, mappingRecord(fingerprint))
	if err != nil || len(es) == 0 {
		return m, false, err
	}
	return m, true, es[len(es)-1].Decode(&m)
}

// remember keeps a mapping for the next file with the same header. The sheet's name and the year are of this file only.
func (s *Service) remember(ctx context.Context, tx *db.Tx, by, batch, fingerprint string, m register.Mapping) error {
	m.Sheet, m.Year = "", 0
	record := mappingRecord(fingerprint)
	es, err := journal.History(ctx, tx, record)
	if err != nil {
		return err
	}
	if n := len(es); n > 0 {
		var old register.Mapping
		if err := es[n-1].Decode(&old); err != nil {
			return err
		}
		if old.Equal(m) {
			return nil
		}
	}
	_, err = journal.Append(ctx, tx, journal.Event{Kind: mappingKind, Record: record, N: int64(len(es) + 1), Type: "mapping_saved", Actor: by, Batch: batch, Payload: m})
	if err != nil {
		return fmt.Errorf("remember mapping: %w", err)
	}
	return nil
}

func mappingRecord(fingerprint string) string { return "mapping " + fingerprint }

// by is the journal's word for who acts.
func by(a actor.Actor) string {
	if a.Person == "" {
		return journal.System
	}
	return a.Person
}
