package importer_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"yanming/internal/casework"
	"yanming/internal/i18n"
	"yanming/internal/importer"
	"yanming/internal/sheet"
)

// says reports whether the report has a group of this fate and message for these rows.
func says(r importer.Report, fate importer.Fate, key, rows string) bool {
	for _, g := range r.Groups {
		if g.Fate == fate && g.Reason.Key == key && g.Rows.String() == rows {
			return true
		}
	}
	return false
}

// book makes an .xlsx of one sheet; a cell that begins with = is a formula that nobody worked out.
func book(t testing.TB, tab string, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ok(f.SetSheetName("Sheet1", tab))
	for i, r := range rows {
		for j, v := range r {
			at, err := excelize.CoordinatesToCellName(j+1, i+1)
			ok(err)
			if s, is := v.(string); is && strings.HasPrefix(s, "=") {
				ok(f.SetCellFormula(tab, at, s))
			} else if v != nil {
				ok(f.SetCellValue(tab, at, v))
			}
		}
	}
	var buf bytes.Buffer
	ok(f.Write(&buf))
	return buf.Bytes()
}

func TestAFormulaThatCameToNothingIsNoWord(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		for name, f := range map[string]importer.File{
			"errors": file("x.csv", []byte("村,反映人,意见内容,登记时间\n#N/A,王某,路灯不亮,########\n柳岸村,#REF!,#NAME?,2026-03-05\n#N/A,#N/A,#N/A,#N/A\n")),
			"never worked out": file("x.xlsx", book(t, "台账", []any{"村", "反映人", "意见内容", "登记时间"},
				[]any{"=A9", "王某", "水渠堵了", "=DATE(2026,3,5)"}, []any{"柳岸村", "李某", `=CONCATENATE("路灯","坏了")`, "2026-03-05"})),
		} {
			r := w.run(f, nil)
			w.counts(r, 2, 1, 1, 0)
			if !says(r, importer.Rejected, "import.reject.broken", "3") || !says(r, importer.Warned, "import.warn.broken", "2") {
				t.Errorf("%s: %v", name, r.Groups)
			}
		}
		if c := w.told("路灯不亮"); c.Case.Village != "" || c.Case.Words.Place != "" {
			t.Errorf("%q %q", c.Case.Village, c.Case.Words.Place)
		}
	})
}

func TestADateWithMoreBehindItIsTheDay(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		r := w.run(file("x.csv", []byte("反映人,意见内容,登记时间,完成时限\n王某,路灯不亮,2026年3月5日上午,3月20日前\n李某,水渠堵了,2026.3.6-3.8,2026.4.1之前\n周某,桥坏了,三月七日,3月底\n")), nil)
		w.counts(r, 3, 3, 0, 0)
		if !says(r, importer.Warned, "import.warn.date_part", "2–3") || !says(r, importer.Warned, "import.warn.due", "4") {
			t.Errorf("%v", r.Groups)
		}
		for text, want := range map[string][2]string{"路灯不亮": {"2026-03-05", "2026-03-20"}, "水渠堵了": {"2026-03-06", "2026-04-01"}, "桥坏了": {"2026-03-07", ""}} {
			c := w.told(text)
			if got := c.Case.Registered.In(sheet.China).Format("2006-01-02"); got != want[0] {
				t.Errorf("%s was said on %s", text, got)
			}
			if got := c.Case.Due.At.In(sheet.China).Format("2006-01-02"); want[1] != "" && got != want[1] {
				t.Errorf("%s is due on %s", text, got)
			}
		}
		if !strings.Contains(notes(w.told("路灯不亮")), "2026年3月5日上午") {
			t.Error("the half of the day is lost")
		}
	})
}

func TestNothingRightOfTheNamesIsLost(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		f := file("x.csv", []byte("意见台账\n序号,村,反映人,意见内容,是否办结\n1,柳岸村,王某,路灯不亮\n2,柳岸村,李某,水渠,堵了,浇不上地,否\n3,荷塘村,周某,桥坏了,是,,\n"))
		r := w.run(f, nil)
		w.counts(r, 3, 2, 1, 0)
		var back bytes.Buffer
		if err := w.imports.Return(&back, f, i18n.ZH, r); err != nil {
			t.Fatal(err)
		}
		w.counts(w.run(file("退回的台账.xlsx", back.Bytes()), nil), 3, 0, 1, 2) // nobody has mended it
		if !says(r, importer.Rejected, "import.reject.shifted", "4") || !strings.Contains(returned(t, w, f, r)[4][7], "多出 2 格") {
			t.Errorf("%v", r.Groups)
		}
		r = w.run(file("x.xlsx", book(t, "台账", []any{"村", "反映人", "意见内容"}, []any{"柳岸村", "王某", "井盖丢了", nil, "已打电话催过"})), nil)
		w.counts(r, 1, 1, 0, 0)
		if !says(r, importer.Warned, "import.warn.beyond", "2") || !strings.Contains(notes(w.told("井盖丢了")), "已打电话催过") {
			t.Errorf("%v", r.Groups)
		}
	})
}

