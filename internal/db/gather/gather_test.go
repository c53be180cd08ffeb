package gather

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // the driver
	"pgregory.net/rapid"
)

// openWith opens a database with a cache of some pages; through this package so that it never spills.
func openWith(t rapid.TB, path, vfs string, pages int) *sql.DB {
	return openAs(t, path, vfs, pages, "FULL")
}

func openAs(t rapid.TB, path, vfs string, pages int, synchronous string) *sql.DB {
	t.Helper()
	if err := Register(); err != nil {
		t.Fatal(err)
	}
	q := url.Values{"_pragma": {"journal_mode(WAL)", "synchronous(" + synchronous + ")", fmt.Sprintf("cache_size(%d)", pages), "wal_autocheckpoint(0)", "busy_timeout(5000)"}}
	if vfs != "" {
		q.Set("vfs", vfs)
		q.Add("_pragma", "cache_spill(0)")
	}
	d, err := sql.Open("sqlite", "file:"+path+"?"+q.Encode())
	if err != nil {
		t.Fatal(err)
	}
	d.SetMaxOpenConns(1)
	return d
}

func run(t rapid.TB, d *sql.DB, text string, args ...any) {
	t.Helper()
	if _, err := d.Exec(text, args...); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

// contents is every row as text.
func contents(t rapid.TB, d *sql.DB) map[int]string {
	t.Helper()
	rows, err := d.Query(`SELECT id, body FROM t`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	m := map[int]string{}
	for rows.Next() {
		var id int
		var body string
		if err := rows.Scan(&id, &body); err != nil {
			t.Fatal(err)
		}
		m[id] = body
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return m
}

func same(t rapid.TB, what string, got, want map[int]string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d rows, want %d", what, len(got), len(want))
	}
	for id, body := range want {
		if got[id] != body {
			t.Fatalf("%s: row %d is %.20q of %d bytes, want %.20q of %d", what, id, got[id], len(got[id]), body, len(body))
		}
	}
}

// cut is what a machine that lost its power finds: the files as they lie there, opened without this package.
func cut(t rapid.TB, path string) map[int]string {
	t.Helper()
	dir, err := os.MkdirTemp(filepath.Dir(path), "cut")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	for _, end := range []string{"", "-wal"} {
		b, err := os.ReadFile(path + end)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "x.db"+end), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d := openWith(t, filepath.Join(dir, "x.db"), "", 100)
	defer d.Close()
	var said string
	if err := d.QueryRow(`PRAGMA integrity_check`).Scan(&said); err != nil || said != "ok" {
		t.Fatalf("after the cut: %s, %v", said, err)
	}
	return contents(t, d)
}

func clone(m map[int]string) map[int]string {
	c := make(map[int]string, len(m))
	for k, v := range m {
		c[k] = v
	}
	return c
}

// Whatever transactions do, a reader without this VFS and a copy of the files taken at any moment hold what was committed.
func TestWhatIsCommittedIsThereForReadersAndAfterACut(t *testing.T) {
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		path := filepath.Join(dir, fmt.Sprintf("%d.db", n))
		d := openAs(t, path, Name, 10, rapid.SampledFrom([]string{"FULL", "NORMAL"}).Draw(t, "synchronous"))
		defer d.Close()
		run(t, d, `CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT NOT NULL)`)
		run(t, d, `CREATE INDEX b ON t (body)`)
		reader := openWith(t, path, "", 10)
		defer reader.Close()
		committed := map[int]string{}
		next := 0
		for range rapid.IntRange(1, 6).Draw(t, "transactions") {
			run(t, d, `BEGIN IMMEDIATE`)
			rows, kept := clone(committed), map[int]string(nil)
			for range rapid.IntRange(0, 25).Draw(t, "steps") {
				switch rapid.IntRange(0, 6).Draw(t, "step") {
				case 0, 1, 2:
					next++
					body := strings.Repeat(string(rune('a'+next%26)), rapid.IntRange(1, 30000).Draw(t, "size"))
					run(t, d, `INSERT INTO t VALUES (?, ?)`, next, body)
					rows[next] = body
				case 3:
					id := rapid.IntRange(1, max(next, 1)).Draw(t, "changed")
					if _, ok := rows[id]; ok {
						rows[id] = strings.Repeat("z", rapid.IntRange(1, 9000).Draw(t, "size"))
						run(t, d, `UPDATE t SET body = ? WHERE id = ?`, rows[id], id)
					}
				case 4:
					id := rapid.IntRange(1, max(next, 1)).Draw(t, "gone")
					run(t, d, `DELETE FROM t WHERE id = ?`, id)
					delete(rows, id)
				case 5:
					if kept == nil {
						run(t, d, `SAVEPOINT s`)
						kept = clone(rows)
					} else {
						run(t, d, `ROLLBACK TO s`)
						rows = clone(kept)
					}
				case 6:
					same(t, "the writer", contents(t, d), rows)
				}
			}
			same(t, "a reader meanwhile", contents(t, reader), committed)
			same(t, "a cut meanwhile", cut(t, path), committed)
			if rapid.IntRange(0, 3).Draw(t, "end") == 0 {
				run(t, d, `ROLLBACK`)
			} else {
				run(t, d, `COMMIT`)
				committed = rows
			}
			same(t, "a reader", contents(t, reader), committed)
			same(t, "after a cut", cut(t, path), committed)
			switch rapid.IntRange(0, 5).Draw(t, "log") {
			case 0:
				run(t, d, `PRAGMA wal_checkpoint(PASSIVE)`)
			case 1:
				run(t, d, `PRAGMA wal_checkpoint(TRUNCATE)`)
			}
		}
	})
}
