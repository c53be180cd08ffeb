package blob

import (
	"bytes"
	"encoding/binary"

	"yanming/internal/errs"
)

// MaxAttachment is the most bytes of a PDF or sound file: 20 MB.
const MaxAttachment = 20 << 20

// Sniff returns the media type of a whole file, by its content and never by its name: a photo (image/jpeg, image/png,
// image/webp, image/gif), application/pdf, or sound (audio/mpeg, audio/mp4, audio/amr, audio/wav, audio/webm). A photo
// still goes through Photo. Anything else, also a video in a container of these, is refused.
// Errors: Invalid field "file": blob.heic, blob.kind.
func Sniff(b []byte) (media string, err error) {
	is := func(at int, magic string) bool {
		return len(b) >= at+len(magic) && string(b[at:at+len(magic)]) == magic
	}
	switch {
	case is(0, "\xFF\xD8\xFF"):
		return "image/jpeg", nil
	case is(0, "\x89PNG\r\n\x1a\n"):
		return "image/png", nil
	case is(0, "RIFF") && is(8, "WEBP"):
		return "image/webp", nil
	case is(0, "GIF87a"), is(0, "GIF89a"):
		return "image/gif", nil
	case is(0, "%PDF-"):
		return "application/pdf", nil
	case is(0, "#!AMR\n"), is(0, "#!AMR-WB\n"):
		return "audio/amr", nil
	case is(0, "RIFF") && is(8, "WAVE"):
		return "audio/wav", nil
	case is(0, "ID3"), isMPEG(b):
		return "audio/mpeg", nil
	case is(4, "ftyp"):
		return sniffMP4(b)
	case is(0, "\x1A\x45\xDF\xA3") && isSoundWebM(b):
		return "audio/webm", nil
	}
	return "", errs.Field("file", "blob.kind")
}

// Extension returns the ending for a file of a media type that Sniff returns, with its dot.
func Extension(media string) string {
	return map[string]string{"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "image/gif": ".gif",
		"application/pdf": ".pdf", "audio/mpeg": ".mp3", "audio/mp4": ".m4a", "audio/amr": ".amr", "audio/wav": ".wav",
		"audio/webm": ".webm"}[media]
}

// isMPEG reports whether b begins with a frame of MPEG audio, layer III, and is followed by another where that says.
func isMPEG(b []byte) bool {
	n := mpegFrame(b)
	return n > 0 && (n >= len(b) || mpegFrame(b[n:]) > 0)
}

// mpegFrame returns the length of the layer III frame at the beginning of b, or 0.
func mpegFrame(b []byte) int {
	if len(b) < 4 || b[0] != 0xFF || b[1]&0xE6 != 0xE2 { // sync, layer III
		return 0
	}
	version, rate, hz := b[1]>>3&3, b[2]>>4, b[2]>>2&3 // version: 3 is MPEG-1, 2 is MPEG-2, 0 is MPEG-2.5
	if version == 1 || rate == 0 || rate == 15 || hz == 3 {
		return 0
	}
	kbps := []int{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}[rate]
	sample, factor := []int{22050, 24000, 16000}[hz], 72
	switch version {
	case 3:
		kbps = []int{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}[rate]
		sample, factor = 2*sample, 144
	case 0:
		sample /= 2
	}
	return factor*1000*kbps/sample + int(b[2]>>1&1)
}

// sniffMP4 tells sound from film and from HEIC by the boxes of an ISO base media file.
func sniffMP4(b []byte) (string, error) {
	for name, box := range boxes(b) {
		switch name {
		case "ftyp":
			if len(box) < 4 {
				return "", errs.Field("file", "blob.kind")
			}
			switch string(box[:4]) {
			case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1":
				return "", errs.Field("file", "blob.heic")
			}
		case "moov": // its tracks' handlers: a box hdlr with four bytes of version and four of nothing before the kind
			if handler(box, "soun") && !handler(box, "vide") {
				return "audio/mp4", nil
			}
			return "", errs.Field("file", "blob.kind")
		}
	}
	return "", errs.Field("file", "blob.kind")
}

func handler(moov []byte, kind string) bool {
	for {
		i := bytes.Index(moov, []byte("hdlr"))
		if i < 0 || len(moov) < i+16 {
			return false
		}
		if string(moov[i+12:i+16]) == kind {
			return true
		}
		moov = moov[i+4:]
	}
}

// boxes yields the outer boxes of an ISO base media file.
func boxes(b []byte) func(yield func(string, []byte) bool) {
	return func(yield func(string, []byte) bool) {
		for len(b) >= 8 {
			n, head := uint64(binary.BigEndian.Uint32(b)), uint64(8)
			if n == 1 && len(b) >= 16 {
				n, head = binary.BigEndian.Uint64(b[8:]), 16
			}
			if n == 0 { // to the end
				n = uint64(len(b))
			}
			if n < head || n > uint64(len(b)) || !yield(string(b[4:8]), b[head:n]) {
				return
			}
			b = b[n:]
		}
	}
}

// isSoundWebM reports whether a Matroska file is WebM with a sound track and no film: codecs are named A_… and V_….
func isSoundWebM(b []byte) bool {
	head := b[:min(len(b), 64<<10)]
	return bytes.Contains(head[:min(len(head), 64)], []byte("webm")) &&
		(bytes.Contains(head, []byte("A_OPUS")) || bytes.Contains(head, []byte("A_VORBIS"))) && !bytes.Contains(head, []byte("V_"))
}
