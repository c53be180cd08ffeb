package office

import (
	"context"
	"fmt"
	"net/http"

	"yanming/internal/blob"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/id"
	"yanming/internal/journal"
	"yanming/internal/seal"
	"yanming/internal/web/page"
)

// fileLink is a file of a case as shown: a picture, or a name to save it under.
type fileLink struct {
	Href, Name string
	Size       string
	Picture    bool
}

func fileOf(caseURL string, f journal.File) fileLink {
	return fileLink{Href: caseURL + "/file/" + f.ID, Name: f.Name, Size: i18n.Size(f.Bytes),
		Picture: f.Media == "image/jpeg"}
}

// openFile handles GET /office/cases/{number}/file/{id}. A picture is shown; anything else is saved and never shown.
func (s *Server) openFile(w http.ResponseWriter, v *visit) error {
	var f journal.File
	var key seal.RecordKey
	file := v.R.PathValue("id")
	if !id.Valid(file) {
		return errs.Missing()
	}
	_, err := s.readCase(v, func(tx *db.Tx, sh casework.Sheet) (err error) {
		if f, key, err = s.Cases.File(v.R.Context(), tx, v.Actor, file); err == nil && f.Record != string(sh.Case.ID) {
			err = errs.Missing()
		}
		return err
	})
	if err != nil {
		return err
	}
	content, err := page.FileContent(s.Blobs.GetBytes, f, key)
	if err != nil {
		return fmt.Errorf("open file %s: %w", f.ID, err)
	}
	page.SendFile(w, f.Name, f.Media, content)
	return nil
}

// Limits of the files of one form.
const (
	maxFiles = 9
	maxEach  = blob.MaxAttachment
)

// uploads takes the files of a form into list, each under its role. put keeps them.
func (s *Server) uploads(v *visit, role string, put func(context.Context, []byte) (string, error), list *[]journal.File) *page.Uploads {
	ctx := v.R.Context()
	return page.Attachments(ctx, maxFiles, maxEach, s.Blobs.Photo, func(_ string, f journal.File, content []byte) (err error) {
		f.Role = role
		if f.Digest, err = put(ctx, content); err == nil {
			*list = append(*list, f)
		}
		return err
	})
}
