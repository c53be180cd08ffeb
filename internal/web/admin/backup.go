package admin

import (
	"context"
	"net/http"
	"time"

	"yanming/internal/backup"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/job"
	"yanming/internal/web/page"
)

type backupPage struct {
	frame
	Data    string // folder of the installation
	Dir     string // folder of the archives
	Good    *backup.Made
	Waiting bool // one was asked for and is not done
	Rows    []backupRow
}

// backupRow is an archive, or a try that failed.
type backupRow struct {
	backup.Made
	Name string // of the file, "" for a try that failed
	Gone bool   // noted, and no longer in the folder
	Size string
}

// backupNote is what administrators are told on every page while backups need somebody.
type backupNote struct {
	Good   *backup.Made // the newest good one; nil for none
	Failed *backup.Made // the newest try, which failed; nil where it did not
	Lead   bool         // the reader can do something about it
}

// showBackup handles GET /admin/backup. It is there for whoever runs the installation.
func (s *Server) showBackup(w http.ResponseWriter, v *visit) error {
	return s.showBackupForm(w, v, http.StatusOK, page.NewForm())
}

func (s *Server) showBackupForm(w http.ResponseWriter, v *visit, status int, form *page.Form) (err error) {
	if !v.founder {
		return errs.Missing()
	}
	data := backupPage{frame: s.frame(v, form, "admin.backup"), Data: s.Data, Dir: s.Backups.Dir}
	if data.Steps, err = s.pending(v); err != nil {
		return err
	}
	if data.Waiting, err = s.backupWaits(v); err != nil {
		return err
	}
	if data.Good, _, err = backup.Last(v.r.Context(), s.Store); err != nil {
		return err
	}
	if data.Rows, err = s.backupRows(v.r.Context()); err != nil {
		return err
	}
	return s.pages.Show(w, v.r, status, "backup", data)
}

// shownBackups is how many lines the list has at most.
const shownBackups = 40

// backupRows are what was made and what failed, the newest first, and behind them archives of the folder that nobody
// noted: after a restore, the folder knows more than the database.
func (s *Server) backupRows(ctx context.Context) ([]backupRow, error) {
	made, err := backup.Recent(ctx, s.Store, shownBackups)
	if err != nil {
		return nil, err
	}
	files, err := backup.List(s.Backups.Dir)
	if err != nil {
		return nil, err
	}
	there := map[string]backup.Archive{}
	for _, f := range files {
		there[s.Backups.At(f.Name)] = f
	}
	var out []backupRow
	for _, m := range made {
		f, ok := there[m.Path]
		delete(there, m.Path)
		out = append(out, backupRow{Made: m, Name: f.Name, Gone: m.Path != "" && !ok, Size: i18n.Size(m.Bytes)})
	}
	for _, f := range files {
		if _, left := there[s.Backups.At(f.Name)]; left && len(out) < shownBackups {
			out = append(out, backupRow{Made: backup.Made{Kind: f.Kind, At: f.At}, Name: f.Name, Size: i18n.Size(f.Bytes)})
		}
	}
	return out, nil
}

// backupWaits reports whether a backup was asked for and is not done.
func (s *Server) backupWaits(v *visit) (waits bool, err error) {
	err = s.view(v, func(tx *db.Tx) error {
		js, err := job.Recent(v.r.Context(), tx, 20)
		for _, j := range js {
			waits = waits || j.Kind == backup.JobKind && !j.Final()
		}
		return err
	})
	return waits, err
}

// makeBackup handles POST /admin/backup: one is made behind the request. Asked twice, it is made once.
func (s *Server) makeBackup(w http.ResponseWriter, v *visit) error {
	form, err := s.keyForm(v)
	if err != nil {
		return err
	}
	waits, err := s.backupWaits(v)
	if err == nil && !waits {
		err = s.Store.Update(v.r.Context(), v.a.Town, func(tx *db.Tx) error {
			_, err := job.Enqueue(v.r.Context(), tx, backup.JobKind, nil, time.Time{})
			return err
		})
	}
	return s.settle(w, v, form, err, "/admin/backup", func(status int) error { return s.showBackupForm(w, v, status, form) })
}

// backupNote returns what to tell about backups, nil while all is well. Of a demo nothing is kept.
func (s *Server) backupNote(v *visit) *backupNote {
	if v.demo {
		return nil
	}
	h, err := s.Backups.Look(v.r.Context(), v.since)
	if err != nil || !h.Late && h.Failed == nil { // a page without its note is still a page
		return nil
	}
	return &backupNote{h.Good, h.Failed, v.founder}
}