func TestTheVillageStandsOverRowsThatDoNotSayIt(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		village := func(text string) string { return w.dir.Village(w.told(text).Case.Village).Name }
		// By the sheet's name: the same words of two villages are two matters.
		for i, tab := range []string{"1.柳岸村", "荷塘村台账"} {
			rows := [][]any{{"序号", "反映人", "意见内容"}, {1, "王某", "路灯不亮"}, {2, "李某", []string{"水渠堵了", "水渠坏了"}[i]}}
			r := w.run(file("台账.xlsx", book(t, tab, rows...)), nil)
			w.counts(r, 2, 2, 0, 0)
			if !says(r, importer.Warned, "import.warn.village_over", "2–3") {
				t.Errorf("%v", r.Groups)
			}
		}
		if village("水渠堵了") != "柳岸村" || village("水渠坏了") != "荷塘村" {
			t.Errorf("%s, %s", village("水渠堵了"), village("水渠坏了"))
		}
		// By the title, by a heading between the rows, by the place; a cell that says more than the village.
		for text, ledger := range map[string]string{
			"桥坏了":  "雁南镇柳岸村民情台账,,\n序号,反映人,意见内容\n1,王某,桥坏了\n",
			"井盖没了": "填报单位：柳岸村,,\n序号,反映人,意见内容\n1,王某,井盖没了\n",
			"沟盖碎了": "序号,反映人,意见内容\n一、荷塘村（1条）,,\n1,李某,沟盖没了\n二、柳岸村（1条）,,\n1,王某,沟盖碎了\n",
			"树倒了":  "工单编号,诉求内容,诉求地址\nA1,树倒了,雁南镇柳岸村3组\n",
			"墙歪了":  "村组,反映人,意见内容\n雁南镇柳岸村 三组,王某,墙歪了\n",
		} {
			r := w.run(file("x.csv", []byte(ledger)), nil)
			if r.Rejected != 0 || village(text) != "柳岸村" {
				t.Errorf("%s is of %q; %v", text, village(text), r.Groups)
			}
		}
		if village("沟盖没了") != "荷塘村" || w.told("墙歪了").Case.Words.Place != "雁南镇柳岸村 三组" {
			t.Errorf("%s, %q", village("沟盖没了"), w.told("墙歪了").Case.Words.Place)
		}
		// Two villages in a title, and a place that only sounds like one, say nothing.
		for text, ledger := range map[string]string{
			"灯坏了": "柳岸村、荷塘村意见台账,,\n序号,反映人,意见内容\n1,王某,灯坏了\n",
			"坡滑":  "反映人,意见内容,地点\n王某,坡滑,柳岸村东头\n",
		} {
			if w.run(file("x.csv", []byte(ledger)), nil); village(text) != "" {
				t.Errorf("%s is of %s", text, village(text))
			}
		}
	})
}

func TestANameAndATelephoneInOneCellAreToldApart(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.run(file("a.csv", []byte("反映人及联系方式,意见内容\n王某 13800001111,路灯不亮\n李某（13800002222）,水渠堵了\n13800003333,桥坏了\n孙某,井盖没了\n")), nil)
		w.run(file("b.csv", []byte("反映人,电话,意见内容\n周某13800005555,,树倒了\n吴某（13800006666）,0371-65551234,墙歪了\n")), nil)
		for text, want := range map[string]casework.Person{"路灯不亮": {Name: "王某", Phone: "13800001111"}, "水渠堵了": {Name: "李某", Phone: "13800002222"}, "桥坏了": {Phone: "13800003333"},
			"树倒了": {Name: "周某", Phone: "13800005555"}, "墙歪了": {Name: "吴某", Phone: "0371-65551234、13800006666"}, "井盖没了": {Phone: "孙某"}} {
			who, err := w.cases.Identify(ctx, w.intake, casework.Identify{On: casework.On{Case: w.told(text).Case.Number}, Reason: "核对"})
			if err != nil || who != want {
				t.Errorf("%s: %+v, %v", text, who, err)
			}
		}
	})
}

