package backup

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"yanming/internal/db"
	"yanming/internal/errs"
)

const (
	maxPaper  = 16 << 20  // bytes of manifest or sums
	maxWindow = 32 << 20  // bytes the decompressor may keep
	maxRows   = 512 << 20 // bytes of one entry of rows: one row may be long
)

// Visitor is told what stands in an archive, in its order. What is nil is read and checked all the same. Nothing that
// a visitor was told is certain before Read returns without an error.
type Visitor struct {
	Manifest func(Manifest) error
	Rows     func(table Head, rows iter.Seq2[[]any, error]) error
	File     func(digest string, content io.Reader) error
}

// Read reads an archive, decrypted, and checks every sum in it. Errors: Invalid field "file": backup.not_archive,
// backup.damaged (cut off, altered), backup.newer (of a later program).
func Read(ctx context.Context, r io.Reader, v Visitor) (m Manifest, s Sums, err error) {
	head := make([]byte, 4)
	switch _, err := io.ReadFull(r, head); {
	case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF): // of what decrypts it
		return m, s, fmt.Errorf("%w: %w", errs.Field("file", "backup.damaged"), err)
	case err != nil || !bytes.Equal(head, zstdMagic):
		return m, s, errs.Field("file", "backup.not_archive")
	}
	whole := newUnsealed(io.MultiReader(bytes.NewReader(head), r))
	z, err := zstd.NewReader(whole, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderLowmem(true))
	if err != nil {
		return m, s, err
	}
	defer z.Close()
	in := &reading{ctx: ctx, t: tar.NewReader(z), v: v, sums: map[string]*tally{}}
	err = in.all()
	if err == nil {
		_, err = io.Copy(io.Discard, z) // what tar pads its end with
	}
	if err == nil {
		_, err = io.Copy(io.Discard, whole) // to the tail
	}
	if errs.Is(err, errs.Invalid) { // what an archive says of itself counts only when it is whole
		z.Close()
		if _, e := io.Copy(io.Discard, whole); errors.Is(e, errSeal) {
			err = e
		}
	}
	var own visitorError
	switch {
	case err == nil:
		return in.m, in.s, nil
	case ctx.Err() != nil:
		return m, s, ctx.Err()
	case errors.As(err, &own):
		return m, s, own.error
	case errs.Is(err, errs.Invalid):
		return m, s, err
	}
	return m, s, fmt.Errorf("%w: %w", errs.Field("file", "backup.damaged"), err)
}

var (
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
	ageMagic  = []byte("age-")
)

// visitorError is a failure of whoever is told, not of the archive.
type visitorError struct{ error }

// Unwrap lets its kind be asked.
func (v visitorError) Unwrap() error { return v.error }

func told(err error) error { return visitorError{err} }

// errArchive is the failure of an archive that contradicts itself.
func errArchive(format string, args ...any) error { return fmt.Errorf(format, args...) }

// reading is one walk through an archive, from its first entry to its tail. The context ends it between two entries; it
// stands here because the iterator of a table's rows goes on to the next entry by itself.
type reading struct {
	ctx   context.Context
	t     *tar.Reader
	v     Visitor
	m     Manifest
	s     Sums
	sums  map[string]*tally
	files int64
	bytes int64
	held  *tar.Header // read ahead: the entry behind a table's last
}

func (in *reading) next() (*tar.Header, error) {
	if h := in.held; h != nil {
		in.held = nil
		return h, nil
	}
	if err := in.ctx.Err(); err != nil {
		return nil, err
	}
	h, err := in.t.Next()
	if err == nil && h.Typeflag != tar.TypeReg {
		err = errArchive("entry %q is no file", h.Name)
	}
	return h, err
}

var (
	rowsName = regexp.MustCompile(`^tables/([a-z0-9_]+)/\d{6,}\.jsonl$`)
	fileName = regexp.MustCompile(`^files/([0-9a-f]{64})$`)
)

func (in *reading) all() error {
	h, err := in.next()
	if err != nil {
		return err
	}
	if h.Name != "manifest.json" {
		return errArchive("it begins with %q", h.Name)
	}
	if err := in.paper(h, &in.m); err != nil {
		return err
	}
	if in.m.Format != format {
		return errs.Field("file", "backup.newer")
	}
	if in.v.Manifest != nil {
		if err := in.v.Manifest(in.m); err != nil {
			return told(err)
		}
	}
	for {
		h, err := in.next()
		if errors.Is(err, io.EOF) {
			return errArchive("it has no end")
		}
		if err != nil {
			return err
		}
		switch rows, file := rowsName.FindStringSubmatch(h.Name), fileName.FindStringSubmatch(h.Name); {
		case h.Name == "sums.json":
			return in.end(h)
		case rows != nil:
			err = in.table(rows[1], h)
		case file != nil:
			err = in.file(file[1], h)
		default:
			err = errArchive("entry %q", h.Name)
		}
		if err != nil {
			return err
		}
	}
}

