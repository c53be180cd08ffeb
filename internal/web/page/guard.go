package page

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"unicode/utf8"

	"yanming/internal/errs"
)

// policy returns the content security policy: nothing but our own files, and the one inline style sheet by its hash.
// A hash and not a nonce, because a nonce would make two answers to the same question differ.
func policy(critical string) string {
	sum := sha256.Sum256([]byte(critical))
	return "default-src 'self'; script-src 'self'; style-src 'self' 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}

// headers sets what every answer carries.
//
// Referrer-Policy is same-origin and not no-referrer: other sites learn nothing either way, but under no-referrer a
// browser sends "Origin: null" with a form, and over plain http, where it sends no Sec-Fetch-Site, our own forms could
// then not be told from those of another site.
//
// Strict-Transport-Security is left out for a certificate that people trusted by hand: after a reset such a device would
// be sent to https for half a year, with no way to the page that explains how to trust.
func (s *Site) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", s.policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Robots-Tag", "noindex, nofollow")
		h.Set("Permissions-Policy", "camera=(), geolocation=(self), microphone=(self), payment=(), usb=(), browsing-topics=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if s.hsts {
			h.Set("Strict-Transport-Security", "max-age=15552000")
		}
		next.ServeHTTP(w, r)
	})
}

// Download prepares an answer that is saved and not shown, whatever it holds: threats 40 and 56. name may be Chinese.
func Download(w http.ResponseWriter, name, contentType string) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Cache-Control", "no-store")
}

// legible answers an address that is no text, for which there is no page: PostgreSQL holds neither NUL nor broken UTF-8, and
// would fail on it.
func (s *Site) legible(next http.Handler) http.Handler {
	gone := s.Handle(func(http.ResponseWriter, *http.Request) error { return errs.Missing() })
	text := func(v string) bool { return utf8.ValidString(v) && !strings.ContainsRune(v, 0) }
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query, err := url.QueryUnescape(r.URL.RawQuery)
		if !text(r.URL.Path) || err == nil && !text(query) {
			gone.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// gzips keeps compressors, which are costly to make.
var gzips = sync.Pool{New: func() any {
	z, err := gzip.NewWriterLevel(io.Discard, 3)
	if err != nil {
		panic(err) // 3 is a level
	}
	return z
}}

// zip compresses texts for browsers that take gzip. Static files come compressed already.
func (s *Site) zip(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !takesGzip(r) || r.Method == http.MethodHead || strings.HasPrefix(r.URL.Path, "/static/") {
			next.ServeHTTP(w, r)
			return
		}
		z := &zipped{ResponseWriter: w}
		defer z.close()
		next.ServeHTTP(z, r)
	})
}

// takesGzip reads Accept-Encoding: gzip, unless with q=0.
func takesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, q, weighed := strings.Cut(strings.ReplaceAll(part, " ", ""), ";q=")
		if name == "gzip" {
			return !weighed || strings.Trim(q, "0.") != ""
		}
	}
	return false
}

// zipped decides at the header whether to compress what follows.
type zipped struct {
	http.ResponseWriter
	gz   *gzip.Writer
	head bool
}

func (z *zipped) WriteHeader(code int) {
	if !z.head && code >= 200 {
		z.head = true
		h := z.Header()
		if code != http.StatusNoContent && code != http.StatusNotModified && code != http.StatusPartialContent &&
			h.Get("Content-Encoding") == "" && compressible(h.Get("Content-Type")) {
			h.Set("Content-Encoding", "gzip")
			h.Add("Vary", "Accept-Encoding")
			h.Del("Content-Length")
			z.gz = gzips.Get().(*gzip.Writer)
			z.gz.Reset(z.ResponseWriter)
		}
	}
	z.ResponseWriter.WriteHeader(code)
}

func compressible(contentType string) bool {
	t, _, _ := strings.Cut(contentType, ";")
	return strings.HasPrefix(t, "text/") || t == "application/json" || t == "image/svg+xml" || t == "application/xml" || t == "application/geo+json"
}

func (z *zipped) Write(b []byte) (int, error) {
	if !z.head {
		if z.Header().Get("Content-Type") == "" {
			z.Header().Set("Content-Type", http.DetectContentType(b))
		}
		z.WriteHeader(http.StatusOK)
	}
	if z.gz != nil {
		return z.gz.Write(b)
	}
	return z.ResponseWriter.Write(b)
}

// FlushError sends what has been written so far, for pages that show progress.
func (z *zipped) FlushError() error {
	if z.gz != nil {
		if err := z.gz.Flush(); err != nil {
			return err
		}
	}
	return http.NewResponseController(z.ResponseWriter).Flush()
}

// Unwrap lets http.ResponseController reach what lies below.
func (z *zipped) Unwrap() http.ResponseWriter { return z.ResponseWriter }

// close ends the compressed text. An answer that was cut short must not look whole, so a panic passes it by.
func (z *zipped) close() {
	if z.gz == nil {
		return
	}
	if p := recover(); p != nil {
		panic(p)
	}
	z.gz.Close() // an error here means that the visitor has gone
	gzips.Put(z.gz)
}
