package page

import (
	"net/http"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"yanming/internal/calendar"
	"yanming/internal/errs"
	"yanming/internal/id"
	"yanming/internal/journal"
)

// Form is a form as typed and what is wrong with it. The same value reads a request and shows the form again with
// everything that was typed. Its methods note what is wrong and return what they could read; ask Err at the end.
type Form struct {
	Key    journal.Key // the form's one-time token: sent twice, the same form is done once
	Errs   errs.List   // in the order in which the fields were read
	values map[string][]string
}

// keyField is the name of the hidden field with the one-time token.
const keyField = "key"

// NewForm returns an empty form with a token of its own.
func NewForm() *Form { return &Form{Key: journal.Key(id.Request()), values: map[string][]string{}} }

// Set fills a field, as a first suggestion or from what is known.
func (f *Form) Set(name string, values ...string) {
	if f.values == nil {
		f.values = map[string][]string{}
	}
	f.values[name] = values
}

// Value returns what stands in a field, as cleaned, or "".
func (f *Form) Value(name string) string {
	if v := f.values[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// Values returns all values of a field of several choices.
func (f *Form) Values(name string) []string { return f.values[name] }

// Has reports whether value is among those of a field.
func (f *Form) Has(name, value string) bool { return slices.Contains(f.values[name], value) }

// Line reads one line of text of at most max characters, trimmed.
func (f *Form) Line(name string, max int) string { return f.cap(name, line(f.Value(name)), max) }

// Text reads a text of several lines of at most max characters, trimmed.
func (f *Form) Text(name string, max int) string { return f.cap(name, lines(f.Value(name)), max) }

func (f *Form) cap(name, v string, max int) string {
	if utf8.RuneCountInString(v) > max {
		f.Fail(name, "error.too_long", max)
		return ""
	}
	return v
}

// Need notes error.required for each field that is empty.
func (f *Form) Need(names ...string) {
	for _, n := range names {
		if line(f.Value(n)) == "" {
			f.Fail(n, "error.required")
		}
	}
}

// Choice reads one of the allowed values; "" where nothing was chosen.
func (f *Form) Choice(name string, allowed ...string) string {
	v := f.Value(name)
	if v != "" && !slices.Contains(allowed, v) {
		f.Fail(name, "error.choice")
		return ""
	}
	return v
}

// Choices reads any number of the allowed values, each once.
func (f *Form) Choices(name string, allowed ...string) []string {
	var out []string
	for _, v := range f.values[name] {
		switch {
		case v == "" || slices.Contains(out, v):
		case !slices.Contains(allowed, v):
			f.Fail(name, "error.choice")
			return nil
		default:
			out = append(out, v)
		}
	}
	return out
}

// Int reads a whole number from min to max. It returns false for an empty field and for a wrong one, which is noted.
func (f *Form) Int(name string, min, max int) (int, bool) {
	v := line(plain(f.Value(name)))
	if v == "" {
		return 0, false
	}
	n, err := strconv.Atoi(v)
	if err != nil {
		f.Fail(name, "error.number")
		return 0, false
	}
	if n < min || n > max {
		f.Fail(name, "page.form.range", min, max)
		return 0, false
	}
	return n, true
}

// Day reads a day written 2026-11-23, as date fields send it; "" where nothing was given.
func (f *Form) Day(name string) calendar.Day {
	v := line(plain(f.Value(name)))
	if v == "" {
		return ""
	}
	d, err := calendar.ParseDay(v)
	if err != nil {
		f.Fail(name, "error.date")
		return ""
	}
	return d
}

// Bool reads a tick.
func (f *Form) Bool(name string) bool { return f.Value(name) != "" }

// plain turns full-width digits and signs, which Chinese keyboards write, into plain ones.
func plain(s string) string {
	out := []rune(s)
	for i, r := range out {
		if r >= '！' && r <= '～' {
			out[i] = r - '！' + '!'
		}
	}
	return string(out)
}

// Fail notes that a field is wrong.
func (f *Form) Fail(name, key string, args ...any) { f.Errs.Add(name, key, args...) }

// Refused notes what a service found wrong, and reports whether the form must be shown again: true for an Invalid
// error, also in a chain. Any other error is not the form's: return it.
func (f *Form) Refused(err error) bool {
	if !errs.Is(err, errs.Invalid) {
		return false
	}
	f.Errs = append(f.Errs, errs.All(err)...)
	return true
}

// Turned notes what a service found wrong, Denied and Conflict too, and returns the status to show the form again with.
// ok is false for any other error, and for none.
func (f *Form) Turned(err error) (status int, ok bool) {
	switch errs.KindOf(err) {
	case errs.Invalid:
		status = http.StatusUnprocessableEntity
	case errs.Denied:
		status = http.StatusForbidden
	case errs.Conflict:
		status = http.StatusConflict
	default:
		return 0, false
	}
	f.Errs = append(f.Errs, errs.All(err)...)
	return status, true
}

// Rev is the revision that the author of the form saw. What is no number is none that ever was: -1.
func (f *Form) Rev() int64 {
	n, err := strconv.ParseInt(f.Value("rev"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// Clashes notes what a Conflict says, and reports whether it is one: the form is shown again, so that nothing that was typed is
// lost. A form that was taken before with other words gets a token of its own, and says so in the message again.
func (f *Form) Clashes(err error, again string) bool {
	if !errs.Is(err, errs.Conflict) {
		return false
	}
	for _, e := range errs.All(err) {
		if e.Key == "error.key_reused" {
			f.Key, e = journal.Key(id.Request()), &errs.Error{Key: again}
		}
		f.Fail("", e.Key, e.Args...)
	}
	return true
}

// Slow notes how long the sender has to wait, in a message that takes the seconds, and says it to the browser too.
func (f *Form) Slow(w http.ResponseWriter, wait time.Duration, key string) {
	seconds := int((wait + time.Second - 1) / time.Second)
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
	f.Fail("", key, seconds)
}

// Err returns what is wrong as one Invalid error, or nil.
func (f *Form) Err() error { return f.Errs.Err() }

// Wrong returns the first fault of a field, or nil.
func (f *Form) Wrong(name string) *errs.Error {
	for _, e := range f.Errs {
		if e.Field == name {
			return e
		}
	}
	return nil
}
