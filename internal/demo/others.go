package demo

import (
	"fmt"

	cw "yanming/internal/casework"
)

// others are what is no opinion: delegates' proposals, implementation targets and problems of the three key projects
// of 雁南镇.
func others() []story {
	list := append(proposals(), targets()...)
	for i, p := range problems() {
		list = append(list, story{days: 56.3 - 2.3*float64(i), ch: cw.Visit, kind: cw.Project, cat: "other", v: p.v, unit: "project", hours: 20 + float64(i%4)*6,
			text: p.text, answer: p.answer, how: p.how, extra: map[string]string{"project": p.project}})
	}
	return list
}

func proposals() []story {
	number := 0
	of := func(congress, delegates string, s story) story {
		number++
		s.kind, s.ch = cw.Proposal, cw.Referral
		s.extra = map[string]string{"congress": congress, "proposal_no": fmt.Sprintf("第%d号", number), "delegates": delegates}
		return s
	}
	return []story{
		of("镇人大", "荻花洲代表小组", story{days: 55.5, cat: "school", v: 1, hours: 90, text: "关于在村小设置放学接送区的建议",
			answer: "接送区已划定，立了标志，家长志愿者轮流值守。"}),
		of("镇人大", "沙禾代表小组", story{days: 54.5, cat: "other", unit: "farm", v: 5, hours: 110, text: "关于统一购买花生良种的建议",
			answer: "由合作社集中采购，比零买每斤省四角，已发到一百八十户。"}),
		of("镇党代会", "机关代表团", story{days: 52.5, cat: "service", hours: 80, text: "关于大厅每月办一次夜间窗口的建议",
			answer: "每月第一个周三开到晚上八点，已开两次，办件五十七件。"}),
		of("镇人大", "鹤滩代表小组", story{days: 50.5, cat: "environment", v: 14, hours: 120, text: "关于保护鹤滩越冬水鸟的建议",
			answer: "核心滩地十月到次年三月不放船、不投饵，已和游船公司签了约定。"}),
		of("镇党代会", "村党支部代表团", story{days: 47.5, cat: "other", hours: 70, text: "关于给村文书办一次公文写作培训的建议",
			answer: "已办两期，各半天，十九个村都到了。", how: neutral}),
		of("镇人大", "青槐代表小组", story{days: 40.5, cat: "road_light", v: 11, until: working, text: "关于打通青槐到菱歌断头路的建议",
			note: "已完成测量，涉及两片林地，手续在办。"}),
		of("镇人大", "竹笕代表小组", story{days: 31.5, cat: "other", unit: "project", v: 19, until: working, text: "关于扶持竹编作坊进景区设摊的建议",
			note: "和景区谈好了六个摊位，等挑选作坊。"}),
		of("镇党代会", "企业代表团", story{days: 21.5, cat: "insurance", until: working, text: "关于把工伤预防课开进车间的建议",
			note: "选定了四家试讲，课件在改。"}),
	}
}

func targets() []story {
	of := func(measure, by string, s story) story {
		s.kind, s.ch = cw.Target, cw.Referral
		s.extra = map[string]string{"measure": measure, "finish_by": by}
		return s
	}
	return []story{
		of("新打或修复机井，保证秋种用水", "秋种前", story{days: 53.2, cat: "water", hours: 130, text: "秋种前修好全镇损坏的机井",
			answer: "查出损坏机井十一眼，已全部修好并逐眼试水。"}),
		of("每村一处老人助餐点", "年底", story{days: 51.2, cat: "allowance", hours: 150, text: "办好第一批五处老人助餐点",
			answer: "五处助餐点都已开伙，每天就餐的老人有一百二十多位。"}),
		of("村级公路安全隐患清零", "年底", story{days: 44.2, cat: "road_light", until: working, text: "整治村级公路的急弯和缺护栏路段", note: "查出十四处，已完成九处。"}),
		of("大厅办事材料再减两成", "年底", story{days: 38.2, cat: "service", until: working, text: "清理大厅里重复收取的证明材料", note: "列出重复材料二十三项，已停收十五项。"}),
		of("旱厕改造扫尾", "明年春节前", story{days: 30.2, cat: "environment", until: working, text: "完成剩余旱厕的改造", note: "还剩六十户，分到了三个施工队。"}),
		of("学校周边交通秩序", "本学期末", story{days: 24.2, cat: "school", until: working, text: "理顺三所小学门口的上下学交通", note: "两所已划线，第三所在等路面修好。"}),
	}
}

