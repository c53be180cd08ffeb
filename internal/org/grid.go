package org

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/geo"
	"yanming/internal/journal"
)

// GridLevel is one of the three levels of grids.
type GridLevel string

// The levels of grids: the whole town, a whole village, a part of a village.
const (
	TownGrid    GridLevel = "town"
	VillageGrid GridLevel = "village"
	PartGrid    GridLevel = "grid"
)

// Grid is a grid with those who answer for it.
type Grid struct {
	ID      string    `json:"id"` // short and public, stands in /g/{grid}; starts with the town's number
	Rev     int64     `json:"rev"`
	Number  int64     `json:"number"`  // within the town, never used again
	Village string    `json:"village"` // "" for the town's grid
	Level   GridLevel `json:"level"`
	Name    string    `json:"name"`   // 第1网格
	Leader  string    `json:"leader"` // person; "" while vacant
	Worker  string    `json:"worker"`
	Drawn   bool      `json:"drawn"` // has a boundary, read with Boundaries
	Label   geo.Point `json:"label"` // a point well inside; zero while not drawn
	Span
}

// SaveGrid makes a grid (empty ID, Rev 0) or changes it. A nil Boundary leaves the drawn one as it is. Number 0 takes
// the next free one; the number of an existing grid stays.
type SaveGrid struct {
	Key      journal.Key `json:"-"`
	ID       string
	Rev      int64
	Number   int64
	Village  string
	Level    GridLevel
	Name     string
	Leader   string
	Worker   string
	Boundary geo.Shape
}

// SaveGrid is SaveGridIn in a transaction of its own.
func (s *Service) SaveGrid(ctx context.Context, a actor.Actor, c SaveGrid) (string, error) {
	return update(ctx, s, a, c, s.SaveGridIn)
}

// SaveGridIn makes or changes a grid and returns its id. Errors: Invalid, Denied, NotFound, Conflict when the number
// is taken or somebody changed the grid meanwhile.
func (s *Service) SaveGridIn(ctx context.Context, tx *db.Tx, a actor.Actor, c SaveGrid) (string, error) {
	return do(ctx, tx, a, managing(a), c.Key, c, func() (string, []fact, error) {
		g, boundary, err := openGrid(ctx, tx, c)
		if err != nil {
			return "", nil, err
		}
		if g.Rev, err = revised(g.Rev, c.Rev); err != nil {
			return "", nil, err
		}
		g.Village, g.Level, g.Name, g.Leader, g.Worker = c.Village, c.Level, c.Name, c.Leader, c.Worker
		var bad errs.List
		word(&bad, "name", &g.Name, maxName, true)
		switch g.Level {
		case TownGrid:
			if g.Village != "" {
				bad.Add("village", "org.grid.town")
			}
		case VillageGrid, PartGrid:
			if g.Village == "" {
				bad.Add("village", "error.required")
			}
		default:
			bad.Add("level", "error.choice")
		}
		if c.Boundary != nil {
			p, ok := c.Boundary.LabelPoint()
			if !ok {
				bad.Add("boundary", "org.grid.boundary")
			}
			b, err := json.Marshal(c.Boundary)
			if err != nil {
				return "", nil, err
			}
			g.Drawn, g.Label, boundary = true, p, string(b)
		}
		if err := bad.Err(); err != nil {
			return "", nil, err
		}
		if err := exists(ctx, tx, "village", liveVillage, g.Village); err != nil {
			return "", nil, err
		}
		if err := exists(ctx, tx, "leader", anyPerson, g.Leader); err != nil {
			return "", nil, err
		}
		if err := exists(ctx, tx, "worker", anyPerson, g.Worker); err != nil {
			return "", nil, err
		}
		state := struct {
			Grid
			Boundary string `json:"boundary"`
		}{g, boundary}
		return g.ID, []fact{{"grids", g.ID, g.Rev, "grid_saved", state}}, putGrid(ctx, tx, g, boundary)
	})
}

