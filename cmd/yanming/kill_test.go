//go:build linux

package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	mrand "math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yanming/internal/demo"
	"yanming/internal/loadtest"
)

// long reports whether the tests run at length: YANMING_LONG=1.
func long() bool { return os.Getenv("YANMING_LONG") != "" }

// seeded returns a source of chance and prints its seed, which YANMING_SEED repeats.
func seeded(t *testing.T) *mrand.Rand {
	t.Helper()
	b := make([]byte, 8)
	rand.Read(b)
	seed := hex.EncodeToString(b)
	if s := os.Getenv("YANMING_SEED"); s != "" {
		seed = s
	}
	t.Logf("YANMING_SEED=%s", seed)
	var key [32]byte
	copy(key[:], seed)
	return mrand.New(mrand.NewChaCha8(key))
}

// county is the demo's county on one engine, in a folder of the test's own.
type county struct {
	*testing.T
	data, db string
	guide    demo.Guide
}

// eachCounty runs body over the filled county on SQLite, and on the PostgreSQL that the environment names.
func eachCounty(t *testing.T, body func(t *testing.T, c *county)) {
	t.Run("sqlite", func(t *testing.T) { body(t, fillCounty(t, "")) })
	if server := os.Getenv("YANMING_TEST_POSTGRES"); server != "" {
		t.Run("postgres", func(t *testing.T) { body(t, fillCounty(t, newDatabase(t, server))) })
	} else if os.Getenv("CI") == "true" || os.Getenv("YANMING_CHECK") != "" {
		t.Error("YANMING_TEST_POSTGRES names no server: run ./check, which starts one")
	}
}

// newDatabase makes an empty database with the options of CREATE DATABASE, dropped with the test.
func newDatabase(t *testing.T, server string, options ...string) string {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 6)
	rand.Read(b)
	name := "yk_" + hex.EncodeToString(b)
	do := func(text string) {
		t.Helper()
		d, err := sql.Open("pgx", server)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		if _, err := d.Exec(text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	do("CREATE DATABASE " + name + " " + strings.Join(options, " "))
	t.Cleanup(func() { do("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)") })
	u.Path = "/" + name
	return u.String()
}

// filled fills the county once for the whole run, in the folder that TestMain removes.
var filled = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(os.Getenv(scratch), "county")
	out, err := loadtest.Command(nil, "demo", "--generate-only", "--data", dir).CombinedOutput()
	if err != nil {
		err = fmt.Errorf("fill the county: %w\n%s", err, out)
	}
	return dir, err
})