func TestACellThatSaysNothingIsEmpty(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		f := file("x.csv", []byte("编号,村,反映人,电话,意见内容,承办单位,责任领导,答复,完成时限,备注\n无,/,—,无,路灯不亮,/,无,暂无,——,无\n无,柳岸村,王某,/,水渠堵了,水利站,许青,/,无,\n,柳岸村,李某,,无,,,,,\n,柳岸村,周某,,没有意见。,,,,,\n"))
		r := w.run(f, nil)
		w.counts(r, 4, 2, 2, 0)
		if !says(r, importer.Rejected, "import.reject.nothing", "4–5") || len(r.Groups) != 1 {
			t.Errorf("%v", r.Groups)
		}
		light := w.told("路灯不亮")
		if c := light.Case; light.Person.Given() || c.Anonymity != casework.Anonymous || c.Words.Place != "" || c.State != casework.Registered || len(light.Externals) != 0 {
			t.Errorf("%+v %+v %+v", light.Person, c, light.Externals)
		}
	})
}

func TestStatusesAreReadAsOfficesWriteThem(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		var b strings.Builder
		b.WriteString("意见内容,答复,是否办结\n")
		states := map[string]casework.State{"完结": casework.Closed, "已结案": casework.Closed, "办理完毕": casework.Closed, "√已办结": casework.Closed, "✔️": casework.Closed, "TRUE": casework.Closed,
			"是（3月10日）": casework.Closed, "已化解": casework.Answered, "已受理": casework.Accepted, "已转办": casework.Accepted, "FALSE": casework.Accepted, "□": casework.Accepted}
		for s := range states {
			b.WriteString("事情" + s + "," + map[bool]string{true: "修好了"}[s == "是（3月10日）"] + "," + s + "\n")
		}
		w.run(file("x.csv", []byte(b.String())), nil)
		for s, want := range states {
			if c := w.told("事情" + s); c.Case.State != want {
				t.Errorf("%s is %s", s, c.Case.State)
			}
		}
		if !strings.Contains(notes(w.told("事情是（3月10日）")), "3月10日") {
			t.Error("what stands beside a tick is lost where there is an answer")
		}
	})
}

func TestNoColumnIsLostUnseen(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		f := file("x.csv", []byte("序号,村,反映人,户主,性别,意见内容,走访人,网格员电话,,是否满意\n1,柳岸村,王某,王大,男,路灯不亮,张、李,13800001111,已打电话催过,是\n2,荷塘村,,,,,,,,\n"))
		r := w.run(f, nil)
		w.counts(r, 2, 1, 1, 0)
		if got := notes(w.told("路灯不亮")); got != "路灯不亮\n走访人：张、李\n已打电话催过\n是否满意：是\n" {
			t.Errorf("notes %q", got)
		}
		if got := strings.Join(r.Unread, " "); got != "户主 性别 网格员电话" {
			t.Errorf("left out: %s", got)
		}
		// The returned sheet has one column more, which says nothing of the matter.
		var back bytes.Buffer
		if err := w.imports.Return(&back, f, i18n.ZH, r); err != nil {
			t.Fatal(err)
		}
		again := w.run(file("退回的台账.xlsx", back.Bytes()), nil)
		w.counts(again, 2, 0, 1, 1)
		if got := strings.Join(again.Unread, " "); got != "户主 性别 网格员电话" {
			t.Errorf("left out of the returned sheet: %s", got)
		}
	})
}

func TestColumnsAreKnownByTheirUsualNames(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		for header, want := range map[string]string{
			"信访编号,来访日期,来访人姓名,家庭住址,联系电话,信访事项,信访类别,接待人,包案领导,承办单位,办理进展,化解情况": "external said name address phone text category note leader unit handling status",
			"序号,日期,户主姓名,出生日期,电话,反映问题,解决措施,完成情况,网格员":                       " said name  phone text handling status note",
			"编号,诉求,处理意见,办理进展,是否答复,答复时间":                                   "external text note handling note answered",
			"问题来源,村组,群众诉求,责任人,责任人电话,整改时限,派单时间,计划完成时间":                     "channel village text leader  due note note",
		} {
			p, err := w.imports.Inspect(ctx, w.intake, file("x.csv", []byte(header+"\n"+strings.Repeat("某,", strings.Count(header, ","))+"某\n")), "")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range p.Columns {
				got = append(got, string(c.Field))
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%s: %s", header, strings.Join(got, " "))
			}
		}
	})
}

