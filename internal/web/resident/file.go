package resident

import (
	"net/http"
	"slices"

	"yanming/internal/blob"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/journal"
	"yanming/internal/seal"
	"yanming/internal/web/page"
)

// sendFile handles GET /r/{number}/file/{file}: a resident's own file, or one of the answer. Without a ticket for that
// receipt, and for a file of another case, it is not there.
func (s *Server) sendFile(w http.ResponseWriter, r *http.Request) error {
	h, ok, err := s.holds(r)
	if err == nil && !ok {
		err = errs.Missing()
	}
	if err != nil {
		return err
	}
	var f journal.File
	var key seal.RecordKey
	err = s.Store.View(r.Context(), h.town.ID, func(tx *db.Tx) error {
		t, err := s.Cases.Follow(r.Context(), tx, h.number)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(t.Files, func(x journal.File) bool { return x.ID == r.PathValue("file") }) {
			return errs.Missing()
		}
		f, key, err = s.Cases.File(r.Context(), tx, h.actor(), r.PathValue("file"))
		return err
	})
	if err != nil {
		return err
	}
	b, err := page.FileContent(s.Photos.GetBytes, f, key)
	if err != nil {
		return err
	}
	page.SendFile(w, f.Role+blob.Extension(f.Media), f.Media, b)
	return nil
}
