package importer

import (
	"context"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/register"
	"yanming/internal/sheet"
)

// Inspect reads a file's structure and proposes a mapping: the remembered one where the header is known, else by the
// names. pick chooses the sheet; the first visible one that holds opinions when "". Nothing is written.
//
// Errors: Denied; Invalid where the file cannot be read or holds no sheet that can.
func (s *Service) Inspect(ctx context.Context, a actor.Actor, f File, pick string) (register.Plan, error) {
	if err := may(a); err != nil {
		return register.Plan{}, err
	}
	b, err := f.open()
	if err != nil {
		return register.Plan{}, err
	}
	defer b.Close()
	return s.inspect(ctx, a, b, pick, f.Reads(a))
}

func (s *Service) inspect(ctx context.Context, a actor.Actor, b *sheet.Book, pick string, samples bool) (register.Plan, error) {
	return register.Inspect(b, pick, samples, func(fingerprint string) (m register.Mapping, found bool, err error) {
		err = s.Store.View(ctx, a.Town, func(tx *db.Tx) error {
			m, found, err = s.remembered(ctx, tx, fingerprint)
			return err
		})
		return m, found, err
	})
}
