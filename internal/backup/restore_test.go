package backup

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"yanming/internal/blob"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/seal"
)

// another is one more event.
const another = `INSERT INTO events (town_id, seq, id, record_kind, record_id, n, type, actor_id, at, day, batch_id, payload, secret, salt, leaf_idx)
	VALUES ($1, 41, 'e41', 'case', 'c', 41, 'urged', 'resident', 5, '2026-11-29', '', '{}', NULL, $2, NULL)`

// later is filled, with an archive, and then goes on: its journal's head is 41.
func later(t *testing.T, source string) (w *world, path string) {
	t.Helper()
	w = filled(t, source, 0)
	path = w.archive(t)
	w.exec(t, another, []byte("salt"))
	if err := w.close(); err != nil {
		t.Fatal(err)
	}
	return w, path
}

// TestARestoreReplacesAllAndKeepsWhatWas on both engines.
func TestARestoreReplacesAllAndKeepsWhatWas(t *testing.T) {
	dbtest.EachEmpty(t, func(t *testing.T, fresh func() string) {
		w, path := later(t, fresh())
		digest := w.files[0]
		if err := os.Remove(filepath.Join(w.data, "files", digest[:2], digest[2:])); err != nil {
			t.Fatal(err)
		}
		out, err := w.restore(path, w.source).Run(ctx)
		if err != nil || !out.Replaced || out.Aside == "" {
			t.Fatalf("%+v, %v", out, err)
		}
		if seq, err := seqOf(t, w.source); seq != 40 || err != nil {
			t.Errorf("journal's head %d, %v, want the archive's 40", seq, err)
		}
		aside := filepath.Join(out.Aside, "yanming.db")
		if db.EngineOf(w.source) == db.Postgres {
			schema, _, _ := strings.Cut(out.Aside, " ")
			if aside, err = db.Within(w.source, schema); err != nil {
				t.Fatal(err)
			}
		}
		if n := derivedOf(t, w.source); n != 0 {
			t.Errorf("%d derived rows of what was replaced are still there", n)
		}
		if seq, err := seqOf(t, aside); seq != 41 || err != nil {
			t.Errorf("what was replaced has head %d, %v, want 41", seq, err)
		}
		for _, d := range w.files {
			if _, err := w.Blobs.GetBytes(d); err != nil {
				t.Errorf("file %s: %v", d, err)
			}
		}
		left, err := filepath.Glob(filepath.Join(filepath.Dir(w.source), "yanming.db*"))
		if err != nil || db.EngineOf(w.source) == db.SQLite && len(left) > 3 {
			t.Errorf("left over: %v, %v", left, err)
		}
	})
}

