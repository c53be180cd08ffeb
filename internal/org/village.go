package org

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/id"
	"yanming/internal/journal"
)

// Village is a village or community of the town.
type Village struct {
	ID   string `json:"id"` // statistical code of 12 digits
	Rev  int64  `json:"rev"`
	Name string `json:"name"`
	Unit string `json:"unit"` // its committee
	Ord  int64  `json:"ord"`
	Span
}

// AddVillages adds villages, each with its committee as a unit. The list is what ParseVillages read.
type AddVillages struct {
	Key      journal.Key `json:"-"`
	Villages []VillageLine
}

// AddVillages is AddVillagesIn in a transaction of its own.
func (s *Service) AddVillages(ctx context.Context, a actor.Actor, c AddVillages) (string, error) {
	return update(ctx, s, a, c, s.AddVillagesIn)
}

var (
	villageCode = regexp.MustCompile(`^[1-9][0-9]{11}$`)
	townCode    = regexp.MustCompile(`^[1-9][0-9]{8}$`)
)

// AddVillagesIn adds villages to a town and returns the code of the first. A village without a code gets the next free
// one of the town from 201 on, where the codes of village committees begin. Errors: Invalid, Denied, Conflict when a
// code is taken.
func (s *Service) AddVillagesIn(ctx context.Context, tx *db.Tx, a actor.Actor, c AddVillages) (string, error) {
	return do(ctx, tx, a, managing(a), c.Key, c, func() (string, []fact, error) {
		var bad errs.List
		if !townCode.MatchString(tx.Town) {
			bad.Add("villages", "org.village.county")
		}
		if len(c.Villages) == 0 {
			bad.Add("villages", "org.villages.none")
		}
		taken, ord := map[string]bool{}, int64(0)
		err := tx.Each(ctx, func(r *sql.Rows) error {
			var code string
			var o int64
			err := r.Scan(&code, &o)
			taken[code], ord = true, max(ord, o)
			return err
		}, `SELECT id, ord FROM villages WHERE town_id = $1`)
		if err != nil {
			return "", nil, err
		}
		vs := make([]Village, len(c.Villages))
		for i, line := range c.Villages {
			vs[i] = Village{ID: line.Code, Rev: 1, Name: line.Name, Ord: ord + int64(i) + 1, Span: Span{Since: tx.Now}}
			word(&bad, "villages", &vs[i].Name, maxName, true)
			switch {
			case line.Code == "":
			case !villageCode.MatchString(line.Code):
				bad.Add("villages", "org.village.code", i+1, line.Code)
			case taken[line.Code]:
				bad.Add("villages", "org.village.taken", i+1, line.Code)
			default:
				taken[line.Code] = true
			}
		}
		next := 201
		for i := range vs {
			for vs[i].ID == "" && len(bad) == 0 {
				if next > 999 {
					bad.Add("villages", "org.village.full")
					break
				}
				if code := fmt.Sprintf("%s%03d", tx.Town, next); !taken[code] {
					vs[i].ID = code
				}
				next++
			}
		}
		if err := bad.Err(); err != nil {
			return "", nil, err
		}
		var facts []fact
		for _, v := range vs {
			u := Unit{ID: id.New(tx.Now), Rev: 1, Kind: VillageCommittee, Name: committeeName(v.Name), Village: v.ID, Ord: v.Ord, Span: v.Span}
			v.Unit = u.ID
			if err := putVillage(ctx, tx, v); err != nil {
				return "", nil, err
			}
			if err := putUnit(ctx, tx, u); err != nil {
				return "", nil, err
			}
			facts = append(facts, fact{"villages", v.ID, 1, "village_saved", v}, fact{"units", u.ID, 1, "unit_saved", u})
		}
		return vs[0].ID, facts, nil
	})
}

// SaveVillage renames a village or moves it in the list.
type SaveVillage struct {
	Key  journal.Key `json:"-"`
	ID   string
	Rev  int64
	Name string
	Ord  int64
}

// SaveVillage is SaveVillageIn in a transaction of its own.
func (s *Service) SaveVillage(ctx context.Context, a actor.Actor, c SaveVillage) (string, error) {
	return update(ctx, s, a, c, s.SaveVillageIn)
}

// SaveVillageIn changes a village; its committee keeps its own name. Errors: Invalid, Denied, NotFound, Conflict.
func (s *Service) SaveVillageIn(ctx context.Context, tx *db.Tx, a actor.Actor, c SaveVillage) (string, error) {
	return do(ctx, tx, a, managing(a), c.Key, c, func() (string, []fact, error) {
		v, err := scanVillage(tx.Row(ctx, `SELECT `+villageColumns+` FROM villages WHERE town_id = $1 AND id = $2 AND until IS NULL`, c.ID).Scan)
		if err != nil {
			return "", nil, err
		}
		if v.Rev, err = revised(v.Rev, c.Rev); err != nil {
			return "", nil, err
		}
		v.Name, v.Ord = c.Name, c.Ord
		var bad errs.List
		word(&bad, "name", &v.Name, maxName, true)
		if err := bad.Err(); err != nil {
			return "", nil, err
		}
		return v.ID, []fact{{"villages", v.ID, v.Rev, "village_saved", v}}, putVillage(ctx, tx, v)
	})
}

func putVillage(ctx context.Context, tx *db.Tx, v Village) error {
	_, err := tx.Exec(ctx, `INSERT INTO villages (town_id, id, rev, name, unit_id, ord, since) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (town_id, id) DO UPDATE SET rev = excluded.rev, name = excluded.name, unit_id = excluded.unit_id, ord = excluded.ord`,
		v.ID, v.Rev, v.Name, v.Unit, v.Ord, v.Since.UnixMilli())
	return err
}

const villageColumns = `id, rev, name, unit_id, ord, since, until`

func scanVillage(scan func(...any) error) (v Village, err error) {
	var since int64
	var until sql.NullInt64
	err = scan(&v.ID, &v.Rev, &v.Name, &v.Unit, &v.Ord, &since, &until)
	v.Span = span(since, until)
	return v, err
}
