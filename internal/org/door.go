package org

import (
	"context"

	"yanming/internal/db"
)

// A resident comes to the door without a town: by a grid's board, a receipt's number, or the bare address. These ask
// which town it is, each in a transaction of its own, so that pages need none across towns.

// AllTowns is Towns in a transaction of its own.
func (s *Service) AllTowns(ctx context.Context) (ts []Town, err error) {
	err = s.db.Across(ctx, func(w *db.Wide) error { ts, err = Towns(ctx, w); return err })
	return ts, err
}

// GridTown is TownOfGrid in a transaction of its own.
func (s *Service) GridTown(ctx context.Context, grid string) (t Town, err error) {
	err = s.db.Across(ctx, func(w *db.Wide) error { t, err = TownOfGrid(ctx, w, grid); return err })
	return t, err
}

// NumberTown is TownByNumber in a transaction of its own: number is the first three digits of a receipt.
func (s *Service) NumberTown(ctx context.Context, number int) (t Town, err error) {
	s.mu.Lock()
	town := s.numbers[int64(number)]
	s.mu.Unlock()
	if town != "" {
		dir, err := s.Directory(ctx, town)
		if err != nil {
			return t, err
		}
		return dir.Town, nil
	}
	err = s.db.Across(ctx, func(w *db.Wide) error { t, err = TownByNumber(ctx, w, int64(number)); return err })
	if err == nil {
		s.mu.Lock()
		s.numbers[t.Number] = t.ID
		s.mu.Unlock()
	}
	return t, err
}

// CountyOf is CountyFor in a transaction of its own.
func (s *Service) CountyOf(ctx context.Context, town string) (county string, ok bool, err error) {
	err = s.db.Across(ctx, func(w *db.Wide) error { county, ok, err = CountyFor(ctx, w, town); return err })
	return county, ok, err
}
