package seal

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"yanming/internal/errs"
)

// Number is a receipt number: 12 digits, of which 3 are the town's number in this installation (100 to 999), 7 are
// random and 2 check the others (ISO 7064 MOD 97-10: any one wrong digit and any two neighbours exchanged are found).
// It is never serial, so that it tells nothing about how many came before.
type Number string

const numberDigits = 12

// NewNumber returns a random number of the town whose number is town. Whether it is free is the caller's to see: its
// table has it as a key. It panics when town is not in 100–999, which the towns table rules out.
func NewNumber(town int) Number {
	n, err := rand.Int(rand.Reader, big.NewInt(10_000_000))
	if err != nil {
		panic(err) // never: crypto/rand aborts the program instead
	}
	return Number(withCheck(fmt.Sprintf("%s%07d", prefix(town), n)))
}

// ParseNumber reads a number as people type it: with spaces or dashes, in full-width digits.
// Errors: Invalid field "number", key seal.number (not 12 digits of a town) or seal.number_check (mistyped).
func ParseNumber(s string) (Number, error) {
	d, ok := digits(s, numberDigits)
	if !ok || d[0] == '0' {
		return "", errs.Field("number", "seal.number")
	}
	if !checks(d) {
		return "", errs.Field("number", "seal.number_check")
	}
	return Number(d), nil
}

// Grouped is the number as printed: "1234 5678 9012".
func (n Number) Grouped() string { return grouped(string(n)) }

// Town is the town's number, the first three digits; 0 of an empty Number.
func (n Number) Town() int { return townOf(string(n)) }

func townOf(s string) int {
	if len(s) < 3 {
		return 0
	}
	t, err := strconv.Atoi(s[:3])
	if err != nil {
		return 0
	}
	return t
}

func prefix(town int) string {
	if town < 100 || town > 999 {
		panic(fmt.Sprintf("seal: town number %d", town))
	}
	return strconv.Itoa(town)
}

// digits returns the ASCII digits of s, which may also hold spaces and dashes of any width; false when it holds
// anything else or not exactly n digits.
func digits(s string, n int) (string, bool) {
	var b strings.Builder
	for _, r := range s {
		switch {
		case '0' <= r && r <= '9':
			b.WriteRune(r)
		case '０' <= r && r <= '９':
			b.WriteRune(r - '０' + '0')
		case strings.ContainsRune(" \t\r\n\u00a0\u2002\u2003\u2009\u202f\u3000-\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212－", r):
		default:
			return "", false
		}
		if b.Len() > n {
			return "", false
		}
	}
	return b.String(), b.Len() == n
}

// withCheck appends the two check digits of ISO 7064 MOD 97-10.
func withCheck(d string) string { return fmt.Sprintf("%s%02d", d, 98-mod97(d+"00")) }

// checks reports whether the last two digits of d check the others.
func checks(d string) bool {
	// 98 − r never gives 00 or 01, though the remainder alone would let them pass for 97 and 98.
	return mod97(d) == 1 && d[len(d)-2:] >= "02"
}

func mod97(d string) int {
	m := 0
	for i := range len(d) {
		m = (m*10 + int(d[i]-'0')) % 97
	}
	return m
}

func grouped(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i += 4 {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(s[i:min(i+4, len(s))])
	}
	return b.String()
}
