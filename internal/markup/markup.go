// Package markup says how a text stands in XML, for the rooms that write some by hand: Word papers, SVG, profiles. It
// refuses nothing: what XML has no sign for becomes U+FFFD.
package markup

import (
	"encoding/xml"
	"strings"
)

// Escape returns s as it stands in XML, between tags and in attributes.
func Escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder does not fail
	return b.String()
}
