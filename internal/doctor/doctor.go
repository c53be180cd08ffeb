// Package doctor looks at an installation from the outside in, disk to holidays, and says of each thing in one sentence
// whether it is well or what to do.
//
// It repairs nothing, reads no word of any case, counts nobody's work, and calls nobody on the network. What another
// part of the program knows better (mail, the last backup) it is handed as a function.
package doctor

import (
	"context"
	"fmt"
	"time"

	"yanming/internal/errs"
)

// State is how a thing stands.
type State string

// The states. Only Todo makes an examination fail.
const (
	Well State = "well"
	Look State = "look" // nothing has to be done now, but it should be known
	Todo State = "todo" // somebody has to do something
)

// Finding is what a check found: a message that says it in one sentence, and where there is something to do, what.
type Finding struct {
	Check string // the check's name
	State State
	Key   string // of the message
	Args  []any
}

// Check is one thing to look at. Name has a message doctor.check.NAME.
type Check struct {
	Name string
	Run  func(ctx context.Context) Finding
}

// patience is how long a check may take; deep ones are given more by their own context.
const patience = 15 * time.Second

// Examine runs the checks in their order. One that panics or finds nothing to say is itself something to do.
func Examine(ctx context.Context, checks []Check) []Finding {
	out := make([]Finding, 0, len(checks))
	for _, c := range checks {
		out = append(out, one(ctx, c))
	}
	return out
}

func one(ctx context.Context, c Check) (f Finding) {
	defer func() {
		if p := recover(); p != nil {
			f = broken(fmt.Errorf("panic: %v", p))
		}
		f.Check = c.Name
	}()
	return c.Run(ctx)
}

// Sick reports whether something is to be done.
func Sick(list []Finding) bool {
	for _, f := range list {
		if f.State == Todo {
			return true
		}
	}
	return false
}

func well(key string, args ...any) Finding { return Finding{State: Well, Key: key, Args: args} }
func look(key string, args ...any) Finding { return Finding{State: Look, Key: key, Args: args} }
func todo(key string, args ...any) Finding { return Finding{State: Todo, Key: key, Args: args} }

// broken is the finding of a check that could not look: what a person may be told of the error, else the error's own
// words, which go to the operator only.
func broken(err error) Finding {
	if all := errs.All(err); len(all) > 0 && !errs.Is(err, errs.Internal) {
		return todo(all[0].Key, all[0].Args...)
	}
	return todo("doctor.broken", err.Error())
}
