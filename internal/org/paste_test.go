package org_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"yanming/internal/errs"
	"yanming/internal/org"
)

func TestPastedVillages(t *testing.T) {
	line := func(code, name string) org.VillageLine { return org.VillageLine{Code: code, Name: name} }
	for _, tt := range []struct {
		says, text string
		want       []org.VillageLine
		key        string
		row        int
	}{
		{"names only", "柳岸村\n石桥村\n", []org.VillageLine{line("", "柳岸村"), line("", "石桥村")}, "", 0},
		{"code and name from a table", "code,name,streetCode\n419900101201,\"柳岸村委会\",419900101\n", []org.VillageLine{line("419900101201", "柳岸村")}, "", 0},
		{"cells of a sheet, name first", "村名\t代码\r\n柳岸村\t419900101201\r\n", []org.VillageLine{line("419900101201", "柳岸村")}, "", 0},
		{"a numbered list", "1、柳岸村\n2. 石桥村\n(3) 东岗村", []org.VillageLine{line("", "柳岸村"), line("", "石桥村"), line("", "东岗村")}, "", 0},
		{"committees are their villages", "雁湖社区居民委员会\n石桥村村民委员会\n城南居民委员会", []org.VillageLine{line("", "雁湖社区"), line("", "石桥村"), line("", "城南居民委员会")}, "", 0},
		{"full-width digits and wide names", "４１９９００１０１２０１　柳 岸 村", []org.VillageLine{line("419900101201", "柳岸村")}, "", 0},
		{"nothing", "\n \n", nil, "org.villages.none", 0},
		{"a heading only", "序号,村名", nil, "org.villages.none", 0},
		{"a code too short", "柳岸村\n石桥村,4199001012", nil, "org.village.code", 2},
		{"a code without a name", "419900101201", nil, "org.village.name", 1},
		{"the same village", "柳岸村\n\n柳岸村", nil, "org.village.twice", 3},
		{"the same code", "柳岸村 419900101201\n石桥村 419900101201", nil, "org.village.twice", 2},
	} {
		got, err := org.ParseVillages(tt.text)
		if tt.key == "" {
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("%s: got %v, %v", tt.says, got, err)
			}
			continue
		}
		refused(t, tt.says, err, errs.Invalid, tt.key)
		if e := errs.All(err); tt.row > 0 && (len(e) == 0 || e[0].Args[0] != tt.row) {
			t.Errorf("%s: got %v, want line %d", tt.says, e, tt.row)
		}
	}
}

func FuzzParseVillages(f *testing.F) {
	f.Add("柳岸村\t419900101201\n1、石桥村")
	f.Add("\ufeffcode,name\n")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := org.ParseVillages(text)
		if (err == nil) == (len(got) == 0) {
			t.Fatalf("%d villages and %v", len(got), err)
		}
		for _, v := range got {
			if v.Name == "" || !utf8.ValidString(v.Name) || strings.ContainsAny(v.Name, "\n\t,") || v.Code != "" && len(v.Code) != 12 {
				t.Fatalf("got %q", v)
			}
		}
	})
}
