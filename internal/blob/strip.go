package blob

import (
	"bytes"
	"encoding/binary"
)

// Markers of ITU T.81, table B.1.
const (
	mSOF0 = 0xC0 // baseline
	mSOF2 = 0xC2 // progressive
	mDHT  = 0xC4
	mRST0 = 0xD0
	mSOI  = 0xD8
	mEOI  = 0xD9
	mSOS  = 0xDA
	mDQT  = 0xDB
	mDRI  = 0xDD
	mAPP0 = 0xE0
	mCOM  = 0xFE
)

// maxScans is how many scans a photo may have to pass as it is; cameras and browsers make about ten. Each scan makes
// whoever looks at the photo go through all of it once more.
const maxScans = 32

// strip appends to room a JPEG that is fit to be kept as it is, without all in it that is not picture. Kept are the tables, the
// frame, the scans, and of the application's segments the two that say what the colours mean: JFIF, written anew
// without its thumbnail, and Adobe's. EXIF, XMP, colour profiles, comments, and whatever stands behind the end are
// gone. The pixels are those of b.
//
// It reads segment by segment by ITU T.81, annex B, and lets pass only what it understands whole: baseline Huffman or
// progressive, 8 bits, one or three components, upright, within the sides, pixels and bytes of l, with tables that
// exist and can be, and scans that are neither too short nor too long for the picture. ok is false for anything else:
// that is decoded, and refused where it is no picture. What stands inside a scan is not decoded.
func strip(room, b []byte, l Limits) (out []byte, ok bool) {
	if len(b) < 4 || b[0] != 0xFF || b[1] != mSOI {
		return nil, false
	}
	w := walk{in: b, at: 2, limits: l, out: room}
	w.out = append(w.out, b[:2]...)
	for {
		marker, ok := w.marker()
		if !ok {
			return nil, false
		}
		if marker == mEOI {
			w.out = append(w.out, 0xFF, mEOI)
			return w.out, w.whole() && len(w.out) <= l.Kept
		}
		if !w.segment(marker) || len(w.out) > l.Kept {
			return nil, false
		}
	}
}

// walk is a way through a JPEG.
type walk struct {
	in         []byte
	at         int // the next byte to look at
	out        []byte
	limits     Limits
	jfif       bool
	adobe      bool
	quant      [4]bool    // quantisation tables that were defined
	huff       [2][4]bool // Huffman tables, DC and AC
	parts      []part
	many       bool // progressive
	width      int
	height     int
	hmax, vmax int
	restart    int // MCUs between restart markers, 0 for none
	scans      int
}

// part is a component of the frame.
type part struct {
	id, quant byte
	h, v      int
	done      bool     // baseline: its scan was there
	low       [64]int8 // progressive: the lowest bit that was sent of each coefficient, -1 for none yet
}

// marker reads the next marker, which fill bytes may precede.
func (w *walk) marker() (byte, bool) {
	if w.at >= len(w.in) || w.in[w.at] != 0xFF {
		return 0, false
	}
	for w.at < len(w.in) && w.in[w.at] == 0xFF {
		w.at++
	}
	if w.at >= len(w.in) {
		return 0, false
	}
	w.at++
	return w.in[w.at-1], true
}

// segment takes one segment behind its marker, and the scan that may follow it.
func (w *walk) segment(marker byte) bool {
	if len(w.in)-w.at < 2 {
		return false
	}
	n := int(binary.BigEndian.Uint16(w.in[w.at:]))
	if n < 2 || n > len(w.in)-w.at {
		return false
	}
	data := w.in[w.at+2 : w.at+n]
	w.at += n
	switch {
	case marker == mCOM:
		return true
	case marker >= mAPP0 && marker <= mAPP0+15:
		return w.application(marker, data)
	case marker == mDQT && w.quants(data), marker == mDHT && w.huffs(data), marker == mDRI && w.restarts(data),
		(marker == mSOF0 || marker == mSOF2) && w.frame(data, marker == mSOF2):
		w.put(marker, data)
		return true
	case marker == mSOS:
		return w.scan(data)
	}
	return false
}

func (w *walk) put(marker byte, data []byte) {
	w.out = append(w.out, 0xFF, marker)
	w.out = binary.BigEndian.AppendUint16(w.out, uint16(len(data)+2))
	w.out = append(w.out, data...)
}

