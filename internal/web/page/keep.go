package page

import (
	"context"
	"io"
	"log/slog"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"yanming/internal/errs"
	"yanming/internal/i18n"
)

// holder keeps the form of a request as it was read, so that a failure that is nobody's fault gives it back, and how
// much may be typed into it.
type holder struct {
	form  *Form
	typed int64
}

func (o route) keeping(r *http.Request) *http.Request {
	if r.Method != http.MethodPost {
		return r
	}
	return r.WithContext(context.WithValue(r.Context(), formKey, &holder{typed: o.typed}))
}

// typed returns how many bytes the fields of a request's form may have together.
func typed(r *http.Request) int64 {
	if h, ok := r.Context().Value(formKey).(*holder); ok {
		return h.typed
	}
	return maxTyped
}

// keep notes the form that was read from the request.
func keep(r *http.Request, f *Form) {
	if h, ok := r.Context().Value(formKey).(*holder); ok {
		h.form = f
	}
}

// sent is one field of a form that is given back.
type sent struct{ Name, Value string }

// unkept are the fields that are never sent back to a browser: others use the telephone too.
func unkept() []string { return []string{"password", "again", "old", "code", "secret", "passphrase"} }

// kept returns where the request's form goes and what was typed into it, in the order of the names; "" where there is
// none, or one with a secret in it.
func kept(r *http.Request) (action string, fields []sent) {
	h, ok := r.Context().Value(formKey).(*holder)
	if !ok || !safe(r.URL.RequestURI()) {
		return "", nil
	}
	if h.form == nil { // it failed before the form was read: what has not arrived whole is not given back
		drop := func(u Upload) error { _, err := io.Copy(io.Discard, u.Body); return err }
		if _, err := ReadForm(r, &Uploads{Most: maxFields, Each: math.MaxInt64 - 1, Take: drop}); err != nil {
			return "", nil
		}
	}
	fields = append(fields, sent{keyField, string(h.form.Key)})
	names := make([]string, 0, len(h.form.values))
	for name := range h.form.values {
		if slices.Contains(unkept(), name) {
			return "", nil // without it the form is worth nothing
		}
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, v := range h.form.values[name] {
			fields = append(fields, sent{name, v})
		}
	}
	return r.URL.RequestURI(), fields
}

// admit bounds the body of a request before anything of it is read: one that says how long it is and is too long is
// refused at once, and so is one that is compressed, which would unpack to any size.
func (o route) admit(w http.ResponseWriter, r *http.Request) error {
	if r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	if e := strings.TrimSpace(r.Header.Get("Content-Encoding")); e != "" && !strings.EqualFold(e, "identity") {
		w.Header().Set("Connection", "close")
		return errs.New(errs.Invalid, encodedKey)
	}
	if r.ContentLength > o.limit {
		w.Header().Set("Connection", "close")
		return &http.MaxBytesError{Limit: o.limit}
	}
	r.Body = http.MaxBytesReader(w, r.Body, o.limit)
	return nil
}

const encodedKey = "page.error.encoded"

func encoded(err error) bool {
	all := errs.All(err)
	return len(all) == 1 && all[0].Key == encodedKey
}

// troubleEach is how often the installation's trouble is logged.
const troubleEach = 5 * time.Second

// Trouble logs an Unavailable error with what the operator has to do, and asks the browser to wait a minute where the
// answer is that error: w is nil where it is not. The wrapper calls it; so does a handler that shows its form again.
func (s *Site) Trouble(w http.ResponseWriter, r *http.Request, err error) {
	if w != nil {
		w.Header().Set("Retry-After", "60")
	}
	now := time.Now().UnixMilli() // when all requests fail, a line for each would only fill what is full
	if last := s.troubled.Load(); now-last < troubleEach.Milliseconds() || !s.troubled.CompareAndSwap(last, now) {
		return
	}
	s.log.ErrorContext(r.Context(), "cannot serve", slog.String("method", r.Method), slog.String("route", r.Pattern),
		slog.String("do", s.cat.T(i18n.EN, errs.All(err)[0].Key+".do")), slog.String("err", err.Error()))
}
