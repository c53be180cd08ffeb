package blob

import (
	"bytes"
	"encoding/binary"
)

// quants reads quantisation tables (B.2.4.1).
func (w *walk) quants(data []byte) bool {
	for ; len(data) >= 65; data = data[65:] {
		if data[0] > 3 || bytes.IndexByte(data[1:65], 0) >= 0 { // the high four bits: 8-bit steps
			return false
		}
		w.quant[data[0]] = true
	}
	return len(data) == 0
}

// huffs reads Huffman tables (B.2.4.2): codes that can be told apart, for values that 8-bit pixels can have.
func (w *walk) huffs(data []byte) bool {
	for len(data) >= 17 {
		class, id := data[0]>>4, data[0]&15
		if class > 1 || id > 3 || id > 1 && len(w.parts) > 0 && !w.many {
			return false
		}
		n, code := 0, 0
		for i, count := range data[1:17] {
			n += int(count)
			if code = code<<1 + int(count); count > 0 && code >= 2<<i { // no code is all ones
				return false
			}
		}
		if n == 0 || n > 256 || len(data) < 17+n {
			return false
		}
		for _, v := range data[17 : 17+n] {
			if class == 0 && v > 11 || class == 1 && v&15 > 10 {
				return false
			}
		}
		w.huff[class][id] = true
		data = data[17+n:]
	}
	return len(data) == 0
}

// restarts reads the restart interval (B.2.4.4).
func (w *walk) restarts(data []byte) bool {
	if len(data) != 2 {
		return false
	}
	w.restart = int(binary.BigEndian.Uint16(data))
	return true
}

// frame reads the frame's header (B.2.2). The samplings are those that every decoder knows.
func (w *walk) frame(data []byte, many bool) bool {
	if w.parts != nil || len(data) < 9 || data[0] != 8 || data[5] != 1 && data[5] != 3 || len(data) != 6+3*int(data[5]) {
		return false
	}
	w.height, w.width = int(binary.BigEndian.Uint16(data[1:])), int(binary.BigEndian.Uint16(data[3:]))
	if w.height < 1 || w.width < 1 || max(w.height, w.width) > min(w.limits.Out, w.limits.Side) || w.height*w.width > w.limits.Pixels {
		return false
	}
	w.many, w.parts = many, make([]part, data[5])
	for i := range w.parts {
		c := part{id: data[6+3*i], h: int(data[7+3*i] >> 4), v: int(data[7+3*i] & 15), quant: data[8+3*i]}
		for j := range c.low {
			c.low[j] = -1
		}
		if c.quant > 3 || c.h < 1 || c.h > 4 || c.h == 3 || c.v < 1 || c.v > 4 || c.v == 3 {
			return false
		}
		if len(w.parts) == 1 { // A.2.2: one component alone is not sampled against others
			c.h, c.v = 1, 1
		}
		switch first, second := w.parts[0], w.parts[len(w.parts)/2]; i {
		case 0:
			if c.v == 4 {
				return false
			}
			w.hmax, w.vmax = c.h, c.v
		case 1:
			if c.id == first.id || first.h%c.h != 0 || first.v%c.v != 0 {
				return false
			}
		case 2:
			if c.id == first.id || c.id == second.id || c.h != second.h || c.v != second.v {
				return false
			}
		}
		w.parts[i] = c
	}
	return true
}
