package actor_test

import (
	"slices"
	"testing"

	"yanming/internal/actor"
)

func TestPostsGiveRolesUnitsAndVillages(t *testing.T) {
	a := actor.Actor{Person: "p", Posts: []actor.Post{{Unit: "u", Role: actor.Handler}, {Unit: "u", Role: actor.Cadre, Villages: []string{"v", "w"}}, {Unit: "x", Role: actor.Secretary, Villages: []string{"w"}}}}
	if !a.Is(actor.Leader, actor.Cadre) || a.Is(actor.Leader) || a.Is() {
		t.Error("roles")
	}
	if got := a.Units(); !slices.Equal(got, []string{"u", "x"}) {
		t.Errorf("units %v", got)
	}
	if !a.InUnit("x") || a.InUnit("y") || a.InUnit("") {
		t.Error("in unit")
	}
	if got := a.Villages(); !slices.Equal(got, []string{"v", "w"}) {
		t.Errorf("villages %v", got)
	}
	if got := a.Villages(actor.Secretary); !slices.Equal(got, []string{"w"}) {
		t.Errorf("the secretary's villages %v", got)
	}
	var nobody actor.Actor
	if nobody.Is(actor.Roles()...) || len(nobody.Units()) > 0 {
		t.Error("nobody is somebody")
	}
}
