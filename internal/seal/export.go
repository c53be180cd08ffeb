package seal

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"filippo.io/age"

	"yanming/internal/errs"
)

const (
	minPassphrase = 12      // characters
	exportWork    = 18      // age's scrypt work factor: about a second
	maxExport     = 1 << 20 // bytes read of an export
)

// Export writes every key as an age file under a passphrase of at least 12 characters; `age -d` reads it too. An
// export opens the backups made until the next rotation: make one after each, and destroy the older ones, because
// with them erased records can be read in old backups.
// Errors: Invalid field "passphrase" when it is too short.
func (k *Keyring) Export(w io.Writer, passphrase string) error {
	return k.export(w, passphrase, exportWork)
}

func (k *Keyring) export(w io.Writer, passphrase string, work int) error {
	if utf8.RuneCountInString(passphrase) < minPassphrase {
		return errs.Field("passphrase", "seal.passphrase_short", minPassphrase)
	}
	if err := k.reload(); err != nil { // another copy may have rotated
		return fmt.Errorf("export keyring: %w", err)
	}
	text := formatBase(base{k.lookup, k.pepper})
	for _, e := range k.all() {
		text = append(text, formatKEK(e)...)
	}
	to, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return fmt.Errorf("export keyring: %w", err)
	}
	to.SetWorkFactor(work)
	out, err := age.Encrypt(w, to)
	if err == nil {
		_, err = out.Write(text)
	}
	if err == nil {
		err = out.Close()
	}
	if err != nil {
		return fmt.Errorf("export keyring: %w", err)
	}
	return nil
}

// Import puts the keys of an export into dir and opens it. Where dir has these keys already, older ones of the export
// join them (to read an older backup) until the next Rotate; where it has others, nothing is changed.
// Errors: Invalid field "passphrase" (wrong), Invalid field "file" (not an export), Conflict (dir has other keys).
func Import(dir string, r io.Reader, passphrase string) (*Keyring, error) {
	id, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, errs.Field("passphrase", "seal.passphrase_wrong")
	}
	id.SetMaxWorkFactor(exportWork) // a planted file must not take gigabytes
	plain, err := age.Decrypt(io.LimitReader(r, maxExport), id)
	if errors.Is(err, age.ErrIncorrectIdentity) {
		return nil, errs.Field("passphrase", "seal.passphrase_wrong")
	}
	var text []byte
	if err == nil {
		text, err = io.ReadAll(plain)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errs.Field("file", "seal.export_bad"), err)
	}
	b, keks, err := parseExport(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errs.Field("file", "seal.export_bad"), err)
	}
	return adopt(dir, b, keks)
}

func parseExport(text []byte) (b base, keks []kek, err error) {
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Scan()
	if b, err = parseBase(lines.Bytes()); err != nil {
		return b, nil, err
	}
	for lines.Scan() {
		e, err := parseKEK(lines.Bytes())
		if err != nil {
			return b, nil, err
		}
		keks = append(keks, e)
	}
	if err := lines.Err(); err != nil {
		return b, nil, err
	}
	if len(keks) == 0 {
		return b, nil, errors.New("no key-encryption key")
	}
	return b, keks, nil
}

// adopt puts keys into dir unless it has others.
func adopt(dir string, b base, keks []kek) (*Keyring, error) {
	have, err := readBase(dir)
	if err == nil && (!bytes.Equal(have.lookup, b.lookup) || !bytes.Equal(have.pepper, b.pepper)) {
		return nil, errs.New(errs.Conflict, "seal.other_keys", dir)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("import keys: %w", err)
	}
	var missing []kek
	for _, e := range keks {
		if _, err := os.Stat(filepath.Join(dir, kekName(e.id))); errors.Is(err, fs.ErrNotExist) {
			missing = append(missing, e)
		}
	}
	if err := create(dir, b, missing); err != nil {
		return nil, fmt.Errorf("import keys: %w", err)
	}
	k, err := load(dir)
	if err != nil {
		return nil, fmt.Errorf("import keys: %w", err)
	}
	if !bytes.Equal(k.lookup, b.lookup) || !bytes.Equal(k.pepper, b.pepper) { // somebody made a keyring meanwhile
		return nil, errs.New(errs.Conflict, "seal.other_keys", dir)
	}
	return k, nil
}

// MarkSaved notes that the active KEK is in an export or on a recovery sheet that somebody keeps.
func (k *Keyring) MarkSaved() error {
	e, err := k.active()
	if err == nil {
		err = place(k.dir, []byte(e.id+"\n"), func(temp string) error { return os.Rename(temp, filepath.Join(k.dir, savedFile)) })
	}
	if err != nil {
		return fmt.Errorf("mark keys as saved: %w", err)
	}
	return nil
}

// Saved reports whether the active KEK was marked as saved. After each rotation it is false again, and the
// administrator is asked for a new export.
func (k *Keyring) Saved() (bool, error) {
	e, err := k.active()
	if err != nil {
		return false, err
	}
	text, err := os.ReadFile(filepath.Join(k.dir, savedFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("read mark of saved keys: %w", err)
	}
	return strings.TrimSpace(string(text)) == e.id, nil
}

// Created returns when the active KEK was made: the day a recovery sheet carries.
func (k *Keyring) Created() time.Time {
	all := k.all()
	return all[len(all)-1].created
}
