package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"yanming/internal/calendar"
)

// corpus is a world with many cases that came out of a ledger.
type corpus struct {
	world
	about about
}

// about is what is kept beside a corpus, so that the next run can tell whether it is the one it wants.
type about struct {
	Cases  int       `json:"cases"` // of the ledger; the demo's come on top
	Texts  string    `json:"texts"`
	Source string    `json:"source"`
	End    time.Time `json:"end"`  // when the last was said
	Took   float64   `json:"took"` // seconds of the import, all parts together

	Saved calendar.Day `json:"saved"` // when it was last backed up
}

// aboutFile is written last: a corpus without it is not whole.
const aboutFile = "bench-corpus.json"

// perFile is how many rows one file of the corpus holds: below what the importer takes in one file.
const perFile = 40_000

// corpus returns the world with so many cases of a ledger, made now or in an earlier run.
func (b *bench) corpus(ctx context.Context, cases int) (c corpus, err error) {
	name := fmt.Sprintf("corpus-%d", cases)
	c.dir = filepath.Join(b.Data, name)
	text, err := os.ReadFile(filepath.Join(c.dir, aboutFile))
	if err == nil {
		if err := json.Unmarshal(text, &c.about); err != nil {
			return c, err
		}
		c.source = c.about.Source
		if c.about.Cases == cases && c.about.Texts == b.texts.from && b.Postgres == "" == !strings.HasPrefix(c.source, "postgres") {
			if err := c.read(); err != nil {
				return c, err
			}
			return c, b.backUp(ctx, c)
		}
		b.say("the corpus in %s is another one: it is made again", c.dir)
	} else if !errors.Is(err, os.ErrNotExist) {
		return c, err
	}
	return b.newCorpus(ctx, name, cases)
}

func (b *bench) newCorpus(ctx context.Context, name string, cases int) (c corpus, err error) {
	if c.world, err = b.newWorld(ctx, name); err != nil {
		return c, err
	}
	end := calendar.DayOf(time.Now()).Start().Add(-time.Minute)
	l, err := b.ledger(ctx, c.world, end)
	if err != nil {
		return c, err
	}
	c.about = about{Cases: cases, Texts: b.texts.from, Source: c.source, End: end}
	for from := 0; from < cases; from += perFile {
		to := min(cases, from+perFile)
		file := filepath.Join(c.dir, fmt.Sprintf("ledger-%08d.csv", from))
		if err := writeLedger(file, l, from, to); err != nil {
			return c, err
		}
		x, err := b.importFile(ctx, c.world, file, to-from)
		if err != nil {
			return c, err
		}
		c.about.Took += x.took.Seconds()
		b.say("  %s: %d of %d cases, %.0f per second", name, to, cases, float64(to-from)/x.took.Seconds())
		if err := os.Remove(file); err != nil {
			return c, err
		}
	}
	return c, b.backUp(ctx, c)
}

// backUp backs a corpus up once a day, and notes in its folder what it is: a server over it would make its nightly backup
// while it is measured. The archive is for nobody.
func (b *bench) backUp(ctx context.Context, c corpus) error {
	today := calendar.DayOf(time.Now())
	if c.about.Saved == today {
		return nil
	}
	b.say("  %s is backed up", filepath.Base(c.dir))
	if _, err := b.command(ctx, append([]string{"backup"}, c.flags()...)...); err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(c.dir, "backups")); err != nil {
		return err
	}
	c.about.Saved = today
	text, err := json.MarshalIndent(c.about, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(c.dir, aboutFile), text, 0o600)
}

// ledger returns the maker of rows for a world's organisation.
func (b *bench) ledger(ctx context.Context, w world, end time.Time) (l ledger, err error) {
	d, err := openSource(w.source)
	if err != nil {
		return l, err
	}
	defer d.Close()
	l = ledger{texts: b.texts, names: names(), end: end}
	if l.org, err = readOrganisation(ctx, d); err != nil {
		return l, err
	}
	if len(l.org.villages) == 0 || len(l.org.units) == 0 || len(l.org.leaders) == 0 || len(l.org.categories) == 0 {
		return l, fmt.Errorf("the demo's town lacks villages, units, leaders or categories")
	}
	return l, nil
}

func writeLedger(file string, l ledger, from, to int) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	if err := l.write(w, from, to); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// importFile brings a ledger in by the command and asks that every row was accepted.
func (b *bench) importFile(ctx context.Context, w world, file string, rows int) (ended, error) {
	args := append([]string{"import", "cases", "--town", town, "--json"}, w.flags()...)
	x, err := b.command(ctx, append(args, file)...)
	if err != nil {
		return x, err
	}
	var said struct{ Read, Accepted, Rejected, Duplicate int }
	if err := json.Unmarshal(x.out, &said); err != nil {
		return x, fmt.Errorf("read what the import said: %w: %s", err, excerpt(x.out))
	}
	if said.Accepted != rows {
		return x, fmt.Errorf("import %s: %d of %d rows were accepted: %s", filepath.Base(file), said.Accepted, rows, excerpt(x.out))
	}
	return x, nil
}
