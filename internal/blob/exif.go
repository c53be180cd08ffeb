package blob

import (
	"bytes"
	"encoding/binary"
)

// orientation returns how a photo was held, from its EXIF part (CIPA DC-008, tag 0x0112); 1 when it does not say.
func orientation(media string, b []byte) int {
	switch media {
	case "image/jpeg":
		for marker, data := range segments(b) {
			if tiff, ok := bytes.CutPrefix(data, []byte("Exif\x00\x00")); ok && marker == 0xE1 {
				return tiffOrientation(tiff)
			}
		}
	case "image/webp":
		for b = b[min(12, len(b)):]; len(b) >= 8; { // RIFF chunks, each padded to an even length
			n := uint64(binary.LittleEndian.Uint32(b[4:]))
			if n > uint64(len(b)-8) {
				return 1
			}
			if string(b[:4]) == "EXIF" {
				return tiffOrientation(bytes.TrimPrefix(b[8:8+n], []byte("Exif\x00\x00")))
			}
			b = b[min(8+n+n%2, uint64(len(b))):]
		}
	case "image/png":
		for b = b[min(8, len(b)):]; len(b) >= 12; {
			n := uint64(binary.BigEndian.Uint32(b))
			if n > uint64(len(b)-12) {
				return 1
			}
			if string(b[4:8]) == "eXIf" {
				return tiffOrientation(b[8 : 8+n])
			}
			b = b[12+n:]
		}
	}
	return 1
}

// progressive reports whether a JPEG is stored in several passes, which takes far more memory to decode.
func progressive(b []byte) bool {
	for marker := range segments(b) {
		if marker == 0xC2 {
			return true
		}
	}
	return false
}

// segments yields the segments of a JPEG before its first scan, by marker.
func segments(b []byte) func(yield func(byte, []byte) bool) {
	return func(yield func(byte, []byte) bool) {
		for b = b[min(2, len(b)):]; len(b) >= 4; {
			if b[0] != 0xFF { // the decoder skips what lies between segments, and so must this
				b = b[1:]
				continue
			}
			marker := b[1]
			switch {
			case marker == 0xFF || marker == 0:
				b = b[1:]
				continue
			case marker >= 0xD0 && marker <= 0xD7:
				b = b[2:]
				continue
			case marker == 0xD9 || marker == 0xDA:
				return
			}
			n := int(binary.BigEndian.Uint16(b[2:]))
			if n < 2 || 2+n > len(b) || !yield(marker, b[4:2+n]) {
				return
			}
			b = b[2+n:]
		}
	}
}

// tiffOrientation reads the orientation from the first directory of a TIFF structure.
func tiffOrientation(b []byte) int {
	if len(b) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if string(b[:2]) == "MM" {
		order = binary.BigEndian
	}
	at := uint64(order.Uint32(b[4:]))
	if at+2 > uint64(len(b)) {
		return 1
	}
	n := uint64(order.Uint16(b[at:]))
	for i := range n {
		entry := at + 2 + 12*i
		if entry+12 > uint64(len(b)) {
			return 1
		}
		if order.Uint16(b[entry:]) == 0x0112 {
			if v := int(order.Uint16(b[entry+8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
	}
	return 1
}
