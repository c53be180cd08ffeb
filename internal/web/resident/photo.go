package resident

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"

	"yanming/internal/actor"
	"yanming/internal/blob"
	"yanming/internal/casework"
	"yanming/internal/errs"
	"yanming/internal/journal"
	"yanming/internal/seal"
	"yanming/internal/web/page"
)

// The bounds of what may be sent with a form. A body over the last is refused whole; a photo over its own is a fault
// of the field, and everything that was typed stays.
const (
	photoField = "photos"
	maxPhotos  = 4
	photoBytes = 12 << 20
	photoBody  = (maxPhotos+1)*photoBytes + 1<<20
)

// readPhotos reads a form with its photos. They are made fit for keeping while they arrive, and kept by nobody yet: a
// form that is refused leaves nothing behind. Without take they are passed over. As many forms with photos are read at
// once as their memory allows; whoever comes then is asked to send the words first.
func (s *Server) readPhotos(r *http.Request, take bool) (*page.Form, [][]byte, error) {
	var photos [][]byte
	entered := false
	f, err := page.ReadForm(r, &page.Uploads{Most: maxPhotos, Each: photoBytes, Take: func(u page.Upload) error {
		if !take {
			return nil
		}
		if !entered {
			select {
			case s.uploads <- struct{}{}:
				entered = true
				context.AfterFunc(r.Context(), func() { <-s.uploads }) // when the request is done
			default:
				return errs.Field(photoField, "resident.photos.busy")
			}
		}
		b, err := s.Photos.Photo(r.Context(), u.Body, blob.Limits{Bytes: photoBytes})
		if err == nil {
			photos = append(photos, b)
		}
		if errs.Is(err, errs.Unavailable) { // the words may still find room
			s.Site.Trouble(nil, r, err)
			return errs.Field(photoField, "resident.photos.full")
		}
		return err
	}})
	return f, photos, err
}

// keepPhotos keeps photos for a case, under its key where it has one.
func (s *Server) keepPhotos(ctx context.Context, a actor.Actor, number seal.Number, photos [][]byte) (fs []journal.File, err error) {
	if len(photos) == 0 {
		return nil, nil
	}
	key, sealed, err := s.Cases.FileKey(ctx, a, number)
	if err != nil {
		return nil, fmt.Errorf("keep photos: %w", err)
	}
	for i, b := range photos {
		kept := b
		if sealed {
			kept = key.SealFile(b)
		}
		digest, err := s.Photos.PutBytes(ctx, kept)
		if err != nil {
			return nil, fmt.Errorf("keep photos: %w", err)
		}
		// The name on the phone may hold a date, a place or a person's name.
		fs = append(fs, journal.File{Digest: digest, Name: fmt.Sprintf("photo-%d.jpg", i+1), Media: "image/jpeg", Bytes: int64(len(b)), Role: "original"})
	}
	return fs, nil
}

// addPhotos adds the photos of the form that registered a case. They come as words of their own, so that the form
// sent again without them, as a phone does when it went back, is still the same form. Sent again with them, they are
// added once.
func (s *Server) addPhotos(ctx context.Context, a actor.Actor, form journal.Key, number seal.Number, photos [][]byte) error {
	if len(photos) == 0 {
		return nil
	}
	fs, err := s.keepPhotos(ctx, a, number, photos)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(append(bytes.Join(photos, nil), form...))
	key := journal.Key("photos-" + hex.EncodeToString(sum[:16]))
	_, err = s.Cases.Do(ctx, a, casework.AddWords{On: casework.On{Key: key, Case: number}, Files: fs})
	if errs.Is(err, errs.Conflict) && errs.All(err)[0].Key == "error.key_reused" {
		return nil // sealed anew, the same photos have another digest: they are there already
	}
	return err
}
