package org

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"yanming/internal/i18n"
)

func TestEveryCategoryIsFollowedByItsOwn(t *testing.T) {
	d := &Directory{categories: map[string]Category{}}
	for i, c := range []Category{{Code: "water"}, {Code: "road"}, {Code: "lamp", Parent: "road"}, {Code: "bulb", Parent: "lamp"},
		{Code: "hole", Parent: "road"}, {Code: "old", Parent: "road", Retired: true}, {Code: "lost", Parent: "old"}} {
		c.Ord, c.Name = int64(i), i18n.Pair{ZH: c.Code + "中", EN: c.Code}
		d.categories[c.Code] = c
	}
	var got []string
	for _, c := range d.CategoryTree(i18n.EN) {
		got = append(got, string(rune('0'+c.Depth))+" "+c.Path)
	}
	want := []string{"0 water", "0 road", "1 road · lamp", "2 road · lamp · bulb", "1 road · hole"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
