package org

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/id"
	"yanming/internal/journal"
)

// UnitKind says what a unit is.
type UnitKind string

// The kinds of unit.
const (
	Department       UnitKind = "department"        // office, station or centre of the town
	OfficeTeam       UnitKind = "office_team"       // general, publicity, inspection team of the drive's office
	Leadership       UnitKind = "leadership"        // leading group; its leaders are those of the town, in order
	VillageCommittee UnitKind = "village_committee" // of one village
	Branch           UnitKind = "branch"            // party branch, of a village or of none
	Firm             UnitKind = "firm"              // settled firm
	CountyOffice     UnitKind = "county_office"     // of the county, as far as its people work with the town
)

// UnitKinds lists every kind of unit.
func UnitKinds() []UnitKind {
	return []UnitKind{Department, OfficeTeam, Leadership, VillageCommittee, Branch, Firm, CountyOffice}
}

// Unit is something that people belong to and cases go to.
type Unit struct {
	ID      string   `json:"id"`
	Rev     int64    `json:"rev"`
	Kind    UnitKind `json:"kind"`
	Name    string   `json:"name"`
	Parent  string   `json:"parent"`  // unit above; "" for none
	Village string   `json:"village"` // of a committee, branch or firm; "" for none
	Grid    string   `json:"grid"`    // of a firm; "" for none
	Phone   string   `json:"phone"`   // of the office
	Ord     int64    `json:"ord"`
	Span
}

// Span is the time for which a record holds.
type Span struct {
	Since time.Time `json:"since"`
	Until time.Time `json:"until,omitzero"` // zero while it lasts
}

// Lasts reports whether the record has not ended.
func (s Span) Lasts() bool { return s.Until.IsZero() }

// At reports whether the record held at t.
func (s Span) At(t time.Time) bool { return !t.Before(s.Since) && (s.Lasts() || t.Before(s.Until)) }

// span reads since and until as they are stored.
func span(since int64, until sql.NullInt64) Span {
	s := Span{Since: time.UnixMilli(since)}
	if until.Valid {
		s.Until = time.UnixMilli(until.Int64)
	}
	return s
}

// SaveUnit makes a unit (empty ID, Rev 0) or changes what it is called and where it belongs. Its kind stays.
type SaveUnit struct {
	Key     journal.Key `json:"-"`
	ID      string
	Rev     int64 // the revision its author saw
	Kind    UnitKind
	Name    string
	Parent  string
	Village string
	Grid    string
	Phone   string
	Ord     int64
}

// SaveUnit is SaveUnitIn in a transaction of its own.
func (s *Service) SaveUnit(ctx context.Context, a actor.Actor, c SaveUnit) (string, error) {
	return update(ctx, s, a, c, s.SaveUnitIn)
}

// SaveUnitIn makes or changes a unit and returns its id. A committee needs its village.
// Errors: Invalid, Denied, NotFound, Conflict.
func (s *Service) SaveUnitIn(ctx context.Context, tx *db.Tx, a actor.Actor, c SaveUnit) (string, error) {
	return do(ctx, tx, a, managing(a), c.Key, c, func() (string, []fact, error) {
		u := Unit{Kind: c.Kind, Span: Span{Since: tx.Now}}
		var err error
		if c.ID == "" {
			u.ID = id.New(tx.Now)
		} else if u, err = getUnit(ctx, tx, c.ID); err != nil {
			return "", nil, err
		}
		if u.Rev, err = revised(u.Rev, c.Rev); err != nil {
			return "", nil, err
		}
		u.Name, u.Parent, u.Village, u.Grid, u.Phone, u.Ord = c.Name, c.Parent, c.Village, c.Grid, c.Phone, c.Ord
		var bad errs.List
		word(&bad, "name", &u.Name, maxName, true)
		phone(&bad, "phone", &u.Phone)
		if !slices.Contains(UnitKinds(), u.Kind) || c.Kind != u.Kind {
			bad.Add("kind", "error.choice")
		}
		if u.Kind == VillageCommittee && u.Village == "" {
			bad.Add("village", "error.required")
		}
		if u.Parent == u.ID {
			bad.Add("parent", "error.choice")
		}
		if err := bad.Err(); err != nil {
			return "", nil, err
		}
		if err := exists(ctx, tx, "parent", liveUnit, u.Parent); err != nil {
			return "", nil, err
		}
		if err := exists(ctx, tx, "village", liveVillage, u.Village); err != nil {
			return "", nil, err
		}
		if err := exists(ctx, tx, "grid", liveGrid, u.Grid); err != nil {
			return "", nil, err
		}
		return u.ID, []fact{{"units", u.ID, u.Rev, "unit_saved", u}}, putUnit(ctx, tx, u)
	})
}

func putUnit(ctx context.Context, tx *db.Tx, u Unit) error {
	_, err := tx.Exec(ctx, `INSERT INTO units (town_id, id, rev, kind, name, parent_id, village_id, grid_id, phone, ord, since)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (town_id, id) DO UPDATE SET rev = excluded.rev, name = excluded.name, parent_id = excluded.parent_id,
			village_id = excluded.village_id, grid_id = excluded.grid_id, phone = excluded.phone, ord = excluded.ord`,
		u.ID, u.Rev, string(u.Kind), u.Name, u.Parent, u.Village, u.Grid, u.Phone, u.Ord, u.Since.UnixMilli())
	return err
}

const unitColumns = `id, rev, kind, name, parent_id, village_id, grid_id, phone, ord, since, until`

func scanUnit(scan func(...any) error) (u Unit, err error) {
	var since int64
	var until sql.NullInt64
	err = scan(&u.ID, &u.Rev, &u.Kind, &u.Name, &u.Parent, &u.Village, &u.Grid, &u.Phone, &u.Ord, &since, &until)
	u.Span = span(since, until)
	return u, err
}

// getUnit returns a unit that has not ended.
func getUnit(ctx context.Context, tx *db.Tx, unit string) (Unit, error) {
	return scanUnit(tx.Row(ctx, `SELECT `+unitColumns+` FROM units WHERE town_id = $1 AND id = $2 AND until IS NULL`, unit).Scan)
}
