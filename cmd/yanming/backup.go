package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"

	"yanming/internal/backup"
	"yanming/internal/blob"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/seal"
)

// backupCmd writes an archive. It opens the installation as it is, whatever its schema, and reads beside a server.
type backupCmd struct {
	place      `embed:""`
	Output     string   `short:"o" help:"File or folder to write; the folder of backups by default. / 输出文件或目录。" type:"path"`
	Recipient  []string `help:"Encrypt to this age recipient (age1…), may be repeated. / 用 age 公钥加密。"`
	Passphrase bool     `help:"Encrypt under a passphrase. / 用口令加密。"`
	JSON       bool     `help:"Print JSON. / 输出 JSON。"`
}

// madeBackup is what backup --json prints.
type madeBackup struct {
	Path     string         `json:"path"`
	Bytes    int64          `json:"bytes"`
	At       time.Time      `json:"at"`
	TookMS   int64          `json:"took_ms"`
	Rows     int64          `json:"rows"`
	Files    int64          `json:"files"`
	Verified bool           `json:"verified"`
	Sealed   bool           `json:"sealed"`
	Faults   []backup.Fault `json:"faults"`
}

func (c backupCmd) Run(ctx context.Context, sh shell) error {
	order := backup.Order{Kind: backup.Manual, Path: c.Output}
	var err error
	if order.Recipients, err = backup.Recipients(c.Recipient); err != nil {
		return err
	}
	if c.Passphrase && len(c.Recipient) > 0 {
		return errs.Field("--passphrase", "backup.both")
	}
	if c.Passphrase {
		if order.Passphrase, err = sh.from().passphrase(); err != nil {
			return err
		}
	}
	if err := c.mine(); err != nil {
		return err
	}
	made, sums, err := c.make(ctx, order)
	if err != nil {
		return err
	}
	var noted error
	if made.current { // an older schema may have no place to note it
		noted = sh.through(ctx, noteBackup, noteBackupCmd{place: c.place, Made: made.Made})
	}
	return errors.Join(noted, c.tell(sh, made.Made, sums))
}

// mine refuses root to leave an archive among the service's own.
func (c backupCmd) mine() error {
	if c.Output == "" && c.BackupDir != "" {
		if _, err := os.Stat(c.BackupDir); err == nil {
			return owned(c.BackupDir)
		}
		return owned(c.Data) // to whose service the folder of backups will belong
	}
	rel, err := filepath.Rel(c.Data, c.Output)
	if c.Output != "" && (err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator))) {
		return nil // elsewhere
	}
	return owned(c.Data)
}

// archived is an archive, and whether the database that it is of has the schema of this program.
type archived struct {
	backup.Made
	current bool
}

func (c backupCmd) make(ctx context.Context, order backup.Order) (made archived, sums backup.Sums, err error) {
	h, err := c.asItIs(ctx)
	if err != nil {
		return made, sums, err
	}
	defer h.close()
	if made.Made, sums, err = h.backups.Make(ctx, order); err != nil {
		return made, sums, err
	}
	s, err := h.db.Standing(ctx)
	made.current = s.Missing == 0 && s.Newer() == nil
	return made, sums, err
}

// noteBackup is the name of noteBackupCmd.
const noteBackup = "backup-note"

// noteBackupCmd notes an archive that backup made beside the server, which alone may write. It is no command for people.
type noteBackupCmd struct {
	place `embed:""`
	Made  backup.Made `kong:"-"`
}

func (c noteBackupCmd) do(ctx context.Context, _ shell, h *home) error {
	if c.Made.Path == "" {
		return errors.New("backup-note is called by backup alone")
	}
	return backup.Note(ctx, h.db, c.Made)
}

func (c backupCmd) tell(sh shell, m backup.Made, s backup.Sums) error {
	var rows int64
	for _, t := range s.Tables {
		rows += t.Rows
	}
	if c.JSON {
		out := madeBackup{m.Path, m.Bytes, m.At, m.Took.Milliseconds(), rows, m.Files, m.Verified, m.Sealed, append([]backup.Fault{}, s.Faults...)}
		if err := printJSON(sh, out); err != nil {
			return err
		}
	} else {
		sh.say("cli.backup_made", m.Path, m.Bytes, rows, m.Files)
		tellFaults(sh, s.Faults)
	}
	if len(s.Faults) > 0 {
		return errCheck
	}
	return nil
}

