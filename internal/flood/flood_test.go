package flood_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"yanming/internal/flood"
)

// request comes from an address, forwarded for others.
func request(from string, forwarded ...string) *http.Request {
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = from
	for _, f := range forwarded {
		r.Header.Add("X-Forwarded-For", f)
	}
	return r
}

func TestANetworkIsKnownByItsFirstBitsAndNotByWhatItClaims(t *testing.T) {
	ps, err := flood.ParseProxies([]string{"10.0.0.0/24", "2001:db8::1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := flood.ParseProxies([]string{"proxy.example"}); err == nil {
		t.Error("a name was taken for an address")
	}
	seven := ps.From(request("203.0.113.7:4000"))
	for _, c := range []struct {
		says string
		r    *http.Request
		same bool
	}{
		{"the same address", request("203.0.113.7:9"), true},
		{"a neighbour of its network", request("203.0.113.200:9"), true},
		{"another network", request("203.0.114.7:9"), false},
		{"itself, whatever it says of others", request("203.0.113.7:9", "198.51.100.1"), true},
		{"another network that names this one", request("198.51.100.1:9", "203.0.113.7"), false},
		{"through a proxy", request("10.0.0.5:9", "203.0.113.9"), true},
		{"through two proxies", request("10.0.0.5:9", "203.0.113.9, 10.0.0.6"), true},
		{"through a proxy in two headers, with a port", request("10.0.0.5:9", "203.0.113.9:1234", "10.0.0.6"), true},
		{"through a proxy, after a claim of its own", request("10.0.0.5:9", "203.0.113.9, 198.51.100.1"), false},
		{"through a proxy on this machine", request("127.0.0.1:9", "203.0.113.9"), true},
		{"mapped into IPv6", request("[::ffff:203.0.113.7]:9"), true},
		{"a proxy that names nobody", request("10.0.0.5:9"), false},
		{"a proxy that names nonsense", request("10.0.0.5:9", "unknown"), false},
	} {
		if got := ps.From(c.r) == seven; got != c.same {
			t.Errorf("%s: the same network: %v", c.says, got)
		}
	}
	if ps.From(request("[2001:db8:1:2::3]:9")) != ps.From(request("[2001:db8:1:ff::9]:9")) || ps.From(request("[2001:db8:1:2::3]:9")) == ps.From(request("[2001:db8:2::3]:9")) {
		t.Error("IPv6 networks are not told apart at 56 bits")
	}
	if ps.From(request("127.0.0.1:9")) != (flood.Network{}) {
		t.Error("the machine itself is not unknown")
	}
}

func TestALimitSlowsDownAndNeverLocksOut(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	l := flood.NewLimit(3, 10*time.Second, func() time.Time { return now })
	a, b := (flood.Proxies{}).From(request("203.0.113.7:1")), (flood.Proxies{}).From(request("198.51.100.1:1"))
	for i := range 3 {
		if w := l.Take(a); w != 0 {
			t.Errorf("turn %d waits %s", i, w)
		}
	}
	if w := l.Take(a); w != 10*time.Second {
		t.Errorf("the fourth waits %s", w)
	}
	if w := l.Take(a); w != 10*time.Second {
		t.Errorf("a refusal made the wait longer: %s", w)
	}
	if w := l.Take(b); w != 0 {
		t.Errorf("another network waits %s", w)
	}
	now = now.Add(4 * time.Second)
	if w := l.Wait(a); w != 6*time.Second {
		t.Errorf("after 4 s it waits %s", w)
	}
	now = now.Add(6 * time.Second)
	if w := l.Take(a); w != 0 {
		t.Errorf("after 10 s it waits %s", w)
	}
	l.Give(a)
	if w := l.Wait(a); w != 0 {
		t.Errorf("what was given back is gone: %s", w)
	}
	for range 1000 {
		if w := l.Take(flood.Network{}); w != 0 {
			t.Fatalf("the unknown network waits %s", w)
		}
	}
	now = now.Add(-30 * 24 * time.Hour) // a clock set back makes nobody wait
	if w := l.Take(a); w != 0 {
		t.Errorf("after the clock was set back it waits %s", w)
	}
}

func TestNoMoreConnectionsAreOpenThanThereIsRoomFor(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := flood.Listen(inner, 2)
	accepted := make(chan net.Conn, 10)
	ended := make(chan error, 1)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				ended <- err
				return
			}
			accepted <- c
		}
	}()
	for range 3 {
		c, err := net.Dial("tcp", inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	first := <-accepted
	<-accepted
	select {
	case <-accepted:
		t.Fatal("a third connection was let in")
	case <-time.After(100 * time.Millisecond):
	}
	first.Close()
	first.Close() // makes room once
	<-accepted
	l.Close()
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Errorf("ended with %v", err)
	}
}

func TestABodyThatHardlyArrivesIsGivenUp(t *testing.T) {
	for _, c := range []struct {
		name  string
		pause time.Duration
		bytes int
		ok    bool
	}{{"in one go", 0, 3000, true}, {"steadily", 50 * time.Millisecond, 600, true}, {"hardly", 150 * time.Millisecond, 1, false}} {
		got := make(chan error, 1)
		server := httptest.NewServer(flood.Pace{Window: 400 * time.Millisecond, Whole: 10 * time.Second, Bytes: 1000}.Wrap(
			http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, err := io.Copy(io.Discard, r.Body)
				if err == nil {
					time.Sleep(500 * time.Millisecond) // longer than the window: what came is not late
					err = r.Context().Err()
				}
				got <- err
			})))
		conn, err := net.Dial("tcp", strings.TrimPrefix(server.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3000\r\n\r\n")
		for sent := 0; sent < 3000; sent += c.bytes {
			if _, err := conn.Write(make([]byte, c.bytes)); err != nil {
				break
			}
			time.Sleep(c.pause)
			if len(got) > 0 {
				break
			}
		}
		if err := <-got; (err == nil) != c.ok || !c.ok && !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: %v", c.name, err)
		}
		conn.Close()
		server.Close()
	}
}
