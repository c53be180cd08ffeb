package org

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"yanming/internal/errs"
)

// Longest texts, in characters.
const (
	maxName  = 60
	maxTitle = 60
	maxPhone = 40
	maxText  = 200
)

// clean brings a one-line text to the form in which it is kept: composed, without control or invisible formatting
// characters, each run of blanks one blank.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == utf8.RuneError:
			return -1
		}
		return r
	}, norm.NFC.String(s))
	return strings.Join(strings.Fields(s), " ")
}

// word cleans *s in place and notes on bad what is wrong with it.
func word(bad *errs.List, field string, s *string, most int, required bool) {
	*s = clean(*s)
	switch {
	case *s == "" && required:
		bad.Add(field, "error.required")
	case utf8.RuneCountInString(*s) > most:
		bad.Add(field, "error.too_long", most)
	}
}

var (
	phoneForm = regexp.MustCompile(`^[0-9+()\-/,转 ]{3,}$`)
	notDigit  = regexp.MustCompile(`[^0-9]`)
	mobile    = regexp.MustCompile(`^(86)?1[3-9][0-9]{9}$`)
)

// phone cleans an office telephone in place: half-width digits, no other words. Several may stand with a comma.
func phone(bad *errs.List, field string, s *string) {
	*s = strings.NewReplacer("、", ",", "–", "-", "—", "-").Replace(norm.NFKC.String(clean(*s)))
	switch {
	case *s == "":
	case utf8.RuneCountInString(*s) > maxPhone:
		bad.Add(field, "error.too_long", maxPhone)
	case !phoneForm.MatchString(*s):
		bad.Add(field, "org.phone")
	}
}

// workPhone is phone that refuses a mobile number, because a person's mobile is private.
func workPhone(bad *errs.List, field string, s *string) {
	phone(bad, field, s)
	for _, one := range strings.FieldsFunc(*s, func(r rune) bool { return r == ',' || r == '/' || r == '转' }) {
		if mobile.MatchString(notDigit.ReplaceAllString(one, "")) {
			bad.Add(field, "org.phone.mobile")
			return
		}
	}
}
