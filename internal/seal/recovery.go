package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"

	"yanming/internal/errs"
	"yanming/internal/id"
)

// The recovery sheet carries 125 bytes: a version, lookup key, pepper, the active KEK's id and key, and 12 bytes of
// SHA-256 over all that; as 10 lines of 20 characters in Crockford's base 32, each with its number and 4 characters
// that check it.
const (
	sheetVersion = 1
	sheetBytes   = 1 + 2*keyBytes + 16 + keyBytes + 12
	sheetLines   = 10
	lineChars    = 20
	checkChars   = 4
)

var crockford = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// Recovery returns the lines of the printed recovery sheet: "01 k3f9 … …". It holds the keys in clear, for a safe, and
// the active KEK only: it opens what is sealed until the next rotation, and lookup codes for ever.
func (k *Keyring) Recovery() ([]string, error) {
	e, err := k.active()
	if err != nil {
		return nil, fmt.Errorf("print recovery sheet: %w", err)
	}
	kekID, err := crockford.DecodeString(e.id)
	if err != nil || len(kekID) != 16 {
		return nil, fmt.Errorf("print recovery sheet: key id %q", e.id)
	}
	b := append([]byte{sheetVersion}, k.lookup...)
	b = append(append(append(b, k.pepper...), kekID...), e.key...)
	sum := sha256.Sum256(b)
	text := crockford.EncodeToString(append(b, sum[:12]...))
	lines := make([]string, sheetLines)
	for i := range lines {
		data := text[i*lineChars : (i+1)*lineChars]
		no := fmt.Sprintf("%02d", i+1)
		lines[i] = no + " " + grouped(data+lineCheck(no, data))
	}
	return lines, nil
}

func lineCheck(no, data string) string {
	sum := sha256.Sum256([]byte("yanming recovery " + no + " " + data))
	return crockford.EncodeToString(sum[:])[:checkChars]
}

// FromRecovery puts the keys of a recovery sheet into dir, like Import. The lines may come in any order, with capital
// letters, and with O for 0 and I or L for 1.
// Errors: Invalid field "recovery": seal.recovery_line with the number of a mistyped line, seal.recovery_missing with
// that of a missing one, seal.recovery_bad; Conflict (dir has other keys).
func FromRecovery(dir string, lines []string) (*Keyring, error) {
	text, err := joinSheet(lines)
	if err != nil {
		return nil, err
	}
	b, err := crockford.DecodeString(text)
	if err != nil || len(b) != sheetBytes || b[0] != sheetVersion {
		return nil, errs.Field("recovery", "seal.recovery_bad")
	}
	body, sum := b[:sheetBytes-12], sha256.Sum256(b[:sheetBytes-12])
	if !bytes.Equal(sum[:12], b[sheetBytes-12:]) {
		return nil, errs.Field("recovery", "seal.recovery_bad")
	}
	lookup, rest := body[1:1+keyBytes], body[1+keyBytes:]
	pepper, rest := rest[:keyBytes], rest[keyBytes:]
	e := kek{id: crockford.EncodeToString(rest[:16]), key: rest[16:]}
	made, ok := id.At(e.id)
	if !ok {
		return nil, errs.Field("recovery", "seal.recovery_bad")
	}
	e.created = made.UTC()
	return adopt(dir, base{lookup, pepper}, []kek{e})
}

var misread = strings.NewReplacer("o", "0", "i", "1", "l", "1", " ", "", "-", "", "\t", "", "\u3000", "", "\r", "", "\n", "")

// joinSheet checks the lines and returns their data in order.
func joinSheet(lines []string) (string, error) {
	var data [sheetLines]string
	for i, line := range lines {
		s := misread.Replace(strings.ToLower(line))
		if s == "" {
			continue
		}
		no, ok := lineNumber(s)
		if !ok || data[no-1] != "" || s[len(s)-checkChars:] != lineCheck(s[:2], s[2:len(s)-checkChars]) {
			return "", errs.Field("recovery", "seal.recovery_line", i+1)
		}
		data[no-1] = s[2 : len(s)-checkChars]
	}
	for i, d := range data {
		if d == "" {
			return "", errs.Field("recovery", "seal.recovery_missing", i+1)
		}
	}
	return strings.Join(data[:], ""), nil
}

func lineNumber(s string) (int, bool) {
	if len(s) != 2+lineChars+checkChars {
		return 0, false
	}
	var no int
	if _, err := fmt.Sscanf(s[:2], "%02d", &no); err != nil || no < 1 || no > sheetLines {
		return 0, false
	}
	return no, true
}
