package demo

import cw "yanming/internal/casework"

// ended are the six opinions of 雁南镇 that were received and not collected: declined 2, forwarded 2, linked 1,
// withdrawn 1.
func ended() []story {
	return []story{
		{days: 40.2, ch: cw.WalkIn, kind: cw.Complaint, cat: "neighbours", v: 3, until: declined,
			text:  "借给亲戚八万块钱做生意，三年没还，请镇里帮我要回来。",
			why:   "欠款是双方的民事纠纷，对方不同意调解，镇里不能代为追讨。",
			basis: "《中华人民共和国民事诉讼法》关于人民法院受理民事案件范围的规定",
			to:    "可以向县人民法院起诉，也可以先到司法所免费咨询。"},
		{days: 20.3, ch: cw.Letter, kind: cw.Petition, cat: "land", v: 14, until: declined, extra: map[string]string{"petition_kind": "申诉求决"},
			text:  "和开发公司的租地合同官司正在县法院打，请镇里先判一判谁对。",
			why:   "这件事法院正在审理，应当依照诉讼程序解决。",
			basis: "《信访工作条例》第三十一条",
			to:    "请在诉讼中向县人民法院提出；需要法律援助的，找司法所。"},
		{name: "county water", days: 29.4, ch: cw.Web, kind: cw.Complaint, cat: "water", v: 17, g: 1, until: forwarded,
			text: "县城供水公司的主管道在村口漏水，报修电话打不通。",
			why:  "主管道由县供水公司管护，已把情况和联系方式一并转去。",
			to:   "雁县供水公司"},
		{days: 11.2, ch: cw.Hotline, kind: cw.Complaint, cat: "road_light", v: 10, g: 3, until: forwarded,
			text: "省道路口的红绿灯时间太短，推车的老人走不完。",
			why:  "省道信号灯由县交警部门管理，已转送并请其直接答复。",
			to:   "雁县公安局交通管理大队"},
		{days: 0.7, ch: cw.Message, kind: cw.Complaint, cat: "water", v: 1, g: 2, until: linked, to: "gate",
			text: "南渠的闸口漏水，我们在下游一滴也浇不上。",
			why:  "与先登记的南渠闸门一件是同一处，合并办理。"},
		{days: 18.4, ch: cw.Web, kind: cw.Complaint, cat: "neighbours", v: 12, g: 3, until: withdrawn,
			text: "邻居家的狗半夜叫，影响孩子休息。",
			why:  "邻居已经把狗挪到后院了，我们两家说开了，不用再办。"},
	}
}