func TestAPetitionsCategorySaysItsKind(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.run(file("x.csv", []byte("信访编号,信访事项,信访类别\nX1,反映优亲厚友,检举控告\nX2,宅基地被占,求决\n")), nil)
		if c := w.told("反映优亲厚友").Case; c.Kind != casework.Wrongdoing || c.Visibility != casework.Private {
			t.Errorf("an accusation is a %s, %s", c.Kind, c.Visibility)
		}
		if c := w.told("宅基地被占").Case; c.Kind != casework.Help {
			t.Errorf("a plea is a %s", c.Kind)
		}
	})
}

func TestAPictureInACellIsNoWord(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		r := w.run(file("x.csv", []byte("反映人,意见内容,现场情况\n王某,路灯不亮,\"=DISPIMG(\"\"ID_1F\"\",1)\"\n")), nil)
		if !says(r, importer.Warned, "import.warn.picture", "2") || strings.Contains(notes(w.told("路灯不亮")), "DISPIMG") {
			t.Errorf("%v, %q", r.Groups, notes(w.told("路灯不亮")))
		}
	})
}

func TestASecondTableBelowTheFirstGoesBack(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		f := file("x.csv", []byte("序号,反映人,意见内容,时间,\n1,王某,路灯不亮,2026.3.5,\n以上均已交办,,,,\n序号,反映人,意见内容,时间,\n2,李某,水渠堵了,2026.3.6,\n序号,反映人,电话,意见内容,时间\n1,周某,13800001111,桥坏了,2026.3.7\n审核人：某某,,填报时间：2026年3月8日,,\n"))
		r := w.run(f, nil)
		w.counts(r, 5, 2, 3, 0)
		var back bytes.Buffer
		if err := w.imports.Return(&back, f, i18n.ZH, r); err != nil {
			t.Fatal(err)
		}
		if again := w.run(file("退回的台账.xlsx", back.Bytes()), nil); again.Accepted != 0 || !says(again, importer.Rejected, "import.reject.other_table", "6–7") || !says(again, importer.Rejected, "import.reject.heading", "3") {
			t.Errorf("the returned sheet reads otherwise: %v", again.Groups)
		}
		if !says(r, importer.Rejected, "import.reject.other_table", "6–7") || !says(r, importer.Rejected, "import.reject.heading", "3") || r.Skipped != 2 {
			t.Errorf("%d skipped, %v", r.Skipped, r.Groups)
		}
	})
}

func TestAnUnansweredMatterKeepsItsSecondDate(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		r := w.run(file("x.csv", []byte("反映人,意见内容,时间,时间,完成时间,是否办结\n王　某,路灯不亮,2026.3.5,2026.3.6,2026.3.8,否（等资金）\n")), nil)
		if got := notes(w.told("路灯不亮")); got != "路灯不亮\n时间：2026.3.6\n是否办结：否（等资金）\n完成时间：2026.3.8\n" || len(r.Groups) != 0 {
			t.Errorf("%q, %v", got, r.Groups)
		}
		who, err := w.cases.Identify(ctx, w.intake, casework.Identify{On: casework.On{Case: w.told("路灯不亮").Case.Number}, Reason: "核对"})
		if err != nil || who.Name != "王某" {
			t.Errorf("%+v, %v", who, err)
		}
	})
}

func TestAMendedReturnedSheetBringsInWhatWasMended(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		f := file("x.csv", []byte("村,谁,说了啥,啥时候\n柳岸村,王某,路灯不亮,2026.3.5\n柳岸村,李某,,2026.3.6\n荷塘村,周某,桥坏了,2026.3.7\n"))
		r := w.run(f, &importer.Mapping{Columns: map[string]importer.Field{"村": importer.Village, "谁": importer.Name, "说了啥": importer.Text, "啥时候": importer.Said}})
		w.counts(r, 3, 2, 1, 0)
		var back bytes.Buffer
		if err := w.imports.Return(&back, f, i18n.ZH, r); err != nil {
			t.Fatal(err)
		}
		x, err := excelize.OpenReader(&back)
		if err != nil {
			t.Fatal(err)
		}
		if err := x.SetCellValue(r.Sheet, "C3", "水渠堵了"); err != nil {
			t.Fatal(err)
		}
		var mended bytes.Buffer
		if err := x.Write(&mended); err != nil {
			t.Fatal(err)
		}
		p, err := w.imports.Inspect(ctx, w.intake, file("退回的台账.xlsx", mended.Bytes()), "")
		if err != nil || !p.Kept {
			t.Errorf("the columns have to be settled again: %v", err)
		}
		w.counts(w.run(file("退回的台账.xlsx", mended.Bytes()), nil), 3, 1, 0, 2)
		if c := w.told("水渠堵了").Case; w.dir.Village(c.Village).Name != "柳岸村" {
			t.Errorf("%+v", c)
		}
	})
}

