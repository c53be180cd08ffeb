package importer_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"yanming/internal/casework"
	"yanming/internal/importer"
	"yanming/internal/sheet"
)

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

func TestMonthAndDayAreADateWhereNothingElseCanBeMeant(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		r := w.run(file("x.csv", []byte("2026年台账,,\n反映人,意见内容,时间\n王某,一事,3.5\n王某,二事,3/12\n王某,三事,３．１５\n王某,四事,3.1\n王某,五事,13.5\n")), nil)
		for text, want := range map[string]string{"一事": "2026-03-05", "二事": "2026-03-12", "三事": "2026-03-15"} {
			if got := w.told(text).Case.Registered.In(sheet.China).Format("2006-01-02"); got != want {
				t.Errorf("%s was said on %s", text, got)
			}
		}
		if !says(r, importer.Warned, "import.warn.date", "6–7") {
			t.Errorf("%v", r.Groups)
		}
	})
}

func TestAnAnswerOlderThanItsMatterStaysAsANote(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		r := w.run(file("x.csv", []byte("反映人,意见内容,是否办结,完成时间\n王某,路灯不亮,是,2026.4.1\n")), nil)
		if !says(r, importer.Warned, "import.warn.answered_early", "2") || !strings.Contains(notes(w.told("路灯不亮")), "完成时间：2026.4.1") {
			t.Errorf("%v, %q", r.Groups, notes(w.told("路灯不亮")))
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

func TestACommentOnACellIsKept(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		x, err := excelize.OpenReader(bytes.NewReader(book(t, "台账", []any{"村", "意见内容"}, []any{"柳岸村", "路灯不亮"}, []any{"柳岸村", "水渠堵了"})))
		if err != nil {
			t.Fatal(err)
		}
		if err := x.AddComment("台账", excelize.Comment{Cell: "B2", Author: "某某", Paragraph: []excelize.RichTextRun{{Text: "已打过两次电话 "}, {Text: "13800001111"}}}); err != nil {
			t.Fatal(err)
		}
		var buf bytes.Buffer
		if err := x.Write(&buf); err != nil {
			t.Fatal(err)
		}
		r := w.run(file("x.xlsx", buf.Bytes()), nil)
		if got := notes(w.told("路灯不亮")); !strings.Contains(got, "批注：已打过两次电话 "+sheet.PhoneMark) || !says(r, importer.Warned, "import.warn.comment", "2") {
			t.Errorf("%q, %v", got, r.Groups)
		}
	})
}
