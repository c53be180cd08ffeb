// Package demo makes the fictional county with its two towns that `yanming demo` shows: 雁南镇 with its whole
// organisation and a drive of twelve weeks, and the small 雁北镇 beside it. Every number that the demo shows comes out of
// records, and every record was made by calling the same services as everybody, at the moment it is dated: Fill moves
// the clock of the database from event to event up to now.
//
// It refuses to hold SQL, to copy anybody's words, to name a real village, and to make up a telephone that could ring.
package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/org"
)

// The codes of the demo, which no real division has.
const (
	County = "419900"
	Town   = "419900101" // 雁南镇
	Small  = "419900102" // 雁北镇
)

// Accounts makes accounts with random passwords; auth.Service does.
type Accounts interface {
	CreateAccount(ctx context.Context, a actor.Actor, c auth.CreateAccount) (auth.Account, string, error)
}

// Mover moves the clock that the database's transactions take their time from; Clock is one.
type Mover interface{ Set(time.Time) }

// Deps are the services that Fill calls, over one migrated database.
type Deps struct {
	DB       *db.DB
	Orgs     *org.Service
	Cases    *casework.Service
	Accounts Accounts
	Clock    Mover // of DB: its Options.Now shows what was set last
}

// Options say which demo is made. The same options give the same texts, dates and figures; ids, receipt numbers, codes
// and passwords are always new.
type Options struct {
	Seed uint64
	Now  time.Time // when the story ends
}

// Fill makes county and towns in an empty database and leaves the clock at Now. It takes some seconds.
// Errors: Conflict when the county is there already; then nothing is changed.
func Fill(ctx context.Context, d Deps, o Options) (Guide, error) {
	g, err := fill(ctx, d, o)
	if err != nil {
		return Guide{}, fmt.Errorf("fill demo: %w", err)
	}
	return g, nil
}

func fill(ctx context.Context, d Deps, o Options) (Guide, error) {
	cal, err := calendar.Embedded()
	if err != nil {
		return Guide{}, err
	}
	axis := newAxis(cal, o.Now)
	d.Clock.Set(axis.at(axis.days(opening)))
	names := newNames(o.Seed)
	var casts []*cast
	for _, p := range []place{county(), southTown(), northTown()} {
		c, err := d.build(ctx, p, o.Seed, names)
		if err != nil {
			return Guide{}, fmt.Errorf("build %s: %w", p.name, err)
		}
		casts = append(casts, c)
	}
	stage := &stage{deps: d, axis: axis, seed: o.Seed, phones: newPhones(o.Seed), told: map[string]*run{}}
	for i, stories := range [][]story{countyStories(), slices.Concat(solved(), open(), ended(), others()), northStories()} {
		for _, s := range stories {
			if err := stage.tell(casts[i], s); err != nil {
				return Guide{}, err
			}
		}
	}
	if err := stage.play(ctx); err != nil {
		return Guide{}, err
	}
	d.Clock.Set(o.Now)
	return d.guide(ctx, casts, stage)
}
