package page

import (
	"bytes"
	"context"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"yanming/internal/blob"
	"yanming/internal/journal"
	"yanming/internal/seal"
)

// Attachments takes the files of a form, at most most of at most each bytes. photo (blob.Store's Photo) makes a picture
// a JPEG that tells nothing else; PDF and sound stay as they are; anything else is Invalid at its field. take is given
// the form's field, the file without its role and digest, named with the ending of what it is, and its content, which
// nobody has kept yet.
func Attachments(ctx context.Context, most int, each int64, photo func(context.Context, io.Reader, blob.Limits) ([]byte, error),
	take func(field string, f journal.File, content []byte) error) *Uploads {
	return &Uploads{Most: most, Each: each, Take: func(u Upload) error {
		content, err := blob.ReadAll(u.Body, u.Field, each)
		if err != nil {
			return err
		}
		media, err := blob.Sniff(content)
		if err != nil {
			return err
		}
		if strings.HasPrefix(media, "image/") {
			if content, err = photo(ctx, bytes.NewReader(content), blob.Limits{}); err != nil {
				return err
			}
			media = "image/jpeg"
		}
		f := journal.File{Name: u.Name, Media: media, Bytes: int64(len(content))}
		if ext := blob.Extension(media); !strings.HasSuffix(strings.ToLower(f.Name), ext) {
			f.Name += ext
		}
		return take(u.Field, f, content)
	}}
}

// FileContent returns the content of a record's file as get has kept it, opened with the record's key where it is sealed.
func FileContent(get func(digest string) ([]byte, error), f journal.File, key seal.RecordKey) ([]byte, error) {
	content, err := get(f.Digest)
	if err == nil && f.Sealed {
		content, err = key.OpenFile(content)
	}
	return content, err
}

// SendFile answers with a file of a record, under a name that may be Chinese. A JPEG, which is always one that
// blob.Store.Photo made, is shown, in a sandbox; anything else is saved and never shown, and what Sniff does not know
// loses its media type. Whoever calls it has asked the record's gate.
func SendFile(w http.ResponseWriter, name, media string, content []byte) {
	if blob.Extension(media) == "" {
		media = "application/octet-stream"
	}
	Download(w, name, media)
	h := w.Header()
	if media == "image/jpeg" {
		h.Set("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": name}))
	}
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", strconv.Itoa(len(content)))
	w.Write(content) // an error here means that the visitor has gone
}
