package seal

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"yanming/internal/errs"
)

func TestANumberIsReadHoweverItIsTyped(t *testing.T) {
	n := Number(withCheck("1010000001"))
	for _, typed := range []string{string(n), n.Grouped(), " " + strings.ReplaceAll(n.Grouped(), " ", "-") + "\n",
		strings.Map(func(r rune) rune { return r - '0' + '０' }, string(n)), strings.ReplaceAll(n.Grouped(), " ", "　—　")} {
		if got, err := ParseNumber(typed); err != nil || got != n {
			t.Errorf("%q: got %q, %v", typed, got, err)
		}
	}
	if n.Town() != 101 || len(n.Grouped()) != 14 {
		t.Errorf("town %d, grouped %q", n.Town(), n.Grouped())
	}
}

func TestAWrongNumberSaysWhatIsWrong(t *testing.T) {
	good := string(NewNumber(123))
	for typed, key := range map[string]string{
		"":                             "seal.number",
		"12345678901":                  "seal.number",
		good + "1":                     "seal.number",
		"１２３":                          "seal.number",
		good[:11] + "x":                "seal.number",
		"012345678901":                 "seal.number",
		strings.Repeat("9", 1<<20):     "seal.number",
		good[:10] + "00":               "seal.number_check",
		good[:11] + plus(good[11:], 1): "seal.number_check",
		withCheck("5550000000")[:4] + "1" + withCheck("5550000000")[5:]: "seal.number_check",
	} {
		_, err := ParseNumber(typed)
		all := errs.All(err)
		if len(all) != 1 || all[0].Kind != errs.Invalid || all[0].Field != "number" || all[0].Key != key {
			t.Errorf("%.20q: got %v, want %s", typed, err, key)
		}
	}
}

func plus(d string, n byte) string { return string('0' + (d[0]-'0'+n)%10) }

// The check digits find each single wrong digit and each exchange of neighbours: that is what MOD 97-10 promises.
func TestOneSlipOfTheFingerIsAlwaysFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := withCheck(rapid.StringMatching(`[1-9][0-9]{9}`).Draw(t, "digits"))
		if !checks(d) {
			t.Fatalf("%s does not check", d)
		}
		i := rapid.IntRange(0, len(d)-1).Draw(t, "at")
		wrong := d[:i] + plus(d[i:i+1], byte(rapid.IntRange(1, 9).Draw(t, "by"))) + d[i+1:]
		if checks(wrong) {
			t.Fatalf("%s checks like %s", wrong, d)
		}
		if i+1 < len(d) && d[i] != d[i+1] {
			if swapped := d[:i] + d[i+1:i+2] + d[i:i+1] + d[i+2:]; checks(swapped) {
				t.Fatalf("%s checks like %s", swapped, d)
			}
		}
	})
}

func TestTheCheckDigitsAreThoseOfISO7064(t *testing.T) {
	// The example of ISO 7064 itself: 794 gets 44.
	if got := withCheck("794"); got != "79444" {
		t.Errorf("got %s", got)
	}
}

func TestNewNumbersAreValidAndNotSerial(t *testing.T) {
	seen := map[Number]bool{}
	for range 2000 {
		n := NewNumber(999)
		if p, err := ParseNumber(string(n)); err != nil || p != n || n.Town() != 999 {
			t.Fatalf("%s: %v", n, err)
		}
		seen[n] = true
	}
	if len(seen) < 1990 {
		t.Errorf("%d different ones of 2000", len(seen))
	}
}

func FuzzParseNumber(f *testing.F) {
	f.Add(string(NewNumber(100)))
	f.Add("１２３４ 5678—9012")
	f.Add("\x00\xff")
	f.Fuzz(func(t *testing.T, s string) {
		n, err := ParseNumber(s)
		if (err == nil) == (n == "") {
			t.Fatalf("%q: %q and %v", s, n, err)
		}
		if err == nil {
			if again, err := ParseNumber(n.Grouped()); err != nil || again != n || n.Town() < 100 {
				t.Fatalf("%q: %q, again %q %v", s, n, again, err)
			}
		}
	})
}
