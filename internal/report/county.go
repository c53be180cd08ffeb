package report

import (
	"context"
	"fmt"

	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/figures"
	"yanming/internal/org"
)

// TownFigures is one town of a county with its numbers, in the order of CountyCodes.
type TownFigures struct {
	Town  org.Town
	Cells []Cell
}

// CountyCodes lists the figures of the county's page.
func CountyCodes() []string {
	return []string{received, collected, resolved, inProgress, confirmed, overdue, "case.on_time_rate", "case.satisfaction_rate"}
}

// County reckons the figures of the towns of a county, each in a transaction of its own town, in the order of their
// codes. Whether somebody may look at them is the caller's to ask.
func (s *Service) County(ctx context.Context, county string, p calendar.Period) (out []TownFigures, err error) {
	towns, err := s.Towns(ctx, county)
	if err != nil {
		return nil, err
	}
	for _, t := range towns {
		row := TownFigures{Town: t}
		err := s.store.View(ctx, t.ID, func(tx *db.Tx) error {
			vs, err := s.cat.Compute(ctx, tx, CountyCodes(), figures.Scope{}, p)
			for i, v := range vs {
				row.Cells = append(row.Cells, Cell{Item: figures.Item{Code: CountyCodes()[i], Period: p}, Value: v})
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("reckon figures of town %s: %w", t.ID, err)
		}
		out = append(out, row)
	}
	return out, nil
}

// Towns returns the towns of a county.
func (s *Service) Towns(ctx context.Context, county string) (ts []org.Town, err error) {
	err = s.store.Across(ctx, func(w *db.Wide) error {
		ts, err = org.TownsOf(ctx, w, county)
		return err
	})
	return ts, err
}
