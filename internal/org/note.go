package org

import (
	"context"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/id"
	"yanming/internal/journal"
)

// Note writes down that an administrator did something that changes no record but must not go unseen.
type Note struct {
	Key  journal.Key `json:"-"`
	What string      // one of Notes
}

// Notes lists what may be noted: the installation's keys were taken out as a file or on paper, or marked as kept.
func Notes() []string { return []string{"keys_exported", "keys_printed", "keys_marked_saved"} }

// Note is NoteIn in a transaction of its own.
func (s *Service) Note(ctx context.Context, a actor.Actor, c Note) (string, error) {
	return update(ctx, s, a, c, s.NoteIn)
}

// NoteIn appends the note to the journal of the actor's town and returns its id. Errors: Invalid, Denied.
func (s *Service) NoteIn(ctx context.Context, tx *db.Tx, a actor.Actor, c Note) (string, error) {
	return do(ctx, tx, a, managing(a), c.Key, c, func() (string, []fact, error) {
		for _, what := range Notes() {
			if what == c.What {
				n := id.New(tx.Now)
				return n, []fact{{"notes", n, 1, what, map[string]string{}}}, nil
			}
		}
		return "", nil, errs.Field("what", "error.choice")
	})
}
