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

// strip appends to room a JPEG that is fit to be kept as it is, without all in it that is not picture. Kept are the
// tables, the frame, the scans, and of the application's segments the two that say what the colours mean: JFIF, written
// anew without its thumbnail, and Adobe's. EXIF, XMP, colour profiles, comments, and whatever stands behind the end are
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
