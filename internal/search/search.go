// Package search finds records by any piece of their text, from one character upward, newest first.
//
// A word is found exactly where it is a substring of the text, both after NFKC and lower-casing, with punctuation
// kept: no dictionary decides what a Chinese word is, so nothing is missed and nothing else is found. The index holds
// each character and each pair of neighbours; SQLite finds a longer word as pairs in a row, PostgreSQL as pairs
// anywhere and then looks into the text.
//
// Only text that everybody of the town's staff may read is given to it (visibility public or summary): it knows no
// readers, and refuses nothing that matches. It keeps tokens of deleted text until the engine's next merge. It never
// searches for persons or telephones: no personal field is given to it.
package search

import "math"

// MaxText is the most characters one record may have here; a tsvector takes a megabyte of tokens.
const MaxText = 50_000

// A doc is 10 bits of the town's number (100 to 999), 32 bits of Unix seconds, and 21 bits that count within the
// second. So a town is a range of docs, and the newest has the highest.
const (
	countBits = 21
	townBits  = 53 // everything below the town's number
	maxSecond = math.MaxUint32
)
