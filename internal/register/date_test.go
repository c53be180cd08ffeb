package register_test

import (
	"testing"
	"time"
)

// TestDaysAreReadAsTheyAreMeant: seen on 23 November 2026, in a ledger of 2026.
func TestDaysAreReadAsTheyAreMeant(t *testing.T) {
	d := town(t)
	for says, want := range map[string]struct{ day, warns string }{
		"9.10-9.12": {"2026-09-10", "date_part"}, "9.10—12日": {"2026-09-10", "date_part"}, "9.1-9.3": {"2026-09-01", "date_part"}, "9/5至9/7": {"2026-09-05", "date_part"},
		"26.9.14": {"2026-09-14", ""}, "25-12-1": {"2025-12-01", ""}, "9/16/2026": {"2026-09-16", ""}, "9/16/2026 10:30": {"2026-09-16", ""}, "2026，9，5": {"2026-09-05", ""},
		"2026年9月": {"2026-09-01", "date_month"}, "9月份": {"2026-09-01", "date_month"}, "2026.9": {"2026-09-01", "date_month"}, "9月上旬": {"2026-09-01", "date_month"},
		"14.3.5": {"", "date"}, "9/6/2026": {"", "date"}, "2026.1": {"", "date"}, "9.1": {"", "date"}, "12月": {"", "date_later"},
	} {
		a := read(t, d, "x.csv", "村,意见内容,登记时间\n柳岸村,桥坏了,2026.8.1\n柳岸村,路灯不亮,\""+says+"\"\n")
		got := ""
		if at := a.told("路灯不亮").Said; !at.IsZero() {
			got = day(at)
		}
		if got != want.day || want.warns != "" && len(a.why(want.warns)) != 1 || want.warns == "" && len(a.rows[1].Warnings) > 0 {
			t.Errorf("%s: %q, %v", says, got, a.rows[1].Warnings)
		}
	}
}

func TestADueDayLiesAhead(t *testing.T) {
	d := town(t)
	for says, want := range map[string]string{
		"10月底前": "2025-10-31", "12月": "2025-12-31", "1月10日": "2026-01-10", "1月10日前": "2026-01-10", "9月20日": "2025-09-20", "2026年2月底": "2026-02-28", "年底前": "2025-12-31",
		"2026年底": "2026-12-31", "3.15": "2026-03-15", "2025.9.1": "2025-09-01",
		"长期坚持": "", "12月中旬": "", "立行立改": "",
	} {
		a := read(t, d, "2025年台账.csv", "村,意见内容,登记时间,完成时限\n柳岸村,路灯不亮,2025年9月20日,"+says+"\n")
		got := ""
		if at := a.told("路灯不亮").Past.Due; !at.IsZero() {
			got = day(at)
			if at.After(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)) {
				t.Errorf("%s: %s", says, at)
			}
		}
		if got != want || (want == "") != (len(a.why("due")) == 1) {
			t.Errorf("%s: %q, %v", says, got, a.rows[0].Warnings)
		}
	}
}
