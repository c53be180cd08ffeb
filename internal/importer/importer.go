// Package importer brings old ledgers in: it says in a rehearsal what would happen, and takes every row as back-filled
// cases through casework, in one batch that can be undone. What it cannot take comes back in the same sheet with the
// reason, so that nothing is lost. What the rows say is register's.
//
// It refuses whoever may not import, and to take a row twice. It keeps an uploaded file only for some time, under a key of
// its own, and holds no SQL: cases are casework's, and what an import needs to remember stands in the journal.
package importer

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/blob"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/seal"
	"yanming/internal/sheet"
)

// MaxFile is how many bytes an uploaded file may have: it is sealed and opened whole.
const MaxFile = 64 << 20

// What a file on the machine's own disk may have: it is read row by row, and whoever names it runs the installation.
const (
	maxDisk     = 4 << 30
	maxUnzipped = 8 << 30
)

// Config is what a Service is made of. Blobs is needed only where files are kept between requests.
type Config struct {
	Store     *db.DB
	Cases     *casework.Service
	Orgs      *org.Service
	Keys      *seal.Keyring
	Blobs     *blob.Store
	Catalogue *i18n.Catalogue
	// Acting returns a person of a town as an actor, for work that runs behind a request.
	Acting func(ctx context.Context, town, person string) (actor.Actor, error)
}

// Service imports. Page and command line call the same methods.
type Service struct{ Config }

// New returns the service.
func New(c Config) *Service { return &Service{c} }

// File is a file to be read. Its name tells the format to nobody: the content does.
type File struct {
	Name string
	Body io.ReaderAt
	Size int64
	id   string // of the kept upload, "" for one that is read from disk
	sent string // the person who sent the kept upload
	disk bool
}

// may refuses whoever may not import.
func may(a actor.Actor) error {
	if !casework.MayImport(a) {
		return errs.New(errs.Denied, "error.denied")
	}
	return nil
}

// reads reports whether an actor who may import may also see what stands in the cells of a file that somebody sent, names
// and telephones among them: whoever may open names, and the sender, who has it anyway. The administrator may not, even of
// a file of their own sending, as long as it is their only post.
func reads(a actor.Actor, sent string) bool {
	return a.System || auth.Can(a, auth.RightIdentity) || auth.Can(a, auth.RightAccept) && a.Person != "" && a.Person == sent
}

// Reads reports whether an actor may see what stands in the cells of a file.
func (f File) Reads(a actor.Actor) bool { return reads(a, f.sent) }

// OpenFile opens a file on disk. The caller closes it.
func OpenFile(path string) (File, io.Closer, error) {
	f, err := os.Open(path)
	if err != nil {
		return File{}, nil, errs.New(errs.Invalid, "import.file_missing", filepath.Base(path))
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errs.New(errs.Invalid, "import.file_missing", filepath.Base(path))
	}
	if err != nil {
		f.Close()
		return File{}, nil, fmt.Errorf("open %s: %w", filepath.Base(path), err)
	}
	return File{Name: filepath.Base(path), Body: f, Size: info.Size(), disk: true}, f, nil
}

// open reads the file's structure.
func (f File) open() (*sheet.Book, error) {
	l := sheet.Limits{File: MaxFile}
	if f.disk {
		l = sheet.Limits{File: maxDisk, Unzipped: maxUnzipped}
	}
	return sheet.Open(f.Name, f.Body, f.Size, l)
}

// directory returns the town's organisation.
func (s *Service) directory(ctx context.Context, town string) (d *org.Directory, err error) {
	err = s.Store.View(ctx, town, func(tx *db.Tx) error {
		d, err = s.Orgs.Load(ctx, tx)
		return err
	})
	return d, err
}
