package backup

import (
	"bytes"
	"reflect"
	"testing"

	"yanming/internal/db"
)

var columns = []db.Column{{Name: "a", Kind: db.Text}, {Name: "b", Kind: db.Integer}, {Name: "c", Kind: db.Bytes}}

func TestARowComesBackAsItWas(t *testing.T) {
	for _, tt := range []struct {
		name string
		row  []any
		line string
	}{
		{"plain", []any{"村口", int64(7), []byte{1, 2}}, `["村口",7,"AQI="]`},
		{"nothing", []any{nil, nil, nil}, `[null,null,null]`},
		{"empty is not nothing", []any{"", int64(0), []byte{}}, `["",0,""]`},
		{"what must be written otherwise", []any{"a\"b\\c\n\x00", int64(-9007199254740991), []byte(nil)}, `["a\"b\\c\u000a\u0000",-9007199254740991,""]`},
		{"no text at all", []any{"\xff\xfe", int64(1), nil}, `[["//4="],1,null]`},
		{"a word of the format", []any{"null", int64(1), []byte("null")}, `["null",1,"bnVsbA=="]`},
	} {
		line, err := appendRow(nil, columns, tt.row)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(bytes.TrimSuffix(line, []byte("\n"))); got != tt.line {
			t.Errorf("%s: wrote %s, want %s", tt.name, got, tt.line)
		}
		back, err := parseRow(bytes.TrimSuffix(line, []byte("\n")), columns)
		if b, ok := tt.row[2].([]byte); ok && b == nil {
			tt.row[2] = []byte{}
		}
		if err != nil || !reflect.DeepEqual(back, tt.row) {
			t.Errorf("%s: came back as %#v, %v", tt.name, back, err)
		}
	}
}

func TestWhatIsNoRowIsRefused(t *testing.T) {
	for _, line := range []string{``, `[`, `[]`, `["a",1]`, `["a",1,"AQI="`, `["a",1,"AQI="] `, `["a","1","AQI="]`, `[1,1,"AQI="]`, `["a",1.5,"AQI="]`,
		`["a",1,"AQ"]`, `["a",1,"AQJ="]`, `["a\n",1,""]`, `["\u0041",1,""]`, `["\u000A",1,""]`, `["a",1,"",2]`, `[["YQ=="],1,""]`, `["a` + "\n" + `",1,""]`,
		`["a",99999999999999999999,""]`, `["\`, `["a\",1,""]`, `{"a":1}`, "[\"\xff\",1,\"\"]"} {
		if row, err := parseRow([]byte(line), columns); err == nil {
			t.Errorf("%s was read as %#v", line, row)
		}
	}
}

func TestTheSumOfATableDoesNotDependOnItsOrder(t *testing.T) {
	var a, b, c tally
	for _, l := range []string{"x", "y", "z", "z"} {
		a.add([]byte(l))
	}
	for _, l := range []string{"z", "y", "z", "x"} {
		b.add([]byte(l))
	}
	for _, l := range []string{"z", "y", "y", "x"} {
		c.add([]byte(l))
	}
	if a.of("t") != b.of("t") {
		t.Error("another order gives another sum")
	}
	if a.of("t") == c.of("t") {
		t.Error("other rows give the same sum")
	}
}

// FuzzRow: what is read is written again as the same bytes.
func FuzzRow(f *testing.F) {
	f.Add([]byte(`["村\u000a",-7,"AQI="]`))
	f.Add([]byte(`[["//4="],null,null]`))
	f.Fuzz(func(t *testing.T, line []byte) {
		row, err := parseRow(line, columns)
		if err != nil {
			return
		}
		again, err := appendRow(nil, columns, row)
		if err != nil {
			t.Fatal(err)
		}
		back, err := parseRow(again[:len(again)-1], columns)
		if err != nil || !reflect.DeepEqual(back, row) {
			t.Errorf("%q: %#v, then %#v, %v", line, row, back, err)
		}
	})
}
