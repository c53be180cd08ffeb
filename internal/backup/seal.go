package backup

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash"
	"io"
)

// The tail of an archive is a skippable frame of zstd, which other readers pass over: its magic number, its length,
// and the SHA-256 of every byte before the frame.
const (
	tailMagic = 0x184d2a59
	tailBytes = 8 + sha256.Size
)

func tailOf(sum []byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, tailMagic)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(sum)))
	return append(b, sum...)
}

// sealed writes through and counts the SHA-256 of what passes.
type sealed struct {
	w    io.Writer
	hash hash.Hash
	n    int64
}

func newSealed(w io.Writer) *sealed { return &sealed{w: w, hash: sha256.New()} }

func (s *sealed) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	s.hash.Write(p[:n])
	s.n += int64(n)
	return n, err
}

// finish writes the tail.
func (s *sealed) finish() error {
	_, err := s.w.Write(tailOf(s.hash.Sum(nil)))
	return err
}

var errSeal = errors.New("the archive's sum is wrong")

// unsealed hands out everything but the tail, and at the end fails where the tail does not fit what came before it.
type unsealed struct {
	r    io.Reader
	hash hash.Hash
	buf  []byte // read and not yet handed out; always at least a tail until the end
	done bool
}

func newUnsealed(r io.Reader) *unsealed {
	return &unsealed{r: r, hash: sha256.New(), buf: make([]byte, 0, 64<<10+tailBytes)}
}

func (u *unsealed) Read(p []byte) (int, error) {
	for len(u.buf) <= tailBytes && !u.done {
		n, err := u.r.Read(u.buf[len(u.buf):cap(u.buf)])
		u.buf = u.buf[:len(u.buf)+n]
		if errors.Is(err, io.EOF) {
			u.done = true
		} else if err != nil {
			return 0, err
		}
	}
	if len(u.buf) > tailBytes {
		n := copy(p, u.buf[:len(u.buf)-tailBytes])
		u.hash.Write(u.buf[:n])
		u.buf = u.buf[:copy(u.buf, u.buf[n:])]
		return n, nil
	}
	if !bytes.Equal(u.buf, tailOf(u.hash.Sum(nil))) {
		return 0, errSeal
	}
	return 0, io.EOF
}
