package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"yanming/internal/errs"
	"yanming/internal/id"
)

// cost is what one Argon2id takes: passes, memory in KiB, lanes.
type cost struct {
	time, memory uint32
	threads      uint8
}

// today is OWASP's first recommendation for Argon2id (Password Storage Cheat Sheet): 19 MiB, two passes, one lane.
func today() cost { return cost{time: 2, memory: 19 * 1024, threads: 1} }

const (
	saltBytes = 16
	hashBytes = 32
)

func argon(password, salt []byte, c cost) []byte {
	return argon2.IDKey(password, salt, c.time, c.memory, c.threads, hashBytes)
}

var b64 = base64.RawStdEncoding

// phc hashes a password for storage.
func (s *Service) phc(password []byte) string {
	salt := make([]byte, saltBytes)
	rand.Read(salt)
	c := today()
	return phc(c, salt, s.derive(password, salt, c))
}

// phc writes a hash as it is stored: $argon2id$v=19$m=19456,t=2,p=1$salt$hash.
func phc(c cost, salt, hash []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.time, c.threads,
		b64.EncodeToString(salt), b64.EncodeToString(hash))
}

// matches runs Argon2id once, whatever it is given, and reports whether password is the one that was stored. At most
// as many run at a time as there are cores, so that a flood of logins cannot take the memory.
func (s *Service) matches(ctx context.Context, stored, password string) (bool, error) {
	var c cost
	var version int
	parts := strings.Split(stored, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, fmt.Errorf("stored password has another form")
	}
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &c.memory, &c.time, &c.threads); err != nil || version != argon2.Version {
		return false, fmt.Errorf("stored password has another form: %v", err)
	}
	salt, err := b64.DecodeString(parts[4])
	if err != nil {
		return false, fmt.Errorf("stored salt: %w", err)
	}
	want, err := b64.DecodeString(parts[5])
	if err != nil {
		return false, fmt.Errorf("stored hash: %w", err)
	}
	if err := s.enter(ctx); err != nil {
		return false, err
	}
	defer s.leave()
	return subtle.ConstantTimeCompare(s.derive(plain(password), salt, c), want) == 1, nil
}

func (s *Service) enter(ctx context.Context) error {
	select {
	case s.room <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Service) leave() { <-s.room }

// maxPassword is the longest password in characters.
const maxPassword = 128

// plain is the form of a password that is hashed: NFKC, so that full-width characters of an input method are the same.
// What is too long to be anybody's is cut, and matches nothing.
func plain(password string) []byte {
	return []byte(norm.NFKC.String(password[:min(len(password), 8*maxPassword)]))
}

// Secret is a hashed password on its way into an account. It is made before the transaction that stores it, because
// hashing takes long and a transaction may run twice.
type Secret struct {
	hash  string
	Plain string // to be shown once; empty for a password its owner chose
}

// minPassword is the shortest password in characters.
const minPassword = 10

// Prepare hashes the password of an account called login. An empty password is replaced by a random readable one of 60
// bits, which Plain then holds. Errors: Invalid of field "password": auth.password.short, error.too_long,
// auth.password.login, auth.password.common; and those of ctx.
func (s *Service) Prepare(ctx context.Context, login, password string) (Secret, error) {
	var out Secret
	if password == "" {
		t := id.Token()
		password = t[:4] + "-" + t[4:8] + "-" + t[8:12]
		out.Plain = password
	} else if err := checkPassword(normal(login), password); err != nil {
		return Secret{}, err
	}
	if err := s.enter(ctx); err != nil {
		return Secret{}, err
	}
	defer s.leave()
	out.hash = s.phc(plain(password))
	return out, nil
}

// checkPassword refuses what is guessed first. It asks for length, not for kinds of characters.
func checkPassword(login, password string) error {
	p := strings.ToLower(norm.NFKC.String(password))
	switch n := utf8.RuneCountInString(p); {
	case n < minPassword:
		return errs.Field("password", "auth.password.short", minPassword)
	case n > maxPassword:
		return errs.Field("password", "error.too_long", maxPassword)
	case login != "" && strings.Contains(p, login) && n-utf8.RuneCountInString(login) < minPassword-2:
		return errs.Field("password", "auth.password.login")
	case weak(p):
		return errs.Field("password", "auth.password.common")
	}
	return nil
}

// weak reports whether p is made of few characters, runs along the alphabet, the digits or the keyboard, or begins
// like one of the commonest passwords.
func weak(p string) bool {
	kinds, steps, runes := map[rune]bool{}, map[rune]bool{}, []rune(p)
	for i, r := range runes {
		kinds[r] = true
		if i > 0 {
			steps[r-runes[i-1]] = true
		}
	}
	if len(kinds) < 5 || len(steps) == 1 {
		return true
	}
	for _, c := range commonest() {
		if rest, ok := strings.CutPrefix(p, c); ok && (len(rest) < 3 || strings.Trim(rest, "0123456789!@#.") == "") {
			return true
		}
		if strings.Repeat(c, 1+len(p)/len(c))[:len(p)] == p {
			return true
		}
	}
	return false
}

// commonest are beginnings of the passwords that lists of leaked ones name first, as used in China and elsewhere.
func commonest() []string {
	return []string{"123456", "1234567890", "0123456789", "0987654321", "9876543210", "123321", "112233", "123123", "147258369",
		"1357924680", "5201314", "520520", "qwertyuiop", "qwerty", "asdfghjkl", "zxcvbnm", "1qaz2wsx", "1qaz2wsx3edc", "1q2w3e4r",
		"1q2w3e4r5t", "qazwsxedc", "qwe123", "abc123", "a123456", "aa123456", "abcd1234", "abcdefg", "password", "passw0rd",
		"p@ssw0rd", "p@ssword", "woaini", "iloveyou", "admin", "administrator", "welcome", "letmein", "test1234", "guest", "root",
		"changeme", "default", "yanming", "88888888", "66666666", "00000000", "11111111", "147852369", "mima", "mima123", "wodemima"}
}
