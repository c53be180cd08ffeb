package bench

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// browser is one connection to a server that is kept open, with its cookies. It is small, because the load generator
// shares the machine with what it measures. It is used by one worker at a time.
type browser struct {
	addr    string
	conn    net.Conn
	used    time.Time // when conn was last asked something
	in      *bufio.Reader
	cookies map[string]string
	buf     bytes.Buffer
}

// answer is what a server said. The body is valid until the next request of the same browser.
type answer struct {
	status int
	head   http.Header
	body   []byte
}

// patience is how long one answer may take, and fresh how long a connection may rest before it is opened anew: the server
// gives it up after two minutes, and a statement that takes turns with a page may take longer.
const (
	patience = 5 * time.Minute
	fresh    = time.Minute
)

func newBrowser(addr string) *browser { return &browser{addr: addr, cookies: map[string]string{}} }

func browsers(addr string, n int) (bs []*browser) {
	for range n {
		bs = append(bs, newBrowser(addr))
	}
	return bs
}

func (b *browser) close() {
	if b.conn != nil {
		b.conn.Close()
		b.conn = nil
	}
}

// do sends one request and reads the answer. A connection that the server gave up meanwhile is opened again.
func (b *browser) do(method, path string, head string, body []byte) (answer, error) {
	var req bytes.Buffer
	fmt.Fprintf(&req, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, path, b.addr)
	if len(b.cookies) > 0 {
		req.WriteString("Cookie: ")
		sep := ""
		for k, v := range b.cookies {
			req.WriteString(sep + k + "=" + v)
			sep = "; "
		}
		req.WriteString("\r\n")
	}
	req.WriteString(head)
	if method != http.MethodGet {
		fmt.Fprintf(&req, "Origin: http://%s\r\nSec-Fetch-Site: same-origin\r\nContent-Length: %d\r\n", b.addr, len(body))
	}
	req.WriteString("\r\n")
	if time.Since(b.used) > fresh {
		b.close()
	}
	kept := b.conn != nil
	a, err := b.exchange(method, req.Bytes(), body)
	if err != nil && kept && errors.Is(err, io.EOF) {
		b.close()
		a, err = b.exchange(method, req.Bytes(), body)
	}
	if err != nil {
		b.close()
		return a, fmt.Errorf("%s %s: %w", method, path, err)
	}
	b.used = time.Now()
	return a, nil
}

func (b *browser) exchange(method string, req, body []byte) (a answer, err error) {
	if b.conn == nil {
		if b.conn, err = net.DialTimeout("tcp", b.addr, 5*time.Second); err != nil {
			return a, err
		}
		b.in = bufio.NewReaderSize(b.conn, 32<<10)
	}
	if err := b.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return a, err
	}
	if _, err := (&net.Buffers{req, body}).WriteTo(b.conn); err != nil {
		return a, err
	}
	resp, err := http.ReadResponse(b.in, &http.Request{Method: method})
	if err != nil {
		return a, err
	}
	defer resp.Body.Close()
	b.buf.Reset()
	if _, err := b.buf.ReadFrom(resp.Body); err != nil {
		return a, err
	}
	for _, c := range resp.Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
	if resp.Close {
		b.close()
	}
	return answer{status: resp.StatusCode, head: resp.Header, body: b.buf.Bytes()}, nil
}

// get reads a page, which must be there.
func (b *browser) get(path string) (answer, error) {
	a, err := b.do(http.MethodGet, path, "", nil)
	if err == nil && a.status != http.StatusOK {
		err = fmt.Errorf("GET %s: status %d: %s", path, a.status, excerpt(a.body))
	}
	return a, err
}

const formHead = "Content-Type: application/x-www-form-urlencoded\r\n"

// post sends a form and returns where the server leads to; anything but that is an error.
func (b *browser) post(path string, form url.Values) (string, error) {
	return b.send(path, formHead, []byte(form.Encode()))
}

func (b *browser) send(path, head string, body []byte) (string, error) {
	a, err := b.do(http.MethodPost, path, head, body)
	if err != nil {
		return "", err
	}
	if a.status != http.StatusSeeOther || a.head.Get("Location") == "" {
		return "", fmt.Errorf("POST %s: status %d: %s", path, a.status, excerpt(a.body))
	}
	return a.head.Get("Location"), nil
}

// signIn signs in through the form.
func (b *browser) signIn(login, password string) error {
	_, err := b.post("/login", url.Values{"login": {login}, "password": {password}})
	return err
}

// excerpt is the head of a body, on one line, for a message.
func excerpt(b []byte) string {
	s := strings.Join(strings.Fields(string(b[:min(len(b), 4000)])), " ")
	if i := strings.Index(s, "<main"); i >= 0 {
		s = s[i:]
	}
	return s[:min(len(s), 600)]
}
