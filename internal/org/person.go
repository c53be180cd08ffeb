package org

import (
	"context"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/id"
	"yanming/internal/journal"
)

// Person is somebody on duty in the town. What is known of a person is what stands on a door plate.
type Person struct {
	ID    string `json:"id"`
	Rev   int64  `json:"rev"`
	Name  string `json:"name"`
	Title string `json:"title"` // 党委书记; "" for none
	Phone string `json:"phone"` // of the office
}

// SavePerson makes a person (empty ID, Rev 0) or changes name, title and office telephone.
type SavePerson struct {
	Key   journal.Key `json:"-"`
	ID    string
	Rev   int64
	Name  string
	Title string
	Phone string
}

// SavePerson is SavePersonIn in a transaction of its own.
func (s *Service) SavePerson(ctx context.Context, a actor.Actor, c SavePerson) (string, error) {
	return update(ctx, s, a, c, s.SavePersonIn)
}

// SavePersonIn makes or changes a person and returns the id. A mobile number is refused: private mobiles are not
// stored. Errors: Invalid, Denied, NotFound, Conflict.
func (s *Service) SavePersonIn(ctx context.Context, tx *db.Tx, a actor.Actor, c SavePerson) (string, error) {
	return do(ctx, tx, a, managing(a), c.Key, c, func() (string, []fact, error) {
		p := Person{ID: id.New(tx.Now)}
		var err error
		if c.ID != "" {
			if p, err = GetPerson(ctx, tx, c.ID); err != nil {
				return "", nil, err
			}
		}
		if p.Rev, err = revised(p.Rev, c.Rev); err != nil {
			return "", nil, err
		}
		p.Name, p.Title, p.Phone = c.Name, c.Title, c.Phone
		var bad errs.List
		word(&bad, "name", &p.Name, maxName, true)
		word(&bad, "title", &p.Title, maxTitle, false)
		workPhone(&bad, "phone", &p.Phone)
		if err := bad.Err(); err != nil {
			return "", nil, err
		}
		_, err = tx.Exec(ctx, `INSERT INTO people (town_id, id, rev, name, title, phone) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (town_id, id) DO UPDATE SET rev = excluded.rev, name = excluded.name, title = excluded.title, phone = excluded.phone`,
			p.ID, p.Rev, p.Name, p.Title, p.Phone)
		return p.ID, []fact{{"people", p.ID, p.Rev, "person_saved", p}}, err
	})
}

const personColumns = `id, rev, name, title, phone`

func scanPerson(scan func(...any) error) (p Person, err error) {
	err = scan(&p.ID, &p.Rev, &p.Name, &p.Title, &p.Phone)
	return p, err
}

// GetPerson returns a person of the town. NotFound when there is none.
func GetPerson(ctx context.Context, tx *db.Tx, person string) (Person, error) {
	return scanPerson(tx.Row(ctx, `SELECT `+personColumns+` FROM people WHERE town_id = $1 AND id = $2`, person).Scan)
}
