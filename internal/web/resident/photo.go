package resident

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"slices"

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
// form that is refused for what was typed leaves nothing behind. Without take they are passed over. As many forms with photos are read at
// once as their memory allows; whoever comes then is asked to send the words first.
func (s *Server) readPhotos(r *http.Request, take bool) (*page.Form, [][]byte, error) {
	var photos [][]byte
	entered, sent := false, false
	f, err := page.ReadForm(r, &page.Uploads{Most: maxPhotos, Each: photoBytes, Take: func(u page.Upload) error {
		sent = true
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
	if sent && f != nil {
		f.Set(photoField, "sent") // shown again, the form says that they have to be chosen again
	}
	return f, photos, err
}

// done gives back the memory of a form's photos, once they are kept.
func (s *Server) done(photos [][]byte) {
	for _, b := range photos {
		s.Photos.Done(b)
	}
}

// keepPhotos keeps photos in clear, for a case that is not under a key. A photo that no case comes to name is swept away.
func (s *Server) keepPhotos(ctx context.Context, photos [][]byte) ([]journal.File, error) {
	return s.keepSealed(ctx, photos, func(b []byte) []byte { return b })
}

func (s *Server) keepSealed(ctx context.Context, photos [][]byte, seal func([]byte) []byte) (fs []journal.File, err error) {
	for i, b := range photos {
		digest, err := s.Photos.PutBytes(ctx, seal(b))
		if err != nil {
			return nil, fmt.Errorf("keep photos: %w", err)
		}
		// The name on the phone may hold a date, a place or a person's name.
		fs = append(fs, journal.File{Digest: digest, Name: fmt.Sprintf("photo-%d.jpg", i+1), Media: "image/jpeg", Bytes: int64(len(b)), Role: "original"})
	}
	return fs, nil
}

// keepPhotosOf keeps photos for a case that is there, under its key where it has one.
func (s *Server) keepPhotosOf(ctx context.Context, a actor.Actor, number seal.Number, photos [][]byte) ([]journal.File, error) {
	if len(photos) == 0 {
		return nil, nil
	}
	key, sealed, err := s.Cases.FileKey(ctx, a, number)
	if err != nil {
		return nil, fmt.Errorf("keep photos: %w", err)
	}
	if sealed {
		return s.keepSealed(ctx, photos, key.SealFile)
	}
	return s.keepPhotos(ctx, photos)
}

// registerWith registers a word with its photos, and reports whether they are lost. The photos of an open case are on
// disk before it and attached in the same commit. Those of a case in confidence lie under its key, which is made by the
// registration, and are added to it afterwards; so are those of a form that was sent before without them. Nothing that
// happens to a photo keeps the receipt back.
func (s *Server) registerWith(ctx context.Context, a actor.Actor, cmd casework.Register, photos [][]byte) (rc casework.Receipt, lost bool, err error) {
	if !cmd.Confide {
		if cmd.Photos, err = s.keepPhotos(ctx, photos); err != nil {
			slog.ErrorContext(ctx, "keep photos of a word", "error", err)
			photos, lost = nil, true
		}
	}
	rc, err = s.Cases.Register(ctx, a, cmd)
	if err != nil || !cmd.Confide && !rc.Again {
		return rc, lost, err
	}
	if err := s.addPhotos(ctx, a, cmd, rc.Number, photos); err != nil {
		slog.ErrorContext(ctx, "keep photos of a registered case", "error", err)
		lost = true
	}
	return rc, lost, nil
}

// addPhotos adds the photos of a form to the case that it registered, as words of their own. Sent again, they are added
// once.
func (s *Server) addPhotos(ctx context.Context, a actor.Actor, cmd casework.Register, number seal.Number, photos [][]byte) error {
	if len(photos) == 0 {
		return nil
	}
	fs := cmd.Photos
	if cmd.Confide {
		var err error
		if fs, err = s.keepPhotosOf(ctx, a, number, photos); err != nil {
			return err
		}
	} else {
		t, err := s.track(ctx, a.Town, number)
		if err != nil {
			return err
		}
		fs = slices.DeleteFunc(slices.Clone(fs), func(f journal.File) bool {
			return slices.ContainsFunc(t.Files, func(had journal.File) bool { return had.Digest == f.Digest })
		})
		if len(fs) == 0 {
			return nil
		}
	}
	sum := sha256.New()
	for _, b := range photos {
		sum.Write(b)
	}
	sum.Write([]byte(cmd.Key))
	key := journal.Key("photos-" + hex.EncodeToString(sum.Sum(nil)[:16]))
	_, err := s.Cases.Do(ctx, a, casework.AddWords{On: casework.On{Key: key, Case: number}, Files: fs})
	if reused(err) {
		return nil // sealed anew, the same photos have another digest: they are there already
	}
	return err
}
