package backup

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"filippo.io/age"

	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/disk"
	"yanming/internal/errs"
)

// Order says what archive is to be made.
type Order struct {
	Kind       string
	Path       string           // of the file, or a folder; "" for the service's own folder
	Recipients []age.Recipient  // encrypts to them
	Passphrase string           // encrypts under it; not together with recipients
	NoFiles    bool             // the stored files stay out
	Progress   func(rows int64) // told every megabyte how many rows are written; may be nil

	work int // age's scrypt work factor; a test takes less time than a guesser
}

const passphraseWork = 18 // age's scrypt work factor: about a second

// Make makes an archive as a file: under a name that tells its town and instant, unless the order names one. The file
// gets its name only when it is whole, synced and read back. What Made says is not noted yet.
// Errors: Invalid: backup.full (no room), backup.exists, backup.passphrase_short.
func (s *Service) Make(ctx context.Context, o Order) (made Made, sums Sums, err error) {
	began := time.Now()
	made = Made{Kind: o.Kind, At: s.Store.Now(), Sealed: len(o.Recipients) > 0 || o.Passphrase != ""}
	sums, err = s.make(ctx, o, &made)
	made.Took = time.Since(began)
	if err != nil {
		made.Path = ""
		made.Failure = Reason(err)
		return made, sums, fmt.Errorf("make backup: %w", err)
	}
	made.Verified, made.Files, made.Faults = true, sums.Files, int64(len(sums.Faults))
	return made, sums, nil
}

func (s *Service) make(ctx context.Context, o Order, made *Made) (sums Sums, err error) {
	if o.Passphrase != "" {
		if len([]rune(o.Passphrase)) < 12 {
			return sums, errs.Field("passphrase", "seal.passphrase_short", 12)
		}
		r, err := age.NewScryptRecipient(o.Passphrase)
		if err != nil {
			return sums, err
		}
		if o.work == 0 {
			o.work = passphraseWork
		}
		r.SetWorkFactor(o.work)
		o.Recipients = []age.Recipient{r}
	}
	dir, path := s.Dir, o.Path
	if info, err := os.Stat(path); path != "" && err == nil && info.IsDir() {
		dir, path = path, ""
	} else if path != "" {
		dir = filepath.Dir(path)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return sums, room(dir, err)
	}
	f, err := os.CreateTemp(dir, partPrefix+"*") // mode 0600
	if err != nil {
		return sums, room(dir, err)
	}
	defer os.Remove(f.Name()) // no longer there once it has its name
	defer f.Close()
	m, sums, sum, err := s.fill(ctx, f, o)
	if err != nil {
		return sums, room(dir, err)
	}
	if err := readBack(ctx, f, o, sum); err != nil {
		return sums, err
	}
	info, err := f.Stat()
	if err != nil {
		return sums, err
	}
	if path == "" {
		path = unused(dir, nameOf(m, o.Kind))
	}
	if taken(path) {
		return sums, errs.Field("-o", "backup.exists", path)
	}
	if err := f.Close(); err != nil {
		return sums, room(dir, err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return sums, err
	}
	made.At, made.Bytes = m.At, info.Size()
	if made.Path, err = filepath.Abs(path); err != nil {
		return sums, err
	}
	return sums, disk.SyncDir(dir)
}

// fill writes the archive into f, syncs it, and returns the SHA-256 of the file.
func (s *Service) fill(ctx context.Context, f *os.File, o Order) (m Manifest, sums Sums, sum []byte, err error) {
	file := newSealed(f)
	buf := bufio.NewWriterSize(file, 1<<20)
	var w io.WriteCloser = nopCloser{buf}
	if len(o.Recipients) > 0 {
		if w, err = age.Encrypt(buf, o.Recipients...); err != nil {
			return m, sums, nil, err
		}
	}
	if m, sums, err = s.Write(watched(ctx, o.Progress), w, !o.NoFiles); err != nil {
		return m, sums, nil, err
	}
	if err = w.Close(); err == nil {
		err = buf.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	return m, sums, file.hash.Sum(nil), err
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// readBack reads the file again: every byte is what was written, and what can be opened here is a whole archive. Who
// can open it with an identity alone is not here.
func readBack(ctx context.Context, f *os.File, o Order, sum []byte) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	hash := sha256.New()
	in := io.TeeReader(bufio.NewReaderSize(f, 1<<20), hash)
	plain := in
	if o.Passphrase != "" {
		id, err := age.NewScryptIdentity(o.Passphrase)
		if err != nil {
			return err
		}
		if plain, err = age.Decrypt(in, id); err != nil {
			return fmt.Errorf("read back: %w", err)
		}
	}
	if len(o.Recipients) == 0 || o.Passphrase != "" {
		if _, _, err := Read(ctx, plain, Visitor{}); err != nil {
			return fmt.Errorf("read back: %w", err)
		}
	}
	if _, err := io.Copy(io.Discard, in); err != nil {
		return fmt.Errorf("read back: %w", err)
	}
	if !bytes.Equal(hash.Sum(nil), sum) {
		return errs.New(errs.Invalid, "backup.unread")
	}
	return nil
}

// Open opens an archive for Read, decrypted by one of the identities where it is encrypted.
// Errors: Invalid field "file": backup.locked (encrypted, and no identity was given), backup.identity_wrong.
func Open(path string, ids []age.Identity) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	buf := bufio.NewReaderSize(f, 1<<20)
	head, err := buf.Peek(len(ageMagic))
	if err == nil && bytes.Equal(head, ageMagic) {
		var plain io.Reader
		if plain, err = unlock(buf, ids); err == nil {
			return reader{plain, f}, nil
		}
	} else if err == nil || errors.Is(err, io.EOF) {
		return reader{buf, f}, nil
	}
	f.Close()
	return nil, err
}

func unlock(r io.Reader, ids []age.Identity) (io.Reader, error) {
	if len(ids) == 0 {
		return nil, errs.Field("file", "backup.locked")
	}
	plain, err := age.Decrypt(r, ids...)
	var no *age.NoIdentityMatchError
	switch {
	case errors.As(err, &no), errors.Is(err, age.ErrIncorrectIdentity):
		return nil, errs.Field("file", "backup.identity_wrong")
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errs.Field("file", "backup.damaged"), err)
	}
	return plain, nil
}

