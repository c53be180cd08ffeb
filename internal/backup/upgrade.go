package backup

import (
	"context"
	"fmt"
)

// BeforeMigrate makes an archive of an installation whose schema this program is about to change; Made has no Path where
// there is nothing to change, or nothing to keep. The stored files stay out: no migration touches them. Its error must
// stop the migration. It writes nothing into the database: Note does, once that is migrated. progress is as in Order.
func (s *Service) BeforeMigrate(ctx context.Context, progress func(rows int64)) (made Made, err error) {
	schema, err := s.Store.Standing(ctx)
	if err == nil && schema.At > 0 && schema.Missing > 0 {
		made, _, err = s.Make(ctx, Order{Kind: Upgrade, NoFiles: true, Progress: progress})
	}
	if err != nil {
		return made, fmt.Errorf("back up before the upgrade: %w", err)
	}
	return made, nil
}