func (in *reading) paper(h *tar.Header, v any) error {
	if h.Size > maxPaper {
		return errArchive("%s has %d bytes", h.Name, h.Size)
	}
	b, err := io.ReadAll(in.t)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, v)
}

// table reads the entries of one table, which follow one another.
func (in *reading) table(name string, h *tar.Header) error {
	at := slices.IndexFunc(in.m.Tables, func(t Head) bool { return t.Name == name })
	if at < 0 || in.sums[name] != nil {
		return errArchive("table %q is not announced, or comes twice", name)
	}
	head, sum := in.m.Tables[at], &tally{}
	in.sums[name] = sum
	rows, failed := in.rows(head, sum, h)
	if in.v.Rows != nil {
		if err := in.v.Rows(head, rows); err != nil {
			if *failed != nil { // it is the archive's, and came through rows
				return *failed
			}
			return told(err)
		}
	}
	for range rows { // what the visitor left
	}
	return *failed
}

// rows yields what is left of a table's rows, and can be ranged over again to go on; failed says why it could not.
func (in *reading) rows(head Head, sum *tally, h *tar.Header) (rows iter.Seq2[[]any, error], why *error) {
	var left []byte
	load := func() (err error) {
		if h.Size > maxRows {
			return errArchive("%s has %d bytes", h.Name, h.Size)
		}
		left, err = io.ReadAll(in.t)
		return err
	}
	var failed error
	if failed = load(); failed == nil && len(left) == 0 {
		failed = errArchive("%s is empty", h.Name)
	}
	rows = func(yield func([]any, error) bool) {
		for failed == nil {
			if len(left) == 0 {
				var more bool
				if more, failed = in.more(head.Name); !more || failed != nil {
					break
				}
				if h, failed = in.next(); failed == nil {
					failed = load()
				}
				continue
			}
			end := bytes.IndexByte(left, '\n')
			if end < 0 {
				failed = errRow
				break
			}
			row, err := parseRow(left[:end], head.Columns)
			if err != nil {
				failed = fmt.Errorf("table %s: %w", head.Name, err)
				break
			}
			sum.add(left[:end+1])
			left = left[end+1:]
			if !yield(row, nil) {
				return
			}
		}
		if failed != nil {
			yield(nil, failed)
		}
	}
	return rows, &failed
}

// more reports whether the next entry is of the same table, and holds it for next.
func (in *reading) more(table string) (bool, error) {
	h, err := in.next()
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	in.held = h
	m := rowsName.FindStringSubmatch(h.Name)
	return m != nil && m[1] == table, nil
}

func (in *reading) file(digest string, h *tar.Header) error {
	sum := sha256.New()
	content := io.TeeReader(in.t, sum)
	if in.v.File != nil {
		if err := in.v.File(digest, content); err != nil {
			return told(err)
		}
	}
	if _, err := io.Copy(io.Discard, content); err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != digest {
		return errArchive("file %s is not what it was", digest)
	}
	in.files, in.bytes = in.files+1, in.bytes+h.Size
	return nil
}

// end holds what was read against what the archive says at its end.
func (in *reading) end(h *tar.Header) error {
	if err := in.paper(h, &in.s); err != nil {
		return err
	}
	if len(in.s.Tables) != len(in.m.Tables) {
		return errArchive("%d tables, %d announced", len(in.s.Tables), len(in.m.Tables))
	}
	for i, want := range in.s.Tables {
		t := in.sums[want.Name]
		if t == nil {
			t = &tally{}
		}
		if got := t.of(want.Name); want.Name != in.m.Tables[i].Name || got != want {
			return errArchive("table %s: %d rows, %d written", want.Name, got.Rows, want.Rows)
		}
	}
	if in.files != in.s.Files || in.bytes != in.s.Bytes {
		return errArchive("%d files, %d written", in.files, in.s.Files)
	}
	if h, err := in.next(); !errors.Is(err, io.EOF) {
		if err != nil {
			return err
		}
		return errArchive("entry %q behind the end", h.Name)
	}
	return nil
}

// fits reports what of an archive's tables a database has no place for.
func fits(m Manifest, has func(table string) ([]db.Column, bool)) error {
	var bad []string
	for _, t := range m.Tables {
		own, ok := has(t.Name)
		if !ok || left[t.Name] != "" {
			bad = append(bad, t.Name)
			continue
		}
		kinds := map[string]db.Kind{}
		for _, c := range own {
			kinds[c.Name] = c.Kind
		}
		for _, c := range t.Columns {
			if kinds[c.Name] != c.Kind {
				bad = append(bad, t.Name+"."+c.Name)
			}
			delete(kinds, c.Name)
		}
		for _, name := range slices.Sorted(maps.Keys(kinds)) {
			bad = append(bad, t.Name+"."+name)
		}
	}
	if len(bad) > 0 {
		return errs.Field("file", "backup.schema", m.Schema, strings.Join(bad, ", "))
	}
	return nil
}
