package sheet

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Column is something an importer can use: a field's name in the program and what offices call it.
type Column struct {
	Field    string
	Synonyms []string // best first; "办理情况/完成时限" asks for a name in its group
	Except   []string // names that hold one of these words are never this column, save by an exact synonym
	Whole    bool     // only a synonym is this column, and no name that holds one or is held by one
	Last     []string // names that are this column where no better one is
}

// Match says that a column of the file holds a field. Confidence runs from 50 (one name holds the other) to 100 (the
// very synonym).
type Match struct {
	Field      string
	Source     int    // column of the file, from 0
	Name       string // its header
	Confidence int
}

// Least is the confidence in a name that is a column's only where no better one is.
const Least = 50

const (
	scoreExact    = 100
	scoreNormal   = 95 // same but for width, case, spaces and brackets
	scoreBare     = 90 // same without what stands in brackets
	scoreGroup    = 7  // less when only the lower part of a two-row name fits
	scoreContains = 50 // plus up to 30 for the share that is the same
)

// Fingerprint identifies a header by its normalised names in their order: 32 hex digits.
func (h Header) Fingerprint() string {
	names := make([]string, len(h.Names))
	for i, n := range h.Names {
		names[i] = normalName(n)
	}
	for len(names) > 0 && names[len(names)-1] == "" {
		names = names[:len(names)-1]
	}
	sum := sha256.Sum256([]byte(strings.Join(names, "\x1f")))
	return hex.EncodeToString(sum[:16])
}

// Propose finds a column of the file for each field it can: the surest pairs first, and among equals the one further
// left and the field listed first. Each column and each field occurs once, in the order of the file.
func Propose(h Header, columns []Column) (out []Match) {
	type pair struct{ source, column, score int }
	var pairs []pair
	for i, name := range h.Names {
		for j, c := range columns {
			if s := c.score(name); s > 0 {
				pairs = append(pairs, pair{i, j, s})
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int {
		if a.score != b.score {
			return b.score - a.score
		}
		return a.source - b.source
	})
	usedSource, usedColumn := map[int]bool{}, map[int]bool{}
	for _, p := range pairs {
		if usedSource[p.source] || usedColumn[p.column] {
			continue
		}
		usedSource[p.source], usedColumn[p.column] = true, true
		out = append(out, Match{columns[p.column].Field, p.source, h.Names[p.source], p.score})
	}
	slices.SortFunc(out, func(a, b Match) int { return a.Source - b.Source })
	return out
}

// score tells how well a header name fits the column; 0 is not at all. Of a two-row name the lower part counts, unless
// a synonym names the group too.
func (c Column) score(name string) int {
	if name == "" {
		return 0
	}
	own := leaf(name)
	best := 0
	for _, full := range []string{name, own} {
		norm, bare := normalName(full), bareName(full)
		plain := question.ReplaceAllString(bare, "")
		for _, s := range c.Last {
			if n := normalName(s); n == norm || n == bare || n == plain {
				return Least
			}
		}
		for _, s := range c.Synonyms {
			n := normalName(s)
			got := 0
			switch {
			case s == full:
				got = scoreExact
			case n == norm && n != "":
				got = scoreNormal
			case (n == bare || n == plain) && n != "":
				got = scoreBare
			}
			if got > 0 && full != name {
				got -= scoreGroup
			}
			best = max(best, got)
		}
	}
	if best > 0 || c.Whole {
		return best
	}
	norm := bareName(own)
	for _, w := range c.Except {
		if strings.Contains(norm, normalName(w)) {
			return 0
		}
	}
	long := utf8.RuneCountInString(norm)
	for _, s := range c.Synonyms {
		n := normalName(s)
		short := utf8.RuneCountInString(n)
		switch {
		case n == "" || norm == "" || strings.Contains(s, "/"):
		case short >= 2 && strings.Contains(norm, n):
			best = max(best, scoreContains+30*short/long)
		case long >= 2 && 5*long > 3*short && strings.Contains(n, norm): // 时间 alone is not 答复时间
			best = max(best, scoreContains+30*long/short)
		}
	}
	return best
}

// question matches what a questionnaire puts before a name: 3、您的, 请填写您所在的.
var question = regexp.MustCompile(`^(?:[0-9]{1,2}[、.,])?(?:请问?|请您?填写|请您?输入|请您?选择|请您?留下)?(?:[您你](?:的|所在的?|居住的?)?)?`)

// normalName is the form in which names are compared: NFKC, lower case, without spaces, brackets, asterisks and a
// closing colon.
func normalName(s string) string {
	s = strings.ToLower(norm.NFKC.String(Text(s)))
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("()[]{}【】〔〕［］「」《》<>*_-·\"'“”", r) {
			return -1
		}
		return r
	}, s)
	return strings.Trim(s, ":、,.")
}

// bareName is normalName without what stands in brackets: 联系电话（手机） is 联系电话.
func bareName(s string) string {
	var b strings.Builder
	depth := 0
	for _, r := range norm.NFKC.String(s) {
		switch {
		case strings.ContainsRune("([{【〔", r):
			depth++
		case strings.ContainsRune(")]}】〕", r):
			depth = max(0, depth-1)
		case depth == 0:
			b.WriteRune(r)
		}
	}
	return normalName(b.String())
}
