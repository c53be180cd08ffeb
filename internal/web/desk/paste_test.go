package desk

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yanming/internal/casework"
	"yanming/internal/web/page/pagetest"
	"yanming/internal/web/town"
)

var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.FixedZone("", 8*3600))

func TestAChatBecomesWords(t *testing.T) {
	for name, c := range map[string]struct {
		block string
		want  []pasted
	}{
		"two senders": {"柳岸 王大爷 2026/11/20 10:32\n南渠堵了，下雨进水。\n我电话 13900000001\n李婶 10:40\n路灯不亮\n[图片]\n",
			[]pasted{{Name: "柳岸 王大爷", Said: "2026-11-20", Phone: "13900000001", Text: "南渠堵了，下雨进水。\n我电话 ［电话］"}, {Name: "李婶", Text: "路灯不亮"}}},
		"one sender, several messages": {"李婶 昨天 下午3:05\n路灯不亮\n李婶 昨天 下午3:06\n就在学校门口",
			[]pasted{{Name: "李婶", Said: "2026-11-22", Text: "路灯不亮\n就在学校门口"}}},
		"the same sender on another day": {"李婶 11-20 15:05\n路灯不亮\n李婶 11-21 8:00\n垃圾没人收",
			[]pasted{{Name: "李婶", Said: "2026-11-20", Text: "路灯不亮"}, {Name: "李婶", Said: "2026-11-21", Text: "垃圾没人收"}}},
		"time first": {"[2026年11月3日 8:05] 张三：\n水费算错了", []pasted{{Name: "张三", Said: "2026-11-03", Text: "水费算错了"}}},
		"last year":  {"张三 12-30 8:05\n水费算错了", []pasted{{Name: "张三", Said: "2025-12-30", Text: "水费算错了"}}},
		"numbered, without senders": {"村民反映：1.路灯不亮 2.水渠堵了 0371-65551234",
			[]pasted{{Text: "村民反映：路灯不亮", Phone: "0371-65551234"}, {Text: "水渠堵了 ［电话］", Phone: "0371-65551234"}}},
		"one":  {"南渠堵了，\n一下雨就进水。", []pasted{{Text: "南渠堵了，\n一下雨就进水。"}}},
		"none": {"[图片]\n\n", nil},
		"a sentence that begins with a time": {"李婶 10:40\n23:00还在施工，吵得睡不着\n天天如此",
			[]pasted{{Name: "李婶", Text: "23:00还在施工，吵得睡不着\n天天如此"}}},
		"a line that names nobody": {"路灯不亮\n天天黑 19:00", []pasted{{Text: "路灯不亮"}, {Name: "天天黑", Text: "天天黑 19:00"}}},
	} {
		got := readMessages(c.block, monday)
		if name == "numbered, without senders" { // a number belongs to the words it stands in
			c.want[0].Phone = ""
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestCellsAreReadByTheirColumns(t *testing.T) {
	for name, c := range map[string]struct {
		block string
		cells bool
		want  []pasted
	}{
		"with a header": {"序号\t村\t反映人\t电话\t意见内容\t反映时间\t类别\t工单编号\t办理情况\n1\t柳岸村 第1网格\t赵一\t139 0000 0001\t南渠堵了\t2026.11.20\t饮水灌溉\t2.02611E+13\t在办\n2\t东坡\t\t\t路灯不亮\t上周三\t\t\t\n合计\t2\t\t\t\t\t\t\t",
			true, []pasted{{Where: "柳岸村 第1网格", Name: "赵一", Phone: "13900000001", Text: "南渠堵了", Said: "2026-11-20", Category: "饮水灌溉",
				External: "20261100000000", Lossy: true}, {Where: "东坡", Text: "路灯不亮", Unread: "上周三"}}},
		"without a header": {"南渠堵了，一下雨就进水\t13900000001\t2026-11-20\n路灯不亮好几天了没人管\t13900000002\t2026-11-21",
			true, []pasted{{Text: "南渠堵了，一下雨就进水", Phone: "13900000001", Said: "2026-11-20"}, {Text: "路灯不亮好几天了没人管", Phone: "13900000002", Said: "2026-11-21"}}},
		"sentences with commas": {"南渠堵了,一下雨就进水\n路灯不亮,好几天了", false, nil},
	} {
		got, ok, err := readCells(c.block)
		if err != nil || ok != c.cells {
			t.Errorf("%s: cells %v, %v", name, ok, err)
			continue
		}
		if ok {
			if diff := cmp.Diff(c.want, got.words(monday)); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	}
}

func TestPastedRowsAreRegisteredInOneGo(t *testing.T) {
	w := newWorld(t)
	v := w.as("intake")
	block := "村\t反映人\t电话\t意见内容\n柳岸村 第1网格\t赵一\t13900000001\t南渠堵了\n东坡村\t钱二\t\t路灯不亮"
	v.get("/office/cases/paste").has(t, 200, `data-draft="desk-paste"`)
	got := v.post("/office/cases/paste", "block", block, "channel", "forum", "kind", "opinion", "who", "open", "divide", "auto", "do", "read")
	got.has(t, 200, "南渠堵了", `id="columns"`, "第 2 件")
	got.lacks(t, "data-draft")
	for name, want := range map[string]string{"row_1_name": "赵一", "row_1_phone": "13900000001", "row_2_name": "钱二"} {
		if v := pagetest.Attr(got.find("[name=" + name + "]")[0], "value"); v != want {
			t.Errorf("%s is %q, want %q", name, v, want)
		}
	}
	if len(w.all("intake")) != 0 {
		t.Fatal("a preview registers")
	}
	rows := []string{"key", "", "do", "register", "channel", "forum", "kind", "opinion", "who", "open", "rows", "2", "system", "hotline",
		"row_1_here", "1", "row_1_take", "1", "row_1_text", "南渠堵了", "row_1_where", "g:" + w.grid, "row_1_name", "赵一", "row_1_phone", "13900000001",
		"row_2_here", "1", "row_2_take", "1", "row_2_text", "", "row_2_where", "u", "row_2_name", "钱二"}
	rows[1] = pagetest.Attr(got.find("[name=key]")[0], "value")
	bad := v.post("/office/cases/paste", rows...)
	bad.has(t, 422, "第 2 件", "说了什么", `href="#f-row_2_text"`)
	if len(w.all("intake")) != 0 {
		t.Fatal("one wrong row, and others are registered all the same")
	}
	known := w.say(casework.Register{Text: "x", External: casework.External{System: "hotline", Number: "GD1"}}).Number
	rows = with(rows, "row_2_text", "路灯不亮", "row_2_external", "GD1")
	half := v.post("/office/cases/paste", rows...)
	half.has(t, 409, `id="done"`, "第 2 件", `href="`+town.CaseURL(known)+`"`, `href="#f-row_2_external"`)
	if len(half.find("[name=row_1_text]")) != 0 || len(half.find("[name=row_2_text]")) != 1 {
		t.Error("what was taken is still on the form, or what was not is gone")
	}
	rest := v.post("/office/cases/paste", with(rows[:len(rows)-2], "row_1_here", "", "row_2_external", "GD2")...)
	rest.has(t, 200, `id="done"`, "登记好了：1 件")
	v.post("/office/cases/paste", rows...) // the whole form once more: row 1 is known by its key
	cs := w.all("intake")
	if len(cs) != 3 {
		t.Fatalf("%d cases, want 3", len(cs))
	}
	for _, c := range cs {
		if c.Number != known && (c.Channel != casework.Forum || c.Anonymity != casework.Open) {
			t.Errorf("%s: channel %s, anonymity %s", c.Number, c.Channel, c.Anonymity)
		}
	}
	for _, n := range []string{string(cs[0].Number)} {
		v.get("/office/cases/"+n+"/receipt").has(t, 200)
	}
}

func TestColumnsCanBeChosenAnew(t *testing.T) {
	w := newWorld(t)
	v := w.as("intake")
	block := "甲\t乙\n南渠堵了\t下雨时院里进水，去年就说过一次\n路灯不亮\t好几天没有人管，晚上看不见路"
	got := v.post("/office/cases/paste", "block", block, "do", "read", "divide", "auto")
	got.has(t, 200, "下雨时院里进水")
	again := v.post("/office/cases/paste", "block", block, "do", "read", "divide", "auto", "columns", "2", "col_0", "text", "col_1", "")
	if text := again.text("#f-row_1_text"); text != "南渠堵了" && !strings.Contains(text, "甲") {
		t.Errorf("row 1 says %q", text)
	}
	v.post("/office/cases/paste", "block", "", "do", "read").has(t, 422, `href="#f-block"`)
	v.post("/office/cases/paste", "block", "[图片]", "do", "read").has(t, 422, `href="#f-block"`)
	v.post("/office/cases/paste", "block", "一件\n\n两件", "do", "read", "divide", "lines").has(t, 200, "第 2 件")
}
