package doctor

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/job"
	"yanming/internal/journal"
	"yanming/internal/seal"
)

var noon = time.Date(2026, 11, 29, 4, 0, 0, 0, time.UTC)

func at(t time.Time) func() time.Time { return func() time.Time { return t } }

// expect runs a check and compares what it says; it also fails on a message that the catalogue lacks.
func expect(t *testing.T, name string, f Finding, state State, key string) {
	t.Helper()
	if f.State != state || f.Key != key {
		t.Errorf("%s: %s %s %v; want %s %s", name, f.State, f.Key, f.Args, state, key)
	}
	cat, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []i18n.Lang{i18n.ZH, i18n.EN} {
		if s := cat.T(lang, f.Key, f.Args...); !cat.Has(f.Key) || strings.Contains(s, "{") {
			t.Errorf("%s: the sentence is not whole: %q", name, s)
		}
	}
}

func TestRoomOnTheDisk(t *testing.T) {
	const g = 1 << 30
	for _, c := range []struct {
		name  string
		d     disk
		err   error
		state State
		key   string
	}{
		{"half free", disk{free: 50 * g, total: 100 * g}, nil, Well, "doctor.disk.well"},
		{"under a tenth", disk{free: 8 * g, total: 100 * g}, nil, Look, "doctor.disk.filling"},
		{"under a twentieth", disk{free: 4 * g, total: 100 * g}, nil, Todo, "doctor.disk.low"},
		{"under a gigabyte of a small one", disk{free: g / 2, total: 2 * g}, nil, Todo, "doctor.disk.low"},
		{"no inodes", disk{free: 50 * g, total: 100 * g, inodes: 3, limited: true}, nil, Todo, "doctor.disk.inodes"},
		{"no limit of inodes", disk{free: 50 * g, total: 100 * g}, nil, Well, "doctor.disk.well"},
		{"unknown", disk{}, errors.New("no such"), Todo, "doctor.broken"},
	} {
		expect(t, c.name, room("d", func(string) (disk, error) { return c.d, c.err }), c.state, c.key)
	}
	if d, err := diskOf(t.TempDir()); err != nil || d.total == 0 || d.free > d.total {
		t.Errorf("this disk: %+v, %v", d, err)
	}
	expect(t, "a folder that is not there", Disk(filepath.Join(t.TempDir(), "gone")).Run(t.Context()), Todo, "doctor.disk.refuses")
}

func TestFolderMemoryAndClock(t *testing.T) {
	dir := t.TempDir()
	os.Chmod(dir, 0o700)
	expect(t, "private", Folder(dir).Run(t.Context()), Well, "doctor.folder.well")
	os.Chmod(dir, 0o755)
	expect(t, "open", Folder(dir).Run(t.Context()), Todo, "doctor.folder.open")
	expect(t, "plenty", left(1<<33, true), Well, "doctor.memory.well")
	expect(t, "little", left(1<<27, true), Todo, "doctor.memory.low")
	expect(t, "not said", left(0, false), Well, "doctor.memory.unknown")

	wrote := func(when time.Time, err error) func(context.Context) (time.Time, error) {
		return func(context.Context) (time.Time, error) { return when, err }
	}
	expect(t, "nothing written", Clock(at(noon), wrote(time.Time{}, nil)).Run(t.Context()), Well, "doctor.clock.well")
	expect(t, "written before", Clock(at(noon), wrote(noon.Add(-time.Hour), nil)).Run(t.Context()), Well, "doctor.clock.well")
	expect(t, "written in the future", Clock(at(noon), wrote(noon.Add(time.Hour), nil)).Run(t.Context()), Todo, "doctor.clock.back")
	expect(t, "unreadable", Clock(at(noon), wrote(noon, errors.New("x"))).Run(t.Context()), Todo, "doctor.broken")
	expect(t, "an empty battery", Clock(at(time.Unix(0, 0)), nil).Run(t.Context()), Todo, "doctor.clock.early")
	file := filepath.Join(dir, "f")
	os.WriteFile(file, nil, 0o600)
	os.Chtimes(file, noon, noon.Add(2*time.Minute))
	expect(t, "a file of the future", Clock(at(noon), nil, file).Run(t.Context()), Todo, "doctor.clock.back")
}

func TestKeysAreCompleteExportedAndFresh(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	expect(t, "none", Keys(dir, time.Now).Run(t.Context()), Todo, "doctor.keys.none")
	if _, err := os.Stat(dir); err == nil {
		t.Error("looking made keys")
	}
	k, err := seal.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "not exported", Keys(dir, time.Now).Run(t.Context()), Todo, "doctor.keys.unsaved")
	if err := k.MarkSaved(); err != nil {
		t.Fatal(err)
	}
	expect(t, "exported", Keys(dir, time.Now).Run(t.Context()), Well, "doctor.keys.well")
	expect(t, "never rotated", Keys(dir, at(time.Now().AddDate(0, 0, 32))).Run(t.Context()), Todo, "doctor.keys.old")
	os.Chmod(filepath.Join(dir, "base.key"), 0o644)
	expect(t, "readable by others", Keys(dir, time.Now).Run(t.Context()), Todo, "seal.file_open")
}

