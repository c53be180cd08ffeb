package page

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"runtime/debug"
	"time"

	"yanming/internal/errs"
	"yanming/internal/i18n"
)

// HandlerFunc is a handler that may fail. It writes nothing before it knows that it will not fail, or fails for good.
type HandlerFunc func(w http.ResponseWriter, r *http.Request) error

// Option changes one route.
type Option func(*route)

type route struct{ limit, typed int64 }

// Body sets how many bytes a request of this route may send; without it 1 MB.
func Body(bytes int64) Option { return func(o *route) { o.limit = bytes } }

// Typed sets how many bytes the fields of a form may have together, its files aside; without it 4 MB, or what the body
// may have. A form is held in memory, several times over, by as many visitors as there are connections.
func Typed(bytes int64) Option { return func(o *route) { o.typed = bytes } }

const defaultBody = 1 << 20

// Handle makes an http.Handler of fn. It is the one place where an error becomes an answer, and the only one that
// logs: Invalid 400 (413 for a body over the limit, 408 for one that does not come), Denied 403, NotFound 404 with the
// same bytes whatever was asked, Conflict 409, Unavailable 503 with the form as it was sent, everything else and every
// panic 500 with a number that is also in the log.
func (s *Site) Handle(fn HandlerFunc, opts ...Option) http.Handler {
	o := route{limit: defaultBody, typed: maxTyped}
	for _, opt := range opts {
		opt(&o)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t := &tracked{ResponseWriter: w}
		start := time.Now()
		r = o.keeping(r)
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				s.fail(t, r, start, fmt.Errorf("panic: %v", p), slog.String("stack", string(debug.Stack())))
			}
		}()
		err := o.admit(w, r)
		if err == nil {
			err = fn(t, r)
		}
		if err != nil {
			s.fail(t, r, start, err)
		}
	})
}

// fail answers with the page of err and logs it. Where the answer has begun already, it cuts the connection, so that
// a torn download is not taken for a whole one.
func (s *Site) fail(w *tracked, r *http.Request, start time.Time, err error, more ...any) {
	if r.Context().Err() != nil && errors.Is(err, context.Canceled) {
		return // the visitor has gone: nobody to tell, and no fault
	}
	f := fault(err)
	level := slog.LevelDebug
	switch f.status {
	case http.StatusInternalServerError:
		f.Number = number6()
		level = slog.LevelError
		more = append(more, slog.String("err", err.Error()))
	case http.StatusServiceUnavailable:
		s.Trouble(w, r, err)
	case http.StatusForbidden:
		level = slog.LevelInfo
	}
	s.log.Log(r.Context(), level, "request failed", append([]any{slog.String("method", r.Method), slog.String("route", r.Pattern),
		slog.String("kind", errs.KindOf(err).String()), slog.Int("status", f.status), slog.String("number", f.Number),
		slog.Duration("took", time.Since(start))}, more...)...)
	if w.wrote {
		panic(http.ErrAbortHandler)
	}
	for k := range w.Header() { // what the handler prepared belongs to the answer that failed
		switch k {
		case "Content-Type", "Content-Disposition", "Content-Length", "Cache-Control", "Etag", "Last-Modified":
			w.Header().Del(k)
		}
	}
	if err := s.showFault(w, r, f); err != nil {
		s.log.Log(r.Context(), slog.LevelError, "cannot show the error page", slog.String("number", f.Number), slog.String("err", err.Error()))
		if !w.wrote {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.WriteHeader(f.status)
			fmt.Fprintln(w, f.status, f.Number)
		}
	}
}

// failure is what an error page says.
type failure struct {
	status int
	Title  string // key
	Says   []error
	Number string // of an Internal error, for the log
}

// orderly reports whether the installation is well: what was asked for is not to be had, or not now.
func (f failure) orderly() bool {
	return f.status == http.StatusForbidden || f.status == http.StatusNotFound || f.status == http.StatusConflict
}