func tellFaults(sh shell, fs []backup.Fault) {
	if len(fs) > 0 {
		sh.say("cli.backup_faults", len(fs))
	}
	for _, f := range fs {
		sh.say("cli.backup_fault", f.Digest, sh.cat.T(sh.lang, "cli.backup_file."+f.What))
	}
}

// backupsOf makes archives of an installation; dir is where they go, "" for its usual place.
func backupsOf(data, dir string, store *db.DB, blobs *blob.Store, keys *seal.Keyring) *backup.Service {
	if dir == "" {
		dir = filepath.Join(data, "backups")
	}
	return backup.New(backup.Config{Store: store, Blobs: blobs, Keys: keys, Program: version + " " + revision(), Dir: dir})
}

// asItIs opens an installation for reading, whatever its schema.
func (p place) asItIs(ctx context.Context) (*home, error) {
	if !p.there() {
		return nil, p.noInstallation()
	}
	if err := p.settled(); err != nil {
		return nil, err
	}
	if err := p.whole(); err != nil {
		return nil, err
	}
	if !p.postgres() && !exists(p.database()) {
		return nil, errs.Field("--db", "cli.no_database", p.database())
	}
	h := &home{dir: p.Data, backupDir: p.BackupDir}
	var err error
	if h.db, err = db.Open(ctx, p.database(), db.Options{ReadOnly: true}); err != nil {
		return nil, err
	}
	if h.keys, err = p.keyring(); err == nil {
		h.blobs, err = blob.Open(filepath.Join(p.Data, "files"))
	}
	if err != nil {
		h.close()
		return nil, err
	}
	h.backups = backupsOf(p.Data, p.BackupDir, h.db, h.blobs, h.keys)
	return h, nil
}

// finishRestore ends a restore that a crash cut off at its last step. The lease is held.
func (p place) finishRestore() error {
	if p.postgres() {
		return nil
	}
	return backup.Finish(p.database())
}

// settled refuses to look at an installation whose restore a crash cut off at its last step: who only looks may not end
// it.
func (p place) settled() error {
	if !p.postgres() && backup.Unfinished(p.database()) {
		return errs.New(errs.Conflict, "cli.restore_unfinished", p.Data)
	}
	return nil
}

// backupBeforeMigrating makes an archive of an installation whose schema this program is about to change. Where it
// cannot, nothing is changed, unless the user insists. progress is told how many rows are written.
func (p place) backupBeforeMigrating(ctx context.Context, d *db.DB, progress func(rows int64)) (made backup.Made, err error) {
	keys, err := p.keyring()
	if err != nil {
		return made, err
	}
	blobs, err := blob.Open(filepath.Join(p.Data, "files"))
	if err != nil {
		return made, err
	}
	made, err = backupsOf(p.Data, p.BackupDir, d, blobs, keys).BeforeMigrate(ctx, progress)
	if err != nil {
		why := backup.Reason(err)
		return made, fmt.Errorf("%w: %w", errs.List{{Kind: errs.Invalid, Key: "cli.backup_upgrade_failed"}, why}, err)
	}
	return made, nil
}

// identities are what opens an encrypted archive.
type identities struct {
	Identity   string `help:"File of the age private key that opens an encrypted backup. / 打开加密备份的 age 私钥文件。" type:"path"`
	Passphrase bool   `help:"The backup is encrypted under a passphrase. / 备份用口令加密。"`
}

func (i identities) read(sh shell) (ids []age.Identity, err error) {
	if i.Passphrase {
		words, err := sh.from().passphrase()
		if err != nil {
			return nil, err
		}
		id, err := backup.Passphrase(words)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	if i.Identity != "" {
		f, err := os.Open(i.Identity)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		more, err := age.ParseIdentities(f)
		if err != nil {
			return nil, errs.Field("--identity", "backup.identity_file", i.Identity)
		}
		ids = append(ids, more...)
	}
	return ids, nil
}
