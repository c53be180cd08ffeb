package backup

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
)

// TestANightlyBackupIsMadeOnceAndMadeUpFor on both engines: at its time, once, after a machine was off, and again an
// hour after a failure.
func TestANightlyBackupIsMadeOnceAndMadeUpFor(t *testing.T) {
	dbtest.EachEmpty(t, func(t *testing.T, fresh func() string) {
		w := filled(t, fresh(), 0)
		now := time.Date(2026, 11, 29, 1, 0, 0, 0, calendar.Zone())
		source := w.source
		if err := w.close(); err != nil {
			t.Fatal(err)
		}
		d, err := db.Open(ctx, source, db.Options{Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		w.Store = d
		blocked := filepath.Join(w.data, "blocked")
		if err := os.WriteFile(blocked, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		good, bad := w.Dir, filepath.Join(blocked, "x")
		for _, tt := range []struct {
			name  string
			after time.Duration
			dir   string
			fails bool
			made  int // archives afterwards
		}{
			{"the first at once", 0, good, false, 1},
			{"not again", time.Minute, good, false, 1},
			{"not before its time", time.Hour, good, false, 1},
			{"at its time, and the day's earlier one goes", time.Hour, good, false, 1},
			{"a day later there is no place for it", 24 * time.Hour, bad, true, 1},
			{"not again within the hour", 10 * time.Minute, good, false, 1},
			{"again after an hour", 51 * time.Minute, good, false, 2},
			{"made up for at noon", 33 * time.Hour, good, false, 3},
		} {
			now = now.Add(tt.after)
			w.Dir = tt.dir
			if err := w.Night(ctx, DefaultPlan()); (err != nil) != tt.fails {
				t.Fatalf("%s: %v", tt.name, err)
			}
			all, err := List(good)
			if err != nil || len(all) != tt.made {
				t.Errorf("%s: %d archives, want %d, %v", tt.name, len(all), tt.made, err)
			}
			h, err := w.Look(ctx, time.Time{})
			if err != nil || h.Late || (h.Failed != nil) != (tt.fails || strings.HasPrefix(tt.name, "not again within")) {
				t.Errorf("%s: %+v, %v", tt.name, h, err)
			}
		}
		now = now.Add(49 * time.Hour)
		if h, err := w.Look(ctx, time.Time{}); err != nil || !h.Late || h.Good == nil {
			t.Errorf("two days later: %+v, %v", h, err)
		}
		if n, err := w.Needs(ctx); err != nil || n < 1000 {
			t.Errorf("the next needs %d, %v", n, err)
		}
		list, err := Recent(ctx, d, 10)
		if err != nil || len(list) != 5 || list[0].Kind != Nightly || !list[0].Verified || list[0].Files != 3 {
			t.Errorf("noted: %+v, %v", list, err)
		}
	})
}

// TestNobodyIsWarnedOfANewInstallation: nothing was missed yet.
func TestNobodyIsWarnedOfANewInstallation(t *testing.T) {
	w := opened(t, dbtest.Empty(t, db.SQLite), 0)
	for since, late := range map[time.Duration]bool{time.Hour: false, 47 * time.Hour: false, 49 * time.Hour: true} {
		if h, err := w.Look(ctx, noon.Add(-since)); err != nil || h.Late != late {
			t.Errorf("after %s: %+v, %v", since, h, err)
		}
	}
	if err := w.Night(ctx, DefaultPlan()); err != nil {
		t.Fatal(err)
	}
	if all, err := List(w.Dir); err != nil || len(all) != 0 {
		t.Errorf("before anything is set up: %v, %v", all, err)
	}
}

// TestWhatStays: the newest of each of the last days, weeks and months; archives that somebody asked for always.
func TestWhatStays(t *testing.T) {
	dir := t.TempDir()
	put := func(at time.Time, more string) string {
		name := "yanming-419900-" + at.Format(stamp) + more + suffix
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	last := time.Date(2026, 11, 29, 2, 30, 0, 0, calendar.Zone()) // a Sunday
	for day := range 400 {
		put(last.AddDate(0, 0, -day), "-nightly")
	}
	put(last.Add(-time.Hour), "-nightly") // the day's earlier one goes
	asked, upgrade := put(last.AddDate(-2, 0, 0), ""), put(last.AddDate(-3, 0, 0), "-upgrade")
	foreign := filepath.Join(dir, "letter.txt")
	old := filepath.Join(dir, partPrefix+"1")
	for _, name := range []string{foreign, old} {
		if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := rotate(dir, Keep{7, 4, 12}, time.Now().Add(25*time.Hour)); err != nil {
		t.Fatal(err)
	}
	all, err := List(dir)
	if err != nil {
		t.Fatal(err)
	}
	var nights []string
	for _, a := range all {
		if a.Kind == Nightly {
			nights = append(nights, a.At.Format("01-02"))
		}
	}
	want := []string{"11-29", "11-28", "11-27", "11-26", "11-25", "11-24", "11-23", "11-22", "11-15", "11-08", "10-31", "09-30", "08-31", "07-31", "06-30", "05-31",
		"04-30", "03-31", "02-28", "01-31", "12-31"}
	if !slices.Equal(nights, want) {
		t.Errorf("stay: %v\nwant: %v", nights, want)
	}
	for _, name := range []string{filepath.Join(dir, asked), filepath.Join(dir, upgrade), foreign} {
		if _, err := os.Stat(name); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(old); err == nil {
		t.Error("what a crash left a day ago is still there")
	}
}

func TestAPlanIsReadOrRefused(t *testing.T) {
	for _, s := range []string{"", "2", "25:00", "02:60", "2.30", "noon"} {
		if _, err := ParseAt(s); keyOf(err) != "backup.at" {
			t.Errorf("at %q: %v", s, err)
		}
	}
	if at, err := ParseAt("23:05"); err != nil || at != 23*time.Hour+5*time.Minute {
		t.Errorf("%s, %v", at, err)
	}
	for _, s := range []string{"", "7", "7,4", "7,4,12,1", "0,4,12", "-1,4,12", "7,4,-1", "a,b,c"} {
		if _, err := ParseKeep(s); keyOf(err) != "backup.keep" {
			t.Errorf("keep %q: %v", s, err)
		}
	}
	if k, err := ParseKeep("3, 0,1"); err != nil || k != (Keep{3, 0, 1}) {
		t.Errorf("%v, %v", k, err)
	}
}
