package page

import (
	"fmt"
	"html/template"
	"net/url"
	"reflect"
	"strings"

	"yanming/internal/errs"
	"yanming/internal/i18n"
)

// speaker says things in one language; it is what the functions of a template are bound to.
type speaker struct {
	site *Site
	lang i18n.Lang
}

// funcs returns the functions that every template has, in one language:
//
//	t "key" args…            a message
//	say v                    an i18n.Key, i18n.Pair or errs.Error in the language; anything else as it is
//	date|day|md|clock|datetime|weekday|iso v   a time.Time, calendar.Day or Unix milliseconds (format.go)
//	number n · receipt s     1 507 · 1234 5678 9012
//	url "/path" "k" v …      a path with a query, empty values left out
//	keep .Query "k" v …      the same for the present query with some values replaced
//	dict "k" v …             a map for a part
//	icon "inbox" · asset "office.js" · stylesheet false · qr link label
//	items .Rows   the lines of a long list (item.go)
//	options .Choices .Value · selects .Filters · tiles .Tiles · nav .Head.Nav   what there are a dozen of (written.go)
//	field, faults, fig, empty   what the parts field, errors, fig, empty take (field.go, part.go)
func (s *Site) funcs(lang i18n.Lang) template.FuncMap {
	p := speaker{s, lang}
	return template.FuncMap{
		"t": p.t, "say": p.say, "pair": p.say,
		"date": p.date, "day": p.day, "md": p.md, "clock": p.clock, "datetime": p.datetime, "weekday": p.weekday, "iso": p.iso,
		"number": number, "receipt": receipt, "url": link, "keep": replace, "dict": dict,
		"icon": icon, "asset": s.Asset, "stylesheet": s.stylesheet, "qr": QR,
		"items": p.items, "options": p.options, "selects": p.selects, "tiles": p.tiles, "nav": p.nav, "field": p.field, "faults": p.faults, "fig": fig, "empty": empty, "duewords": p.dueWords,
	}
}

func (p speaker) t(key string, args ...any) string { return p.site.cat.T(p.lang, key, args...) }

// say says what is a text in both languages, a message key or a refusal; a plain string is data and stays.
func (p speaker) say(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case i18n.Key:
		return p.t(string(v))
	case i18n.Pair:
		return v.In(p.lang)
	case *errs.Error:
		return p.t(v.Key, v.Args...)
	}
	return fmt.Sprint(v)
}

// dict makes a map of keys and values, for a part that takes several things.
func dict(kv ...any) (map[string]any, error) {
	if len(kv)%2 != 0 {
		return nil, fmt.Errorf("dict: a key lacks its value")
	}
	m := make(map[string]any, len(kv)/2)
	for i := 0; i < len(kv); i += 2 {
		k, ok := kv[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: key %v is no string", kv[i])
		}
		m[k] = kv[i+1]
	}
	return m, nil
}

// link builds a path with a query; nil, "", 0 and false are left out, as is what they stand for.
func link(path string, kv ...any) (string, error) {
	return replace(url.Values{}, append([]any{path}, kv...)...)
}

// replace builds the link of the present query with some values replaced; a first argument over is the path before it.
func replace(q url.Values, kv ...any) (string, error) {
	path := ""
	if len(kv)%2 == 1 {
		first, ok := kv[0].(string)
		if !ok {
			return "", fmt.Errorf("link: path %v is no string", kv[0])
		}
		path, kv = first, kv[1:]
	}
	out := url.Values{}
	for k, v := range q {
		out[k] = v
	}
	for i := 0; i < len(kv); i += 2 {
		k, ok := kv[i].(string)
		if !ok {
			return "", fmt.Errorf("link: key %v is no string", kv[i])
		}
		if v := kv[i+1]; v == nil || reflect.ValueOf(v).IsZero() {
			out.Del(k)
		} else {
			out.Set(k, fmt.Sprint(v))
		}
	}
	for k, v := range out {
		if len(v) == 0 || len(v) == 1 && v[0] == "" {
			delete(out, k)
		}
	}
	if len(out) == 0 {
		if path == "" {
			return "?", nil
		}
		return path, nil
	}
	return path + "?" + out.Encode(), nil
}

// number groups a whole number by thousands with a space that does not break: 1 507.
func number(v any) (string, error) {
	var s string
	switch v.(type) {
	case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64:
		s = fmt.Sprint(v)
	default:
		return "", fmt.Errorf("number: %T is no whole number", v)
	}
	digits, sign := strings.TrimPrefix(s, "-"), ""
	if digits != s {
		sign = "−"
	}
	return sign + group(digits, 3, true), nil
}

// receipt groups a receipt's number for reading aloud: 1234 5678 9012.
func receipt(s string) string { return group(s, 4, false) }

// group cuts s into pieces of n, counted from the end or from the start.
func group(s string, n int, fromEnd bool) string {
	var b strings.Builder
	for i, c := range s {
		at := i
		if fromEnd {
			at = len(s) - i
		}
		if i > 0 && at%n == 0 {
			b.WriteRune('\u00a0')
		}
		b.WriteRune(c)
	}
	return b.String()
}
