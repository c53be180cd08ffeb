package roster

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// A part is a byte that says how it is written, and what is in it. Its name is the SHA-256 of the latter.
const (
	asIs   = 0
	zipped = 1 // a frame of zstd (RFC 8878)
)

// maxPart bounds what a part may unpack to: ten million places with an amount each are far below.
const maxPart = 256 << 20

// nameOf is the name of a part by what is in it.
func nameOf(plain []byte) string {
	sum := sha256.Sum256(plain)
	return hex.EncodeToString(sum[:])
}

// wrap writes a part.
func wrap(z *zstd.Encoder, plain []byte) []byte {
	out := z.EncodeAll(plain, []byte{zipped})
	if len(out) > len(plain) {
		out = append(append(out[:0], asIs), plain...)
	}
	return out
}

// unwrap reads a part and holds it against its name.
func unwrap(z *zstd.Decoder, name string, body []byte) (plain []byte, err error) {
	if len(body) == 0 {
		return nil, fmt.Errorf("part %s is empty: %w", name, ErrDamaged)
	}
	switch body[0] {
	case asIs:
		plain = body[1:]
	case zipped:
		plain, err = z.DecodeAll(body[1:], nil)
	default:
		err = fmt.Errorf("written in way %d", body[0])
	}
	if err == nil && nameOf(plain) != name {
		err = fmt.Errorf("holds %s", nameOf(plain))
	}
	if err != nil {
		return nil, fmt.Errorf("part %s: %w: %v", name, ErrDamaged, err)
	}
	return plain, nil
}

// A block of ids has, of each, how many bytes it shares with the one before, how many follow, and these. Numbers are
// varints everywhere.
func packIDs(ids []string) []byte {
	var b []byte
	last := ""
	for _, id := range ids {
		same := 0
		for same < min(len(last), len(id)) && last[same] == id[same] {
			same++
		}
		b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(same)), uint64(len(id)-same))
		b = append(b, id[same:]...)
		last = id
	}
	return b
}

func unpackIDs(b []byte, n int) ([]string, error) {
	var text strings.Builder // the ids one behind the other, so that they are one piece of memory
	if n > len(b)/2 {
		return nil, ErrDamaged
	}
	ends := make([]int, 0, n)
	last := ""
	for range n {
		same, rest, ok1 := uvarint(b)
		more, rest, ok2 := uvarint(rest)
		if !ok1 || !ok2 || same > len(last) || more > len(rest) || text.Len()+same+more > maxPart {
			return nil, ErrDamaged
		}
		text.WriteString(last[:same])
		text.Write(rest[:more])
		id := text.String()[text.Len()-same-more:]
		if len(ends) > 0 && id <= last {
			return nil, ErrDamaged
		}
		last, b, ends = id, rest[more:], append(ends, text.Len())
	}
	if len(b) > 0 {
		return nil, ErrDamaged
	}
	ids, from := make([]string, n), 0
	for i, end := range ends {
		ids[i], from = text.String()[from:end], end
	}
	return ids, nil
}

// block is where a stretch of a group's ids lies.
type block struct {
	name string
	n    int
	last string // its last id
}

// The index of a group has, of each block, the 32 bytes of its name, how many ids it has, and the last of them.
func packIndex(blocks []block) []byte {
	var b []byte
	for _, x := range blocks {
		name, _ := hex.DecodeString(x.name) // nameOf made it
		b = append(b, name...)
		b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(x.n)), uint64(len(x.last)))
		b = append(b, x.last...)
	}
	return b
}

func unpackIndex(b []byte) (blocks []block, err error) {
	for len(b) > 0 {
		if len(b) < sha256.Size {
			return nil, ErrDamaged
		}
		x := block{name: hex.EncodeToString(b[:sha256.Size])}
		n, rest, ok1 := uvarint(b[sha256.Size:])
		more, rest, ok2 := uvarint(rest)
		if !ok1 || !ok2 || n < 1 || n > longestBlock || more > len(rest) {
			return nil, ErrDamaged
		}
		x.n, x.last, b = n, string(rest[:more]), rest[more:]
		if len(blocks) > 0 && x.last <= blocks[len(blocks)-1].last {
			return nil, ErrDamaged
		}
		blocks = append(blocks, x)
	}
	return blocks, nil
}

// run is records that stand side by side in their group and have the same amount.
type run struct {
	at, n  int
	amount int64
}

// The places of a list are how many records and runs there are, how many bytes the gaps take, how many the lengths, and
// then, kind by kind because that packs closer: of each run the gap to the one before, its length, and its amount.
func packPlaces(places []uint32, amount func(i int) int64) []byte {
	var gaps, lengths, amounts []byte
	runs, end := 0, 0
	for i := 0; i < len(places); {
		at, x, n := int(places[i]), amount(i), 1
		for i+n < len(places) && int(places[i+n]) == at+n && amount(i+n) == x {
			n++
		}
		gaps = binary.AppendUvarint(gaps, uint64(at-end))
		lengths = binary.AppendUvarint(lengths, uint64(n))
		amounts = binary.AppendVarint(amounts, x)
		runs, end, i = runs+1, at+n, i+n
	}
	var b []byte
	for _, n := range []int{len(places), runs, len(gaps), len(lengths)} {
		b = binary.AppendUvarint(b, uint64(n))
	}
	return append(append(append(b, gaps...), lengths...), amounts...)
}

// cursor goes through the runs of a list. A copy goes its own way.
type cursor struct {
	gaps, lengths, amounts []byte
	end                    int // of the run before
	bad                    bool
}

// unpackPlaces returns how many records a list has and a cursor before the first. of is how many ids its group has.
func unpackPlaces(b []byte, of int) (n int, c cursor, err error) {
	var head [4]int
	for i := range head {
		var ok bool
		if head[i], b, ok = uvarint(b); !ok {
			return 0, cursor{}, ErrDamaged
		}
	}
	if head[2] > len(b) || head[3] > len(b)-head[2] {
		return 0, cursor{}, ErrDamaged
	}
	c = cursor{gaps: b[:head[2]], lengths: b[head[2]:][:head[3]], amounts: b[head[2]+head[3]:]}
	n = head[0]
	runs, records, all := 0, 0, c
	for r, ok := all.next(); ok; r, ok = all.next() {
		if r.n < 1 || r.n > of-r.at {
			return 0, cursor{}, ErrDamaged
		}
		runs, records = runs+1, records+r.n
	}
	if all.bad || runs != head[1] || records != n {
		return 0, cursor{}, ErrDamaged
	}
	return n, c, nil
}

// next returns the next run, and false behind the last.
func (c *cursor) next() (run, bool) {
	if len(c.gaps)+len(c.lengths)+len(c.amounts) == 0 || c.bad {
		return run{}, false
	}
	gap, gaps, ok1 := uvarint(c.gaps)
	n, lengths, ok2 := uvarint(c.lengths)
	amount, size := binary.Varint(c.amounts)
	if !ok1 || !ok2 || size <= 0 {
		c.bad = true
		return run{}, false
	}
	r := run{c.end + gap, n, amount}
	c.gaps, c.lengths, c.amounts, c.end = gaps, lengths, c.amounts[size:], r.at+n
	return r, true
}

// uvarint reads a number that counts something: it is below 2^40.
func uvarint(b []byte) (n int, rest []byte, ok bool) {
	v, size := binary.Uvarint(b)
	if size <= 0 || v >= 1<<40 {
		return 0, nil, false
	}
	return int(v), b[size:], true
}
