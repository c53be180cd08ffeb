package sheet

import (
	"bytes"
	"regexp"

	"yanming/internal/errs"
)

// sniff tells a file by its first bytes.
func sniff(head []byte, s *surveyed) (Format, error) {
	invalid := func(key string) (Format, error) { return "", errs.New(errs.Invalid, key) }
	switch {
	case len(bytes.TrimSpace(head)) == 0 && s.size == int64(len(head)):
		return invalid("sheet.empty")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return XLSX, nil
	case bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return invalid("sheet.damaged")
	case bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")):
		switch {
		case s.encrypted:
			return invalid("sheet.encrypted")
		case s.word:
			return invalid("sheet.word")
		}
		return invalid("sheet.binary_xls")
	case len(head) > 3 && head[0] == 0x09 && (head[1] == 0 || head[1] == 2 || head[1] == 4 || head[1] == 8) && head[3] == 0:
		return invalid("sheet.binary_xls") // a bare BIFF stream, Excel 2 to 5
	case bytes.HasPrefix(head, []byte("{\\rtf")):
		return invalid("sheet.word")
	case begins(head, "Rar!", "7z\xBC\xAF\x27\x1C", "\x1F\x8B\x08"):
		return invalid("sheet.zipped")
	case begins(head, "%PDF", "\x89PNG", "\xFF\xD8\xFF", "GIF8", "II*\x00", "MM\x00*"),
		begins(head, "BM") && s.encoding == "", begins(head, "RIFF") && s.encoding == "", len(head) > 12 && string(head[4:8]) == "ftyp":
		return invalid("sheet.picture")
	case s.encoding == "":
		return invalid("sheet.not_a_table")
	}
	if begins(head, "ID;P", "TABLE\r\n0,", "TABLE\n0,") {
		return invalid("sheet.other_format") // SYLK, DIF
	}
	low := bytes.ToLower(s.decodeHead(head))
	low = bytes.TrimLeft(low, " \t\r\n\ufeff")
	if webArchive.Match(low) || bytes.Contains(low, []byte("urn:schemas-microsoft-com:office:spreadsheet")) {
		return invalid("sheet.other_format") // web archive, or the XML of Excel 2003
	}
	for _, p := range []string{"<!doctype html", "<html", "<table", "<meta", "<head", "<body", "<style", "<div", "<center"} {
		if bytes.HasPrefix(low, []byte(p)) {
			return HTML, nil
		}
	}
	if bytes.HasPrefix(low, []byte("<")) && bytes.Contains(low, []byte("<table")) {
		return HTML, nil
	}
	if bytes.HasPrefix(low, []byte("<?xml")) {
		return invalid("sheet.other_format")
	}
	return Plain, nil
}

// webArchive matches the head of a page saved with all its parts. Other lines may come before the version.
var webArchive = regexp.MustCompile(`^(?:[a-z-]+:[^\n]*\n){0,20}mime-version:`)

// begins reports whether a file begins with one of the signatures.
func begins(head []byte, signatures ...string) bool {
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s)) {
			return true
		}
	}
	return false
}