// application drops a segment of an application, or writes it anew where it says what the colours mean.
func (w *walk) application(marker byte, data []byte) bool {
	begins := func(i byte, with string) bool { return marker == mAPP0+i && bytes.HasPrefix(data, []byte(with)) }
	switch {
	case begins(0, "JFIF\x00"):
		if len(data) < 14 || w.scans > 0 {
			return false
		}
		if !w.jfif { // version 1.1, square pixels, no thumbnail
			w.put(mAPP0, []byte("JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"))
		}
		w.jfif = true
	case begins(14, "Adobe"):
		if len(data) < 12 || data[11] > 1 || w.adobe || w.scans > 0 {
			return false
		}
		w.put(mAPP0+14, append([]byte("Adobe\x00\x64\x00\x00\x00\x00"), data[11]))
		w.adobe = true
	case begins(1, "Exif\x00\x00"):
		return tiffOrientation(data[6:]) == 1
	}
	return true
}

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

// scan reads a scan's header (B.2.3) and passes over its data.
func (w *walk) scan(data []byte) bool {
	if w.scans++; w.scans > maxScans || w.parts == nil || len(data) < 6 || data[0] < 1 || int(data[0]) > len(w.parts) || len(data) != 4+2*int(data[0]) {
		return false
	}
	n := int(data[0])
	from, to, high, low := data[1+2*n], data[2+2*n], data[3+2*n]>>4, data[3+2*n]&15
	if !w.many && (from != 0 || to != 63 || high != 0 || low != 0) {
		return false
	}
	if w.many && (from > to || to > 63 || from == 0 && to != 0 || from > 0 && n > 1 || low > 13 || high != 0 && high != low+1) {
		return false
	}
	at, perMCU := 0, 0
	for i := range n {
		id, dc, ac := data[1+2*i], data[2+2*i]>>4, data[2+2*i]&15
		for at < len(w.parts) && w.parts[at].id != id { // in the order of the frame
			at++
		}
		if at == len(w.parts) || dc > 3 || ac > 3 || !w.part(&w.parts[at], dc, ac, from, to, high, low) {
			return false
		}
		perMCU += w.parts[at].h * w.parts[at].v
		at++
	}
	if n > 1 && perMCU > 10 {
		return false
	}
	c := w.parts[at-1]
	across, down := ceil(w.width, 8*w.hmax), ceil(w.height, 8*w.vmax)
	if n == 1 { // one data unit is an MCU, and there are no more of them than the picture has (A.2.3)
		across, down, perMCU = ceil(ceil(w.width*c.h, w.hmax), 8), ceil(ceil(w.height*c.v, w.vmax), 8), 1
	}
	w.put(mSOS, data)
	return w.entropy(across*down, perMCU)
}

// part notes that a scan holds coefficients from to to of a component, down to the bit low, and reports whether it may.
func (w *walk) part(c *part, dc, ac, from, to, high, low byte) bool {
	if !w.quant[c.quant] {
		return false
	}
	if !w.many {
		fit := !c.done && dc < 2 && ac < 2 && w.huff[0][dc] && w.huff[1][ac]
		c.done = true
		return fit
	}
	if from == 0 && high == 0 && !w.huff[0][dc] || from > 0 && (c.low[0] < 0 || !w.huff[1][ac]) {
		return false
	}
	for i := from; i <= to; i++ { // G.1.1.1: all but the last bits first, then one bit at a time
		if high == 0 && c.low[i] >= 0 || high != 0 && c.low[i] != int8(high) {
			return false
		}
		c.low[i] = int8(low)
	}
	return true
}

// entropy passes over the data of a scan of so many MCUs with so many blocks each, up to the marker behind it.
func (w *walk) entropy(mcus, blocks int) bool {
	begin, stuffed, restarts := w.at, 0, 0
	for {
		i := bytes.IndexByte(w.in[w.at:], 0xFF)
		if i < 0 || w.at+i+1 >= len(w.in) {
			return false
		}
		w.at += i
		next := w.in[w.at+1]
		if next == 0 {
			stuffed++
		} else if next&^7 == mRST0 {
			if w.restart == 0 || int(next&7) != restarts%8 {
				return false
			}
			restarts++
		} else {
			break
		}
		w.at += 2
	}
	want := 0
	if w.restart > 0 {
		want = ceil(mcus, w.restart) - 1
	}
	size := w.at - begin - stuffed - 2*restarts
	// A block of a baseline scan takes two bits at least. The longest take 16 bits of code for each coefficient, with 11
	// bits of value for the first and 10 for the others: 209 bytes. More would be something else than the picture.
	if restarts != want || size > 209*mcus*blocks+restarts+1 || !w.many && 8*size < 2*mcus*blocks || size == 0 {
		return false
	}
	w.out = append(w.out, w.in[begin:w.at]...)
	return true
}

// whole reports whether every component of the picture was there.
func (w *walk) whole() bool {
	for _, c := range w.parts {
		if !c.done && c.low[0] < 0 {
			return false
		}
	}
	return len(w.parts) > 0
}

func ceil(n, by int) int { return (n + by - 1) / by }