func TestAddressAndCertificate(t *testing.T) {
	expect(t, "only here", Address("http://127.0.0.1:8080").Run(t.Context()), Look, "doctor.address.inside")
	expect(t, "in clear", Address("http://yijian.example").Run(t.Context()), Todo, "doctor.address.clear")
	expect(t, "encrypted", Address("https://yijian.example").Run(t.Context()), Well, "doctor.address.well")
	expect(t, "no address", Address("yijian").Run(t.Context()), Todo, "doctor.address.broken")

	file := filepath.Join(t.TempDir(), "c.pem")
	leaf := func(name string, from, to time.Time) Leaf {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		c := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{name}, NotBefore: from, NotAfter: to}
		der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return leafOf(file)
	}
	day := 24 * time.Hour
	for _, c := range []struct {
		name     string
		host     string
		from, to time.Duration
		state    State
		key      string
	}{
		{"good", "yijian.example", -day, 60 * day, Well, "doctor.certificate.well"},
		{"nearly over", "yijian.example", -day, 5 * day, Todo, "doctor.certificate.soon"},
		{"over", "yijian.example", -9 * day, -day, Todo, "doctor.certificate.over"},
		{"not yet", "yijian.example", day, 60 * day, Todo, "doctor.certificate.early"},
		{"another's", "else.example", -day, 60 * day, Todo, "doctor.certificate.name"},
	} {
		l := leaf(c.host, noon.Add(c.from), noon.Add(c.to))
		expect(t, c.name, Certificate(l, "https://yijian.example", at(noon)).Run(t.Context()), c.state, c.key)
	}
	os.WriteFile(file, []byte("no certificate"), 0o600)
	expect(t, "unreadable", Certificate(leafOf(file), "https://yijian.example", at(noon)).Run(t.Context()), Todo, "doctor.certificate.unreadable")
	expect(t, "none", Certificate(nil, "https://yijian.example", at(noon)).Run(t.Context()), Well, "doctor.certificate.none")
}

func TestTheDatabaseIsLookedAt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		f := Database(d, true).Run(t.Context())
		if d.Engine() == db.SQLite {
			expect(t, "sound", f, Well, "doctor.database.sound")
			expect(t, "not deep", Database(d, false).Run(t.Context()), Well, "doctor.database.well")
		} else if f.State == Todo { // a server for tests is quick and not durable
			expect(t, "not durable", f, Todo, "doctor.database.settings")
		}
		expect(t, "nothing to do", Jobs(d).Run(t.Context()), Well, "doctor.jobs.well")
		expect(t, "nothing behind", Derivers(d, follower{}).Run(t.Context()), Well, "doctor.derivers.well")

		r := job.NewRunner(d, job.Options{})
		r.Handle("bad", func(context.Context, job.Job) error { return errs.Field("x", "error.required") })
		err := d.UpdateAcross(t.Context(), func(w *db.Wide) error {
			_, err := w.Exec(t.Context(), `INSERT INTO towns (town_id, number, parent_id, level, name, demo, opened_at) VALUES ($1, 100, '419900', 'town', 'x', $2, 0)`, dbtest.Town, false)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Update(t.Context(), dbtest.Town, func(tx *db.Tx) error {
			_, err := job.Enqueue(t.Context(), tx, "bad", nil, time.Time{})
			if err == nil {
				_, err = journal.Append(t.Context(), tx, journal.Event{Kind: "case", Record: "r", N: 1, Type: "noted", Actor: "p", Payload: 1})
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		c.Add(time.Minute)
		expect(t, "behind", Derivers(d, follower{}).Run(t.Context()), Todo, "doctor.derivers.behind")
		expect(t, "waits for a minute", Jobs(d).Run(t.Context()), Well, "doctor.jobs.well")
		c.Add(time.Hour)
		expect(t, "waits for an hour", Jobs(d).Run(t.Context()), Todo, "doctor.jobs.waiting")
		if _, err := r.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		expect(t, "failed for good", Jobs(d).Run(t.Context()), Look, "doctor.jobs.failed")
		r.Every("sick", time.Hour, func(context.Context) error { return errors.New("no") })
		if _, err := r.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		expect(t, "fails again and again", Jobs(d).Run(t.Context()), Todo, "doctor.jobs.again")

		d.Update(t.Context(), dbtest.Town, func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) SELECT 9999, "+tx.Pick("1", "true")+" WHERE $1 <> ''")
			return err
		})
		expect(t, "a newer program's", Database(d, false).Run(t.Context()), Todo, "doctor.database.newer")
	})
	d, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "y.db"), db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "no schema yet", Database(d, false).Run(t.Context()), Todo, "doctor.database.older")
	d.Close()
	expect(t, "closed", Database(d, false).Run(t.Context()), Todo, "doctor.database.shut")
	expect(t, "not opened", Opened(errors.New("no")).Run(t.Context()), Todo, "doctor.database.shut")
	expect(t, "damaged", Opened(fmt.Errorf("open: %w", errs.New(errs.Unavailable, "error.store.damaged"))).Run(t.Context()), Todo, "error.store.damaged.do")
}

