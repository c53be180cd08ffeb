package org

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"time"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/journal"
)

// Level is a tenant's place: a county, or a town within one.
type Level string

// The levels.
const (
	County   Level = "county"
	Township Level = "town"
)

// Town is a tenant of the installation; a county is one too, with its own people and cases.
type Town struct {
	ID     string `json:"id"`     // division code: 6 digits for a county, 9 for a town
	Number int64  `json:"number"` // first three digits of its receipts and grids, 100 to 999
	Parent string `json:"parent"` // the county's code; its own for a county
	Level  Level  `json:"level"`
	Name   string `json:"name"`
	Demo   bool   `json:"demo"` // fictional: every page and print says so
	Opened time.Time
}

// OpenTown makes a tenant with the shipped categories and deadlines. The county of a town need not be a tenant.
type OpenTown struct {
	Key  journal.Key `json:"-"`
	ID   string      // 6 digits open a county, 9 a town of the county in the first six
	Name string
	Demo bool
}

// Level returns what the code stands for.
func (c OpenTown) Level() Level {
	if len(c.ID) == 6 {
		return County
	}
	return Township
}

var divisionCode = regexp.MustCompile(`^[1-9][0-9]{5}([0-9]{3})?$`)

const (
	firstNumber = 100
	numbers     = 900
)

func shuffled(n int) []int { return rand.Perm(n) }

// OpenTownIn opens the town that tx belongs to and returns its code. Its receipts' number is drawn at random from the
// free ones, so that it says nothing about the order of opening. The system may, and an administrator of its county.
// Errors: Invalid, Denied, Conflict when it is open already or no number is left.
func (s *Service) OpenTownIn(ctx context.Context, tx *db.Tx, a actor.Actor, c OpenTown) (string, error) {
	var bad errs.List
	word(&bad, "name", &c.Name, maxName, true)
	if !divisionCode.MatchString(c.ID) || c.ID != tx.Town {
		bad.Add("id", "org.town.code")
	}
	if err := bad.Err(); err != nil {
		return "", err
	}
	t := Town{ID: c.ID, Parent: c.ID[:6], Level: c.Level(), Name: c.Name, Demo: c.Demo, Opened: tx.Now}
	may := a.System || t.Level == Township && a.Town == t.Parent && a.Is(actor.Admin)
	a.Town = tx.Town // a county's administrator opens another town than his own
	return do(ctx, tx, a, may, c.Key, c, func() (string, []fact, error) {
		if err := s.allot(ctx, tx, &t); err != nil {
			return "", nil, err
		}
		facts := []fact{{"towns", t.ID, 1, "town_opened", t}}
		for _, k := range defaultCategories() {
			k.Rev = 1
			if err := putCategory(ctx, tx, k); err != nil {
				return "", nil, err
			}
			facts = append(facts, fact{"categories", k.Code, 1, "category_saved", k})
		}
		for _, r := range DefaultRules() {
			if err := putRule(ctx, tx, r); err != nil {
				return "", nil, err
			}
			facts = append(facts, fact{"deadline_rules", r.ID(), 1, "rule_changed", r})
		}
		return t.ID, facts, nil
	})
}

// allot writes the town under a free number.
func (s *Service) allot(ctx context.Context, tx *db.Tx, t *Town) error {
	used := map[int64]bool{}
	open := false
	err := tx.Each(ctx, func(r *sql.Rows) error {
		var n int64
		var own bool
		err := r.Scan(&n, &own)
		used[n], open = true, open || own
		return err
	}, `SELECT number, town_id = $1 FROM towns`)
	if err != nil {
		return err
	}
	if open {
		return errs.New(errs.Conflict, "org.town.open")
	}
	for _, i := range s.dice(numbers) {
		t.Number = int64(firstNumber + i)
		if used[t.Number] {
			continue
		}
		_, err := tx.Exec(ctx, `INSERT INTO towns (town_id, number, parent_id, level, name, demo, opened_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			t.Number, t.Parent, string(t.Level), t.Name, t.Demo, t.Opened.UnixMilli())
		return err // Conflict when another town took the number this very moment
	}
	return errs.New(errs.Conflict, "org.town.full")
}

// OpenTown is OpenTownIn in a transaction of the new town. When another town took the same number at the same moment,
// it draws again.
func (s *Service) OpenTown(ctx context.Context, a actor.Actor, c OpenTown) (out string, err error) {
	for range 3 {
		err = s.db.Update(ctx, c.ID, func(tx *db.Tx) (err error) {
			out, err = s.OpenTownIn(ctx, tx, a, c)
			return err
		})
		if !TakenNumber(err) {
			break
		}
	}
	if err != nil {
		return "", err
	}
	return out, nil
}

// TakenNumber reports whether OpenTownIn failed only because its number was taken at the same moment: try again.
func TakenNumber(err error) bool {
	var e *errs.Error
	return errors.As(err, &e) && e.Kind == errs.Conflict && e.Key == "error.changed"
}

const townColumns = `town_id, number, parent_id, level, name, demo, opened_at`

func scanTown(scan func(...any) error) (t Town, err error) {
	var at int64
	err = scan(&t.ID, &t.Number, &t.Parent, &t.Level, &t.Name, &t.Demo, &at)
	t.Opened = time.UnixMilli(at)
	return t, err
}

// GetTown returns the town of tx. NotFound when it was not opened.
func GetTown(ctx context.Context, tx *db.Tx) (Town, error) {
	t, err := scanTown(tx.Row(ctx, `SELECT `+townColumns+` FROM towns WHERE town_id = $1`).Scan)
	if err != nil {
		return Town{}, fmt.Errorf("get town %s: %w", tx.Town, err)
	}
	return t, nil
}

// Towns returns every tenant in the order of the codes, a county before its towns.
func Towns(ctx context.Context, w *db.Wide) (ts []Town, err error) {
	err = w.Each(ctx, func(r *sql.Rows) error {
		t, err := scanTown(r.Scan)
		ts = append(ts, t)
		return err
	}, `SELECT `+townColumns+` FROM towns ORDER BY town_id`)
	return ts, err
}

// TownsOf returns the towns of a county, without the county itself.
func TownsOf(ctx context.Context, w *db.Wide, county string) ([]Town, error) {
	all, err := Towns(ctx, w)
	var ts []Town
	for _, t := range all {
		if t.Parent == county && t.Level == Township {
			ts = append(ts, t)
		}
	}
	return ts, err
}

// TownByNumber returns the town whose receipts or grids begin with number. NotFound when there is none.
func TownByNumber(ctx context.Context, w *db.Wide, number int64) (Town, error) {
	return scanTown(w.Row(ctx, `SELECT `+townColumns+` FROM towns WHERE number = $1`, number).Scan)
}

// CountyFor returns the county that receives what is about the town itself, and whether it can: it is a tenant and
// somebody holds the post of county officer there now. Where not, the choice is not offered.
func CountyFor(ctx context.Context, w *db.Wide, town string) (county string, ok bool, err error) {
	err = w.Row(ctx, `SELECT parent_id FROM towns WHERE town_id = $1`, town).Scan(&county)
	if err != nil || county == town {
		return county, false, err
	}
	var n int64
	err = w.Row(ctx, `SELECT count(*) FROM posts p JOIN towns t ON t.town_id = p.town_id
		WHERE p.town_id = $1 AND p.role = $2 AND p.until IS NULL`, county, string(actor.CountyOfficer)).Scan(&n)
	return county, n > 0, err
}
