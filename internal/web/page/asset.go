package page

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"yanming/internal/chart"
)

//go:embed static template
var files embed.FS

// ownPages are the pages of this package.
func ownPages() fs.FS {
	sub, err := fs.Sub(files, "template/page")
	if err != nil {
		panic(err) // the name is a constant and valid
	}
	return sub
}

// asset is one static file, whole and compressed, which it becomes when somebody first asks for it.
type asset struct {
	body   []byte
	zipped func() []byte
	kind   string
}

// assets are the static files by the name they are served under, which carries a hash of their content, so that a
// browser may keep them for ever.
type assets struct {
	served   map[string]asset  // "app.1a2b3c4d.css"
	names    map[string]string // "app.css" → "/static/app.1a2b3c4d.css"
	critical string            // the part of the style sheet for inlining
}

// loadAssets reads the embedded files. core.css is what residents need and may be inlined; app.css is core.css and the
// rest in one file, with the style of the charts.
func loadAssets() (assets, error) {
	a := assets{served: map[string]asset{}, names: map[string]string{}}
	src := map[string]string{}
	entries, err := fs.ReadDir(files, "static")
	if err != nil {
		return a, fmt.Errorf("read static files: %w", err)
	}
	for _, e := range entries {
		b, err := fs.ReadFile(files, "static/"+e.Name())
		if err != nil {
			return a, fmt.Errorf("read static files: %w", err)
		}
		src[e.Name()] = string(b)
	}
	a.critical = squeezeCSS(src["core.css"])
	src["app.css"] = a.critical + squeezeCSS(src["staff.css"]+chart.Style) + squeezeCSS(src["print.css"])
	delete(src, "core.css")
	delete(src, "staff.css")
	delete(src, "print.css")
	kinds := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
	for name, text := range src {
		ext := path.Ext(name)
		if kinds[ext] == "" {
			return a, fmt.Errorf("read static files: %s is of no known kind", name)
		}
		if ext == ".js" {
			text = squeezeJS(text)
		}
		sum := sha256.Sum256([]byte(text))
		served := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:4]) + ext
		a.served[served] = asset{[]byte(text), sync.OnceValue(func() []byte { return gzipped(text) }), kinds[ext]}
		a.names[name] = "/static/" + served
	}
	return a, nil
}

// gzipped compresses as far as it goes.
func gzipped(text string) []byte {
	var z bytes.Buffer
	w, err := gzip.NewWriterLevel(&z, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is a constant and valid
	}
	w.Write([]byte(text)) // into memory: cannot fail
	w.Close()
	return z.Bytes()
}

var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cssSpace   = regexp.MustCompile(`\s*\n\s*`)
)

// squeezeCSS drops comments and line ends; our sheets hold neither in strings.
func squeezeCSS(s string) string {
	return cssSpace.ReplaceAllString(cssComment.ReplaceAllString(s, ""), "")
}

// squeezeJS drops lines that are comments, and indents; our scripts hold no text over several lines.
func squeezeJS(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			b.WriteString(line)
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// Asset returns the address of a static file such as "office.js". An unknown name is a fault of the program and
// panics, which a test of the template finds.
func (s *Site) Asset(name string) string {
	p, ok := s.assets.names[name]
	if !ok {
		panic("page: no static file " + strconv.Quote(name))
	}
	return p
}

// static serves a file by the name that carries its hash.
func (s *Site) static(w http.ResponseWriter, r *http.Request) {
	a, ok := s.assets.served[r.PathValue("file")]
	if !ok {
		s.Handle(missing).ServeHTTP(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	body := a.body
	if takesGzip(r) {
		h.Set("Content-Encoding", "gzip")
		body = a.zipped()
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.Write(body) // an error here means that the visitor has gone
}
