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

// proven asks for the visitor's own password again before keys are taken out, in a field of the name: a session that
// somebody finds open must not be enough to carry away what opens everything.
func (s *Server) proven(v *visit, form *page.Form, field string) error {
	if form.Need(field); form.Err() != nil {
		return nil
	}
	return errs.Rename(s.Auth.CheckPassword(v.r.Context(), v.a, form.Value(field)), "old", field)
}

// exportKeys handles POST /admin/keys/export: the keys as an age file under a passphrase, for whoever says their own
// password again. It is written down first, which tells the other administrators.
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
	if err = s.proven(v, form, "old"); err == nil && form.Err() == nil {
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

// printKeys handles POST /admin/keys/sheet: the recovery sheet, which holds the keys in clear, for whoever says their own
// password again. It is written down first, which tells the other administrators; no address leads to it, so that
// nothing keeps it.
func (s *Server) printKeys(w http.ResponseWriter, v *visit) error {
	form, err := s.keyForm(v)
	if err != nil {
		return err
	}
	var lines []string
	if err = s.proven(v, form, "sheet"); err == nil && form.Err() == nil {
		if lines, err = s.Keys.Recovery(); err != nil {
			return err
		}
		_, err = s.Orgs.Note(v.r.Context(), v.a, org.Note{Key: form.Key, What: "keys_printed"})
	}
	if err != nil || form.Err() != nil {
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
