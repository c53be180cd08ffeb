package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
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
		if order.Passphrase, err = passphrase(sh); err != nil {
			return err
		}
	}
	h, err := c.asItIs(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	made, sums, err := h.backups.Make(ctx, order)
	if err != nil {
		return err
	}
	s, err := h.db.Standing(ctx)
	if err == nil && s.Missing == 0 { // an older schema may have no place to note it
		err = backup.Note(ctx, h.db, made)
	}
	if err != nil {
		return err
	}
	return c.tell(sh, made, sums)
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

// nightly is when serve makes backups by itself, and how many stay.
type nightly struct {
	BackupAt        string   `help:"When the nightly backup is made, in UTC+8. / 每天几点自动备份。" name:"backup-at" default:"02:30" env:"YANMING_BACKUP_AT"`
	BackupKeep      string   `help:"How many nightly backups stay: of days, weeks and months. / 自动备份保留几天、几周、几个月。" name:"backup-keep" default:"7,4,12" env:"YANMING_BACKUP_KEEP"`
	BackupRecipient []string `help:"Encrypt nightly backups to this age recipient. / 自动备份用 age 公钥加密。" name:"backup-recipient" env:"YANMING_BACKUP_RECIPIENT"`
}

func (n nightly) plan() (p backup.Plan, err error) {
	if p.At, err = backup.ParseAt(n.BackupAt); err != nil {
		return p, err
	}
	if p.Keep, err = backup.ParseKeep(n.BackupKeep); err != nil {
		return p, err
	}
	p.Recipients, err = backup.Recipients(n.BackupRecipient)
	return p, err
}

// backupsOf makes archives of an installation; dir is where they go, "" for its usual place.
func backupsOf(data, dir string, store *db.DB, blobs *blob.Store, keys *seal.Keyring) *backup.Service {
	if dir == "" {
		dir = filepath.Join(data, "backups")
	}
	return backup.New(backup.Config{Store: store, Blobs: blobs, Keys: keys, Program: programVersion(), Dir: dir})
}

// programVersion is what the build says of itself.
func programVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return info.Main.Version + " " + s.Value
		}
	}
	return info.Main.Version
}

// asItIs opens an installation without bringing its schema forward: for reading all of it.
func (p place) asItIs(ctx context.Context) (*home, error) {
	if !exists(filepath.Join(p.Data, "keys")) {
		return nil, errs.Field("--data", "cli.no_installation", p.Data)
	}
	if err := p.finishRestore(); err != nil {
		return nil, err
	}
	if db.EngineOf(p.source()) == db.SQLite {
		if _, err := os.Stat(p.source()); err != nil {
			return nil, err
		}
	}
	h := &home{dir: p.Data, backupDir: p.BackupDir}
	var err error
	if h.db, err = db.Open(ctx, p.source(), db.Options{}); err != nil {
		return nil, err
	}
	if h.keys, err = seal.Open(filepath.Join(p.Data, "keys")); err == nil {
		h.blobs, err = blob.Open(filepath.Join(p.Data, "files"))
	}
	if err != nil {
		h.close()
		return nil, err
	}
	h.backups = backupsOf(p.Data, p.BackupDir, h.db, h.blobs, h.keys)
	return h, nil
}

// finishRestore ends a restore that a crash cut off at its last step.
func (p place) finishRestore() error {
	if db.EngineOf(p.source()) == db.SQLite {
		return backup.Finish(p.source())
	}
	return nil
}

// backupBeforeMigrating makes an archive of an installation whose schema this program is about to change. Where it
// cannot, nothing is changed, unless the user insists.
func (p place) backupBeforeMigrating(ctx context.Context, d *db.DB) (made backup.Made, err error) {
	s, err := d.Standing(ctx)
	if err != nil || s.At == 0 || s.Missing == 0 || p.NoBackup {
		return made, err
	}
	keys, err := seal.Open(filepath.Join(p.Data, "keys"))
	if err != nil {
		return made, err
	}
	blobs, err := blob.Open(filepath.Join(p.Data, "files"))
	if err != nil {
		return made, err
	}
	made, err = backupsOf(p.Data, p.BackupDir, d, blobs, keys).BeforeMigrate(ctx)
	if err != nil {
		why := backup.Reason(err)
		return made, fmt.Errorf("%w: %w", errs.List{{Kind: errs.Invalid, Key: "cli.backup_upgrade_failed"}, why}, err)
	}
	slog.Info("backed up before the upgrade of the schema", "archive", made.Path)
	return made, nil
}

// identities are what opens an encrypted archive.
type identities struct {
	Identity   string `help:"File of the age private key that opens an encrypted backup. / 打开加密备份的 age 私钥文件。" type:"existingfile"`
	Passphrase bool   `help:"The backup is encrypted under a passphrase. / 备份用口令加密。"`
}

func (i identities) read(sh shell) (ids []age.Identity, err error) {
	if i.Passphrase {
		words, err := passphrase(sh)
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
