package org

import (
	"context"
	"regexp"
	"slices"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/journal"
)

// Category is what a case is about, in up to three levels. The shipped ones are the chips of the resident's first page.
type Category struct {
	Code    string    `json:"code"`
	Rev     int64     `json:"rev"`
	Parent  string    `json:"parent"` // "" for the first level
	Name    i18n.Pair `json:"name"`
	Chip    bool      `json:"chip"`    // offered on the resident's first page
	Confide bool      `json:"confide"` // choosing it suggests confidence
	Unit    string    `json:"unit"`    // who usually handles it; "" for none
	Ord     int64     `json:"ord"`
	Retired bool      `json:"retired"`
}

// SaveCategory makes a category (Rev 0) or changes it. Its code stays for ever, because cases and figures name it.
type SaveCategory struct {
	Key     journal.Key `json:"-"`
	Code    string
	Rev     int64
	Parent  string
	Name    i18n.Pair
	Chip    bool
	Confide bool
	Unit    string
	Ord     int64
}

const maxDepth = 3

var categoryCode = regexp.MustCompile(`^[a-z][a-z0-9_]{0,29}$`)

// SaveCategory is SaveCategoryIn in a transaction of its own.
func (s *Service) SaveCategory(ctx context.Context, a actor.Actor, c SaveCategory) (string, error) {
	return update(ctx, s, a, c, s.SaveCategoryIn)
}

// SaveCategoryIn makes or changes a category and returns its code. Errors: Invalid, Denied, Conflict.
func (s *Service) SaveCategoryIn(ctx context.Context, tx *db.Tx, a actor.Actor, c SaveCategory) (string, error) {
	return do(ctx, tx, a, managing(a), c.Key, c, func() (string, []fact, error) {
		all, err := loadCategories(ctx, tx)
		if err != nil {
			return "", nil, err
		}
		k := Category{Code: c.Code, Parent: c.Parent, Name: c.Name, Chip: c.Chip, Confide: c.Confide, Unit: c.Unit, Ord: c.Ord}
		old, found := all[c.Code]
		if old.Retired {
			return "", nil, errs.Field("code", "org.category.code")
		}
		if found {
			k.Rev = old.Rev
		}
		if k.Rev, err = revised(k.Rev, c.Rev); err != nil {
			return "", nil, err
		}
		var bad errs.List
		if !categoryCode.MatchString(k.Code) {
			bad.Add("code", "org.category.code")
		}
		word(&bad, "name", &k.Name.ZH, maxName, true)
		word(&bad, "name_en", &k.Name.EN, maxName, false)
		if k.Parent != "" && !placed(all, k) {
			bad.Add("parent", "org.category.parent")
		}
		if err := bad.Err(); err != nil {
			return "", nil, err
		}
		if err := exists(ctx, tx, "unit", liveUnit, k.Unit); err != nil {
			return "", nil, err
		}
		return k.Code, []fact{{"categories", k.Code, k.Rev, "category_saved", k}}, putCategory(ctx, tx, k)
	})
}

// placed reports whether k may stand under its parent: the parent is live, k is not above itself, and neither k nor
// what is under it comes to stand deeper than the third level.
func placed(all map[string]Category, k Category) bool {
	up := 1
	for code := k.Parent; code != ""; up++ {
		p, ok := all[code]
		if !ok || p.Retired || code == k.Code || up > maxDepth {
			return false
		}
		code = p.Parent
	}
	return up+height(all, k.Code) <= maxDepth
}

// height is how many levels stand under code.
func height(all map[string]Category, code string) int {
	h := 0
	for _, c := range all {
		if c.Parent == code && !c.Retired {
			h = max(h, 1+height(all, c.Code))
		}
	}
	return h
}

func putCategory(ctx context.Context, tx *db.Tx, k Category) error {
	_, err := tx.Exec(ctx, `INSERT INTO categories (town_id, code, rev, parent, name_zh, name_en, chip, confide, unit_id, ord)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (town_id, code) DO UPDATE SET rev = excluded.rev, parent = excluded.parent, name_zh = excluded.name_zh,
			name_en = excluded.name_en, chip = excluded.chip, confide = excluded.confide, unit_id = excluded.unit_id, ord = excluded.ord`,
		k.Code, k.Rev, k.Parent, k.Name.ZH, k.Name.EN, k.Chip, k.Confide, k.Unit, k.Ord)
	return err
}

func sortedCategories(all map[string]Category, keep func(Category) bool) (out []Category) {
	for _, c := range all {
		if keep(c) {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b Category) int { return order(a.Ord, b.Ord, a.Code, b.Code) })
	return out
}
