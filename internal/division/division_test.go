package division_test

import (
	"slices"
	"testing"

	"yanming/internal/division"
)

func TestPlacesAreFoundByTheCodeAbove(t *testing.T) {
	var d division.Table
	for _, tt := range []struct {
		above, code, name string
		n                 int
	}{
		{"", "41", "河南省", 31},
		{"41", "4101", "郑州市", 18},
		{"4101", "410122", "中牟县", 15},
		{"410122", "410122114", "雁鸣湖镇", 17},
		{"410122114", "", "", 0},
		{"4199", "", "", 0},
	} {
		got, err := d.Under(tt.above)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != tt.n || tt.code != "" && !slices.Contains(got, division.Place{Code: tt.code, Name: tt.name}) {
			t.Errorf("under %q: got %d places, want %d with %s", tt.above, len(got), tt.n, tt.name)
		}
	}
	if name, ok, err := d.Name("222403108"); name != "雁鸣湖镇" || !ok || err != nil {
		t.Errorf("the other town of that name: got %s, %v", name, err)
	}
}
