package backup

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"unicode/utf8"

	"yanming/internal/db"
)

// appendRow writes a row as one line: a JSON array of null, numbers and strings. Bytes are base 64; a text that is no
// UTF-8, which only SQLite can hold, is base 64 within an array of its own.
func appendRow(b []byte, cs []db.Column, row []any) ([]byte, error) {
	b = append(b, '[')
	for i, v := range row {
		if i > 0 {
			b = append(b, ',')
		}
		switch v := v.(type) {
		case nil:
			b = append(b, "null"...)
		case int64:
			b = strconv.AppendInt(b, v, 10)
		case string:
			if cs[i].Kind != db.Text {
				return nil, fmt.Errorf("column %s holds text", cs[i].Name)
			}
			b = appendText(b, v)
		case []byte:
			if cs[i].Kind != db.Bytes {
				return nil, fmt.Errorf("column %s holds bytes", cs[i].Name)
			}
			b = append(b, '"')
			b = base64.StdEncoding.AppendEncode(b, v)
			b = append(b, '"')
		default:
			return nil, fmt.Errorf("column %s holds a %T", cs[i].Name, v)
		}
		if _, isInt := v.(int64); isInt != (cs[i].Kind == db.Integer) && v != nil {
			return nil, fmt.Errorf("column %s holds a %T", cs[i].Name, v)
		}
	}
	return append(b, "]\n"...), nil
}

func appendText(b []byte, s string) []byte {
	if !utf8.ValidString(s) {
		b = append(b, `["`...)
		b = base64.StdEncoding.AppendEncode(b, []byte(s))
		return append(b, `"]`...)
	}
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < 0x20:
			b = fmt.Appendf(b, `\u%04x`, c)
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

var errRow = errors.New("not a row of an archive")

// parseRow reads a line of appendRow, and nothing else: there is one way to write a row.
func parseRow(line []byte, cs []db.Column) ([]any, error) {
	row := make([]any, len(cs))
	if len(line) == 0 || line[0] != '[' {
		return nil, errRow
	}
	rest := line[1:]
	for i, c := range cs {
		if i > 0 {
			if len(rest) == 0 || rest[0] != ',' {
				return nil, errRow
			}
			rest = rest[1:]
		}
		var err error
		if row[i], rest, err = parseValue(rest, c.Kind); err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
	}
	if string(rest) != "]" {
		return nil, errRow
	}
	return row, nil
}

func parseValue(b []byte, kind db.Kind) (v any, rest []byte, err error) {
	if len(b) >= 4 && string(b[:4]) == "null" {
		return nil, b[4:], nil
	}
	switch kind {
	case db.Integer:
		n := 0
		for n < len(b) && (b[n] == '-' || b[n] >= '0' && b[n] <= '9') {
			n++
		}
		v, err := strconv.ParseInt(string(b[:n]), 10, 64)
		if err != nil {
			return nil, nil, errRow
		}
		return v, b[n:], nil
	case db.Bytes:
		s, rest, err := parseText(b)
		if err != nil {
			return nil, nil, err
		}
		raw, err := base64.StdEncoding.Strict().DecodeString(s)
		if err != nil {
			return nil, nil, errRow
		}
		return raw, rest, nil
	case db.Text:
		if len(b) == 0 || b[0] != '[' {
			return textOf(b)
		}
		s, rest, err := parseText(b[1:])
		if err != nil || len(rest) == 0 || rest[0] != ']' {
			return nil, nil, errRow
		}
		raw, err := base64.StdEncoding.Strict().DecodeString(s)
		if err != nil || utf8.Valid(raw) {
			return nil, nil, errRow
		}
		return string(raw), rest[1:], nil
	}
	return nil, nil, fmt.Errorf("kind %q: %w", kind, errRow)
}

func textOf(b []byte) (any, []byte, error) {
	s, rest, err := parseText(b)
	if err == nil && !utf8.ValidString(s) {
		err = errRow
	}
	return s, rest, err
}

// parseText reads a string of appendText.
func parseText(b []byte) (s string, rest []byte, err error) {
	if len(b) == 0 || b[0] != '"' {
		return "", nil, errRow
	}
	end := 1
	plain := true
	for end < len(b) && b[end] != '"' {
		if b[end] == '\\' {
			plain = false
			end++
		} else if b[end] < 0x20 {
			return "", nil, errRow
		}
		end++
	}
	if end >= len(b) {
		return "", nil, errRow
	}
	inner := b[1:end]
	if plain {
		return string(inner), b[end+1:], nil
	}
	out := make([]byte, 0, len(inner))
	for i := 0; i < len(inner); i++ {
		if inner[i] != '\\' {
			out = append(out, inner[i])
			continue
		}
		i++
		switch {
		case inner[i] == '"' || inner[i] == '\\':
			out = append(out, inner[i])
		case inner[i] == 'u' && i+4 < len(inner):
			c, err := strconv.ParseUint(string(inner[i+1:i+5]), 16, 16)
			if err != nil || c >= 0x20 || fmt.Sprintf("%04x", c) != string(inner[i+1:i+5]) {
				return "", nil, errRow
			}
			out = append(out, byte(c))
			i += 4
		default:
			return "", nil, errRow
		}
	}
	return string(out), b[end+1:], nil
}

// tally is the sum of a table's rows: SHA-256 of each line, added modulo 2^256, so that the order in which an engine
// keeps rows does not matter. It tells accidents from the truth, and is no signature.
type tally struct {
	rows int64
	sum  [4]uint64
}

func (t *tally) add(line []byte) {
	h := sha256.Sum256(line)
	var carry uint64
	for i := range t.sum {
		t.sum[i], carry = bits.Add64(t.sum[i], binary.LittleEndian.Uint64(h[8*i:]), carry)
	}
	t.rows++
}

func (t *tally) of(name string) Sum {
	var b [32]byte
	for i, v := range t.sum {
		binary.LittleEndian.PutUint64(b[8*i:], v)
	}
	return Sum{Name: name, Rows: t.rows, Sum: hex.EncodeToString(b[:])}
}
