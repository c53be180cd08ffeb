package register_test

import "testing"

func TestTheYearOfADateIsGuessedOfTitleNameAndDatesOnly(t *testing.T) {
	d := town(t)
	for _, c := range []struct {
		name, table string
		year        int
		said        string
	}{
		{"走访登记.csv", "户主,出生日期,走访时间,意见内容\n王某,1956-03-02,3月5日,一事\n", 0, "2026-03-05"},
		{"走访登记.csv", "户主,出生日期,走访时间,意见内容\n李某,1956-03-02,2025-03-01,二事\n王某,1956-03-02,3月5日,一事\n", 2025, "2025-03-05"},
		{"台账.csv", "2025年12月-2026年2月群众意见台账,,\n反映人,意见内容,登记时间\n王某,一事,12月20日\n", 0, "2025-12-20"},
		{"台账.csv", "2025年12月-2026年2月群众意见台账,,\n反映人,意见内容,登记时间\n王某,一事,1月5日\n", 0, "2026-01-05"},
		{"2025-2026台账.csv", "反映人,意见内容,登记时间\n王某,一事,12月20日\n", 0, "2025-12-20"},
		{"2024台账.csv", "反映人,意见内容,登记时间\n王某,一事,12月20日\n", 2024, "2024-12-20"},
		{"台账.csv", "2025年台账（2025年9月）,,填报时间：2026年1月5日\n反映人,意见内容,登记时间\n王某,一事,3月20日\n", 2025, "2025-03-20"},
		{"台账.csv", "反映人,意见内容\n王某,一事\n", 0, "0001-01-01"},
	} {
		a := read(t, d, c.name, c.table)
		if got := day(a.told("一事").Said); a.plan.Mapping.Year != c.year || got != c.said {
			t.Errorf("%s %s: %d, %s", c.name, c.table, a.plan.Mapping.Year, got)
		}
	}
}
