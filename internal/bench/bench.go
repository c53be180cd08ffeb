// Package bench measures the program from outside, through its pages and its commands, against what the same machine
// can do at best in the same minutes: a floor (a program that does nothing but the unavoidable part) or a peer
// (PocketBase with durable commits, built from the module under bench/).
//
// Every figure is a ratio of two medians of at least five interleaved rounds of one run. Beside the contenders each
// round measures a baseline that has nothing to do with the program; when it drifts by more than a quarter nothing is
// judged. Only answers that succeeded are counted, rows are counted again in the database, and where two ways must
// give the same (hits, figures, evidence) they are compared, not assumed.
//
// It refuses absolute goals of time, warm-up runs that are not in the rounds, commits that are not durable, and to
// write to anything but folders and databases that it made itself. It is no test of correctness: those are elsewhere.
package bench

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"yanming/internal/errs"
)

// MinRounds is the fewest rounds from which a median is taken.
const MinRounds = 5

// Options say what is measured and with what.
type Options struct {
	Only     []string      // workloads; all when empty
	Program  string        // the program that is measured: its path
	Rounds   int           // at least MinRounds
	Slice    time.Duration // how long a contender runs in one round
	Scale    int           // cases of the large corpus
	Small    int           // cases of the small one that it is compared with
	Data     string        // where corpora are kept between runs; a temporary folder when ""
	Postgres string        // postgres://… of a server on which databases may be made; SQLite when ""
	Peer     string        // path of the peer; its lines are left out when ""
	Messages string        // CSV with columns subject and body; the sample when ""
	Log      io.Writer     // where the progress is told
}

// workload is one part of a run.
type workload struct {
	name string
	run  func(context.Context, *bench) error
}

// serverOnly is the workload that there is on PostgreSQL only.
const serverOnly = "server"

func workloads() []workload {
	return []workload{{"submit", submit}, {"photo", photo}, {"inbox", inbox}, {"search", search}, {"weekly", weekly},
		{"check", recheck}, {"evidence", drill}, {"import", intake}, {"footprint", footprint}, {serverOnly, server}}
}

// Names lists the workloads in the order in which they run.
func Names() (names []string) {
	for _, w := range workloads() {
		names = append(names, w.name)
	}
	return names
}

// bench is one run under way.
type bench struct {
	Options
	texts   texts
	rows    []Row
	current string // the workload that runs
	procs   []*process
	first   world    // of which the others are copies
	dropped []string // databases to drop at the end
	keep    bool     // corpora stay for the next run
	lax     bool     // the server is set so that a commit may be lost: nothing is judged
}

// Run measures the workloads one after the other and returns the table. A workload that cannot be measured fails the
// run; what was measured before it is returned beside the error.
// Errors: Invalid for a workload that does not exist, and for fewer rounds than MinRounds.
func Run(ctx context.Context, o Options) (Table, error) {
	for _, name := range o.Only {
		if !slices.Contains(Names(), name) {
			return Table{}, errs.Field("WORKLOAD", "bench.workload", name)
		}
	}
	if slices.Contains(o.Only, serverOnly) && o.Postgres == "" {
		return Table{}, errs.Field("--db", "bench.server")
	}
	if o.Rounds < MinRounds {
		return Table{}, errs.Field("--rounds", "bench.rounds", MinRounds)
	}
	keep := o.Data != ""
	if !keep {
		dir, err := os.MkdirTemp("", "yanming-bench-")
		if err != nil {
			return Table{}, err
		}
		defer os.RemoveAll(dir)
		o.Data = dir
	}
	var err error
	if o.Data, err = filepath.Abs(o.Data); err != nil {
		return Table{}, err
	}
	if err := os.MkdirAll(o.Data, 0o700); err != nil {
		return Table{}, err
	}
	b := &bench{Options: o, keep: keep}
	defer b.end()
	if b.texts, err = readTexts(o.Messages); err != nil {
		return Table{}, err
	}
	t := Table{Machine: machine(ctx, o), Texts: b.texts.from, Rounds: o.Rounds, Scale: o.Scale, Engine: "SQLite, synchronous=FULL"}
	if o.Postgres != "" {
		if t.Engine, b.lax, err = serverMode(ctx, o.Postgres); err != nil {
			return Table{}, err
		}
	}
	for _, w := range workloads() {
		if len(o.Only) > 0 && !slices.Contains(o.Only, w.name) || w.name == serverOnly && o.Postgres == "" {
			continue
		}
		b.current = w.name
		b.say("%s", w.name)
		err := w.run(ctx, b)
		b.stopAll()
		t.Rows = b.rows
		if err != nil {
			return t, fmt.Errorf("measure %s: %w", w.name, err)
		}
	}
	return t, nil
}

// say tells the progress.
func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(b.Log, "%s  "+format+"\n", append([]any{time.Now().Format("15:04:05")}, args...)...)
}

// end leaves nothing behind.
func (b *bench) end() {
	b.stopAll()
	for _, name := range b.dropped {
		if err := dropDatabase(b.Postgres, name); err != nil {
			b.say("drop database %s: %v", name, err)
		}
	}
}
