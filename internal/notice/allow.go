package notice

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"yanming/internal/errs"
)

// Allowlist names what a unit's system may be although it lies within: hosts, addresses, and networks in CIDR form.
// Nothing else within is ever called: not this machine, not a private network, no address of a cloud's own services.
type Allowlist struct {
	hosts []string
	nets  []netip.Prefix
}

// ParseAllowlist reads entries such as oa.example.gov.cn, 10.2.3.4 and 10.2.0.0/16. Errors: Invalid, naming the option.
func ParseAllowlist(entries []string) (a Allowlist, err error) {
	for _, e := range entries {
		e = strings.ToLower(strings.TrimSpace(e))
		if e == "" {
			continue
		}
		if p, err := netip.ParsePrefix(e); err == nil {
			a.nets = append(a.nets, p.Masked())
		} else if ip, err := netip.ParseAddr(e); err == nil {
			a.nets = append(a.nets, netip.PrefixFrom(ip.Unmap(), ip.Unmap().BitLen()))
		} else if strings.ContainsAny(e, "/:@ *") {
			return a, errs.Field("--webhook-allow", "notice.allow.wrong", e)
		} else {
			a.hosts = append(a.hosts, e)
		}
	}
	return a, nil
}

// within are networks that no public address lies in: of this machine, private, between machines, or reserved. What
// wraps an IPv4 address in an IPv6 one is among them, because it could wrap any of the others. Sources: the IANA
// special-purpose address registries (RFC 6890).
func within() []netip.Prefix {
	var out []netip.Prefix
	for _, s := range []string{"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
		"192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
		"::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
		"5f00::/16", "fc00::/7", "fe80::/9", "ff00::/8"} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// public reports whether an address belongs to the world outside.
func public(ip netip.Addr) bool {
	return ip.IsValid() && ip.Zone() == "" && !slices.ContainsFunc(within(), func(p netip.Prefix) bool { return p.Contains(ip) })
}

// admits reports whether an address that a host resolved to may be called.
func (a Allowlist) admits(host string, ip netip.Addr) bool {
	ip = ip.Unmap()
	return public(ip) || slices.Contains(a.hosts, strings.ToLower(strings.TrimSuffix(host, "."))) ||
		slices.ContainsFunc(a.nets, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// errWithin is the failure of a call that would have gone to where none may.
var errWithin = fmt.Errorf("the address lies within and is not allowed")

// dial resolves a host, and connects to those of its addresses that may be called and to no other name for them: what a
// name resolves to a moment later makes no difference.
func (a Allowlist) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	d := net.Dialer{Timeout: 5 * time.Second}
	err = errWithin
	for _, ip := range ips {
		if !a.admits(host, ip) {
			continue
		}
		conn, e := d.DialContext(ctx, network, net.JoinHostPort(ip.Unmap().String(), port))
		if e == nil {
			return conn, nil
		}
		err = e
	}
	return nil, err
}

// ParseURL checks where a unit's system is called: https, or http to this machine where that is allowed; no name and
// password in it; no address within unless it is allowed. What a host's name resolves to is looked at when it is called.
// Errors: Invalid field "url".
func (a Allowlist) ParseURL(s string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || len(s) > 500 || u.Hostname() == "" || u.User != nil || u.Fragment != "" || u.Opaque != "" {
		return "", errs.Field("url", "notice.hook.url")
	}
	ip, err := netip.ParseAddr(u.Hostname())
	isIP := err == nil
	here := isIP && ip.Unmap().IsLoopback() || strings.EqualFold(u.Hostname(), "localhost")
	switch {
	case u.Scheme != "https" && !(u.Scheme == "http" && here):
		return "", errs.Field("url", "notice.hook.https")
	case isIP && !a.admits(u.Hostname(), ip), here && !isIP && !slices.Contains(a.hosts, "localhost"):
		return "", errs.Field("url", "notice.hook.within", u.Hostname())
	}
	return u.String(), nil
}