// openGrid returns the grid to be changed with its boundary, or a new one with its id and number.
func openGrid(ctx context.Context, tx *db.Tx, c SaveGrid) (g Grid, boundary string, err error) {
	if c.ID != "" {
		g, err = scanGrid(tx.Row(ctx, `SELECT `+gridColumns+` FROM grids WHERE town_id = $1 AND id = $2 AND until IS NULL`, c.ID).Scan)
		if err == nil {
			err = tx.Row(ctx, `SELECT boundary FROM grids WHERE town_id = $1 AND id = $2`, c.ID).Scan(&boundary)
		}
		return g, boundary, err
	}
	t, err := GetTown(ctx, tx)
	if err != nil {
		return g, "", err
	}
	taken := false
	last := int64(0)
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var n int64
		err := r.Scan(&n)
		taken, last = taken || n == c.Number, max(last, n)
		return err
	}, `SELECT number FROM grids WHERE town_id = $1`)
	switch {
	case err != nil:
		return g, "", err
	case taken:
		return g, "", errs.Field("number", "org.grid.number", c.Number)
	case c.Number < 0:
		return g, "", errs.Field("number", "error.number")
	}
	g = Grid{ID: placeID(t.Number), Number: c.Number, Span: Span{Since: tx.Now}}
	if g.Number == 0 {
		g.Number = last + 1
	}
	return g, "", nil
}

// placeID is the town's number and five random characters: short enough for a board, and its town can be told from it.
func placeID(number int64) string {
	const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
	var b [5]byte
	rand.Read(b[:])
	for i := range b {
		b[i] = alphabet[b[i]%32]
	}
	return fmt.Sprintf("%03d%s", number, b[:])
}

// TownOfGrid returns the town that a public grid id belongs to. NotFound when there is no such town or grid.
func TownOfGrid(ctx context.Context, w *db.Wide, grid string) (Town, error) {
	if len(grid) != 8 {
		return Town{}, errs.Missing()
	}
	n, err := strconv.ParseInt(grid[:3], 10, 64)
	if err != nil {
		return Town{}, errs.Missing()
	}
	t, err := TownByNumber(ctx, w, n)
	if err != nil {
		return Town{}, err
	}
	var one int64
	if err := w.Row(ctx, `SELECT 1 FROM grids WHERE town_id = $1 AND id = $2`, t.ID, grid).Scan(&one); err != nil {
		return Town{}, err
	}
	return t, nil
}

func putGrid(ctx context.Context, tx *db.Tx, g Grid, boundary string) error {
	label := ""
	if g.Drawn {
		label = fmt.Sprintf("%d,%d", g.Label.Lon, g.Label.Lat)
	}
	n, err := tx.Exec(ctx, `INSERT INTO grids (town_id, id, rev, number, village_id, level, name, leader_id, worker_id, boundary, label, since)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (town_id, id) DO UPDATE SET rev = excluded.rev, village_id = excluded.village_id, level = excluded.level,
			name = excluded.name, leader_id = excluded.leader_id, worker_id = excluded.worker_id, boundary = excluded.boundary, label = excluded.label
		WHERE grids.rev = excluded.rev - 1`,
		g.ID, g.Rev, g.Number, g.Village, string(g.Level), g.Name, g.Leader, g.Worker, boundary, label, g.Since.UnixMilli())
	if err == nil && n == 0 { // a new one never takes the place of another that happens to have its id
		err = errs.New(errs.Conflict, "error.changed")
	}
	return err
}

const gridColumns = `id, rev, number, village_id, level, name, leader_id, worker_id, label, since, until`

func scanGrid(scan func(...any) error) (g Grid, err error) {
	var since int64
	var until sql.NullInt64
	var label string
	err = scan(&g.ID, &g.Rev, &g.Number, &g.Village, &g.Level, &g.Name, &g.Leader, &g.Worker, &label, &since, &until)
	if err != nil {
		return g, err
	}
	g.Span = span(since, until)
	if lon, lat, ok := strings.Cut(label, ","); ok {
		g.Drawn = true
		if g.Label.Lon, err = strconv.ParseInt(lon, 10, 64); err == nil {
			g.Label.Lat, err = strconv.ParseInt(lat, 10, 64)
		}
	}
	return g, err
}

// Boundaries returns the drawn boundaries of the grids that have not ended, by grid id. They are read apart from the
// directory, because only maps need them.
func Boundaries(ctx context.Context, tx *db.Tx) (map[string]geo.Shape, error) {
	out := map[string]geo.Shape{}
	err := tx.Each(ctx, func(r *sql.Rows) error {
		var grid, text string
		if err := r.Scan(&grid, &text); err != nil {
			return err
		}
		var s geo.Shape
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			return fmt.Errorf("read boundary of grid %s: %w", grid, err)
		}
		out[grid] = s
		return nil
	}, `SELECT id, boundary FROM grids WHERE town_id = $1 AND boundary <> '' AND until IS NULL`)
	return out, err
}
