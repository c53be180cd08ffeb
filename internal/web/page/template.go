package page

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"sort"
	"strconv"
	"strings"
	"sync"

	"yanming/internal/i18n"
)

// Layout is the frame of a page.
type Layout string

// The layouts.
const (
	Resident Layout = "resident" // town's header, one column
	Staff    Layout = "staff"    // side navigation, bar with the title, dense
	Print    Layout = "print"    // A4 sheets without navigation
	Bare     Layout = "bare"     // the product's header alone: errors, signing in, first run
)

// Set is the pages of one audience, ready to show in every language. It is read-only and safe for concurrent use.
type Set struct {
	site    *Site
	fsys    fs.FS
	layout  Layout
	layouts map[string]Layout // page → layout
	pages   map[i18n.Lang]map[string]func() (*template.Template, error)
}

// Templates reads an audience's pages. Each file case/answer.html is the page "case/answer": it holds
// {{define "main"}} … {{end}}, and the staff layout also takes "search" and "actions". It stands in the given layout;
// a file case/slip.print.html is the page "case/slip" in another. Files whose name begins with _ are parts that all
// pages of the set may use. A page is parsed when it is first shown, in that language alone: a server that starts has no
// use for most of them, and parsing all took longer than the rest of the start. pagetest.Check parses every one.
func (s *Site) Templates(fsys fs.FS, layout Layout) (*Set, error) {
	set := &Set{site: s, fsys: fsys, layout: layout, layouts: map[string]Layout{}, pages: map[i18n.Lang]map[string]func() (*template.Template, error){}}
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(p) != ".html" || strings.HasPrefix(path.Base(p), "_") {
			return err
		}
		name, l := set.split(p)
		if _, twice := set.layouts[name]; twice {
			return fmt.Errorf("page %s is written twice", name)
		}
		set.layouts[name] = l
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	for _, lang := range i18n.Langs() {
		set.pages[lang] = map[string]func() (*template.Template, error){}
		for name := range set.layouts {
			set.pages[lang][name] = sync.OnceValues(func() (*template.Template, error) {
				t, err := set.Fresh(lang, name)
				if err == nil {
					err = fold(t, s.funcs(lang))
				}
				return t, err
			})
		}
	}
	return set, nil
}

// Pages is Templates of the folder "template", in which every package of pages has its own.
func (s *Site) Pages(fsys fs.FS, layout Layout) (*Set, error) {
	sub, err := fs.Sub(fsys, "template")
	if err != nil {
		return nil, err
	}
	return s.Templates(sub, layout)
}

// split returns the page and the layout of a file.
func (s *Set) split(file string) (string, Layout) {
	name := strings.TrimSuffix(file, ".html")
	for _, l := range []Layout{Resident, Staff, Print, Bare} {
		if short, ok := strings.CutSuffix(name, "."+string(l)); ok {
			return short, l
		}
	}
	return name, s.layout
}

// Fresh parses one page anew, not yet executed, for tests that check its types.
func (s *Set) Fresh(lang i18n.Lang, name string) (*template.Template, error) {
	layout, ok := s.layouts[name]
	if !ok {
		return nil, fmt.Errorf("no page %q", name)
	}
	t := template.New("").Funcs(s.site.funcs(lang)).Option("missingkey=error")
	if _, err := t.ParseFS(files, "template/part/*.html", "template/layout/"+string(layout)+".html"); err != nil {
		return nil, fmt.Errorf("parse layout %s: %w", layout, err)
	}
	file := name + ".html"
	if layout != s.layout {
		file = name + "." + string(layout) + ".html"
	} else if _, err := fs.Stat(s.fsys, file); err != nil {
		file = name + "." + string(layout) + ".html"
	}
	parts, err := s.parts()
	if err != nil {
		return nil, err
	}
	for _, f := range append(parts, file) {
		b, err := fs.ReadFile(s.fsys, f)
		if err != nil {
			return nil, fmt.Errorf("read page %s: %w", name, err)
		}
		if _, err := t.New(f).Parse(string(b)); err != nil {
			return nil, fmt.Errorf("parse page %s: %w", name, err)
		}
	}
	if t = t.Lookup("layout"); t.Lookup("main") == nil {
		return nil, fmt.Errorf("page %s defines no main", name)
	}
	return t, nil
}

// parts returns the files of the set that begin with _, in order.
func (s *Set) parts() (list []string, err error) {
	err = fs.WalkDir(s.fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && path.Ext(p) == ".html" && strings.HasPrefix(path.Base(p), "_") {
			list = append(list, p)
		}
		return err
	})
	return list, err
}

// Names returns the pages of the set, in order.
func (s *Set) Names() []string {
	names := make([]string, 0, len(s.layouts))
	for n := range s.layouts {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// Site returns the site to which the set belongs.
func (s *Set) Site() *Site { return s.site }

// Ready returns a page as it is shown: what it says whoever reads it is said already.
func (s *Set) Ready(lang i18n.Lang, name string) (*template.Template, error) {
	page := s.pages[lang][name]
	if page == nil {
		return nil, fmt.Errorf("there is no page %q", name)
	}
	return page()
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Show answers with a page. It renders the whole page first, so that an error still becomes an error page. Unless the
// handler has said otherwise, nothing may keep the answer.
func (s *Set) Show(w http.ResponseWriter, r *http.Request, status int, name string, data any) error {
	t, err := s.Ready(s.site.Lang(r), name)
	if err != nil {
		return fmt.Errorf("show %s: %w", name, err)
	}
	b := buffers.Get().(*bytes.Buffer)
	b.Reset()
	defer buffers.Put(b)
	if err := t.Execute(b, data); err != nil {
		return fmt.Errorf("show %s: %w", name, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(s.site.Lang(r)))
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	w.WriteHeader(status)
	w.Write(b.Bytes()) // an error here means that the visitor has gone
	return nil
}
