package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"yanming/internal/casework"
	"yanming/internal/journal"
	"yanming/internal/seal"
	"yanming/internal/web/page"
)

// The bounds of the files of one form.
const (
	maxFiles  = 6
	fileBytes = 12 << 20
	filesBody = maxFiles*fileBytes + 1<<20
	pasteBody = 2 << 20
)

// upload is a file that arrived, made harmless and kept by nobody yet: a form that is refused leaves nothing behind.
type upload struct {
	journal.File
	field   string
	content []byte
}

// uploads takes the files of a form into list.
func (s *Server) uploads(v *visit, list *[]upload) *page.Uploads {
	return page.Attachments(v.R.Context(), maxFiles, fileBytes, s.Blobs.Photo, func(field string, f journal.File, content []byte) error {
		if f.Role = "original"; field == "done" {
			f.Role = "evidence"
		}
		*list = append(*list, upload{f, field, content})
		return nil
	})
}

// keep keeps the files of a field in clear, for a case whose text is open.
func (s *Server) keep(ctx context.Context, list []upload, field string) (fs []journal.File, err error) {
	for _, x := range list {
		if x.field != field {
			continue
		}
		if x.Digest, err = s.Blobs.PutBytes(ctx, x.content); err != nil {
			return nil, fmt.Errorf("keep file: %w", err)
		}
		fs = append(fs, x.File)
	}
	return fs, nil
}

// addSealed adds files to a case that keeps its text under a key, once the case has that key. NotFound and Denied say
// that whoever wrote the case down may not add to it.
func (s *Server) addSealed(v *visit, form journal.Key, n seal.Number, list []upload) error {
	if len(list) == 0 {
		return nil
	}
	ctx := v.R.Context()
	key, sealed, err := s.Cases.FileKey(ctx, v.Actor, n)
	if err != nil {
		return err
	}
	var fs []journal.File
	sum := sha256.New()
	sum.Write([]byte(form))
	for _, x := range list {
		sum.Write(x.content)
		kept := x.content
		if sealed {
			kept = key.SealFile(kept)
		}
		if x.Digest, err = s.Blobs.PutBytes(ctx, kept); err != nil {
			return fmt.Errorf("keep file: %w", err)
		}
		fs = append(fs, x.File)
	}
	// A sealed file differs each time, so the digest of the command would too: sent again, the form adds nothing more.
	once := journal.Key("files-" + hex.EncodeToString(sum.Sum(nil)[:16]))
	_, err = s.Cases.Do(ctx, v.Actor, casework.AddWords{On: casework.On{Key: once, Case: n}, Files: fs})
	return err
}
