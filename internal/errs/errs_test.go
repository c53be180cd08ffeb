package errs_test

import (
	"errors"
	"fmt"
	"testing"

	"yanming/internal/errs"
)

func TestAnErrorKeepsItsKindHoweverItIsWrapped(t *testing.T) {
	var l errs.List
	if l.Err() != nil {
		t.Error("an empty list is an error")
	}
	l.Add("text", "error.required")
	l.Add("number", "error.number", 3)
	for _, tt := range []struct {
		name string
		err  error
		kind errs.Kind
		all  int
	}{
		{"a plain error is nobody's fault", errors.New("disk"), errs.Internal, 0},
		{"a field", errs.Field("text", "error.required"), errs.Invalid, 1},
		{"wrapped twice", fmt.Errorf("a: %w", fmt.Errorf("b: %w", errs.Missing())), errs.NotFound, 1},
		{"a list", fmt.Errorf("a: %w", l.Err()), errs.Invalid, 2},
		{"joined with its cause", fmt.Errorf("%w: %w", errs.New(errs.Conflict, "error.changed"), errors.New("unique")), errs.Conflict, 1},
	} {
		if got := errs.KindOf(tt.err); got != tt.kind || len(errs.All(tt.err)) != tt.all {
			t.Errorf("%s: %v with %d", tt.name, got, len(errs.All(tt.err)))
		}
	}
	if errs.Is(nil, errs.Internal) {
		t.Error("nil has a kind")
	}
}
