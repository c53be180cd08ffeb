package page

import (
	"fmt"
	"html/template"
	"net/url"
	"strconv"
	"strings"

	"rsc.io/qr"
)

// QR draws a link as a square SVG with the quiet zone of 4 modules that ISO/IEC 18004 asks for, at correction level
// Q, so that a creased slip still reads. Its size comes from the style sheet. label is said to screen readers.
//
// It refuses a link with a query or a fragment: a lookup code never gets into a picture that others may scan.
func QR(link, label string) (template.HTML, error) {
	u, err := url.Parse(link)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.User != nil {
		return "", fmt.Errorf("qr: not a plain link")
	}
	c, err := qr.Encode(link, qr.Q)
	if err != nil {
		return "", fmt.Errorf("qr: %w", err)
	}
	const quiet = 4
	var d strings.Builder
	for y := range c.Size {
		for x := 0; x < c.Size; x++ {
			if !c.Black(x, y) {
				continue
			}
			n := 1
			for c.Black(x+n, y) {
				n++
			}
			fmt.Fprintf(&d, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, n, n)
			x += n
		}
	}
	side := strconv.Itoa(c.Size + 2*quiet)
	return template.HTML(`<svg class="qr" viewBox="0 0 ` + side + ` ` + side + `" role="img" aria-label="` +
		template.HTMLEscapeString(label) + `" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h` + side + `v` + side +
		`H0z"/><path d="` + d.String() + `"/></svg>`), nil
}
