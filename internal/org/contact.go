package org

import (
	"context"
	"database/sql"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/id"
	"yanming/internal/journal"
)

// Contact is a contact point (联系点): a leader adopts a village.
type Contact struct {
	ID      string `json:"id"`
	Person  string `json:"person"`
	Village string `json:"village"`
	Span
}

// AddContact makes a village a leader's contact point.
type AddContact struct {
	Key     journal.Key `json:"-"`
	Person  string
	Village string
}

// AddContact is AddContactIn in a transaction of its own.
func (s *Service) AddContact(ctx context.Context, a actor.Actor, c AddContact) (string, error) {
	return update(ctx, s, a, c, s.AddContactIn)
}

// AddContactIn makes a village a contact point and returns the contact's id. The person must hold a leader's post, of
// the town or in a county office. Errors: Invalid, Denied, Conflict when it is that already.
func (s *Service) AddContactIn(ctx context.Context, tx *db.Tx, a actor.Actor, c AddContact) (string, error) {
	return do(ctx, tx, a, managing(a), c.Key, c, func() (string, []fact, error) {
		if c.Village == "" {
			return "", nil, errs.Field("village", "error.required")
		}
		if err := exists(ctx, tx, "village", liveVillage, c.Village); err != nil {
			return "", nil, err
		}
		var n int64
		err := tx.Row(ctx, `SELECT count(*) FROM posts WHERE town_id = $1 AND person_id = $2 AND role = $3 AND until IS NULL`,
			c.Person, string(actor.Leader)).Scan(&n)
		if err != nil {
			return "", nil, err
		}
		if n == 0 {
			return "", nil, errs.Field("person", "org.contact.leader")
		}
		p := Contact{ID: id.New(tx.Now), Person: c.Person, Village: c.Village, Span: Span{Since: tx.Now}}
		_, err = tx.Exec(ctx, `INSERT INTO contact_points (town_id, id, person_id, village_id, since) VALUES ($1, $2, $3, $4, $5)`,
			p.ID, p.Person, p.Village, p.Since.UnixMilli())
		return p.ID, []fact{{"contact_points", p.ID, 1, "contact_began", p}}, err
	})
}

// EndContact ends a contact point now.
type EndContact struct {
	Key journal.Key `json:"-"`
	ID  string
}

// EndContact is EndContactIn in a transaction of its own.
func (s *Service) EndContact(ctx context.Context, a actor.Actor, c EndContact) (string, error) {
	return update(ctx, s, a, c, s.EndContactIn)
}

// EndContactIn ends a contact point. Errors: Denied, NotFound, Conflict when it has ended already.
func (s *Service) EndContactIn(ctx context.Context, tx *db.Tx, a actor.Actor, c EndContact) (string, error) {
	return do(ctx, tx, a, managing(a), c.Key, c, func() (string, []fact, error) {
		p, err := scanContact(tx.Row(ctx, `SELECT `+contactColumns+` FROM contact_points WHERE town_id = $1 AND id = $2`, c.ID).Scan)
		if err != nil {
			return "", nil, err
		}
		if !p.Lasts() {
			return "", nil, errs.New(errs.Conflict, "error.changed")
		}
		p.Until = tx.Now
		_, err = tx.Exec(ctx, `UPDATE contact_points SET until = $3 WHERE town_id = $1 AND id = $2`, p.ID, p.Until.UnixMilli())
		return p.ID, []fact{{"contact_points", p.ID, 2, "contact_ended", p}}, err
	})
}

const contactColumns = `id, person_id, village_id, since, until`

func scanContact(scan func(...any) error) (p Contact, err error) {
	var since int64
	var until sql.NullInt64
	err = scan(&p.ID, &p.Person, &p.Village, &since, &until)
	p.Span = span(since, until)
	return p, err
}
