package report

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/figures"
)

// Piece is a stretch of the text: words, or a number with its evidence.
type Piece struct {
	Words string
	Cell  *Cell
}

// Paragraph is one paragraph of the text.
type Paragraph []Piece

// maxNarrative is how many characters the text of a report may have.
const maxNarrative = 6000

// slot is where a figure stands in the text: {case.collected} since the first day that counts, {case.collected@week}
// in the week alone.
var slot = regexp.MustCompile(`\{([^{}\n]*)\}`)

// slotCode is what a slot may hold.
var slotCode = regexp.MustCompile(`^([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+)(@week)?$`)

// slots returns what stands in braces, each once, in order.
func slots(text string) (found []string) {
	for _, m := range slot.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(found, m[1]) {
			found = append(found, m[1])
		}
	}
	return found
}

// allowed are the numbers that count nothing: dates, times of day, weeks and issues, document numbers, the names of
// grids, and the two telephone lines that every board carries.
var allowed = regexp.MustCompile(strings.Join([]string{
	`[0-9]{4}年(?:[0-9]{1,2}月(?:[0-9]{1,2}日)?|第[0-9]{1,2}(?:周|季度))?`,
	`[0-9]{1,2}月(?:[0-9]{1,2}日)?(?:(?:至|到|—|－|-|–)(?:[0-9]{1,2}月)?[0-9]{1,2}日)?`,
	`[0-9]{4}-[0-9]{2}-[0-9]{2}`,
	`[0-9]{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December)(?: [0-9]{4})?`,
	`[Ww]eek [0-9]{1,2}(?: of [0-9]{4})?`,
	`(?:[01]?[0-9]|2[0-3]):[0-5][0-9]|[0-9]{1,2}时(?:[0-9]{1,2}分)?`,
	`第 ?[0-9]{1,3} ?(?:周|期|网格)|第[一二三四五六七八九十百]+`,
	`〔[0-9]{4}〕(?:第)?[0-9]{1,5}号`,
	`12345(?:热线|政务服务便民热线| hotline)|12388(?:举报)?`,
}, "|"))

// numeral is a number in Chinese writing before what is counted; 一 alone is also the article.
var numeral = regexp.MustCompile(`百分之|千分之|(?:[〇零二两三四五六七八九十百千万亿]|[一二三四五六七八九]十|[一二三四五六七八九][百千万亿])[〇零一二三四五六七八九十百千万亿余多]*(?:余|多)?(?:件|条|户|人|起|份|场|次|个百分点|成)`)

// sentenceEnd is where sentences end.
func sentenceEnd(r rune) bool { return strings.ContainsRune("。！？；!?;\n", r) }

// CheckNarrative refuses a text that holds a number of its own: every number must be a figure in braces. The error
// names the first sentence of each kind that is wrong, beside the field narrative.
func CheckNarrative(text string) error {
	var bad errs.List
	if utf8.RuneCountInString(text) > maxNarrative {
		bad.Add("narrative", "error.too_long", maxNarrative)
	}
	for _, s := range slots(text) {
		if !slotCode.MatchString(s) {
			bad.Add("narrative", "report.narrative.slot", s)
		}
	}
	for sentence := range strings.FieldsFuncSeq(text, sentenceEnd) {
		rest := slot.ReplaceAllString(sentence, "\x00")
		if strings.ContainsAny(rest, "{}") {
			bad.Add("narrative", "report.narrative.braces", strings.TrimSpace(sentence))
			continue
		}
		rest = allowed.ReplaceAllString(plainDigits(rest), "\x00")
		if strings.ContainsFunc(rest, number) || numeral.MatchString(rest) {
			bad.Add("narrative", "report.narrative.number", strings.TrimSpace(sentence))
		}
	}
	return bad.Err()
}

// plainDigits turns full-width digits, which Chinese keyboards write, into plain ones.
func plainDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, s)
}

// number reports whether r writes a number: digits of any script, ① and ½. Chinese numerals are words as well; they
// are looked at by numeral.
func number(r rune) bool {
	return unicode.IsDigit(r) || unicode.In(r, unicode.No, unicode.Nl) && !unicode.Is(unicode.Han, r)
}

// tell reckons the figures that only the text names, and keeps the text. NotFound in the chain becomes Invalid: a
// figure that the town has not.
func (r *Report) tell(ctx context.Context, tx *db.Tx, cat *figures.Catalogue, text string) error {
	if err := CheckNarrative(text); err != nil {
		return err
	}
	r.Narrative, r.Extra = text, map[string]Cell{}
	for _, s := range slots(text) {
		if _, ok := r.slot(s); ok {
			continue
		}
		m := slotCode.FindStringSubmatch(s)
		item := figures.Item{Code: m[1], Period: r.Whole}
		if m[2] != "" {
			item.Period = r.Period
		}
		vs, err := cat.Compute(ctx, tx, []string{item.Code}, item.Scope, item.Period)
		if errs.Is(err, errs.NotFound) {
			return errs.Field("narrative", "report.narrative.slot", s)
		}
		if err != nil {
			return err
		}
		r.Extra[s] = Cell{Item: item, Value: vs[0]}
	}
	return nil
}

// slot returns the number that a slot names.
func (r Report) slot(s string) (Cell, bool) {
	if c, ok := r.Extra[s]; ok {
		return c, true
	}
	code, week := strings.CutSuffix(s, "@week")
	l := r.Line(code)
	if l.Total.Code == "" {
		return Cell{}, false
	}
	if week {
		return l.Week, true
	}
	return l.Total, true
}

// Text returns the text with its numbers in place.
func (r Report) Text() (ps []Paragraph) {
	for line := range strings.SplitSeq(r.Narrative, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		var p Paragraph
		at := 0
		for _, m := range slot.FindAllStringSubmatchIndex(line, -1) {
			if m[0] > at {
				p = append(p, Piece{Words: line[at:m[0]]})
			}
			if c, ok := r.slot(line[m[2]:m[3]]); ok {
				p = append(p, Piece{Cell: &c})
			} else {
				p = append(p, Piece{Words: line[m[0]:m[1]]})
			}
			at = m[1]
		}
		if at < len(line) {
			p = append(p, Piece{Words: line[at:]})
		}
		ps = append(ps, p)
	}
	return ps
}

// String returns a paragraph as it is read.
func (p Paragraph) String() string {
	var b strings.Builder
	for _, x := range p {
		if x.Cell != nil {
			b.WriteString(x.Cell.Text())
		} else {
			b.WriteString(x.Words)
		}
	}
	return b.String()
}
