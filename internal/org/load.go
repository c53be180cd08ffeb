package org

import (
	"context"
	"database/sql"
	"fmt"

	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/i18n"
)

// kept is a directory with the stamp it was read under.
type kept struct {
	stamp string
	dir   *Directory
	count uint64 // of db.Touched, asked before it was read
	sure  bool   // count is known
}

// maxKept is how many towns' directories stay in memory.
const maxKept = 200

// Load returns the town's directory as tx sees it: ten queries when something changed since it was last asked for,
// else one, or none where nobody else can have changed it. It sees what tx itself wrote. Ask once for each request.
// NotFound when the town was not opened.
func (s *Service) Load(ctx context.Context, tx *db.Tx) (*Directory, error) {
	s.mu.Lock()
	k, ok := s.kept[tx.Town]
	s.mu.Unlock()
	if ok && k.sure && tx.Stands(RecordKind, k.count) {
		return k.dir, nil
	}
	var stamp string
	if _, err := tx.Row(ctx, `SELECT stamp FROM org_heads WHERE town_id = $1`).Maybe(&stamp); err != nil {
		return nil, fmt.Errorf("load directory of %s: %w", tx.Town, err)
	}
	if ok && k.stamp == stamp {
		return k.dir, nil
	}
	d, err := s.read(ctx, tx)
	if err != nil {
		return nil, fmt.Errorf("load directory of %s: %w", tx.Town, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.kept) >= maxKept {
		for town := range s.kept {
			delete(s.kept, town) // any one: it is read again when it is needed
			break
		}
	}
	s.kept[tx.Town] = kept{stamp: stamp, dir: d}
	return d, nil
}

// Directory returns the town's directory as it stands, for a request that asks nothing else in the same transaction.
// Where no other process writes, one that nobody has changed since is returned without asking the database.
// NotFound when the town was not opened.
func (s *Service) Directory(ctx context.Context, town string) (d *Directory, err error) {
	count, alone := s.db.Touched(town, RecordKind)
	s.mu.Lock()
	k, ok := s.kept[town]
	s.mu.Unlock()
	if ok && alone && k.sure && k.count == count {
		return k.dir, nil
	}
	err = s.db.View(ctx, town, func(tx *db.Tx) error { d, err = s.Load(ctx, tx); return err })
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if k, ok := s.kept[town]; ok && k.dir == d {
		k.count, k.sure = count, true
		s.kept[town] = k
	}
	return d, nil
}

// Recent returns the town's directory as it was last read here, without asking whether it is still so: for what is made
// before a transaction, which holds it against Load. NotFound when the town was not opened.
func (s *Service) Recent(ctx context.Context, town string) (*Directory, error) {
	s.mu.Lock()
	k, ok := s.kept[town]
	s.mu.Unlock()
	if ok {
		return k.dir, nil
	}
	return s.Directory(ctx, town)
}

// Calendar returns the town's calendar, embedded years and added days, and its office hours.
func (s *Service) Calendar(ctx context.Context, tx *db.Tx) (*calendar.Calendar, calendar.Hours, error) {
	d, err := s.Load(ctx, tx)
	if err != nil {
		return nil, calendar.Hours{}, err
	}
	return d.Calendar, d.Settings.Hours, nil
}

func (s *Service) read(ctx context.Context, tx *db.Tx) (*Directory, error) {
	d := &Directory{units: map[string]Unit{}, villages: map[string]Village{}, grids: map[string]Grid{}, people: map[string]Person{},
		posts: map[string]Post{}, contacts: map[string]Contact{}}
	var err error
	if d.Town, err = GetTown(ctx, tx); err != nil {
		return nil, err
	}
	if d.Settings, err = loadSettings(ctx, tx); err != nil {
		return nil, err
	}
	if d.categories, err = loadCategories(ctx, tx); err != nil {
		return nil, err
	}
	if d.rules, err = loadRules(ctx, tx); err != nil {
		return nil, err
	}
	added, err := AddedDays(ctx, tx)
	if err != nil {
		return nil, err
	}
	d.Calendar = s.embedded.With(added)
	for _, q := range []struct {
		text string
		put  func(scan func(...any) error) error
	}{
		{`SELECT ` + unitColumns + ` FROM units WHERE town_id = $1`, into(d.units, scanUnit, func(u Unit) string { return u.ID })},
		{`SELECT ` + villageColumns + ` FROM villages WHERE town_id = $1`, into(d.villages, scanVillage, func(v Village) string { return v.ID })},
		{`SELECT ` + gridColumns + ` FROM grids WHERE town_id = $1`, into(d.grids, scanGrid, func(g Grid) string { return g.ID })},
		{`SELECT ` + personColumns + ` FROM people WHERE town_id = $1`, into(d.people, scanPerson, func(p Person) string { return p.ID })},
		{`SELECT ` + postColumns + ` FROM posts WHERE town_id = $1 AND until IS NULL`, into(d.posts, scanPost, func(p Post) string { return p.ID })},
		{`SELECT ` + contactColumns + ` FROM contact_points WHERE town_id = $1 AND until IS NULL`, into(d.contacts, scanContact, func(c Contact) string { return c.ID })},
	} {
		if err := tx.Each(ctx, func(r *sql.Rows) error { return q.put(r.Scan) }, q.text); err != nil {
			return nil, err
		}
	}
	d.index()
	return d, nil
}

// into collects rows by their id.
func into[T any](m map[string]T, scan func(func(...any) error) (T, error), key func(T) string) func(func(...any) error) error {
	return func(row func(...any) error) error {
		v, err := scan(row)
		m[key(v)] = v
		return err
	}
}

func loadCategories(ctx context.Context, tx *db.Tx) (map[string]Category, error) {
	all := map[string]Category{}
	err := tx.Each(ctx, func(r *sql.Rows) error {
		var k Category
		var name i18n.Pair
		var until sql.NullInt64
		err := r.Scan(&k.Code, &k.Rev, &k.Parent, &name.ZH, &name.EN, &k.Chip, &k.Confide, &k.Unit, &k.Ord, &until)
		k.Name, k.Retired = name, until.Valid
		all[k.Code] = k
		return err
	}, `SELECT code, rev, parent, name_zh, name_en, chip, confide, unit_id, ord, until FROM categories WHERE town_id = $1`)
	if err != nil {
		return nil, fmt.Errorf("read categories: %w", err)
	}
	return all, nil
}