// TestARestoreThatIsRefusedChangesNothing: the sentence says why, and the installation is as it was.
func TestARestoreThatIsRefusedChangesNothing(t *testing.T) {
	dbtest.EachEmpty(t, func(t *testing.T, fresh func() string) {
		w, path := later(t, fresh())
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		cut := filepath.Join(t.TempDir(), "cut.ybk")
		if err := os.WriteFile(cut, whole[:len(whole)-9], 0o600); err != nil {
			t.Fatal(err)
		}
		strange, err := seal.Open(filepath.Join(t.TempDir(), "keys"))
		if err != nil {
			t.Fatal(err)
		}
		boom := errors.New("boom")
		for _, tt := range []struct {
			name string
			with func(*Restore)
			want string
		}{
			{"cut", func(r *Restore) { r.Path = cut }, "backup.damaged"},
			{"no archive", func(r *Restore) { r.Path = filepath.Join(w.data, "keys", "base.key") }, "backup.not_archive"},
			{"other keys", func(r *Restore) { r.Keys = strange }, "backup.keys_other"},
			{"content that disagrees", func(r *Restore) {
				r.Ready = func(context.Context, *db.DB) ([]string, error) { return []string{"case 1"}, nil }
			}, "backup.faults"},
			{"a failing check", func(r *Restore) {
				r.Ready = func(context.Context, *db.DB) ([]string, error) { return nil, boom }
			}, ""},
			{"a rehearsal", func(r *Restore) { r.Rehearse = true }, ""},
		} {
			r := w.restore(path, w.source)
			tt.with(&r)
			out, err := r.Run(ctx)
			if keyOf(err) != tt.want || out.Replaced || (err == nil) != r.Rehearse {
				t.Errorf("%s: %+v, %v", tt.name, out, err)
			}
			if seq, err := seqOf(t, w.source); seq != 41 || err != nil {
				t.Errorf("%s: head %d, %v, want 41 as before", tt.name, seq, err)
			}
			for _, pattern := range []string{w.source + ".*", w.source + "-derived*"} {
				if left, _ := filepath.Glob(pattern); len(left) > 0 {
					t.Errorf("%s: left over: %v", tt.name, left)
				}
			}
			if n := derivedOf(t, w.source); n != 2 {
				t.Errorf("%s: %d derived rows, want 2 as before", tt.name, n)
			}
		}
		open, err := db.Open(ctx, w.source, db.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := open.Answers(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := w.restore(path, w.source).Run(ctx); keyOf(err) != "backup.running" {
			t.Errorf("beside a server: %v", err)
		}
		if err := open.Close(); err != nil {
			t.Fatal(err)
		}
		if r := w.restore(path, w.source); true {
			r.Ready = func(context.Context, *db.DB) ([]string, error) { return []string{"case 1"}, nil }
			r.Insist = true
			if out, err := r.Run(ctx); err != nil || !out.Replaced || len(out.Faults) != 1 {
				t.Errorf("insisting: %+v, %v", out, err)
			}
		}
	})
}

// TestTheKeysOfItsTimeAreAskedFor: after a rotation and the loss of the old key, the archive says which export it needs.
func TestTheKeysOfItsTimeAreAskedFor(t *testing.T) {
	w := filled(t, dbtest.Empty(t, db.SQLite), 0)
	path := w.archive(t)
	var saved bytes.Buffer
	if err := w.Keys.Export(&saved, "four geese carry letters"); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for _, after := range []time.Duration{31 * 24 * time.Hour, 31*24*time.Hour + 2*time.Hour} { // the second destroys the old one
		if _, err := w.Keys.Rotate(ctx, w.Store, now.Add(after)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.restore(path, w.source).Run(ctx); keyOf(err) != "backup.keys_missing" {
		t.Fatalf("without the old key: %v", err)
	}
	keys, err := seal.Import(filepath.Join(w.data, "keys"), &saved, "four geese carry letters")
	if err != nil {
		t.Fatal(err)
	}
	r := w.restore(path, w.source)
	r.Keys = keys
	if out, err := r.Run(ctx); err != nil || out.Lost != 0 {
		t.Errorf("with the export of its time: %+v, %v", out, err)
	}
}

// TestSchemasOfOtherVersions: an older one is brought forward, a newer one refused in one sentence.
func TestSchemasOfOtherVersions(t *testing.T) {
	dbtest.EachEmpty(t, func(t *testing.T, fresh func() string) {
		w := filled(t, fresh(), 20)
		path := w.archive(t)
		target := fresh()
		r := w.restore(path, target)
		r.Data = t.TempDir()
		out, err := r.Run(ctx)
		if err != nil || out.Manifest.Schema != 20 {
			t.Fatalf("%+v, %v", out.Manifest, err)
		}
		back := opened(t, target, 0)
		if s, err := back.Store.Standing(ctx); err != nil || s.At != s.Newest || s.Missing != 0 {
			t.Errorf("schema %+v, %v", s, err)
		}
		if n := count(t, back, "events"); n != 40 {
			t.Errorf("%d events came over", n)
		}
		back.exec(t, `INSERT INTO goose_db_version (version_id, is_applied) SELECT 9999, $2 WHERE $1 <> ''`, true)
		newer := back.archive(t)
		if _, err := w.restore(newer, fresh()).Run(ctx); keyOf(err) != "backup.newer" {
			t.Errorf("newer: %v", err)
		}
	})
}

// TestBeforeAnUpgradeThereIsAnArchiveOfTheOldSchema, and none where nothing changes.
func TestBeforeAnUpgradeThereIsAnArchiveOfTheOldSchema(t *testing.T) {
	dbtest.EachEmpty(t, func(t *testing.T, fresh func() string) {
		w := filled(t, fresh(), 20)
		made, err := w.BeforeMigrate(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		f, err := Open(made.Path, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if m, s, err := Read(ctx, f, Visitor{}); err != nil || m.Schema != 20 || m.Files || s.rows() < 40 {
			t.Errorf("%+v, %+v, %v", m, s, err)
		}
		if err := w.close(); err != nil {
			t.Fatal(err)
		}
		for name, source := range map[string]string{"once more": w.source, "of a new one": fresh()} {
			if made, err := opened(t, source, 0).BeforeMigrate(ctx, nil); made.Path != "" || err != nil {
				t.Errorf("%s: %+v, %v", name, made, err)
			}
		}
	})
}

// TestKilledAtAnyMomentARestoreLeavesOneInstallation runs restores in a process of their own and kills it (kill -9) at
// moments all over its run. Whatever is found is the old installation or the new one, whole.
func TestKilledAtAnyMomentARestoreLeavesOneInstallation(t *testing.T) {
	dbtest.EachEmpty(t, func(t *testing.T, fresh func() string) {
		w, path := later(t, fresh())
		run := func(after time.Duration) (killed bool) {
			cmd := exec.Command(os.Args[0], "-test.run=^TestRestoringProcess$")
			cmd.Env = append(os.Environ(), "YANMING_RESTORE="+strings.Join([]string{path, w.source, w.data}, "\n"))
			var said bytes.Buffer
			cmd.Stdout, cmd.Stderr = &said, &said
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			timer := time.AfterFunc(after, func() { cmd.Process.Kill() })
			err := cmd.Wait()
			timer.Stop()
			var exit *exec.ExitError
			if err != nil && (!errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL) {
				t.Fatalf("the restore failed by itself: %v\n%s", err, said.String())
			}
			return err != nil
		}
		start := time.Now()
		run(time.Minute)
		whole := time.Since(start)
		kills := 0
		rounds := 12
		for i := range rounds {
			if run(whole * time.Duration(i+1) / time.Duration(rounds+1)) {
				kills++
			}
			if db.EngineOf(w.source) == db.SQLite {
				if err := Finish(w.source); err != nil {
					t.Fatal(err)
				}
			}
			seq, err := seqOf(t, w.source)
			if err != nil || seq != 40 && seq != 41 {
				t.Fatalf("kill %d: head %d, %v", i, seq, err)
			}
			d, err := db.Open(ctx, w.source, db.Options{})
			if err != nil {
				t.Fatal(err)
			}
			err = d.Update(ctx, dbtest.Town, func(tx *db.Tx) error { // goes on as if nothing had been
				_, err := tx.Exec(ctx, another+` ON CONFLICT DO NOTHING`, []byte("salt"))
				return err
			})
			if err := errors.Join(err, d.Close()); err != nil {
				t.Fatal(err)
			}
		}
		if kills == 0 {
			t.Error("no restore was cut off")
		}
	})
}

// TestRestoringProcess is the process that the test above kills.
func TestRestoringProcess(t *testing.T) {
	words := strings.Split(os.Getenv("YANMING_RESTORE"), "\n")
	if len(words) != 3 {
		return // not asked for
	}
	keys, err := seal.Open(filepath.Join(words[2], "keys"))
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.Open(filepath.Join(words[2], "files"))
	if err != nil {
		t.Fatal(err)
	}
	for try := 0; ; try++ {
		r := Restore{Path: words[0], Source: words[1], Data: words[2], Keys: keys, Blobs: blobs, Now: time.Now(),
			Ready: func(context.Context, *db.DB) ([]string, error) { return nil, nil }}
		_, err = r.Run(ctx)
		if keyOf(err) != "backup.running" || try > 40 { // PostgreSQL takes a moment to notice that a client was killed
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestTheExchangeIsFinishedWhereverItWasCutOff goes through every state that a power cut can leave of it.
func TestTheExchangeIsFinishedWhereverItWasCutOff(t *testing.T) {
	for _, tt := range []struct {
		name  string
		moved int // of the old database's files
		done  bool
	}{{"at once", 0, false}, {"after the first", 1, false}, {"after all", 2, false}, {"at the end", 2, true}} {
		dir := t.TempDir()
		s := stagedFile{filepath.Join(dir, "yanming.db")}
		aside := filepath.Join(dir, "replaced")
		put := func(path, content string) {
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for i, c := range []string{"", "-wal"} {
			if i < tt.moved {
				if err := os.MkdirAll(aside, 0o700); err != nil {
					t.Fatal(err)
				}
				put(filepath.Join(aside, "yanming.db"+c), "old"+c)
			} else {
				put(s.path+c, "old"+c)
			}
		}
		if tt.done {
			put(s.path, "new")
		} else {
			put(s.staged(), "new")
		}
		if b, err := os.ReadFile(s.path); tt.name == "at once" && (err != nil || string(b) != "old") {
			t.Fatal("the test itself is wrong")
		}
		put(s.swap(), `"`+aside+`"`)
		if err := Finish(s.path); err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, name := range []string{"yanming.db", "yanming.db-wal", "yanming.db.staged", "yanming.db.restored", "replaced/yanming.db", "replaced/yanming.db-wal"} {
			if b, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
				got[name] = string(b)
			}
		}
		want := map[string]string{"yanming.db": "new", "replaced/yanming.db": "old", "replaced/yanming.db-wal": "old-wal"}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