// problem is one of a key project, with what was done about it.
type problem struct {
	project string
	v       int
	how     how
	text    string
	answer  string
}

func problems() []problem {
	const (
		park  = "雁湖湿地公园"
		plant = "藕粉加工园"
		road  = "环湖公路"
	)
	return []problem{
		{park, 14, 0, "栈道桩基和老渔网桩冲突，施工停了两天。", "与渔户商定移桩四十根，当天恢复施工。"},
		{park, 14, 0, "游客中心的临时用电容量不够，塔吊带不动。", "增设一台临时变压器，已送电。"},
		{park, 17, 0, "绿化苗木进场的路太窄，大车转不过弯。", "拓宽弯道两米，苗木车可以直接到位。"},
		{park, 14, neutral, "三户的坟地迁移还没有谈妥。", "选好安置墓地，三户都签了协议并完成迁移。"},
		{park, 13, 0, "观鸟屋选址压在排水沟上。", "选址东移十五米，图纸已变更。"},
		{park, 14, 0, "工地夜间照明晃到村民窗户。", "灯具加罩改向，晚九点后关掉一半。"},
		{park, 17, own, "施工便道扬尘大，晾的藕粉落了灰。", "便道硬化并定时洒水，受损的一批由施工方收购。"},
		{park, 13, 0, "本村的人想到工地干活，不知道找谁。", "开了一场招工会，录用三十一人。"},
		{plant, 17, 0, "厂区围墙外的水沟被填，上游地块排不出水。", "埋设六十厘米涵管八十米，排水恢复。"},
		{plant, 17, 0, "用地批复里少了污水站一块，没法开工。", "补充材料后，用地手续已经办齐。"},
		{plant, 17, 0, "生产用水要从村里接，水压不够。", "单独铺设一条主管，与村民用水分开。"},
		{plant, 8, 0, "收藕的地磅没有检定，种藕的农户不放心。", "请计量所检定合格，检定牌挂在磅房。"},
		{plant, 17, neutral, "招工年龄卡得太死，本地的中年妇女进不去。", "厂方把岗位分了类，分拣岗放宽到五十五岁。"},
		{plant, 17, 0, "运藕车进出把村道压坏了。", "厂方出料，修好四百米村道并限了载重。"},
		{plant, 17, own, "冷库的消防水池验收没通过。", "水池扩容到规定容积，复验合格。"},
		{road, 1, 0, "路基施工挖断了灌溉暗管。", "当天接通，并在图上标出全部暗管位置。"},
		{road, 2, 0, "征地补偿款有七户没有到账。", "核对卡号后，七户的款全部到账。"},
		{road, 4, 0, "老路封闭后公交绕行，没有提前通知。", "恢复半幅通行，站牌贴出了绕行图。"},
		{road, 6, 0, "建材运输要过一座限重的桥。", "桥面临时加固，限速单车通过。"},
		{road, 14, 0, "路灯杆的位置挡住了商铺的门。", "三根灯杆移位，商铺已确认。"},
		{road, 13, neutral, "沿线果树的补偿标准前后说法不一样。", "按公布的标准重新清点，差额已补。"},
		{road, 17, 0, "涵洞开口太低，收割机过不去。", "涵洞净高提高四十厘米，已浇筑完成。"},
	}
}
