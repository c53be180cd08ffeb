package town_test

import (
	"testing"

	"yanming/internal/web/town"
)

func TestAPlaceIsReadAsItWasChosen(t *testing.T) {
	for want, p := range map[string]town.Place{"": {}, "v:1": {Village: "1"}, "g:1": {Grid: "1"}, "f:1": {Firm: "1"}} {
		if got := p.Choice(); got != want || town.ReadPlace(got) != p {
			t.Errorf("%+v is %q and read as %+v", p, got, town.ReadPlace(got))
		}
	}
	for _, s := range []string{town.Unsure, "x:1", "1", "v", "v:", ":1"} {
		if p := town.ReadPlace(s); p != (town.Place{}) {
			t.Errorf("%q is %+v", s, p)
		}
	}
}
