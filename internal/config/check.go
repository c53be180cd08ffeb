package config

import (
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// check says why a value is not taken: a message key and what it needs besides the value, or "" for a good one.
type check func(value string) (key string, args []any)

func notEmpty(v string) (string, []any) {
	if strings.TrimSpace(v) == "" {
		return "config.empty", nil
	}
	return "", nil
}

// address is host:port to listen on; the host may be left out.
func address(v string) (string, []any) {
	_, port, err := net.SplitHostPort(v)
	if n, e := strconv.Atoi(port); err != nil || e != nil || n < 0 || n > 65535 {
		return "config.bad_address", nil
	}
	return "", nil
}

// site is a scheme and a host, and nothing below it.
func site(v string) (string, []any) {
	u, err := url.Parse(strings.TrimSuffix(v, "/"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return "config.bad_site", nil
	}
	return "", nil
}

// link is any https address; plain http only to this machine.
func link(v string) (string, []any) {
	u, err := url.Parse(v)
	if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !Loopback(u.Hostname())) {
		return "config.bad_link", nil
	}
	return "", nil
}

// Loopback reports whether a host is the machine itself.
func Loopback(host string) bool { return host == "localhost" || net.ParseIP(host).IsLoopback() }

// hosts is a list of host names or addresses without ports.
func hosts(v string) (string, []any) {
	for h := range strings.SplitSeq(v, ",") {
		if u, err := url.Parse("https://" + h); h == "" || net.ParseIP(h) == nil && (err != nil || u.Hostname() != h || strings.ContainsAny(h, ":*[]")) {
			return "config.bad_host", nil
		}
	}
	return "", nil
}

// host is one host name or address without a port.
func host(v string) (string, []any) {
	if strings.Contains(v, ",") {
		return "config.bad_host", nil
	}
	return hosts(v)
}

// networks is a list of addresses and of networks in CIDR form.
func networks(v string) (string, []any) {
	for n := range strings.SplitSeq(v, ",") {
		if _, err := netip.ParseAddr(n); err == nil {
			continue
		}
		if _, err := netip.ParsePrefix(n); err != nil {
			return "config.bad_network", nil
		}
	}
	return "", nil
}

// places is a list of host names, addresses and networks.
func places(v string) (string, []any) {
	for p := range strings.SplitSeq(v, ",") {
		if key, _ := networks(p); key == "" {
			continue
		}
		if key, _ := hosts(p); key != "" {
			return "config.bad_place", nil
		}
	}
	return "", nil
}

func mailbox(v string) (string, []any) {
	if _, err := mail.ParseAddress(v); err != nil {
		return "config.bad_mailbox", nil
	}
	return "", nil
}

// number is a whole number within bounds.
func number(least, most int) check {
	return func(v string) (string, []any) {
		if n, err := strconv.Atoi(v); err != nil || n < least || n > most {
			return "config.bad_number", []any{least, most}
		}
		return "", nil
	}
}

func yesNo(v string) (string, []any) {
	if !slices.Contains([]string{"true", "false", "yes", "no", "1", "0"}, strings.ToLower(v)) {
		return "config.bad_switch", nil
	}
	return "", nil
}

// hour is a time of day in UTC+8, such as 02:30.
func hour(v string) (string, []any) {
	if _, err := time.Parse("15:04", v); err != nil {
		return "config.bad_hour", nil
	}
	return "", nil
}

// keep is of how many days, weeks and months something stays, such as 7,4,12; of one day at least.
func keep(v string) (string, []any) {
	parts := strings.Split(v, ",")
	for i, p := range parts {
		if n, err := strconv.Atoi(p); err != nil || n < 0 || i == 0 && n == 0 || len(parts) != 3 {
			return "config.bad_keep", nil
		}
	}
	return "", nil
}

func oneOf(words ...string) check {
	return func(v string) (string, []any) {
		if !slices.Contains(words, v) {
			return "config.bad_word", []any{strings.Join(words, ", ")}
		}
		return "", nil
	}
}

// recipients is a list of age public keys.
func recipients(v string) (string, []any) {
	for r := range strings.SplitSeq(v, ",") {
		if !strings.HasPrefix(r, "age1") || len(r) < 60 {
			return "config.bad_recipient", nil
		}
	}
	return "", nil
}
