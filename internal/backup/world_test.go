package backup

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"yanming/internal/blob"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/seal"
)

var ctx = context.Background()

// noon is when the tests' installations live.
var noon = time.Date(2026, 11, 29, 4, 0, 0, 0, time.UTC)

// world is a small installation with one of everything that an archive treats in its own way.
type world struct {
	*Service
	source string
	data   string
	files  []string // digests that records name
	close  func() error
}

// opened opens the database at source, migrated to schema (0: the newest), with folders of its own.
func opened(t *testing.T, source string, schema int64) *world {
	t.Helper()
	w := &world{source: source, data: t.TempDir()}
	d, err := db.Open(ctx, source, db.Options{Now: func() time.Time { return noon }, Readers: 4})
	if err != nil {
		t.Fatal(err)
	}
	w.close = sync.OnceValue(d.Close)
	t.Cleanup(func() { w.close() })
	if _, err := d.MigrateTo(ctx, schema); err != nil {
		t.Fatal(err)
	}
	keys, err := seal.Open(filepath.Join(w.data, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.Open(filepath.Join(w.data, "files"))
	if err != nil {
		t.Fatal(err)
	}
	w.Service = New(Config{Store: d, Blobs: blobs, Keys: keys, Program: "test", Dir: filepath.Join(w.data, "backups")})
	return w
}

// filled is opened with content.
func filled(t *testing.T, source string, schema int64) *world {
	t.Helper()
	w := opened(t, source, schema)
	w.exec(t, `INSERT INTO towns (town_id, number, parent_id, level, name, demo, opened_at) VALUES ($1, 100, '419900', 'town', '雁南镇', $2, 1)`, true)
	for i := range 40 {
		var secret []byte
		if i%3 == 0 {
			secret = bytes.Repeat([]byte{byte(i)}, 100_000)
		}
		w.exec(t, `INSERT INTO events (town_id, seq, id, record_kind, record_id, n, type, actor_id, at, day, batch_id, payload, secret, salt, leaf_idx)
			VALUES ($1, $2, $3, 'case', 'c', $2, 'registered', 'resident', 5, '2026-11-29', '', $4, $5, $6, NULL)`,
			int64(i+1), fmt.Sprint("e", i), "{\"text\":\"路灯\\n不亮 \\\"急\\\"\"}", secret, []byte{})
	}
	w.exec(t, `INSERT INTO installation (key, value) SELECT 'setup_token', 'hush' WHERE $1 <> ''`)
	w.exec(t, `INSERT INTO installation (key, value) SELECT 'other', 'kept' WHERE $1 <> ''`)
	w.exec(t, `INSERT INTO sessions (town_id, id, token_hash, account_id, roles, device, created_at, lapses_at, expires_at) VALUES ($1, 's', $2, 'a', '', '', 1, 1, 1)`, []byte("hash"))
	if schema == 0 { // what older ones did not have
		w.exec(t, `INSERT INTO password_links (town_id, account_id, token_hash, until_at) VALUES ($1, 'a', $2, 1)`, []byte("hash"))
		if err := w.Store.Derive(ctx, dbtest.Town, func(tx *db.Tx) error {
			if _, err := tx.Exec(ctx, `INSERT INTO derived_marks (town_id, name, seq) VALUES ($1, 'case_search', 40)`); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `INSERT INTO search_docs (town_id, kind, record_id, doc, body) VALUES ($1, 'case', 'c', 1, 'body')`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	w.exec(t, `INSERT INTO marks (town_id, name, seq) VALUES ($1, 'search', 40)`)
	for i, text := range []string{"a photo", "another", "a recording"} {
		digest, err := w.Blobs.PutBytes(ctx, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		w.files = append(w.files, digest)
		w.exec(t, `INSERT INTO record_files (town_id, id, record_id, event_id, digest, name, media, bytes, role, sealed, at)
			VALUES ($1, $2, 'c', 'e', $3, 'x.jpg', 'image/jpeg', 7, 'original', $4, 1)`, fmt.Sprint("f", i), digest, false)
	}
	if _, err := w.Blobs.PutBytes(ctx, []byte("nobody's")); err != nil {
		t.Fatal(err)
	}
	if err := w.Store.Update(ctx, dbtest.Town, func(tx *db.Tx) error { _, err := w.Keys.NewKey(ctx, tx, "c"); return err }); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) exec(t *testing.T, text string, args ...any) {
	t.Helper()
	if err := w.Store.Update(ctx, dbtest.Town, func(tx *db.Tx) error { _, err := tx.Exec(ctx, text, args...); return err }); err != nil {
		t.Fatal(err)
	}
}

// archive makes an archive and returns its path.
func (w *world) archive(t *testing.T) string {
	t.Helper()
	made, _, err := w.Make(ctx, Order{Kind: Manual})
	if err != nil {
		t.Fatal(err)
	}
	return made.Path
}

// restore is a restore of path into source with w's folder and keys.
func (w *world) restore(path, source string) Restore {
	return Restore{Path: path, Source: source, Data: w.data, Keys: w.Keys, Blobs: w.Blobs, Now: noon,
		Ready: func(context.Context, *db.DB) ([]string, error) { return nil, nil }}
}

func (w *world) sums(t *testing.T) map[string]Sum {
	t.Helper()
	list, err := sumsOf(ctx, w.Store)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]Sum{}
	for _, s := range list {
		out[s.Name] = s
	}
	return out
}

// keyOf is the message key of an error, "" for none.
func keyOf(err error) string {
	if all := errs.All(err); len(all) > 0 {
		return all[0].Key
	}
	return ""
}

// seqOf asks a database for its journal's head, to tell one installation from another.
func seqOf(t *testing.T, source string) (seq int64, err error) {
	t.Helper()
	d, err := db.Open(ctx, source, db.Options{Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	err = d.View(ctx, dbtest.Town, func(tx *db.Tx) error {
		return tx.Row(ctx, `SELECT max(seq) FROM events WHERE town_id = $1`).Scan(&seq)
	})
	return seq, err
}

// derivedOf counts what a database has that is derived.
func derivedOf(t *testing.T, source string) (n int) {
	t.Helper()
	d, err := db.Open(ctx, source, db.Options{Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.View(ctx, dbtest.Town, func(tx *db.Tx) error {
		return tx.Row(ctx, `SELECT (SELECT count(*) FROM search_docs WHERE town_id = $1) + (SELECT count(*) FROM derived_marks WHERE town_id = $1)`).Scan(&n)
	}); err != nil {
		t.Fatal(err)
	}
	return n
}
