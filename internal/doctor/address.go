package doctor

import (
	"context"
	"crypto/x509"
	"net/url"
	"time"

	"yanming/internal/config"
)

// Address looks whether lookup codes would cross the network in clear: base is where people reach the pages.
func Address(base string) Check {
	return Check{"address", func(context.Context) Finding {
		u, err := url.Parse(base)
		switch {
		case err != nil || u.Hostname() == "":
			return todo("doctor.address.broken", base)
		case config.Loopback(u.Hostname()):
			return look("doctor.address.inside", base)
		case u.Scheme != "https":
			return todo("doctor.address.clear", base)
		}
		return well("doctor.address.well", base)
	}}
}

// Leaf returns the certificate that the program shows; nil when it shows none.
type Leaf func(ctx context.Context) (*x509.Certificate, error)

const (
	soon = 14 * 24 * time.Hour // before its end a certificate of a town's own or by hand must be renewed
)

// Certificate looks at the certificate's dates and whether it is for the host of base. Without one, a proxy in front
// holds it, and has to be looked at there.
func Certificate(leaf Leaf, base string, now func() time.Time) Check {
	return Check{"certificate", func(ctx context.Context) Finding {
		var c *x509.Certificate
		if leaf != nil {
			var err error
			if c, err = leaf(ctx); err != nil {
				return todo("doctor.certificate.unreadable", err.Error())
			}
		}
		if c == nil {
			return well("doctor.certificate.none")
		}
		u, err := url.Parse(base)
		if err != nil {
			return broken(err)
		}
		end := c.NotAfter.Format(time.DateOnly)
		switch {
		case now().After(c.NotAfter):
			return todo("doctor.certificate.over", end)
		case now().Before(c.NotBefore):
			return todo("doctor.certificate.early", c.NotBefore.Format(time.DateOnly))
		case c.VerifyHostname(u.Hostname()) != nil:
			return todo("doctor.certificate.name", u.Hostname())
		case c.NotAfter.Sub(now()) < soon:
			return todo("doctor.certificate.soon", end)
		}
		return well("doctor.certificate.well", end)
	}}
}