// copyData copies a data folder with rights that the program accepts.
func copyData(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		if e.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o700)
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), b, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func fillCounty(t *testing.T, db string) *county {
	t.Helper()
	c := &county{T: t, data: filepath.Join(t.TempDir(), "data"), db: db}
	if db == "" {
		from, err := filled()
		if err != nil {
			t.Fatal(err)
		}
		copyData(t, from, c.data)
	} else {
		c.run("demo", "--generate-only")
	}
	b, err := os.ReadFile(filepath.Join(c.data, guideFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &c.guide); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *county) args(args ...string) []string {
	args = append(args, "--data", c.data)
	if c.db != "" {
		args = append(args, "--db", c.db)
	}
	return args
}

// run runs a command to its end, which must be a good one.
func (c *county) run(args ...string) string {
	c.Helper()
	cmd := loadtest.Command(nil, c.args(args...)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		c.Fatalf("%q: %v\n%s", args, err, out)
	}
	return string(out)
}

// serve starts the program on the county.
func (c *county) serve(args ...string) *loadtest.Server {
	c.Helper()
	return loadtest.Start(c, loadtest.Command(nil, c.args(append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)...))
}

// login returns the demo's login of a name.
func (c *county) login(name string) demo.Login {
	c.Helper()
	i := slices.IndexFunc(c.guide.Logins, func(l demo.Login) bool { return l.Login == name })
	if i < 0 {
		c.Fatalf("the demo has no login %s", name)
	}
	return c.guide.Logins[i]
}

// town is the code of the town whose residents speak.
func (c *county) town() string { return c.login("nan.shouli").Town }

// crowd is 200 residents of the town.
func (c *county) crowd(base string) *loadtest.Crowd {
	return &loadtest.Crowd{Resident: loadtest.Resident{Base: base, Town: c.town()}, Size: 200}
}

// found looks up every receipt that was handed out, and lets the program check itself.
func (c *county) found(s *loadtest.Server, receipts []loadtest.Receipt) {
	c.Helper()
	if missing := loadtest.FindAll(c.Context(), s.Base, receipts); len(missing) > 0 {
		c.Fatalf("%d of %d receipts missing, the first: %v", len(missing), len(receipts), missing[0])
	}
}

// TestNoReceiptIsLostWhenTheProgramIsKilled kills the program at random moments while 200 residents speak at once. Every
// receipt whose answer arrived is found again, and row, journal and figures agree.
func TestNoReceiptIsLostWhenTheProgramIsKilled(t *testing.T) {
	kills := 3
	if long() {
		kills = 100
	} else if testing.Short() {
		kills = 1
	}
	chance := seeded(t)
	eachCounty(t, func(t *testing.T, c *county) {
		var all []loadtest.Receipt
		s := c.serve()
		for kill := range kills {
			crowd := c.crowd(s.Base)
			ctx, silence := context.WithCancel(t.Context())
			crowd.Speak(ctx)
			for i := 0; i < 200 && kill%4 != 3 && crowd.Said() == 0; i++ { // on a busy machine the first may take its time
				time.Sleep(50 * time.Millisecond)
			}
			time.Sleep(time.Duration(chance.IntN(1500)) * time.Millisecond)
			s.Kill()
			silence()
			receipts, refused := crowd.End()
			if len(refused) > 0 {
				t.Errorf("%d words refused, the first: %v", len(refused), refused[0])
			}
			s = c.serve()
			c.found(s, receipts)
			t.Logf("kill %d: %d receipts, none lost", kill+1, len(receipts))
			all = append(all, receipts...)
			if t.Failed() {
				t.FailNow()
			}
			if long() && kill%10 == 9 {
				c.checked(s)
				s = c.serve()
			}
		}
		if len(all) < kills {
			t.Errorf("%d receipts in %d rounds: nobody was served", len(all), kills)
		}
		if long() { // and those of the first rounds after all the kills that followed
			c.found(s, all)
		}
		c.checked(s)
	})
}

// checked stops the program and lets it check itself.
func (c *county) checked(s *loadtest.Server) {
	c.Helper()
	if err := s.Stop(); err != nil {
		c.Errorf("serve ended with %v\n%s", err, s.Log())
	}
	c.run("check")
}

// TestNoReceiptIsLostWhenPostgreSQLCrashes ends every process of the database while 200 residents speak. The program
// goes on by itself when the database is back.
func TestNoReceiptIsLostWhenPostgreSQLCrashes(t *testing.T) {
	crashes := 1
	if long() {
		crashes = 10
	} else if testing.Short() {
		t.Skip("long: it makes a database server of its own")
	}
	chance := seeded(t)
	pg := loadtest.NewPostgres(t)
	c := fillCounty(t, newDatabase(t, pg.URL))
	s := c.serve()
	for crash := range crashes {
		crowd := c.crowd(s.Base)
		ctx, silence := context.WithCancel(t.Context())
		crowd.Speak(ctx)
		time.Sleep(time.Duration(300+chance.IntN(700)) * time.Millisecond)
		pg.Crash()
		before := crowd.Said()
		time.Sleep(time.Duration(chance.IntN(1000)) * time.Millisecond)
		pg.Start(t)
		for range 100 {
			if crowd.Said() > before+50 {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		after := crowd.Said()
		silence()
		receipts, _ := crowd.End() // who was refused was told so
		if after <= before+50 {
			t.Fatalf("crash %d: nobody was served after it\n%s", crash+1, s.Log())
		}
		c.found(s, receipts)
		t.Logf("crash %d: %d receipts before, %d after it, none lost", crash+1, before, len(receipts)-before)
	}
	c.checked(s)
}