func TestNumbersThatCountRowsAreNoTickets(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		january := w.run(file("1月.csv", []byte("编号,反映人,意见内容\n1,王某,路灯不亮\n2,李某,水渠堵了\n")), nil)
		w.counts(january, 2, 2, 0, 0)
		if len(january.Unread) != 1 || january.Unread[0] != "编号" {
			t.Errorf("left out: %v", january.Unread)
		}
		w.counts(w.run(file("2月.csv", []byte("编号,反映人,意见内容\n1,周某,桥坏了\n2,吴某,井盖没了\n")), nil), 2, 2, 0, 0)
		w.run(file("工单.csv", []byte("工单编号,诉求内容\n7001,树倒了\n7002,墙歪了\n")), nil)
		if x := w.told("树倒了").Externals; len(x) != 1 || x[0].Number != "7001" {
			t.Errorf("%v", x)
		}
	})
}

func TestOfABoxedChoiceTheTickedOneCounts(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.run(file("x.csv", []byte("意见内容,性质,是否办结\n一事,□咨询 ☑投诉,☑是 □否\n二事,☑咨询 □投诉,□是 ☑否\n三事,咨询□ 投诉√,已办结□ 未办结☑\n四事,,已办结☑ 未办结□\n")), nil)
		for text, want := range map[string]casework.State{"一事": casework.Closed, "二事": casework.Accepted, "三事": casework.Accepted, "四事": casework.Closed} {
			if c := w.told(text).Case; c.State != want {
				t.Errorf("%s is %s", text, c.State)
			}
		}
		if a, b, c := w.told("一事").Case.Kind, w.told("二事").Case.Kind, w.told("三事").Case.Kind; a != casework.Complaint || b != casework.Enquiry || c != casework.Complaint {
			t.Errorf("%s, %s, %s", a, b, c)
		}
	})
}

func TestAVillageThatIsNamedOnceIsThatOfTheRowsBelow(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		r := w.run(file("x.csv", []byte("村,反映人,意见内容\n柳岸村,王某,一事\n,李某,二事\n,周某,三事\n荷塘村,吴某,四事\n,郑某,五事\n")), nil)
		if !says(r, importer.Warned, "import.warn.village_over", "3–4") || !says(r, importer.Warned, "import.warn.village_over", "6") {
			t.Errorf("%v", r.Groups)
		}
		w.run(file("y.csv", []byte("村,反映人,意见内容\n柳岸村,王某,六事\n柳岸村,李某,七事\n,周某,八事\n荷塘村,吴某,九事\n,郑某,十事\n,郑某,末事\n")), nil)
		for text, want := range map[string]string{"三事": "柳岸村", "五事": "荷塘村", "八事": "", "十事": ""} {
			if got := w.dir.Village(w.told(text).Case.Village).Name; got != want {
				t.Errorf("%s is of %q", text, got)
			}
		}
	})
}

func TestWhatStandsBelowTheTableIsNoOpinion(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		r := w.run(file("x.csv", []byte("序号,村,意见内容,走访人,办理情况\n1,柳岸村,路灯不亮,张某,已完成80%\n2,荷塘村,其中3条路没灯,〃,\n,,合计：2条,,\n,,其中已办结1条，未办结1条,,\n制表：某某,,审核：某某,,\n")), nil)
		w.counts(r, 3, 2, 1, 0)
		if !says(r, importer.Rejected, "import.reject.heading", "5") || r.Skipped != 2 {
			t.Errorf("%d skipped, %v", r.Skipped, r.Groups)
		}
		if c := w.told("路灯不亮").Case; c.State != casework.Accepted {
			t.Errorf("four fifths are %s", c.State)
		}
		if got := notes(w.told("其中3条路没灯")); !strings.Contains(got, "走访人：张某") {
			t.Errorf("a ditto mark of a note stands for %q", got)
		}
	})
}

func TestAColumnForEachStateIsReadByItsTick(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.run(file("x.csv", []byte("反映人,事由,已办结,正在办理,未办结\n王某,一事,√,,\n李某,二事,,√,\n周某,三事,√,,√\n吴某,四事,,,\n")), nil)
		if got := notes(w.told("一事")); !strings.HasSuffix(got, "\n已办结\n\n") {
			t.Errorf("the answer is %q", got)
		}
		for text, want := range map[string]casework.State{"一事": casework.Closed, "二事": casework.Accepted, "三事": casework.Accepted, "四事": casework.Registered} {
			if c := w.told(text).Case; c.State != want {
				t.Errorf("%s is %s", text, c.State)
			}
		}
	})
}
