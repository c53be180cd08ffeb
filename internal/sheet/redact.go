package sheet

import (
	"strconv"
	"strings"
	"time"
	"unicode"
)

// The marks that stand where a telephone or an identity number stood. They become part of the stored text.
const (
	PhoneMark    = "［电话］"
	IdentityMark = "［身份证号］"
)

// digitGroup is a run of digits in a text; the positions are of runes.
type digitGroup struct {
	digits     string // folded to 0-9; a closing X of an identity number included
	start, end int
}

// RedactContacts replaces mainland telephone numbers and identity numbers by marks and reports whether there were any.
// It sees through full-width digits, zero-width characters, and spaces, dashes, dots and brackets between the digits.
// A number of 18 digits is an identity number when region, birthday and check digit are right, or when the text calls
// it one; of 15 digits when region and birthday are right. Numbers of seven or eight digits are telephones only where
// the text says so. Short service numbers (12345, 110) and longer serial numbers stay.
func RedactContacts(text string) (string, bool) {
	runes := []rune(text)
	groups := digitGroups(runes)
	if len(groups) == 0 {
		return text, false
	}
	var out strings.Builder
	from, found := 0, false
	for i := 0; i < len(groups); {
		n, start, mark := contactAt(runes, groups, i)
		if n == 0 {
			i++
			continue
		}
		out.WriteString(string(runes[from:start]))
		out.WriteString(mark)
		from, found = groups[i+n-1].end, true
		i += n
	}
	if !found {
		return text, false
	}
	out.WriteString(string(runes[from:]))
	return out.String(), true
}

// digitOf returns the digit that r shows, in any script's decimal digits and width.
func digitOf(r rune) (byte, bool) {
	switch {
	case r >= '0' && r <= '9':
		return byte(r), true
	case r >= '０' && r <= '９':
		return byte(r-'０') + '0', true
	case r < 0x660 || !unicode.Is(unicode.Nd, r):
		return 0, false
	}
	zero := r // Unicode keeps ten decimal digits in a row, from zero
	for zero > r-60 && unicode.Is(unicode.Nd, zero-1) {
		zero--
	}
	return byte((r-zero)%10) + '0', true
}

func invisible(r rune) bool {
	return unicode.Is(unicode.Cf, r) || r >= 0xFE00 && r <= 0xFE0F || r == 0x20E3
}

// digitGroups finds the runs of digits; invisible characters do not divide them.
func digitGroups(runes []rune) []digitGroup {
	var out []digitGroup
	for i := 0; i < len(runes); i++ {
		if _, ok := digitOf(runes[i]); !ok {
			continue
		}
		g := digitGroup{start: i}
		var b strings.Builder
		for ; i < len(runes); i++ {
			d, ok := digitOf(runes[i])
			if !ok {
				if invisible(runes[i]) {
					continue
				}
				break
			}
			b.WriteByte(d)
			g.end = i + 1
		}
		if i < len(runes) && strings.ContainsRune("xXｘＸ", runes[i]) && (i+1 == len(runes) || !isWord(runes[i+1])) {
			b.WriteByte('X')
			g.end = i + 1
		}
		g.digits = b.String()
		out = append(out, g)
	}
	return out
}

func isWord(r rune) bool {
	return r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) || r >= '０' && r <= '９'
}

// contactAt looks for the longest contact that begins with group i: how many groups it takes, the rune where it
// begins (a +86 or an opening bracket belongs to it), and its mark.
func contactAt(runes []rune, groups []digitGroup, i int) (n, start int, mark string) {
	digits, dots := "", false
	for j := i; j < len(groups) && j-i < 18; j++ {
		if j > i {
			sep, ok := separator(runes[groups[j-1].end:groups[j].start])
			if !ok {
				break
			}
			dots = dots || sep
		}
		digits += groups[j].digits
		if len(digits) > 33 {
			break
		}
		if dots && !(j == i+2 && len(groups[i].digits) == 3 && len(groups[j].digits) == 4) {
			continue // 3.14 and 2014.3.5 are no telephones; 138.1234.5678 is
		}
		m := contact(digits, j-i+1, before(runes, groups[i].start))
		if m == "" && strings.HasSuffix(digits, "X") {
			m = contact(strings.TrimSuffix(digits, "X"), j-i+1, before(runes, groups[i].start))
		}
		if m != "" {
			n, mark = j-i+1, m
		}
	}
	if start = groups[i].start; n == 0 || start == 0 {
		return n, start, mark
	}
	switch inside := string(runes[start:groups[i+n-1].end]); runes[start-1] {
	case '+', '＋':
		start--
	case '(', '（':
		if strings.ContainsAny(inside, ")）") { // (0371)65551234, but not a number wholly in brackets
			start--
		}
	}
	return n, start, mark
}

