// Package id makes record keys: unique across towns without coordination, ordered by time, safe in a URL.
package id

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"strings"
	"time"
)

var alphabet = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// New returns a key of 26 characters: 48 bits of Unix milliseconds, then 80 random bits, in Crockford's base 32.
func New(now time.Time) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(now.UnixMilli())<<16)
	rand.Read(b[6:]) // never fails: crypto/rand aborts the program instead
	return alphabet.EncodeToString(b[:])
}

// At returns the time that New was told, to the millisecond; false for what is no key of New.
func At(key string) (time.Time, bool) {
	b, err := alphabet.DecodeString(key)
	if err != nil || len(b) != 16 {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(binary.BigEndian.Uint64(b[:8]) >> 16)), true
}

// Behind lies behind every key, whatever order of text a database keeps: keys begin with a digit for some centuries.
const Behind = "z"

// Request returns a key for a form, by which the same request is known when it comes again. Its time decides nothing but
// where it lies in an index: those of one hour lie together.
func Request() string { return New(time.Now()) }

// Token returns a random secret of 160 bits for sessions and links: 32 characters.
func Token() string {
	var b [20]byte
	rand.Read(b[:])
	return alphabet.EncodeToString(b[:])
}

// Valid reports whether s has the form of a key or token, so that anything else is refused before it reaches a query.
func Valid(s string) bool {
	if len(s) != 26 && len(s) != 32 {
		return false
	}
	return strings.Trim(s, "0123456789abcdefghjkmnpqrstvwxyz") == ""
}
