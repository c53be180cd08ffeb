package search_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"yanming/internal/search"
)

// TestTheShortWayOfNormalisingComesToTheSame compares texts of every character that the short way may take, and of those
// around them, with what the words say: NFKC, then lower case.
func TestTheShortWayOfNormalisingComesToTheSame(t *testing.T) {
	want := func(s string) string {
		return strings.ToLower(norm.NFKC.String(strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")))
	}
	for r := rune(0); r <= 0x1FFFF; r++ {
		for _, s := range []string{string(r), "路" + string(r) + "Ａb", string(r) + "\u0301"} {
			if got := search.Normalise(s); got != want(s) {
				t.Fatalf("%q (U+%04X): got %q, want %q", s, r, got, want(s))
			}
		}
	}
	dice := rand.New(rand.NewPCG(3, 4))
	ranges := [][2]rune{{0x20, 0x7E}, {0x4E00, 0x9FFF}, {0x2010, 0x2030}, {0x3000, 0x3020}, {0xFF00, 0xFF60}, {0x300, 0x310}, {0x3041, 0x30FF}, {0xAC00, 0xAC20}, {0x1100, 0x1200}}
	for range 20_000 {
		var b strings.Builder
		for range dice.IntN(12) {
			x := ranges[dice.IntN(1+dice.IntN(len(ranges)))]
			b.WriteRune(x[0] + dice.Int32N(x[1]-x[0]+1))
		}
		if dice.IntN(20) == 0 {
			b.WriteString("\xff\xe4")
		}
		if got := search.Normalise(b.String()); got != want(b.String()) {
			t.Fatalf("%q: got %q, want %q", b.String(), got, want(b.String()))
		}
	}
}
