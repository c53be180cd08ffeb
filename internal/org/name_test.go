package org_test

import (
	"strings"
	"testing"

	"yanming/internal/org"
)

func TestPeopleStandInTheOrderOfTheirPinyin(t *testing.T) {
	people := []org.Person{{ID: "1", Name: "张一"}, {ID: "2", Name: "陈二"}, {ID: "3", Name: "艾三"}, {ID: "5", Name: "艾三"}, {ID: "4", Name: "艾三"}}
	org.ByName(people)
	var got []string
	for _, p := range people {
		got = append(got, p.Name+p.ID)
	}
	if s := strings.Join(got, " "); s != "艾三3 艾三4 艾三5 陈二2 张一1" {
		t.Error(s)
	}
}
