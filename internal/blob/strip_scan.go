package blob

import "bytes"

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