type reader struct {
	io.Reader
	io.Closer
}

// Recipients reads age recipients (age1…). Errors: Invalid field "--recipient".
func Recipients(keys []string) (out []age.Recipient, err error) {
	for _, k := range keys {
		rs, err := age.ParseRecipients(strings.NewReader(k))
		if err != nil {
			return nil, errs.Field("--recipient", "backup.recipient", k)
		}
		out = append(out, rs...)
	}
	return out, nil
}

// Passphrase returns the identity of a passphrase, for Open.
func Passphrase(p string) (age.Identity, error) {
	id, err := age.NewScryptIdentity(p)
	if err != nil {
		return nil, errs.Field("passphrase", "seal.passphrase_wrong")
	}
	id.SetMaxWorkFactor(passphraseWork)
	return id, nil
}

const (
	partPrefix = ".yanming-part-" // of files that are being written
	suffix     = ".ybk"
	stamp      = "20060102-150405"
)

// nameOf is the name of an archive without its suffix: yanming-419900-20261129-023000-nightly, in the town's time.
func nameOf(m Manifest, kind string) string {
	code := "empty"
	if len(m.Towns) > 0 {
		code = m.Towns[0].Code
	}
	name := "yanming-" + code + "-" + m.At.In(calendar.Zone()).Format(stamp)
	if kind != Manual {
		name += "-" + kind
	}
	return name
}

// unused is where in dir an archive goes whose name we chose ourselves: with a number behind it where another was made in
// the same second, as by an upgrade that was cut off and begun again.
func unused(dir, name string) string {
	path := filepath.Join(dir, name+suffix)
	for n := 2; taken(path); n++ {
		path = filepath.Join(dir, name+"-"+strconv.Itoa(n)+suffix)
	}
	return path
}

func taken(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

var archiveName = regexp.MustCompile(`^yanming-[a-z0-9]+-(\d{8}-\d{6})(?:-([a-z]+))?(?:-\d+)?\.ybk$`)

// Archive is a file of a folder that is called like an archive.
type Archive struct {
	Name  string
	Kind  string
	At    time.Time
	Bytes int64
}

// List returns the archives of a folder, the newest first; none where there is no such folder. Nothing is opened.
func List(dir string) (out []Archive, err error) {
	es, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list archives: %w", err)
	}
	for _, e := range es {
		m := archiveName.FindStringSubmatch(e.Name())
		if m == nil || !e.Type().IsRegular() {
			continue
		}
		at, err := time.ParseInLocation(stamp, m[1], calendar.Zone())
		info, e2 := e.Info()
		if err != nil || e2 != nil { // not ours, or gone meanwhile
			continue
		}
		if m[2] == "" {
			m[2] = Manual
		}
		out = append(out, Archive{Name: e.Name(), Kind: m[2], At: at, Bytes: info.Size()})
	}
	slices.SortFunc(out, func(a, b Archive) int { return strings.Compare(b.At.Format(stamp)+b.Name, a.At.Format(stamp)+a.Name) })
	return out, nil
}

// room names a full disk as what it is.
func room(dir string, err error) error {
	if db.IsFull(err) {
		return fmt.Errorf("%w: %w", errs.Field("-o", "backup.full", dir), err)
	}
	var no syscall.Errno
	if errors.As(err, &no) {
		full := no == syscall.ENOSPC || no == syscall.EDQUOT || no == syscall.EFBIG
		if runtime.GOOS == "windows" {
			full = full || no == 112 || no == 39 // ERROR_DISK_FULL, ERROR_HANDLE_DISK_FULL
		}
		if full {
			return fmt.Errorf("%w: %w", errs.Field("-o", "backup.full", dir), err)
		}
		if errors.Is(err, os.ErrPermission) {
			return fmt.Errorf("%w: %w", errs.Field("-o", "backup.denied", dir), err)
		}
	}
	return err
}

// Reason is what people are told of a failure: its sentence, or, of what is nobody's fault, what went wrong.
func Reason(err error) *errs.Error {
	if all := errs.All(err); len(all) > 0 {
		return all[0]
	}
	return &errs.Error{Key: "backup.failed", Args: []any{err.Error()}}
}