// fault sorts an error. NotFound carries nothing of the error, so that all are alike.
func fault(err error) failure {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return failure{status: http.StatusRequestEntityTooLarge, Title: "page.error.title.invalid",
			Says: []error{&errs.Error{Kind: errs.Invalid, Key: "page.error.large", Args: []any{i18n.Size(large.Limit)}}}}
	}
	if errors.Is(err, os.ErrDeadlineExceeded) { // the reading of the body was given up
		return failure{status: http.StatusRequestTimeout, Title: "page.error.title.invalid", Says: []error{errs.New(errs.Invalid, "page.error.late")}}
	}
	says := func() (list []error) {
		for _, e := range errs.All(err) {
			list = append(list, e)
		}
		return list
	}
	switch errs.KindOf(err) {
	case errs.Invalid:
		if encoded(err) {
			return failure{status: http.StatusUnsupportedMediaType, Title: "page.error.title.invalid", Says: says()}
		}
		return failure{status: http.StatusBadRequest, Title: "page.error.title.invalid", Says: says()}
	case errs.Denied:
		return failure{status: http.StatusForbidden, Title: "page.error.title.denied", Says: says()}
	case errs.NotFound:
		return failure{status: http.StatusNotFound, Title: "page.error.title.not_found", Says: []error{errs.Missing()}}
	case errs.Conflict:
		return failure{status: http.StatusConflict, Title: "page.error.title.conflict", Says: says()}
	case errs.Unavailable:
		list := says()
		return failure{status: http.StatusServiceUnavailable, Title: "page.error.title.unavailable", Says: list[:1]}
	}
	return failure{status: http.StatusInternalServerError, Title: "page.error.title.internal"}
}

// faultPage is the page of an error. Home leads to where the visitor belongs, not to where the request was.
type faultPage struct {
	Head   Head
	Says   []error
	Number string
	Home   string
	Again  string // where the form that could not be taken may be sent again, "" where there was none
	Kept   []sent // what was typed into it
}

func (s *Site) showFault(w http.ResponseWriter, r *http.Request, f failure) error {
	if f.Number != "" {
		f.Says = []error{&errs.Error{Key: "error.internal", Args: []any{f.Number}}}
	}
	h := s.Head(r, f.Title)
	h.Town, h.Path = Town{}, "" // nothing that depends on what was asked
	home := "/"
	if Actor(r).Account != "" {
		home = "/office"
	}
	p := faultPage{Head: h, Says: f.Says, Number: f.Number, Home: home}
	if f.status == http.StatusServiceUnavailable {
		p.Again, p.Kept = kept(r)
	}
	if Actor(r).Account != "" && s.nav != nil && f.orderly() { // staff keep their frame, the same whatever was asked
		p.Head.Town, p.Head.Nav = TownOf(r), s.nav(r)
		for i := range p.Head.Nav {
			p.Head.Nav[i].Current = false
		}
		return s.own.Show(w, r, f.status, "amiss", p)
	}
	return s.own.Show(w, r, f.status, "error", p)
}

func missing(http.ResponseWriter, *http.Request) error { return errs.Missing() }

func refuseCross(http.ResponseWriter, *http.Request) error {
	return errs.New(errs.Denied, "page.error.cross")
}

// number6 returns a short random number by which a person names a failure and the log finds it.
func number6() string {
	var b [4]byte
	rand.Read(b[:]) // never fails: crypto/rand aborts the program instead
	return base32.StdEncoding.EncodeToString(b[:])[:6]
}

// tracked knows whether the answer has begun.
type tracked struct {
	http.ResponseWriter
	wrote bool
}

func (t *tracked) WriteHeader(code int) {
	t.wrote = t.wrote || code >= 200
	t.ResponseWriter.WriteHeader(code)
}

func (t *tracked) Write(b []byte) (int, error) {
	t.wrote = true
	return t.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach what lies below.
func (t *tracked) Unwrap() http.ResponseWriter { return t.ResponseWriter }

// FlushError is a flush that begins the answer.
func (t *tracked) FlushError() error {
	t.wrote = true
	return http.NewResponseController(t.ResponseWriter).Flush()
}
