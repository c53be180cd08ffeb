package org

import (
	"context"
	"fmt"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/journal"
)

// Retire ends a unit, village, grid or category. Records of earlier days keep showing it by name.
type Retire struct {
	Key  journal.Key `json:"-"`
	What string      // units | villages | grids | categories
	ID   string
	Rev  int64
}

// Retire is RetireIn in a transaction of its own.
func (s *Service) Retire(ctx context.Context, a actor.Actor, c Retire) (string, error) {
	return update(ctx, s, a, c, s.RetireIn)
}

// retirement says how a table's rows end and what must have ended before.
type retirement struct {
	get, end string
	typ      string
	inUse    [][2]string // a query that finds a user of the row, and the message that says so
}

func retirements(what string) (retirement, bool) {
	r, ok := map[string]retirement{
		"units": {
			get: `SELECT rev FROM units WHERE town_id = $1 AND id = $2 AND until IS NULL`,
			end: `UPDATE units SET rev = $3, until = $4 WHERE town_id = $1 AND id = $2`, typ: "unit_retired",
			inUse: [][2]string{
				{`SELECT 1 FROM posts WHERE town_id = $1 AND unit_id = $2 AND until IS NULL LIMIT 1`, "org.retire.posts"},
				{`SELECT 1 FROM units WHERE town_id = $1 AND parent_id = $2 AND until IS NULL LIMIT 1`, "org.retire.units"},
				{`SELECT 1 FROM villages WHERE town_id = $1 AND unit_id = $2 AND until IS NULL LIMIT 1`, "org.retire.committee"},
				{`SELECT 1 FROM categories WHERE town_id = $1 AND unit_id = $2 AND until IS NULL LIMIT 1`, "org.retire.category"},
				{`SELECT 1 FROM settings WHERE town_id = $1 AND key = 'default_unit' AND value = '"' || $2 || '"' AND n =
					(SELECT max(n) FROM settings WHERE town_id = $1 AND key = 'default_unit')`, "org.retire.default"},
			},
		},
		"villages": {
			get: `SELECT rev FROM villages WHERE town_id = $1 AND id = $2 AND until IS NULL`,
			end: `UPDATE villages SET rev = $3, until = $4 WHERE town_id = $1 AND id = $2`, typ: "village_retired",
			inUse: [][2]string{
				{`SELECT 1 FROM grids WHERE town_id = $1 AND village_id = $2 AND until IS NULL LIMIT 1`, "org.retire.grids"},
				{`SELECT 1 FROM contact_points WHERE town_id = $1 AND village_id = $2 AND until IS NULL LIMIT 1`, "org.retire.contacts"},
			},
		},
		"grids": {
			get: `SELECT rev FROM grids WHERE town_id = $1 AND id = $2 AND until IS NULL`,
			end: `UPDATE grids SET rev = $3, until = $4 WHERE town_id = $1 AND id = $2`, typ: "grid_retired",
			inUse: [][2]string{
				{`SELECT 1 FROM units WHERE town_id = $1 AND grid_id = $2 AND until IS NULL LIMIT 1`, "org.retire.firms"},
			},
		},
		"categories": {
			get: `SELECT rev FROM categories WHERE town_id = $1 AND code = $2 AND until IS NULL`,
			end: `UPDATE categories SET rev = $3, until = $4 WHERE town_id = $1 AND code = $2`, typ: "category_retired",
			inUse: [][2]string{
				{`SELECT 1 FROM categories WHERE town_id = $1 AND parent = $2 AND until IS NULL LIMIT 1`, "org.retire.categories"},
			},
		},
	}[what]
	return r, ok
}

// RetireIn ends a record that nothing needs any more: a unit without posts, parts and categories, a village without
// grids and contact points, a grid without firms, a category without parts.
// Errors: Invalid with what still needs it, Denied, NotFound, Conflict.
func (s *Service) RetireIn(ctx context.Context, tx *db.Tx, a actor.Actor, c Retire) (string, error) {
	return do(ctx, tx, a, managing(a), c.Key, c, func() (string, []fact, error) {
		r, ok := retirements(c.What)
		if !ok {
			return "", nil, fmt.Errorf("retire: %q is no table that can", c.What)
		}
		var rev int64
		if err := tx.Row(ctx, r.get, c.ID).Scan(&rev); err != nil {
			return "", nil, err
		}
		rev, err := revised(rev, c.Rev)
		if err != nil {
			return "", nil, err
		}
		for _, use := range r.inUse {
			var one int64
			used, err := tx.Row(ctx, use[0], c.ID).Maybe(&one)
			if err != nil {
				return "", nil, err
			}
			if used {
				return "", nil, errs.New(errs.Invalid, use[1])
			}
		}
		_, err = tx.Exec(ctx, r.end, c.ID, rev, tx.Now.UnixMilli())
		state := map[string]any{"id": c.ID, "rev": rev, "until": tx.Now}
		return c.ID, []fact{{c.What, c.ID, rev, r.typ, state}}, err
	})
}
