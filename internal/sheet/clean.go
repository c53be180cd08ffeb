package sheet

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const maxMarks = 4 // combining marks on one character; no living script needs more

// Text returns free text as it may be stored: NFC, without control, zero-width and direction characters, at most four
// combining marks on a character, each line trimmed, at most one blank line in a row. A tab becomes a space.
func Text(s string) string {
	if !isPlain(s) {
		s = normal(s)
	}
	lines := strings.Split(s, "\n")
	out := lines[:0]
	for _, l := range lines {
		l = strings.TrimSpace(l)
		if l == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, l)
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}

// normal is Text but for its lines.
func normal(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	return capMarks(norm.NFC.String(capMarks(strings.Map(cleanRune, strings.ReplaceAll(s, "\r\n", "\n")))))
}

// isPlain reports whether normal has nothing to do: line feeds, printable ASCII, Chinese characters with their signs.
func isPlain(s string) bool {
	for _, r := range s {
		switch {
		case r >= ' ' && r <= '~', r >= '\u4E00' && r <= '\u9FFF', r >= '\uFF01' && r <= '\uFF5E', r >= '\u3000' && r <= '\u3020':
		case r == '\n', r == '\u00B7', r >= '\u2010' && r <= '\u2027', r >= '\u2460' && r <= '\u24FF':
		default:
			return false
		}
	}
	return true
}

func cleanRune(r rune) rune {
	switch {
	case r == '\r', r == '\u2028', r == '\u2029', r == '\u0085', r == '\v', r == '\f':
		return '\n'
	case r == '\n':
		return r
	case r == '\t', r == '\u00a0':
		return ' '
	case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r), r == '\u034f', r == '\u115f', r == '\u1160', r == '\u3164', r == '\uffa0':
		return -1 // Cf holds zero-width, direction, soft hyphen, byte order mark and tag characters
	}
	return r
}

func capMarks(s string) string {
	n := 0
	return strings.Map(func(r rune) rune {
		if r < 0x300 || !unicode.Is(unicode.M, r) {
			n = 0
			return r
		}
		if n++; n > maxMarks {
			return -1
		}
		return r
	}, s)
}

// Line returns Text on one line, every run of white space one space: the form in which cells of two files are compared.
func Line(s string) string { return strings.Join(strings.Fields(Text(s)), " ") }

// Number reads a whole number: full-width digits, thousands separators and a zero fraction allowed. Text beside the
// digits is not a number.
func Number(s string) (int64, bool) {
	s = narrow(s)
	if whole, fraction, ok := strings.Cut(s, "."); ok && strings.Trim(fraction, "0") == "" {
		s = whole
	}
	if strings.Contains(s, ",") {
		if !thousands.MatchString(s) {
			return 0, false
		}
		s = strings.ReplaceAll(s, ",", "")
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && !strings.HasPrefix(s, "+")
}

var thousands = regexp.MustCompile(`^-?[0-9]{1,3}(,[0-9]{3})+$`)

// narrow folds full-width characters, unifies dashes and drops the apostrophe that keeps digits as text.
func narrow(s string) string {
	s = norm.NFKC.String(Text(s))
	s = strings.NewReplacer("－", "-", "–", "-", "—", "-", "‐", "-", "‑", "-", "−", "-", "’", "'", "‘", "'").Replace(s)
	return strings.TrimSpace(strings.Trim(strings.TrimSpace(s), "'`"))
}

// Phone returns a telephone number in one form: 11 digits for a mobile, 0371-65551234 for a landline with its area
// code, bare digits without one; an extension after a dash. Two numbers in one cell are none: ask, do not guess.
func Phone(s string) (string, bool) {
	s = narrow(s)
	s = strings.TrimSuffix(s, ".0")
	s = phoneNoise.ReplaceAllString(s, "")
	s = strings.NewReplacer("转", "-", "ext", "-", "(", "", ")", "-").Replace(s)
	if m := mobile.FindStringSubmatch(strings.ReplaceAll(s, "-", "")); m != nil {
		return m[1], true
	}
	if m := landline.FindStringSubmatch(s); m != nil {
		out := m[1] + "-" + m[2]
		if m[3] != "" {
			out += "-" + m[3]
		}
		return out, true
	}
	if m := local.FindStringSubmatch(s); m != nil {
		return m[0], true
	}
	return "", false
}

var (
	phoneNoise = regexp.MustCompile(`[\s.·]+`)
	mobile     = regexp.MustCompile(`^(?:\+?86|0086)?(1[3-9][0-9]{9})$`)
	landline   = regexp.MustCompile(`^(?:\+?86-?)?(010|02[0-9]|0[3-9][0-9]{2})-*([2-8][0-9]{6,7})(?:-+([0-9]{1,6}))?$`)
	local      = regexp.MustCompile(`^(?:[2-8][0-9]{6,7}|[48]00-?[0-9]{3}-?[0-9]{4})$`)
)

// Quote returns a cell of a text file that no spreadsheet program takes for a formula: one that begins, after white
// space, with = + - @ in either width, or with a tab or line break, gets a leading apostrophe. Open takes it off again.
func Quote(s string) string {
	if triggers(s) {
		return "'" + s
	}
	return s
}

func triggers(s string) bool {
	for i, r := range s {
		switch r {
		case '=', '+', '-', '@', '＝', '＋', '－', '＠', '﹢', '﹣', '﹦', '﹫':
			return true
		case '\t', '\r', '\n':
			return true
		}
		if i > 64 || !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Cc, r) {
			return false
		}
	}
	return false
}