// separator reports whether what lies between two groups may lie within one number, and whether it is a dot.
func separator(between []rune) (dot, ok bool) {
	seen := 0
	for _, r := range between {
		switch {
		case invisible(r):
			continue
		case r == '.' || r == '．' || r == '·':
			dot = true
		case r == '\n' || r == '\r':
			return false, false
		case unicode.IsSpace(r), unicode.Is(unicode.Pd, r), strings.ContainsRune("()（）−_", r):
		default:
			return false, false
		}
		if seen++; seen > 3 {
			return false, false
		}
	}
	return dot, true
}

// before returns the visible text just before a position, for words such as 电话.
func before(runes []rune, at int) string {
	s := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || invisible(r) || strings.ContainsRune(":：是为号码（( +＋", r) {
			return -1
		}
		return r
	}, string(runes[max(0, at-14):at]))
	return s
}

// contact returns the mark for a string of digits that came in so many groups, or "".
func contact(digits string, groups int, context string) string {
	bare := digits
	for _, prefix := range []string{"0086", "86"} {
		if rest := strings.TrimPrefix(digits, prefix); rest != digits && isMobiles(rest) {
			bare = rest
		}
	}
	saysPhone, saysIdentity := ends(context, "电话", "座机", "固话", "手机", "联系方式", "致电"), ends(context, "身份证", "证件")
	switch {
	case isIdentity(digits), saysIdentity && (len(digits) == 15 || len(digits) == 18):
		return IdentityMark
	case isMobiles(bare):
		return PhoneMark
	case isLandline(digits):
		return PhoneMark
	case saysPhone && groups <= 2 && (len(digits) == 7 || len(digits) == 8) && digits[0] >= '2' && digits[0] <= '8' && digitsOnly(digits):
		return PhoneMark
	}
	return ""
}

func ends(s string, words ...string) bool {
	for _, w := range words {
		if strings.HasSuffix(s, w) {
			return true
		}
	}
	return false
}

// isMobiles reports whether digits are one mobile number, or two or three written without a gap.
func isMobiles(digits string) bool {
	if len(digits) == 0 || len(digits)%11 != 0 || len(digits) > 33 || !digitsOnly(digits) {
		return false
	}
	for i := 0; i < len(digits); i += 11 {
		if digits[i] != '1' || digits[i+1] < '3' {
			return false
		}
	}
	return true
}

// isLandline knows area codes of three digits (010, 02x) with eight more, and of four with seven or eight.
func isLandline(digits string) bool {
	if !digitsOnly(digits) || len(digits) < 11 || len(digits) > 12 || digits[0] != '0' {
		return false
	}
	code := 4
	if digits[1] == '1' || digits[1] == '2' {
		code = 3
		if digits[1] == '1' && digits[2] != '0' || len(digits) != 11 {
			return false
		}
	} else if digits[1] < '3' {
		return false
	}
	return digits[code] >= '2' && digits[code] <= '8'
}

// isIdentity checks a resident identity number (GB 11643-1999): region, birthday, and for 18 digits the check digit
// of ISO 7064 MOD 11-2.
func isIdentity(id string) bool {
	var birthday string
	switch {
	case len(id) == 15 && digitsOnly(id):
		birthday = "19" + id[6:12]
	case len(id) == 18 && digitsOnly(id[:17]):
		birthday = id[6:14]
		sum := 0
		for i, c := range id[:17] {
			sum += int(c-'0') * (1 << (17 - i) % 11)
		}
		if id[17] != "10X98765432"[sum%11] {
			return false
		}
	default:
		return false
	}
	region, err := strconv.Atoi(id[:2])
	if err != nil || !(region >= 11 && region <= 65 || region >= 81 && region <= 83 || region == 71 || region == 91) {
		return false
	}
	t, err := time.Parse("20060102", birthday)
	return err == nil && t.Year() >= 1850 && t.Year() <= 2149
}
