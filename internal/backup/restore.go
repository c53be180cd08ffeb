package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"filippo.io/age"

	"yanming/internal/blob"
	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/id"
	"yanming/internal/seal"
)

// Restore brings an archive back.
type Restore struct {
	Path       string         // of the archive
	Identities []age.Identity // that open it where it is encrypted
	Source     string         // the database that is replaced: a path or a postgres:// URL
	Data       string         // the installation's folder
	Keys       *seal.Keyring  // of the folder, brought in before
	Blobs      *blob.Store    // of the folder
	Now        time.Time      // from which what is put aside has its name

	// Ready is given the staged database. It sees to what is derived, and returns what does not agree in its content.
	Ready func(ctx context.Context, staged *db.DB) (faults []string, err error)

	Rehearse bool // everything but the replacing
	Insist   bool // also where keys are missing or the content has faults
}

// Restored is what was brought back.
type Restored struct {
	Manifest Manifest `json:"manifest"`
	Rows     int64    `json:"rows"`
	Files    int64    `json:"files"`
	Missing  []Fault  `json:"missing"` // files that were missing or damaged when the archive was made
	Faults   []string `json:"faults"`  // what does not agree in the content
	Lost     int      `json:"lost"`    // records whose key does not open
	Aside    string   `json:"aside"`   // folder or schema of what was replaced; "" for nothing
	Replaced bool     `json:"replaced"`
}

// Run reads the archive whole, loads it into a database beside the present one, checks its content there, and only then
// puts it in the place of the other, which is kept. Whenever it ends before that, and however, the present installation
// is as it was. Nobody may use the installation meanwhile.
// Errors: Invalid: those of Open and Read, backup.newer (schema), backup.running, backup.keys_other, backup.keys_missing,
// backup.faults, backup.full.
func (r Restore) Run(ctx context.Context) (out Restored, err error) {
	if err = r.run(ctx, &out); err != nil {
		err = fmt.Errorf("restore %s: %w", r.Path, err)
	}
	return out, err
}

func (r Restore) run(ctx context.Context, out *Restored) error {
	m, sums, err := r.look(ctx)
	if err != nil {
		return err
	}
	out.Manifest, out.Rows, out.Files, out.Missing = m, sums.rows(), sums.Files, sums.Faults
	if err := r.keysFit(m, sums); err != nil {
		return err
	}
	if !r.Rehearse { // a rehearsal may run beside the server
		if n, err := db.Others(ctx, r.Source); err != nil {
			return room(r.Data, err)
		} else if n > 0 {
			return errs.New(errs.Invalid, "backup.running")
		}
	}
	stage := stageFor(r.Source, r.Now)
	defer func() { // after a success there is nothing left of it
		if !out.Replaced {
			stage.clear(context.WithoutCancel(ctx))
		}
	}()
	staged, err := stage.begin(ctx, db.Options{})
	if err != nil {
		return room(r.Data, err)
	}
	if err := r.fill(ctx, staged, m.Schema, out); err != nil {
		return room(r.Data, err)
	}
	if r.Rehearse {
		return nil
	}
	if out.Aside, err = r.aside(); err != nil {
		return room(r.Data, err)
	}
	if out.Aside, err = stage.promote(ctx, out.Aside); err != nil {
		return err
	}
	out.Replaced = true
	return nil
}

// look reads the whole archive once and checks it, before anything is begun.
func (r Restore) look(ctx context.Context) (m Manifest, s Sums, err error) {
	in, err := Open(r.Path, r.Identities)
	if err != nil {
		return m, s, err
	}
	defer in.Close()
	return Read(ctx, in, Visitor{Manifest: func(m Manifest) error {
		if m.Schema > db.Schema() {
			return errs.Field("file", "backup.newer")
		}
		return nil
	}})
}

// keysFit refuses keys that are not the archive's, and names the export that is needed.
func (r Restore) keysFit(m Manifest, s Sums) error {
	if r.Insist {
		return nil
	}
	if m.Keys != r.Keys.Fingerprint() {
		return errs.Field("--data", "backup.keys_other", r.Data)
	}
	for _, k := range s.KEKs {
		if r.Keys.Holds(k) {
			continue
		}
		made, _ := id.At(k)
		return errs.Field("--data", "backup.keys_missing", made.Format(time.DateOnly), m.At.Format(time.DateOnly))
	}
	return nil
}

// fill loads the archive into the staged database, tries every record key, and checks the content. It closes staged.
func (r Restore) fill(ctx context.Context, staged *db.DB, schema int64, out *Restored) (err error) {
	defer func() { err = errors.Join(err, staged.Close()) }()
	open := func() (io.ReadCloser, error) { return Open(r.Path, r.Identities) }
	file := func(digest string, in io.Reader) error { return keep(ctx, r.Blobs, digest, in) }
	if r.Rehearse {
		file = nil
	}
	if err := load(ctx, staged, schema, open, file); err != nil {
		return err
	}
	for _, t := range out.Manifest.Towns {
		err := staged.View(ctx, t.Code, func(tx *db.Tx) error {
			fit, err := r.Keys.Fits(ctx, tx)
			for _, n := range fit.Lost {
				out.Lost += n
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	if out.Lost > 0 && !r.Insist {
		return errs.Field("--data", "backup.keys_lost", out.Lost)
	}
	if out.Faults, err = r.Ready(ctx, staged); err != nil {
		return err
	}
	if len(out.Faults) > 0 && !r.Insist {
		return errs.Field("file", "backup.faults", len(out.Faults), out.Faults[0])
	}
	return nil
}

// aside links the stored files into the folder of what is replaced: the present store soon sweeps what the restored
// database does not name. It returns that folder.
func (r Restore) aside() (string, error) {
	dir := filepath.Join(r.Data, "replaced-"+r.Now.In(calendar.Zone()).Format(stamp))
	if db.EngineOf(r.Source) == db.SQLite {
		if _, err := os.Lstat(r.Source); errors.Is(err, os.ErrNotExist) {
			return "", nil // nothing is replaced
		}
		dir = filepath.Join(filepath.Dir(r.Source), filepath.Base(dir))
	}
	for n, base := 2, dir; ; n++ { // a name of its own, also in the same second
		err := os.Mkdir(dir, 0o700)
		if err == nil {
			break
		}
		if !errors.Is(err, os.ErrExist) {
			return "", err
		}
		dir = base + "-" + strconv.Itoa(n)
	}
	from := filepath.Join(r.Data, "files")
	return dir, filepath.WalkDir(from, func(name string, e os.DirEntry, err error) error {
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		to := filepath.Join(dir, "files", rel)
		if e.IsDir() {
			return os.MkdirAll(to, 0o700)
		}
		if os.Link(name, to) == nil {
			return nil
		}
		return copyFile(name, to) // a disk without links
	})
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err = io.Copy(f, in); err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
