package flood

import (
	"net/http"
	"net/netip"
	"strings"
)

// Network is where a request comes from, as coarsely as a limit needs it. The zero Network is unknown.
type Network struct{ prefix netip.Prefix }

// Proxies are the networks whose X-Forwarded-For is believed, besides the machine itself.
type Proxies []netip.Prefix

// ParseProxies reads networks as 10.0.0.0/8 or single addresses.
func ParseProxies(list []string) (ps Proxies, err error) {
	for _, s := range list {
		p, err := netip.ParsePrefix(s)
		if a, e := netip.ParseAddr(s); e == nil {
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			return nil, err
		}
		ps = append(ps, p.Masked())
	}
	return ps, nil
}

func (ps Proxies) has(a netip.Addr) bool {
	if a.IsLoopback() {
		return true
	}
	for _, p := range ps {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// From returns the network of whoever sent r. Behind trusted proxies that is the last address of X-Forwarded-For that
// is not a proxy's own, because a visitor may write what they like before it. A request of a trusted proxy that names
// nobody, as one made on the machine itself does, is unknown.
func (ps Proxies) From(r *http.Request) Network {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return Network{}
	}
	a := peer.Addr().Unmap()
	if !ps.has(a) {
		return coarse(a)
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop := strings.TrimSpace(hops[i])
		if ap, err := netip.ParseAddrPort(hop); err == nil { // some proxies add the port
			hop = ap.Addr().String()
		}
		a, err := netip.ParseAddr(hop)
		if err != nil {
			return Network{}
		}
		if a = a.Unmap(); !ps.has(a) {
			return coarse(a)
		}
	}
	return Network{}
}

// coarse forgets which of the addresses of a household or office it is.
func coarse(a netip.Addr) Network {
	bits := 24
	if a.Is6() {
		bits = 56
	}
	p, err := a.WithZone("").Prefix(bits)
	if err != nil {
		return Network{}
	}
	return Network{p}
}
