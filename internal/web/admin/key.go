package admin

import (
	"bytes"
	"net/http"
	"time"

	"yanming/internal/errs"
	"yanming/internal/org"
	"yanming/internal/web/page"
)

type keysPage struct {
	frame
	Kept bool      // the present keys are in a safe place
	Made time.Time // the day a sheet carries
}

// showKeys handles GET /admin/keys.
func (s *Server) showKeys(w http.ResponseWriter, v *visit) error {
	return s.showKeysForm(w, v, http.StatusOK, page.NewForm())
}

func (s *Server) showKeysForm(w http.ResponseWriter, v *visit, status int, form *page.Form) error {
	if !v.founder {
		return errs.Missing()
	}
	saved, err := s.Keys.Saved()
	if err != nil {
		return err
	}
	data := keysPage{frame: s.frame(v, form, "admin.keys"), Kept: saved, Made: s.Keys.Created()}
	if data.Steps, err = s.pending(v); err != nil {
		return err
	}
	return s.pages.Show(w, v.r, status, "keys", data)
}

// keyForm reads a form about the keys, which only the founding tenant has.
func (s *Server) keyForm(v *visit) (*page.Form, error) {
	if !v.founder {
		return nil, errs.Missing()
	}
	return page.ReadForm(v.r, nil)
}

// exportKeys handles POST /admin/keys/export: the keys as an age file under a passphrase. It is written down first.
func (s *Server) exportKeys(w http.ResponseWriter, v *visit) error {
	form, err := s.keyForm(v)
	if err != nil {
		return err
	}
	form.Need("passphrase")
	if form.Value("passphrase") != form.Value("again") {
		form.Fail("again", "admin.password.differ")
	}
	var file bytes.Buffer
	if form.Err() == nil {
		if err = s.Keys.Export(&file, form.Value("passphrase")); err == nil {
			_, err = s.Orgs.Note(v.r.Context(), v.a, org.Note{Key: form.Key, What: "keys_exported"})
		}
	}
	if err != nil || form.Err() != nil {
		return s.settle(w, v, form, err, "", func(status int) error { return s.showKeysForm(w, v, status, form) })
	}
	page.Download(w, "yanming-keys-"+s.Keys.Created().Format(time.DateOnly)+".age", "application/octet-stream")
	_, err = w.Write(file.Bytes())
	return err
}

type sheetPage struct {
	page.Head
	Lines []string
	Made  time.Time
	Place string
}

// printKeys handles POST /admin/keys/sheet: the recovery sheet, which holds the keys in clear. It is written down
// first; no address leads to it, so that nothing keeps it.
func (s *Server) printKeys(w http.ResponseWriter, v *visit) error {
	form, err := s.keyForm(v)
	if err != nil {
		return err
	}
	lines, err := s.Keys.Recovery()
	if err != nil {
		return err
	}
	if _, err = s.Orgs.Note(v.r.Context(), v.a, org.Note{Key: form.Key, What: "keys_printed"}); err != nil {
		return s.settle(w, v, form, err, "", func(status int) error { return s.showKeysForm(w, v, status, form) })
	}
	h := s.Site.Head(v.r, "admin.sheet")
	h.Back = "/admin/keys"
	return s.pages.Show(w, v.r, http.StatusOK, "sheet", sheetPage{h, lines, s.Keys.Created(), v.dir.Town.Name})
}

// markKeys handles POST /admin/keys/saved: somebody keeps the file or the sheet in a safe place.
func (s *Server) markKeys(w http.ResponseWriter, v *visit) error {
	form, err := s.keyForm(v)
	if err != nil {
		return err
	}
	if !form.Bool("kept") {
		form.Fail("kept", "error.required")
	}
	if form.Err() == nil {
		if _, err = s.Orgs.Note(v.r.Context(), v.a, org.Note{Key: form.Key, What: "keys_marked_saved"}); err == nil {
			err = s.Keys.MarkSaved()
		}
	}
	return s.settle(w, v, form, err, done("/admin/keys"), func(status int) error { return s.showKeysForm(w, v, status, form) })
}
