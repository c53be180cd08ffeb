package register_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/db/dbtest"
	"yanming/internal/org"
	"yanming/internal/register"
	"yanming/internal/sheet"
	"yanming/internal/towntest"
)

// town is whose ledgers are read: two villages, a station, a leader.
func town(t testing.TB) *org.Directory {
	t.Helper()
	c := &dbtest.Clock{}
	w := towntest.New(t, dbtest.SQLite(t, c.Now), c, "柳岸村", "荷塘村")
	w.Unit(org.Department, "水利站")
	w.Person("许青", w.Unit(org.Leadership, "领导班子"), actor.Leader)
	return w.Dir()
}

// account is what a file came to.
type account struct {
	t       testing.TB
	dir     *org.Directory
	plan    register.Plan
	rows    []*register.Row
	skipped int
}

// read makes rows of a file under the proposed mapping, as seen on 23 November 2026.
func read(t testing.TB, d *org.Directory, name, content string) account {
	t.Helper()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	b, err := sheet.Open(name, strings.NewReader(content), int64(len(content)), sheet.Limits{})
	ok(err)
	t.Cleanup(func() { b.Close() })
	a := account{t: t, dir: d}
	a.plan, err = register.Inspect(b, "", true, func(string) (m register.Mapping, found bool, err error) { return m, false, nil })
	ok(err)
	r, err := register.NewReader(b, a.plan, d, time.Date(2026, 11, 23, 9, 0, 0, 0, sheet.China), "批注")
	ok(err)
	ok(r.Blocks(2, 1<<20, func(x *register.Block) error {
		rows := r.Read(x)
		r.Settle(rows)
		a.rows, a.skipped = append(a.rows, rows...), a.skipped+x.Skipped
		return nil
	}))
	return a
}

// told returns what was made of what somebody said.
func (a account) told(text string) casework.Backfill {
	a.t.Helper()
	for _, x := range a.rows {
		for _, b := range x.Cases {
			if b.Text == text {
				return b
			}
		}
	}
	a.t.Fatalf("nobody said %q", text)
	return casework.Backfill{}
}

// cases returns how many came of the file.
func (a account) cases() (n int) {
	for _, x := range a.rows {
		n += len(x.Cases)
	}
	return n
}

// village returns the name of the village that a word is of.
func (a account) village(text string) string {
	a.t.Helper()
	return a.dir.Village(a.told(text).Village).Name
}

// why returns the rows that a message is about, whether they are returned for it or only to be looked at.
func (a account) why(key string) (rows []int) {
	for _, x := range a.rows {
		if x.Wrong != nil && x.Wrong.Key == "import.reject."+key ||
			x.Wrong == nil && slices.ContainsFunc(x.Warnings, func(r register.Reason) bool { return r.Key == "import.warn."+key }) {
			rows = append(rows, x.Number)
		}
	}
	return rows
}

// says holds that a message is about these rows and no others, and that they are returned for it or not.
func (a account) says(key string, returned bool, rows ...int) {
	a.t.Helper()
	if got := a.why(key); !slices.Equal(got, rows) {
		a.t.Errorf("%s is said of rows %v, not %v", key, got, rows)
	}
	for _, x := range a.rows {
		if slices.Contains(rows, x.Number) && (x.Wrong != nil) != returned {
			a.t.Errorf("row %d, %s: returned for %v", x.Number, key, x.Wrong)
		}
	}
}

// stands says how far a matter has come.
func stands(p casework.Past) casework.State {
	switch {
	case p.Outcome != "" && p.Closed:
		return casework.Closed
	case p.Outcome != "":
		return casework.Answered
	case p != casework.Past{}:
		return casework.Accepted
	}
	return casework.Registered
}

// day writes a time as the day in China.
func day(at time.Time) string { return at.In(sheet.China).Format("2006-01-02") }

// book makes an .xlsx of one sheet; a cell that begins with = is a formula that nobody worked out.
func book(t testing.TB, tab string, rows ...[]any) *excelize.File {
	t.Helper()
	f := excelize.NewFile()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ok(f.SetSheetName("Sheet1", tab))
	for i, r := range rows {
		for j, v := range r {
			at, err := excelize.CoordinatesToCellName(j+1, i+1)
			ok(err)
			if s, is := v.(string); is && strings.HasPrefix(s, "=") {
				ok(f.SetCellFormula(tab, at, s))
			} else if v != nil {
				ok(f.SetCellValue(tab, at, v))
			}
		}
	}
	return f
}

func written(t testing.TB, f *excelize.File) string {
	t.Helper()
	var buf bytes.Buffer
	if err := f.Write(&buf); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}
