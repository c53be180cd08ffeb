// Package i18n is the catalogue of everything Yanming says, in zh-CN and English.
//
// A message is one entry of a JSON file under catalogue/, with both languages side by side, so that none can lack
// its twin: {"case.accept": {"zh": "受理", "en": "Accept"}}. {0}, {1} … stand for the arguments. Sentences never live
// in Go code; a test fails on a key that is used and not written, or written in one language only.
package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"sort"
	"strconv"
	"strings"
	"sync"
)

// Lang is a language the product speaks.
type Lang string

// The languages. ZH is the default.
const (
	ZH Lang = "zh-CN"
	EN Lang = "en"
)

// Langs lists every language, the default first.
func Langs() []Lang { return []Lang{ZH, EN} }

// Parse returns the language that a tag such as "en-GB" or "zh" asks for, and whether there is one.
func Parse(tag string) (Lang, bool) {
	switch t := strings.ToLower(tag); {
	case strings.HasPrefix(t, "zh"):
		return ZH, true
	case strings.HasPrefix(t, "en"):
		return EN, true
	}
	return ZH, false
}

// Pair is a text held as data in both languages, such as a figure's name. An empty EN falls back to ZH, because a
// town names its own categories in Chinese only.
type Pair struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// In returns the text in lang.
func (p Pair) In(lang Lang) string {
	if lang == EN && p.EN != "" {
		return p.EN
	}
	return p.ZH
}

// Catalogue holds every message. It is read-only after Load and safe for concurrent use.
type Catalogue struct{ messages map[string]Pair }

//go:embed catalogue/*.json
var files embed.FS

// Load returns the embedded catalogue. It fails on a key written twice or lacking a language.
func Load() (*Catalogue, error) { return embedded() }

// embedded reads the catalogue once: every part of the program that speaks asks for it.
var embedded = sync.OnceValues(func() (*Catalogue, error) { return load(files) })

func load(fsys fs.FS) (*Catalogue, error) {
	names, err := fs.Glob(fsys, "catalogue/*.json")
	if err != nil {
		return nil, err
	}
	c := &Catalogue{messages: map[string]Pair{}}
	for _, name := range names {
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		var m map[string]Pair
		if err := json.Unmarshal(b, &m); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for k, p := range m {
			if _, twice := c.messages[k]; twice {
				return nil, fmt.Errorf("%s: key %q is written twice", name, k)
			}
			if p.ZH == "" || p.EN == "" {
				return nil, fmt.Errorf("%s: key %q lacks a language", name, k)
			}
			c.messages[k] = p
		}
	}
	return c, nil
}

// T returns the message key in lang with {0}, {1} … replaced by args. A Pair among args is said in lang, an arg of
// type Key is itself translated. An unknown key returns itself in brackets, which tests refuse to see on a page.
func (c *Catalogue) T(lang Lang, key string, args ...any) string {
	p, ok := c.messages[key]
	if !ok {
		return "[" + key + "]"
	}
	s := p.In(lang)
	if len(args) == 0 || !strings.Contains(s, "{") {
		return s
	}
	b := make([]byte, 0, len(s)+32)
	for {
		i := strings.IndexByte(s, '{')
		if i < 0 {
			return string(append(b, s...))
		}
		b = append(b, s[:i]...)
		s = s[i:]
		end := strings.IndexByte(s, '}')
		n, err := 0, error(nil)
		if end > 0 {
			n, err = strconv.Atoi(s[1:end])
		}
		if end < 0 || err != nil || n < 0 || n >= len(args) { // a brace that stands for itself
			b, s = append(b, '{'), s[1:]
			continue
		}
		b, s = append(b, c.arg(lang, args[n])...), s[end+1:]
	}
}

// arg is an argument as it is said.
func (c *Catalogue) arg(lang Lang, a any) string {
	switch a := a.(type) {
	case string:
		return a
	case int:
		return strconv.Itoa(a)
	case Pair:
		return a.In(lang)
	case Key:
		return c.T(lang, string(a))
	}
	return fmt.Sprint(a)
}

// Key is an argument that is itself a message key.
type Key string

// Has reports whether key is written.
func (c *Catalogue) Has(key string) bool { _, ok := c.messages[key]; return ok }

// Keys returns every key in order.
func (c *Catalogue) Keys() []string {
	ks := make([]string, 0, len(c.messages))
	for k := range c.messages {
		ks = append(ks, k)
	}
	sort.Strings(ks)
	return ks
}
