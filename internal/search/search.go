// Package search finds records by any piece of their text, from one character upward, newest first.
//
// A word is found exactly where it is a substring of the text, both after NFKC and lower-casing, with punctuation
// kept: no dictionary decides what a Chinese word is, so nothing is missed and nothing else is found. The index knows
// in which records each character and each pair of neighbours occurs; a longer word is looked for where all its pairs
// are, and then in the text.
//
// The index of a town is a log-structured merge of segments. A Put writes one small segment and never changes another;
// segments of like size are merged into a larger one, a little with every Put, so that none of them waits for a large
// one. A segment is a run of pages in order of term and record, each page a row: both engines have the same.
//
// Only text that everybody of the town's staff may read is given to it (visibility public or summary): it knows no
// readers, and refuses nothing that matches. It keeps terms of deleted text, but not the text, until their segment is
// merged. It never searches for persons or telephones: no personal field is given to it.
package search

import "math"

// MaxText is the most characters one record may have here.
const MaxText = 50_000

// A doc is the number under which a town's index knows a text: 32 bits of Unix seconds, plus one, and 21 bits that count
// within the second. The newest has the highest; a number is never given twice.
const (
	countBits = 21
	maxSecond = math.MaxUint32
)

// firstDoc is the first doc of the second of a moment in Unix ms.
func firstDoc(at int64) int64 { return (min(max(at/1000, 0), maxSecond) + 1) << countBits }
