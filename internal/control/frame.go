package control

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"sync"
)

// Kind says what a frame holds.
type Kind byte

// The kinds. Call, Input and InputEnd come from the command, Answer too; the others from the server.
const (
	Hello      Kind = 'h' // the server is there: the version of its frames
	Call       Kind = 'c' // what shall be done, as JSON
	Input      Kind = 'i' // a piece of the next file that the command reads
	InputEnd   Kind = 'I' // that file is whole
	Answer     Kind = 'A' // the passphrase that was asked for
	Out        Kind = 'o' // to standard output
	Err        Kind = 'e' // to standard error
	Output     Kind = 'f' // the number of a file that the command writes, one byte, and a piece of it
	OutputEnd  Kind = 'F' // the number of a file that is whole
	Passphrase Kind = 'p' // a passphrase is asked for
	Exit       Kind = 'x' // the exit code, one byte: the last frame
)

// most is how many bytes a frame holds at most.
const most = 1 << 20

// piece is how many bytes of a stream go into one frame.
const piece = 64 << 10

// Conn sends and receives frames. Sending is safe for concurrent use, receiving is for one goroutine.
type Conn struct {
	mu sync.Mutex
	w  io.Writer
	r  *bufio.Reader
}

// NewConn talks over rw.
func NewConn(rw io.ReadWriter) *Conn { return &Conn{w: rw, r: bufio.NewReader(rw)} }

// Send sends one frame: its kind, the length of its body in four bytes, and its body.
func (c *Conn) Send(kind Kind, body []byte) error {
	if len(body) > most {
		return fmt.Errorf("control: a frame of %d bytes", len(body))
	}
	head := [5]byte{byte(kind)}
	binary.BigEndian.PutUint32(head[1:], uint32(len(body)))
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := c.w.Write(append(head[:], body...)); err != nil {
		return fmt.Errorf("control: %w", err)
	}
	return nil
}

// Receive returns the next frame. It fails with io.EOF when the other side has closed between frames.
func (c *Conn) Receive() (Kind, []byte, error) {
	var head [5]byte
	if _, err := io.ReadFull(c.r, head[:1]); err != nil {
		return 0, nil, err
	}
	if _, err := io.ReadFull(c.r, head[1:]); err != nil {
		return 0, nil, fmt.Errorf("control: torn frame: %w", err)
	}
	n := binary.BigEndian.Uint32(head[1:])
	if n > most {
		return 0, nil, fmt.Errorf("control: a frame of %d bytes", n)
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(c.r, body); err != nil {
		return 0, nil, fmt.Errorf("control: torn frame: %w", err)
	}
	return Kind(head[0]), body, nil
}

// Writer sends what is written as frames of one kind, each beginning with prefix.
func (c *Conn) Writer(kind Kind, prefix ...byte) io.Writer { return &stream{c, kind, prefix} }

type stream struct {
	conn   *Conn
	kind   Kind
	prefix []byte
}

// Write sends b whole, in pieces.
func (s *stream) Write(b []byte) (n int, err error) {
	for len(b) > 0 {
		part := b[:min(len(b), piece)]
		if err := s.conn.Send(s.kind, append(append([]byte(nil), s.prefix...), part...)); err != nil {
			return n, err
		}
		n, b = n+len(part), b[len(part):]
	}
	return n, nil
}
