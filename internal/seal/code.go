package seal

import (
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"log/slog"
	"math"
	"strconv"

	"golang.org/x/crypto/argon2"

	"yanming/internal/errs"
)

// codeDigits is the length of a lookup code.
const codeDigits = 6

// Code returns the lookup code that goes with a receipt number: 6 digits, derived from the lookup key, so that it is
// stored nowhere and can be shown again. A new generation (1, 2, …) makes the codes before it worthless.
func (k *Keyring) Code(town string, number Number, generation int) string {
	return derived(k.lookup, codeDigits, "code", town, string(number), strconv.Itoa(generation))
}

// CheckCode reports whether typed is the code, in a time that does not depend on it. Spaces, dashes and full-width
// digits are accepted. For a number that does not exist it is called as well, so that no time tells the two apart.
func (k *Keyring) CheckCode(town string, number Number, generation int, typed string) bool {
	d, _ := digits(typed, codeDigits)
	return subtle.ConstantTimeCompare([]byte(d), []byte(k.Code(town, number, generation))) == 1
}

// Secret is all a resident of a case in confidence holds: 22 digits, of which 3 are the town's number, 17 are
// derived and 2 check the others. It stands for number and code together, and only its tag is stored.
type Secret string

const secretDigits = 22

// LogValue hides the secret from logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue("secret") }

// Grouped is the secret as printed: "1234 5678 9012 3456 7890 12".
func (s Secret) Grouped() string { return grouped(string(s)) }

// Town is the town's number, the first three digits; 0 of an empty Secret.
func (s Secret) Town() int { return townOf(string(s)) }

// Secret derives the secret of a case from the one-time token of the form that brought it: sending the form twice
// gives the same secret, and without the lookup key the token gives nothing. town is the town's number; it panics
// when that is not in 100–999.
func (k *Keyring) Secret(town int, formToken string) Secret {
	p := prefix(town)
	return Secret(withCheck(p + derived(k.lookup, secretDigits-5, "secret", p, formToken)))
}

// ParseSecret reads a secret as people type it.
// Errors: Invalid field "secret", key seal.secret (not 22 digits of a town) or seal.secret_check (mistyped).
func ParseSecret(s string) (Secret, error) {
	d, ok := digits(s, secretDigits)
	if !ok || d[0] == '0' {
		return "", errs.Field("secret", "seal.secret")
	}
	if !checks(d) {
		return "", errs.Field("secret", "seal.secret_check")
	}
	return Secret(d), nil
}

// The cost of a tag: 19 MiB and two passes, the least that OWASP's Password Storage Cheat Sheet accepts for Argon2id.
// A secret has 56 random bits, so the cost is there for the thief of a database who also has the pepper.
const (
	argonMemory = 19 * 1024 // KiB
	argonPasses = 2
	argonLanes  = 1
)

// SecretTag returns the 32 bytes under which a secret is stored and found: Argon2id with one salt for all, made from
// the pepper, because a tag must be found by an index. It takes some 30 ms and 19 MiB; at most two run at once.
func (k *Keyring) SecretTag(s Secret) []byte {
	k.argon <- struct{}{}
	defer func() { <-k.argon }()
	return argon2.IDKey([]byte(s), mac(k.pepper, "secret tag"), argonPasses, argonMemory, argonLanes, 32)
}

// derived returns n decimal digits (at most 18) from the parts, each value equally likely: what lies above the largest
// multiple of 10ⁿ is thrown away and drawn again.
func derived(key []byte, n int, ss ...string) string {
	var pow uint64 = 1
	for range n {
		pow *= 10
	}
	limit := math.MaxUint64 - math.MaxUint64%pow
	for round := 0; ; round++ {
		m := mac(key, append(ss, strconv.Itoa(round))...)
		for i := 0; i+8 <= len(m); i += 8 {
			if v := binary.BigEndian.Uint64(m[i:]); v < limit {
				return fmt.Sprintf("%0*d", n, v%pow)
			}
		}
	}
}
