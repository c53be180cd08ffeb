package bench_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yanming/internal/bench"
)

// program builds the program that is measured.
func program(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "yanming")
	if out, err := exec.Command("go", "build", "-o", name, "yanming/cmd/yanming").CombinedOutput(); err != nil {
		t.Fatalf("build: %v: %s", err, out)
	}
	return name
}

// TestWhatIsCountedAgrees runs every workload with a handful of cases on both engines. It judges no speed: only what is
// counted must agree, and every line must have been measured in every round.
func TestWhatIsCountedAgrees(t *testing.T) {
	if testing.Short() {
		t.Skip("runs every workload")
	}
	prog := program(t)
	engines := []struct{ name, server string }{{"SQLite", ""}}
	switch server := os.Getenv("YANMING_TEST_POSTGRES"); {
	case server != "":
		engines = append(engines, struct{ name, server string }{"PostgreSQL", server})
	case os.Getenv("YANMING_CHECK") != "":
		t.Fatal("YANMING_TEST_POSTGRES is not set")
	default:
		t.Log("PostgreSQL is left out: YANMING_TEST_POSTGRES is not set")
	}
	for _, x := range engines {
		t.Run(x.name, func(t *testing.T) {
			var log bytes.Buffer
			table, err := bench.Run(t.Context(), bench.Options{Program: prog, Rounds: bench.MinRounds, Slice: 40 * time.Millisecond, Scale: 250, Small: 60,
				Postgres: x.server, Log: &log})
			if err != nil {
				t.Fatalf("%v\n%s", err, log.String())
			}
			seen := map[string]bool{}
			for _, r := range table.Rows {
				seen[r.Workload] = true
				if r.Goal != nil && r.Goal.Sign == "=" && r.Verdict != bench.Met {
					t.Errorf("%s: %s: %v, must be %v", r.Workload, r.What, r.Ours, r.Goal.Value)
				}
				if len(r.Floor) > 0 && (len(r.Ours) != bench.MinRounds || len(r.Floor) != bench.MinRounds || r.Floor.Median() <= 0 || r.Ours.Median() <= 0) {
					t.Errorf("%s: %s: measured %v against %v", r.Workload, r.What, r.Ours, r.Floor)
				}
			}
			for _, name := range bench.Names() {
				if !seen[name] && (name != "server" || x.server != "") {
					t.Errorf("%s: no line in the table", name)
				}
			}
			if t.Failed() {
				t.Log(log.String())
			}
		})
	}
}

func TestARunThatMeansNothingIsRefused(t *testing.T) {
	for _, c := range []struct {
		name string
		o    bench.Options
		key  string
	}{
		{"too few rounds", bench.Options{Rounds: 4}, "bench.rounds"},
		{"no server", bench.Options{Rounds: 5, Only: []string{"server"}}, "bench.server"},
		{"no such workload", bench.Options{Rounds: 5, Only: []string{"nothing"}}, "bench.workload"},
	} {
		c.o.Log = &bytes.Buffer{}
		if _, err := bench.Run(t.Context(), c.o); err == nil || !strings.Contains(err.Error(), c.key) {
			t.Errorf("%s: %v, want %s", c.name, err, c.key)
		}
	}
}

func TestALineIsJudgedByMediansAndNotWhenTheMachineDrifts(t *testing.T) {
	for _, c := range []struct {
		name  string
		row   bench.Row
		ratio float64
		want  bench.Verdict
	}{
		{"median, not mean", bench.Row{Ours: bench.Series{10, 10, 10, 10, 900}, Floor: bench.Series{10, 10, 10, 10, 10}, Goal: &bench.Goal{Sign: "≤", Value: 1}}, 1, bench.Met},
		{"not met", bench.Row{Ours: bench.Series{9}, Floor: bench.Series{10}, Goal: &bench.Goal{Sign: "≥", Value: 1}}, 0.9, bench.NotMet},
		{"drifted", bench.Row{Ours: bench.Series{10}, Floor: bench.Series{10}, Goal: &bench.Goal{Sign: "≥", Value: 1}, Drift: 0.3}, 1, bench.Unjudged},
		{"no goal", bench.Row{Ours: bench.Series{10}, Floor: bench.Series{10}}, 1, ""},
		{"counted", bench.Row{Ours: bench.Series{199}, Goal: &bench.Goal{Sign: "=", Value: 200}}, 0, bench.NotMet},
	} {
		bench.Judge(&c.row)
		if c.row.Verdict != c.want || c.row.Ratio != c.ratio {
			t.Errorf("%s: %q, ratio %v; want %q, %v", c.name, c.row.Verdict, c.row.Ratio, c.want, c.ratio)
		}
	}
}
