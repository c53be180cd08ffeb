package sheet

import (
	"archive/zip"
	"compress/flate"
	"errors"
	"io"
	"path"
	"strings"

	"yanming/internal/errs"
)

const (
	maxParts   = 10_000
	ratioFloor = 10 << 20 // below this much unpacked a high ratio harms nobody
)

// archive is the checked directory of a zip file. Nothing is ever written under a name that it holds.
type archive struct {
	zip    *zip.Reader
	size   int64
	parts  map[string]*zip.File // by path without leading slash, lower case
	limits Limits
}

// openArchive refuses what unpacks to more than the limits, names that climb out, and two parts of one name. The
// sizes are those the directory states; archive/zip refuses a part that turns out longer.
func openArchive(file io.ReaderAt, size int64, l Limits) (*archive, error) {
	// A section ends a reading outside of the file as its end does: bytes that came or went move what the directory says.
	z, err := zip.NewReader(io.NewSectionReader(file, 0, size), size)
	if err != nil {
		return nil, readFailed(err)
	}
	if len(z.File) > maxParts {
		return nil, errs.New(errs.Invalid, "sheet.bomb")
	}
	a := &archive{zip: z, size: size, parts: make(map[string]*zip.File, len(z.File)), limits: l}
	var total uint64
	for _, f := range z.File {
		name := strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/"))
		bare := strings.TrimSuffix(name, "/")
		if path.Clean(bare) != bare || bare == ".." || strings.HasPrefix(bare, "../") || strings.Contains(bare, ":") {
			return nil, damaged()
		}
		if _, twice := a.parts[name]; twice {
			return nil, damaged()
		}
		a.parts[name] = f
		if f.Flags&1 != 0 {
			return nil, errs.New(errs.Invalid, "sheet.encrypted")
		}
		if f.UncompressedSize64 > uint64(l.Unzipped) {
			return nil, errs.New(errs.Invalid, "sheet.bomb")
		}
		if total += f.UncompressedSize64; total > uint64(l.Unzipped) {
			return nil, errs.New(errs.Invalid, "sheet.bomb")
		}
	}
	if total > ratioFloor && total > uint64(size)*uint64(l.Ratio) {
		return nil, errs.New(errs.Invalid, "sheet.bomb")
	}
	return a, nil
}

// part returns the zip entry of a path, or nil.
func (a *archive) part(name string) *zip.File {
	return a.parts[strings.ToLower(strings.TrimPrefix(name, "/"))]
}

// open reads a part that must exist.
func (a *archive) open(name string) (io.ReadCloser, error) {
	f := a.part(name)
	if f == nil {
		return nil, damaged()
	}
	r, err := f.Open()
	if err != nil {
		return nil, readFailed(err)
	}
	return r, nil
}

// walk scans a part and calls fn for each opening tag and each text. A part that is not there has no tags.
func (a *archive) walk(name string, fn func(s *scanner, t token) error) error {
	if a.part(name) == nil {
		return nil
	}
	r, err := a.open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	s := newScanner(r, maxTag)
	for {
		t, err := s.next()
		switch {
		case errors.Is(err, errLongText):
			return damaged()
		case err != nil:
			return err
		case t == tokenEOF:
			return nil
		}
		if err := fn(s, t); err != nil {
			return err
		}
	}
}

// whole reports whether every part lies where the directory says, those that nobody reads included.
func (a *archive) whole() bool {
	for _, f := range a.zip.File {
		at, err := f.DataOffset()
		if err != nil || f.CompressedSize64 > uint64(a.size) || at+int64(f.CompressedSize64) > a.size {
			return false
		}
	}
	return true
}

func archiveBroken(err error) bool {
	var corrupt flate.CorruptInputError
	return errors.Is(err, zip.ErrFormat) || errors.Is(err, zip.ErrChecksum) || errors.Is(err, zip.ErrAlgorithm) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &corrupt)
}
