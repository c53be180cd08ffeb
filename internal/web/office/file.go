package office

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"yanming/internal/blob"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/errs"
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
	return fileLink{Href: caseURL + "/file/" + f.ID, Name: f.Name, Size: strconv.FormatInt((f.Bytes+1023)/1024, 10) + " KB",
		Picture: f.Media == "image/jpeg"}
}

// openFile handles GET /office/cases/{number}/file/{id}. A picture is shown; anything else is saved and never shown.
func (s *Server) openFile(w http.ResponseWriter, v *visit) error {
	var f journal.File
	var key seal.RecordKey
	file := v.r.PathValue("id")
	if !id.Valid(file) {
		return errs.Missing()
	}
	_, err := s.readCase(v, func(tx *db.Tx, sh casework.Sheet) (err error) {
		if f, key, err = s.Cases.File(v.r.Context(), tx, v.a, file); err == nil && f.Record != string(sh.Case.ID) {
			err = errs.Missing()
		}
		return err
	})
	if err != nil {
		return err
	}
	content, err := s.Blobs.GetBytes(f.Digest)
	if err == nil && f.Sealed {
		content, err = key.OpenFile(content)
	}
	if err != nil {
		return fmt.Errorf("open file %s: %w", f.ID, err)
	}
	h := w.Header()
	switch {
	case f.Media == "image/jpeg":
		h.Set("Content-Type", f.Media)
		h.Set("Content-Disposition", "inline")
		h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
		h.Set("Cache-Control", "no-store")
	case blob.Extension(f.Media) != "":
		page.Download(w, f.Name, f.Media)
	default:
		page.Download(w, f.Name, "application/octet-stream")
	}
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", strconv.Itoa(len(content)))
	_, err = w.Write(content)
	return err
}

// Limits of the files of one form.
const (
	maxFiles = 9
	maxEach  = blob.MaxAttachment
)

// uploads takes the files of a form into list: photos are made anew, PDF and sound kept as they are. put keeps them.
func (s *Server) uploads(v *visit, role string, put func(context.Context, []byte) (string, error), list *[]journal.File) *page.Uploads {
	return &page.Uploads{Most: maxFiles, Each: maxEach, Take: func(u page.Upload) error {
		ctx := v.r.Context()
		content, err := blob.ReadAll(u.Body, u.Field, maxEach)
		if err != nil {
			return err
		}
		media, err := blob.Sniff(content)
		if err != nil {
			return err
		}
		if strings.HasPrefix(media, "image/") {
			if content, err = s.Blobs.Photo(ctx, bytes.NewReader(content), blob.Limits{}); err != nil {
				return err
			}
			media = "image/jpeg"
		}
		f := journal.File{Name: u.Name, Media: media, Bytes: int64(len(content)), Role: role}
		if ext := blob.Extension(media); !strings.HasSuffix(strings.ToLower(f.Name), ext) {
			f.Name += ext
		}
		if f.Digest, err = put(ctx, content); err != nil {
			return err
		}
		*list = append(*list, f)
		return nil
	}}
}
