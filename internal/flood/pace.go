package flood

import (
	"io"
	"net/http"
	"time"
)

// Pace is how slowly the body of a request may arrive: at least Bytes in each Window, and all of it in Whole. What is
// slower is rarely a bad connection and mostly somebody who holds connections.
type Pace struct {
	Window, Whole time.Duration
	Bytes         int64
}

// Wrap lets next read bodies that keep the pace. Reading one that does not fails with os.ErrDeadlineExceeded.
func (p Pace) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body == nil || r.Body == http.NoBody {
			next.ServeHTTP(w, r)
			return
		}
		b := &paced{ReadCloser: r.Body, pace: p, control: http.NewResponseController(w), end: time.Now().Add(p.Whole)}
		r.Body = b
		next.ServeHTTP(w, r)
	})
}

// paced moves the connection's deadline on for each stretch that came in time.
type paced struct {
	io.ReadCloser
	pace    Pace
	control *http.ResponseController
	end     time.Time
	came    int64
	begun   bool
}

// Read reads on while the pace is kept.
func (b *paced) Read(p []byte) (int, error) {
	if !b.begun || b.came >= b.pace.Bytes {
		b.begun, b.came = true, 0
		until := time.Now().Add(b.pace.Window)
		if until.After(b.end) {
			until = b.end
		}
		b.wait(until)
	}
	n, err := b.ReadCloser.Read(p)
	b.came += int64(n)
	if err == io.EOF { // the handler may take its time over what has come
		b.wait(time.Time{})
	}
	return n, err
}

// wait sets the connection's deadline. A connection that knows none is one of a test: the server's own bound remains.
func (b *paced) wait(until time.Time) { _ = b.control.SetReadDeadline(until) }
