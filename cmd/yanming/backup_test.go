package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/backup"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/demo"
	"yanming/internal/doctor"
	"yanming/internal/figures"
	"yanming/internal/i18n"
	"yanming/internal/notice"
)

// command runs the program and returns what it said; it fails the test unless the command ends with code.
func command(t *testing.T, code int, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	env := func(name string) string {
		return map[string]string{"YANMING_LANG": "en", "YANMING_PASSPHRASE": "four geese carry letters"}[name]
	}
	if got := run(t.Context(), args, &out, &out, env); got != code {
		t.Fatalf("yanming %s: %d, want %d\n%s", strings.Join(args, " "), got, code, out.String())
	}
	return out.String()
}

// mustOpen opens every receipt of a demo's guide in a browser, over the installation at data and source.
func mustOpen(t *testing.T, data, source string, guide demo.Guide) {
	t.Helper()
	h, err := place{Data: data, DB: source}.open(t.Context(), shell{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	srv := httptest.NewUnstartedServer(nil)
	handler, err := h.site(context.Background(), siteConfig{base: "http://" + srv.Listener.Addr().String(), log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	srv.Config.Handler = handler
	srv.Start()
	defer srv.Close()
	opened := 0
	for _, r := range guide.Receipts {
		if r.Secret != "" {
			continue
		}
		v := newVisitor(t, srv.URL)
		v.get("/r")
		v.send("/r", "number", string(r.Number), "code", r.Code)
		if !strings.HasPrefix(v.at.Path, "/r/") {
			t.Errorf("receipt %s leads to %s: %s", r.Number, v.at, v.words())
		}
		opened++
	}
	if opened < 3 {
		t.Errorf("only %d receipts to open", opened)
	}
}

// TestFromABareMachine is the whole story, from and to either engine: a demo, its backup and the export of its keys;
// then an empty folder and an empty database, in which everything opens and adds up again.
func TestFromABareMachine(t *testing.T) {
	root := t.TempDir()
	for _, from := range dbtest.Engines() {
		data, source := filepath.Join(root, "from-"+string(from)), dbtest.Empty(t, from)
		guide := filledDemo(t, data, source)
		archive, keys := filepath.Join(data, "all.ybk"), filepath.Join(data, "k.age")
		command(t, exitDone, "backup", "--data", data, "--db", source, "-o", archive)
		command(t, exitDone, "keys", "export", "--data", data, "-o", keys)
		before := command(t, exitDone, "figures", "--data", data, "--db", source, "--town", demo.Town, "--json")
		for _, to := range dbtest.Engines() {
			t.Run(string(from)+" to "+string(to), func(t *testing.T) {
				bare, target := filepath.Join(t.TempDir(), "bare"), dbtest.Empty(t, to)
				command(t, exitDone, "keys", "import", "--data", bare, keys)
				command(t, exitDone, "restore", "--data", bare, "--db", target, archive)
				command(t, exitDone, "check", "--data", bare, "--db", target)
				if after := command(t, exitDone, "figures", "--data", bare, "--db", target, "--town", demo.Town, "--json"); after != before {
					t.Errorf("other figures:\n%s\nbefore:\n%s", after, before)
				}
				mustOpen(t, bare, target, guide)
				if from == to {
					return
				}
				moved := dbtest.Empty(t, to)
				inUse, err := db.Open(t.Context(), source, db.Options{ReadOnly: true})
				if err == nil {
					err = inUse.Answers(t.Context())
				}
				if err != nil {
					t.Fatal(err)
				}
				if from == db.Postgres { // what is written from another machine meanwhile would stay behind
					if said := command(t, exitUsage, "copy", "--data", data, "--from", source, "--to", moved); !strings.Contains(said, "has this database open") {
						t.Errorf("copy beside a server says:\n%s", said)
					}
				}
				if err := inUse.Close(); err != nil {
					t.Fatal(err)
				}
				said := command(t, exitDone, "copy", "--data", data, "--from", source, "--to", moved)
				if n := strings.Count(said, " equal\n"); n != 5 || strings.Contains(said, "DIFFERS") {
					t.Errorf("copy says:\n%s", said)
				}
				command(t, exitDone, "check", "--data", data, "--db", moved)
				mustOpen(t, data, moved, guide)
				if said := command(t, exitUsage, "copy", "--data", data, "--from", source, "--to", moved); !strings.Contains(said, "not empty") {
					t.Errorf("copy over it says:\n%s", said)
				}
			})
		}
	}
}

// filledDemo fills a demo and freezes two figures in it.
func filledDemo(t *testing.T, data, source string) demo.Guide {
	t.Helper()
	cat, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	guide, err := demoCmd{Data: data, DB: source, Seed: 7}.guide(t.Context(), shell{out: io.Discard, err: io.Discard, cat: cat, lang: i18n.EN})
	if err != nil {
		t.Fatal(err)
	}
	h, err := place{Data: data, DB: source}.open(t.Context(), shell{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	_, err = h.figures.Freeze(t.Context(), h.db, actor.Actor{Town: demo.Town, Person: "p"}, figures.Freeze{Key: "freeze", Purpose: "test",
		Items: []figures.Item{{Code: "case.received"}, {Code: "case.collected"}}})
	if err != nil {
		t.Fatal(err)
	}
	return guide
}

// TestAnUpgradeBeginsWithABackup: an installation of an older program is backed up before its schema changes, and not
// changed where that is not possible.
func TestAnUpgradeBeginsWithABackup(t *testing.T) {
	dbtest.EachEmpty(t, func(t *testing.T, fresh func() string) {
		source, data := fresh(), filepath.Join(t.TempDir(), "data")
		d, err := db.Open(t.Context(), source, db.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.MigrateTo(t.Context(), 20); err != nil {
			t.Fatal(err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		command(t, exitUsage, "check", "--data", data, "--db", source) // no installation: makes nothing
		if err := os.MkdirAll(data, 0o700); err != nil {
			t.Fatal(err)
		}
		if h, err := (place{Data: filepath.Join(t.TempDir(), "keys-only")}).open(t.Context(), shell{}, nil); err != nil {
			t.Fatal(err)
		} else if err := os.CopyFS(filepath.Join(data, "keys"), os.DirFS(filepath.Join(h.dir, "keys"))); err != nil {
			t.Fatal(err)
		} else {
			h.close()
		}
		names, err := filepath.Glob(filepath.Join(data, "keys", "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range append(names, filepath.Join(data, "keys")) {
			mode := os.FileMode(0o600)
			if filepath.Base(name) == "keys" {
				mode = 0o700
			}
			if err := os.Chmod(name, mode); err != nil {
				t.Fatal(err)
			}
		}
		opened := []string{"town", "open", "--data", data, "--db", source, "--name", "试验镇", "--admin", "管理员", "--login", "boss", "419901101"}
		blocked := filepath.Join(data, "blocked")
		if err := os.WriteFile(blocked, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if said := command(t, exitUsage, append(opened, "--backup-dir", filepath.Join(blocked, "x"))...); !strings.Contains(said, "--no-backup") {
			t.Errorf("without a place for it: %s", said)
		}
		standing := func() db.Standing {
			d, err := db.Open(t.Context(), source, db.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			s, err := d.Standing(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		if s := standing(); s.At != 20 {
			t.Errorf("the schema was changed without a backup: %+v", s)
		}
		command(t, exitUsage, "check", "--data", data, "--db", source) // who only looks changes nothing
		command(t, exitDone, opened...)
		made, err := filepath.Glob(filepath.Join(data, "backups", "yanming-*-upgrade.ybk"))
		if err != nil || len(made) != 1 {
			t.Errorf("archives: %v, %v", made, err)
		}
		if s := standing(); s.At != s.Newest {
			t.Errorf("schema %+v", s)
		}
	})
}

// TestTheNightlyBackupIsMadeWhileServing: soon after the first start there is one, and none in a demo.
func TestTheNightlyBackupIsMadeWhileServing(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	command(t, exitDone, "town", "open", "--data", data, "--name", "试验镇", "--admin", "管理员", "--login", "boss", "419901101")
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"serve", "--data", data, "--listen", "127.0.0.1:0", "--backup-at", "00:00"}, io.Discard, io.Discard, func(string) string { return "" })
	}()
	var made []string
	for end := time.Now().Add(time.Minute); len(made) == 0 && time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		made, _ = filepath.Glob(filepath.Join(data, "backups", "yanming-419901101-*-nightly.ybk"))
	}
	stop()
	if code := <-ended; code != exitDone || len(made) != 1 {
		t.Errorf("serve ended with %d, made %v", code, made)
	}
}

// TestABackupBesideAServerIsNotedByIt: the command reads by itself, and the server, which alone may write, notes it.
func TestABackupBesideAServerIsNotedByIt(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	command(t, exitDone, "town", "open", "--data", data, "--name", "试验镇", "--admin", "管理员", "--login", "boss", "419901101")
	serving(t, serveCmd{place: place{Data: data}, listening: listening{Listen: "127.0.0.1:0"}})
	file := filepath.Join(t.TempDir(), "x.ybk")
	command(t, exitDone, "backup", "--data", data, "-o", file)
	d, err := db.Open(t.Context(), filepath.Join(data, "yanming.db"), db.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	made, err := backup.Recent(t.Context(), d, 10)
	if err != nil || !slices.ContainsFunc(made, func(m backup.Made) bool { return m.Kind == backup.Manual && m.Path == file && m.Verified }) {
		t.Errorf("%+v, %v", made, err)
	}
}

// TestAFailedNightlyBackupIsTold to the administrators of whoever runs the installation, once a day.
func TestAFailedNightlyBackupIsTold(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	command(t, exitDone, "town", "open", "--data", data, "--name", "试验镇", "--admin", "管理员", "--login", "boss", "419901101")
	command(t, exitDone, "town", "open", "--data", data, "--name", "第二镇", "--admin", "管理员", "--login", "second", "419901102")
	blocked := filepath.Join(t.TempDir(), "blocked")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := place{Data: data, BackupDir: filepath.Join(blocked, "x")}.open(t.Context(), shell{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	for range 2 {
		err = errors.Join(err, h.night(t.Context(), backup.DefaultPlan()))
	}
	if err == nil {
		t.Fatal("a backup into a file succeeded")
	}
	for town, want := range map[string]int64{"419901101": 1, "419901102": 0} {
		err := h.db.View(t.Context(), town, func(tx *db.Tx) error {
			all, err := auth.Accounts(t.Context(), tx)
			if err != nil {
				return err
			}
			if n, err := notice.Unread(t.Context(), tx, all[0].Person); n != want || err != nil {
				t.Errorf("%s: %d notices, want %d, %v", town, n, want, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	look := doctor.Examine(t.Context(), []doctor.Check{backupCheck(h.backups, h.orgs)})
	if len(look) != 1 || look[0].Key != "doctor.backup.failed" {
		t.Errorf("the doctor says %+v", look)
	}
}
