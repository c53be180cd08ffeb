package page

import (
	"fmt"
	"html/template"
	"net/url"
	"strconv"
	"sync"

	"rsc.io/qr/coding"
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
	c, err := encodeQR(link)
	if err != nil {
		return "", fmt.Errorf("qr: %w", err)
	}
	const quiet = 4
	d := make([]byte, 0, 8<<10)
	for y := range c.Size {
		for x := 0; x < c.Size; x++ {
			if !c.Black(x, y) {
				continue
			}
			n := 1
			for c.Black(x+n, y) {
				n++
			}
			d = strconv.AppendInt(append(d, 'M'), int64(x+quiet), 10)
			d = strconv.AppendInt(append(d, ' '), int64(y+quiet), 10)
			d = strconv.AppendInt(append(d, 'h'), int64(n), 10)
			d = strconv.AppendInt(append(d, "v1h-"...), int64(n), 10)
			d = append(d, 'z')
			x += n
		}
	}
	side := strconv.Itoa(c.Size + 2*quiet)
	return template.HTML(`<svg class="qr" viewBox="0 0 ` + side + ` ` + side + `" role="img" aria-label="` +
		template.HTMLEscapeString(label) + `" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h` + side + `v` + side +
		`H0z"/><path d="` + string(d) + `"/></svg>`), nil
}

// encodeQR is qr.Encode at level Q over plans that are made once for each size: making one takes longer than filling it.
func encodeQR(text string) (*coding.Code, error) {
	enc := coding.String(text)
	for v := coding.Version(coding.MinVersion); v <= coding.MaxVersion; v++ {
		if enc.Bits(v) <= v.DataBytes(coding.Q)*8 {
			plan, err := plansQR[v]()
			if err != nil {
				return nil, err
			}
			return plan.Encode(enc)
		}
	}
	return nil, fmt.Errorf("%d bytes are too long", len(text))
}

// plansQR are the empty codes by version, each made when it is first needed: the pages' links need two or three of them.
var plansQR = func() (plans [coding.MaxVersion + 1]func() (*coding.Plan, error)) {
	for v := range plans {
		plans[v] = sync.OnceValues(func() (*coding.Plan, error) { return coding.NewPlan(coding.Version(v), coding.Q, 0) })
	}
	return plans
}()
