package metric

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

// Served is one request as it may be counted and logged: by its route, never by its path.
type Served struct {
	Route  string // method and pattern, such as "GET /r/{number}"; "none" when it was refused before any route
	Class  string // 1xx … 5xx; "cut" when the answer was torn off
	Took   time.Duration
	method string
}

// Method returns the request's method when it is one of the usual ones, else "OTHER": a method is free text too.
func (s Served) Method() string {
	switch s.method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions, http.MethodPatch:
		return s.method
	}
	return "OTHER"
}

type routeKey struct{}

// Route goes directly around a mux. It lets Around know the pattern that the mux chose.
func Route(mux http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if at, ok := r.Context().Value(routeKey{}).(*string); ok {
			defer func() { *at = r.Pattern }()
		}
		mux.ServeHTTP(w, r)
	})
}

// Around counts every request that next answers, outside of everything else. also is told of each; it may be nil.
func (r *Registry) Around(next http.Handler, also func(Served)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		start := time.Now()
		pattern := ""
		t := &tracked{ResponseWriter: w}
		r.flight.Inc()
		whole := false
		defer func() {
			r.flight.Dec()
			s := Served{Route: pattern, Class: "cut", Took: time.Since(start), method: q.Method}
			if whole {
				s.Class = class(t.status)
			}
			if s.Route == "" {
				s.Route = "none"
			}
			r.set.GetOrCreateCounter(name("yanming_http_requests_total", "route", s.Route, "class", s.Class)).Inc()
			r.set.GetOrCreatePrometheusHistogramExt(name("yanming_http_seconds", "route", s.Route), seconds()).Update(s.Took.Seconds())
			if also != nil {
				also(s)
			}
		}()
		next.ServeHTTP(t, q.WithContext(context.WithValue(q.Context(), routeKey{}, &pattern)))
		whole = true
	})
}

func class(status int) string {
	if status == 0 { // nothing was written: an empty 200
		status = http.StatusOK
	}
	return strconv.Itoa(status/100) + "xx"
}

// tracked knows the status of an answer.
type tracked struct {
	http.ResponseWriter
	status int
}

func (t *tracked) WriteHeader(code int) {
	if t.status < 200 {
		t.status = code
	}
	t.ResponseWriter.WriteHeader(code)
}

func (t *tracked) Write(b []byte) (int, error) {
	if t.status < 200 {
		t.status = http.StatusOK
	}
	return t.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach what lies below.
func (t *tracked) Unwrap() http.ResponseWriter { return t.ResponseWriter }