// leafOf reads the first certificate of a PEM file.
func leafOf(file string) Leaf {
	return func(context.Context) (*x509.Certificate, error) {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		for len(b) > 0 {
			var p *pem.Block
			if p, b = pem.Decode(b); p == nil {
				break
			}
			if p.Type == "CERTIFICATE" {
				return x509.ParseCertificate(p.Bytes)
			}
		}
		return nil, errors.New(file + " holds no certificate")
	}
}

func TestBackupMailAndHolidays(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "made")
	night := noon.Add(-9 * time.Hour)
	for _, c := range []struct {
		name  string
		b     Backups
		state State
		key   string
	}{
		{"on the first day", Backups{Dir: dir}, Look, "doctor.backup.first"},
		{"never", Backups{Dir: dir, Late: true}, Todo, "doctor.backup.never"},
		{"this night", Backups{Dir: dir, Good: night, Needs: 1 << 10}, Well, "doctor.backup.well"},
		{"three days ago", Backups{Dir: dir, Good: noon.Add(-72 * time.Hour), Late: true}, Todo, "doctor.backup.old"},
		{"failed this night", Backups{Dir: dir, Good: noon.Add(-33 * time.Hour), Failed: night}, Todo, "doctor.backup.failed"},
		{"no room for the next", Backups{Dir: dir, Good: night, Needs: 1 << 60}, Todo, "doctor.backup.room"},
	} {
		expect(t, c.name, Backup(func(context.Context) (Backups, error) { return c.b, nil }).Run(t.Context()), c.state, c.key)
	}
	expect(t, "unreadable", Backup(func(context.Context) (Backups, error) { return Backups{}, errors.New("x") }).Run(t.Context()), Todo, "doctor.broken")

	expect(t, "none set up", Mail(nil).Run(t.Context()), Look, "doctor.mail.none")
	expect(t, "accepted", Mail(func(context.Context) error { return nil }).Run(t.Context()), Well, "doctor.mail.well")
	expect(t, "refused", Mail(func(context.Context) error { return errors.New("no") }).Run(t.Context()), Todo, "doctor.mail.refuses")

	towns := func(years ...int) func(context.Context) ([]Years, error) {
		return func(context.Context) (out []Years, err error) {
			for i, y := range years {
				out = append(out, Years{Town: fmt.Sprint("town ", i), Last: y})
			}
			return out, nil
		}
	}
	december := time.Date(2026, 12, 1, 4, 0, 0, 0, time.UTC)
	expect(t, "this year", Holidays(towns(2026), at(noon)).Run(t.Context()), Well, "doctor.holidays.well")
	expect(t, "not this year", Holidays(towns(2025), at(noon)).Run(t.Context()), Todo, "doctor.holidays.lack")
	expect(t, "December", Holidays(towns(2027, 2026), at(december)).Run(t.Context()), Todo, "doctor.holidays.lack")
	expect(t, "many", Holidays(towns(2026, 2026, 2026, 2026), at(december)).Run(t.Context()), Todo, "doctor.holidays.many")
}

func TestAnExaminationNeverBreaksOff(t *testing.T) {
	list := Examine(t.Context(), []Check{{"disk", func(context.Context) Finding { panic("no") }}, {"mail", func(context.Context) Finding { return well("doctor.mail.well") }}})
	if len(list) != 2 || list[0].Check != "disk" || list[0].State != Todo || list[1].State != Well || !Sick(list) || Sick(list[1:]) {
		t.Errorf("found %+v", list)
	}
	cat, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"disk", "folder", "memory", "clock", "database", "keys", "address", "certificate", "backup", "mail", "derivers", "jobs", "holidays"} {
		if !cat.Has("doctor.check." + name) {
			t.Errorf("the catalogue does not name %s", name)
		}
	}
}

// follower is a deriver that never comes to it.
type follower struct{}

func (follower) Name() string                                          { return "follower" }
func (follower) Apart() bool                                           { return true }
func (follower) Lean() bool                                            { return false }
func (follower) Concerns(journal.Entry) bool                           { return true }
func (follower) Derive(context.Context, *db.Tx, []journal.Entry) error { return nil }
