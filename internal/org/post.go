package org

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/id"
	"yanming/internal/journal"
)

// Post is a role that a person holds or held in a unit. It is never rewritten: a change ends it and begins another.
type Post struct {
	ID       string     `json:"id"`
	Person   string     `json:"person"`
	Unit     string     `json:"unit"`
	Role     actor.Role `json:"role"`
	Title    string     `json:"title"`
	Ord      int64      `json:"ord"`      // the customary order in which leaders are named
	Villages []string   `json:"villages"` // those the post answers for
	Span
}

// Appoint gives a person a post. A leader's post in a department or firm means that he is in charge of it (分管); his
// posts in a leadership unit give his place in the order.
type Appoint struct {
	Key      journal.Key `json:"-"`
	Person   string
	Unit     string
	Role     actor.Role
	Title    string
	Ord      int64
	Villages []string
	Since    time.Time // zero for now; may lie in the past, not in the future
	Replaces string    // a post of the same person that ends with this one's beginning; "" for none
}

// Appoint is AppointIn in a transaction of its own.
func (s *Service) Appoint(ctx context.Context, a actor.Actor, c Appoint) (string, error) {
	return update(ctx, s, a, c, s.AppointIn)
}

// AppointIn gives a post and returns its id; it counts from the next request of that person on. Nobody appoints
// himself, and the county's roles exist only at the county. Errors: Invalid, Denied, NotFound, Conflict when the
// replaced post has ended.
func (s *Service) AppointIn(ctx context.Context, tx *db.Tx, a actor.Actor, c Appoint) (string, error) {
	return do(ctx, tx, a, managing(a), c.Key, c, func() (string, []fact, error) {
		if a.Person != "" && a.Person == c.Person && !a.System {
			return "", nil, errs.New(errs.Denied, selfKey)
		}
		p := Post{ID: id.New(tx.Now), Person: c.Person, Unit: c.Unit, Role: c.Role, Title: c.Title, Ord: c.Ord,
			Villages: slices.Compact(slices.Sorted(slices.Values(c.Villages))), Span: Span{Since: c.Since}}
		if p.Since.IsZero() {
			p.Since = tx.Now
		}
		if err := checkPost(ctx, tx, &p); err != nil {
			return "", nil, err
		}
		villages, err := json.Marshal(p.Villages)
		if err != nil {
			return "", nil, err
		}
		facts := []fact{{"posts", p.ID, 1, "post_began", p}}
		if c.Replaces != "" {
			old, err := endPost(ctx, tx, c.Replaces, p.Since)
			if err != nil {
				return "", nil, err
			}
			if old.Person != p.Person {
				return "", nil, errs.Field("replaces", "error.choice")
			}
			facts = append(facts, fact{"posts", old.ID, 2, "post_ended", old})
		}
		_, err = tx.Exec(ctx, `INSERT INTO posts (town_id, id, person_id, unit_id, role, title, ord, villages, since)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, p.ID, p.Person, p.Unit, string(p.Role), p.Title, p.Ord, string(villages), p.Since.UnixMilli())
		return p.ID, facts, err
	})
}

func checkPost(ctx context.Context, tx *db.Tx, p *Post) error {
	var bad errs.List
	word(&bad, "title", &p.Title, maxTitle, false)
	if !slices.Contains(actor.Roles(), p.Role) {
		bad.Add("role", "error.choice")
	}
	if p.Since.After(tx.Now) {
		bad.Add("since", "org.since")
	}
	if p.Person == "" {
		bad.Add("person", "error.required")
	}
	if p.Unit == "" {
		bad.Add("unit", "error.required")
	}
	if p.Role == actor.CountyOfficer || p.Role == actor.CountyViewer {
		t, err := GetTown(ctx, tx)
		if err != nil {
			return err
		}
		if t.Level != County {
			bad.Add("role", "org.post.county")
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if err := exists(ctx, tx, "person", anyPerson, p.Person); err != nil {
		return err
	}
	if err := exists(ctx, tx, "unit", liveUnit, p.Unit); err != nil {
		return err
	}
	if len(p.Villages) == 0 {
		p.Villages = []string{}
		return nil
	}
	known, err := column(ctx, tx, `SELECT id FROM villages WHERE town_id = $1 AND until IS NULL`)
	if err != nil {
		return err
	}
	for _, v := range p.Villages {
		if !slices.Contains(known, v) {
			return errs.Field("villages", "error.choice")
		}
	}
	return nil
}

// column reads a query of one text column.
func column(ctx context.Context, tx *db.Tx, query string, args ...any) (out []string, err error) {
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var s string
		err := r.Scan(&s)
		out = append(out, s)
		return err
	}, query, args...)
	return out, err
}

// EndPost ends a post now.
type EndPost struct {
	Key journal.Key `json:"-"`
	ID  string
}

// EndPost is EndPostIn in a transaction of its own.
func (s *Service) EndPost(ctx context.Context, a actor.Actor, c EndPost) (string, error) {
	return update(ctx, s, a, c, s.EndPostIn)
}

// EndPostIn ends a post, with effect from the next request of that person. The last administrator's post is refused.
// Errors: Invalid, Denied, NotFound, Conflict when it has ended already.
func (s *Service) EndPostIn(ctx context.Context, tx *db.Tx, a actor.Actor, c EndPost) (string, error) {
	return do(ctx, tx, a, managing(a), c.Key, c, func() (string, []fact, error) {
		p, err := endPost(ctx, tx, c.ID, tx.Now)
		if err != nil {
			return "", nil, err
		}
		if p.Role == actor.Admin {
			var left int64
			if err := tx.Row(ctx, `SELECT count(*) FROM posts WHERE town_id = $1 AND role = $2 AND until IS NULL`, string(actor.Admin)).Scan(&left); err != nil {
				return "", nil, err
			}
			if left == 0 {
				return "", nil, errs.New(errs.Invalid, "org.post.last_admin")
			}
		}
		return p.ID, []fact{{"posts", p.ID, 2, "post_ended", p}}, nil
	})
}

// endPost ends a post at the given time, but not before it began.
func endPost(ctx context.Context, tx *db.Tx, post string, at time.Time) (Post, error) {
	p, err := scanPost(tx.Row(ctx, `SELECT `+postColumns+` FROM posts WHERE town_id = $1 AND id = $2`, post).Scan)
	if err != nil {
		return p, err
	}
	if !p.Lasts() {
		return p, errs.New(errs.Conflict, "error.changed")
	}
	if at.Before(p.Since) {
		at = p.Since
	}
	p.Until = at
	_, err = tx.Exec(ctx, `UPDATE posts SET until = $3 WHERE town_id = $1 AND id = $2`, p.ID, at.UnixMilli())
	return p, err
}

const postColumns = `id, person_id, unit_id, role, title, ord, villages, since, until`

func scanPost(scan func(...any) error) (p Post, err error) {
	var since int64
	var until sql.NullInt64
	var villages string
	if err = scan(&p.ID, &p.Person, &p.Unit, &p.Role, &p.Title, &p.Ord, &villages, &since, &until); err != nil {
		return p, err
	}
	p.Span = span(since, until)
	if err := json.Unmarshal([]byte(villages), &p.Villages); err != nil {
		return p, fmt.Errorf("read villages of post %s: %w", p.ID, err)
	}
	return p, nil
}

func posts(each func(func(*sql.Rows) error) error) (ps []Post, err error) {
	err = each(func(r *sql.Rows) error {
		p, err := scanPost(r.Scan)
		ps = append(ps, p)
		return err
	})
	return ps, err
}

// PostsOf returns every post that a person of the town holds or held, the oldest first.
func PostsOf(ctx context.Context, tx *db.Tx, person string) ([]Post, error) {
	return posts(func(scan func(*sql.Rows) error) error {
		return tx.Each(ctx, scan, `SELECT `+postColumns+` FROM posts WHERE town_id = $1 AND person_id = $2 ORDER BY since, id`, person)
	})
}

// PostsIn returns every post that anybody holds or held in a unit, the oldest first: who was there at a time is
// those whose Span holds At it.
func PostsIn(ctx context.Context, tx *db.Tx, unit string) ([]Post, error) {
	return posts(func(scan func(*sql.Rows) error) error {
		return tx.Each(ctx, scan, `SELECT `+postColumns+` FROM posts WHERE town_id = $1 AND unit_id = $2 ORDER BY since, id`, unit)
	})
}

// Acting returns the person of a session as an actor, with the posts held at this moment and nothing kept from
// before. NotFound when the town has no such person.
func Acting(ctx context.Context, w *db.Wide, town, person string) (actor.Actor, error) {
	a := actor.Actor{Town: town, Person: person}
	if err := w.Row(ctx, `SELECT name FROM people WHERE town_id = $1 AND id = $2`, town, person).Scan(&a.Name); err != nil {
		return actor.Actor{}, fmt.Errorf("get person %s: %w", person, err)
	}
	ps, err := posts(func(scan func(*sql.Rows) error) error {
		return w.Each(ctx, scan, `SELECT `+postColumns+` FROM posts WHERE town_id = $1 AND person_id = $2 AND until IS NULL ORDER BY since, id`, town, person)
	})
	if err != nil {
		return actor.Actor{}, fmt.Errorf("get posts of person %s: %w", person, err)
	}
	for _, p := range ps {
		a.Posts = append(a.Posts, actor.Post{ID: p.ID, Unit: p.Unit, Role: p.Role, Villages: p.Villages})
	}
	return a, nil
}
