package seal

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"yanming/internal/disk"
	"yanming/internal/errs"
	"yanming/internal/id"
)

// The files of the folder. Each holds one line: a kind, fields in hexadecimal or base 32, and the first eight bytes of
// the line's SHA-256, so that a damaged file is refused instead of used.
const (
	baseFile  = "base.key"
	savedFile = "saved"
	kekPrefix = "kek-"
	keySuffix = ".key"

	gonePrefix = ".gone-" // a KEK being destroyed
)

func formatLine(fields ...string) []byte {
	line := strings.Join(fields, " ")
	sum := sha256.Sum256([]byte(line))
	return []byte(line + " " + hex.EncodeToString(sum[:8]) + "\n")
}

// parseLine returns the fields of a line of kind, n of them.
func parseLine(b []byte, kind string, n int) ([]string, error) {
	line := strings.TrimSuffix(string(b), "\n")
	i := strings.LastIndexByte(line, ' ')
	if i < 0 {
		return nil, fmt.Errorf("not a %s", kind)
	}
	sum := sha256.Sum256([]byte(line[:i]))
	fields := strings.Split(line[:i], " ")
	if line[i+1:] != hex.EncodeToString(sum[:8]) || fields[0] != kind || len(fields) != n+1 {
		return nil, fmt.Errorf("damaged, or not a %s", kind)
	}
	return fields[1:], nil
}

func formatBase(b base) []byte {
	return formatLine("yanming-base-1", hex.EncodeToString(b.lookup), hex.EncodeToString(b.pepper))
}

func parseBase(text []byte) (b base, err error) {
	f, err := parseLine(text, "yanming-base-1", 2)
	if err != nil {
		return b, err
	}
	if b.lookup, err = parseKey(f[0]); err != nil {
		return b, err
	}
	b.pepper, err = parseKey(f[1])
	return b, err
}

func formatKEK(e kek) []byte {
	return formatLine("yanming-kek-1", e.id, strconv.FormatInt(e.created.UnixMilli(), 10), hex.EncodeToString(e.key))
}

func parseKEK(text []byte) (e kek, err error) {
	f, err := parseLine(text, "yanming-kek-1", 3)
	if err != nil {
		return e, err
	}
	ms, err := strconv.ParseInt(f[1], 10, 64)
	if err != nil {
		return e, err
	}
	if !id.Valid(f[0]) {
		return e, fmt.Errorf("key id %q", f[0])
	}
	e.id, e.created = f[0], time.UnixMilli(ms).UTC()
	e.key, err = parseKey(f[2])
	return e, err
}

func parseKey(s string) ([]byte, error) {
	b, err := hex.DecodeString(s)
	if err == nil && len(b) != keyBytes {
		err = fmt.Errorf("key of %d bytes", len(b))
	}
	return b, err
}

func readBase(dir string) (base, error) {
	text, err := readPrivate(filepath.Join(dir, baseFile))
	if err != nil {
		return base{}, err
	}
	b, err := parseBase(text)
	if err != nil {
		return b, damaged(filepath.Join(dir, baseFile), err)
	}
	return b, nil
}

func readKEKs(dir string) ([]kek, error) {
	names, err := filepath.Glob(filepath.Join(escapeGlob(dir), kekPrefix+"*"+keySuffix))
	if err != nil {
		return nil, err
	}
	var keks []kek
	for _, name := range names {
		text, err := readPrivate(name)
		if os.IsNotExist(err) { // destroyed meanwhile by another copy
			continue
		}
		if err != nil {
			return nil, err
		}
		e, err := parseKEK(text)
		if err == nil && kekName(e.id) != filepath.Base(name) {
			err = fmt.Errorf("holds key %s", e.id)
		}
		if err != nil {
			return nil, damaged(name, err)
		}
		keks = append(keks, e)
	}
	return keks, nil
}

// damaged says that a key file is not as it was written.
func damaged(name string, err error) error {
	return fmt.Errorf("%w: %w", errs.New(errs.Invalid, "seal.file_damaged", name), err)
}

var globMeta = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)

func escapeGlob(dir string) string {
	if runtime.GOOS == "windows" { // has no escapes, and no such names
		return dir
	}
	return globMeta.Replace(dir)
}

func kekName(id string) string { return kekPrefix + id + keySuffix }

// readPrivate reads a key file and refuses one that others than its owner may read.
func readPrivate(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, errs.New(errs.Invalid, "seal.file_open", name)
	}
	return os.ReadFile(name)
}

func writeKEK(dir string, e kek) error { return writeNew(dir, kekName(e.id), formatKEK(e)) }

// writeNew writes a file that must not exist yet, whole or not at all, and durable when it returns.
func writeNew(dir, name string, text []byte) error {
	return place(dir, text, func(temp string) error { return os.Link(temp, filepath.Join(dir, name)) })
}

// place writes text to a temporary file of dir, syncs it, lets put it in its place, and syncs the folder.
func place(dir string, text []byte, put func(temp string) error) error {
	f, err := os.CreateTemp(dir, ".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = put(f.Name())
	}
	if err != nil {
		return err
	}
	return disk.SyncDir(dir)
}

// destroyKEK overwrites a key file and removes it. It is first renamed, so that a crash leaves no damaged key behind;
// what a crash leaves is finished here the next time. On a disk that writes elsewhere what is overwritten, old blocks
// may last until they are used again: the folder belongs on an encrypted disk.
func destroyKEK(dir, id string) error {
	err := os.Rename(filepath.Join(dir, kekName(id)), filepath.Join(dir, gonePrefix+id))
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	if err := disk.SyncDir(dir); err != nil {
		return err
	}
	gone, err := filepath.Glob(filepath.Join(escapeGlob(dir), gonePrefix+"*"))
	if err != nil {
		return err
	}
	for _, name := range gone {
		if err := wipe(name); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return disk.SyncDir(dir)
}

func wipe(name string) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil {
		_, err = f.Write(make([]byte, info.Size()))
	}
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Remove(name)
}
