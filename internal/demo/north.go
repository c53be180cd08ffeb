package demo

import cw "yanming/internal/casework"

// northStories are the ten opinions of 雁北镇: nine collected, four of them resolved and three confirmed; one was
// forwarded.
func northStories() []story {
	return []story{
		{days: 44.3, ch: cw.WalkIn, kind: cw.Help, cat: "water", v: 1, g: 1, hours: 20,
			text: "压水井出的水有股铁腥味，想请人看看能不能喝。", note: "取水样送检。", answer: "水质合格，是井管生锈，已更换井管。"},
		{days: 36.2, ch: cw.Web, kind: cw.Complaint, cat: "road_light", v: 2, g: 1, hours: 18,
			text: "渡口的台阶缺了两级，上下船容易崴脚。", answer: "两级台阶已补齐，并加了防滑条。"},
		{days: 27.4, ch: cw.Phone, kind: cw.Help, cat: "allowance", v: 3, hours: 22, how: private,
			text: "孤身一人，冬天没有取暖的东西，想申请补助。", answer: "取暖补助已发放，送去棉被和电暖器。"},
		{days: 8.4, ch: cw.Visit, kind: cw.Complaint, cat: "road_light", v: 4, g: 2, hours: 21, until: answered,
			text: "晒场旁边的电线垂得太低，收割机过去会刮到。", answer: "电线已升高，两侧立了限高杆。"},
		{days: 19.3, ch: cw.Web, kind: cw.Complaint, cat: "water", v: 2, g: 2, until: forwarded,
			text: "跨县的引水渠被上游截流，下游浇不上地。", why: "跨县用水由县水利局协调，已转送。", to: "雁县水利局"},
		{days: 0.3, ch: cw.Web, kind: cw.Opinion, cat: "service", v: 1, until: toAccept,
			text: "建议大厅周末留一个人值班，平时上班请不了假。"},
		{days: 0.9, ch: cw.Phone, kind: cw.Complaint, cat: "road_light", v: 3, g: 1, until: toSign,
			text: "村道两边的杂草比人高，拐弯看不见来车。"},
		{days: 1.8, ch: cw.WalkIn, kind: cw.Help, cat: "house", v: 4, unit: "roads", until: working,
			text: "灶房的烟道塌了一半，做饭满屋是烟。", note: "到户看过，约了瓦工。"},
		{days: 11, ch: cw.WalkIn, kind: cw.Petition, cat: "allowance", v: 2, until: working, extra: map[string]string{"petition_kind": "申诉求决"},
			text: "父亲是老复员军人，生活补助一直没有办下来，请求核查档案。", note: "已向县里调档。"},
		{days: 30.2, ch: cw.Forum, kind: cw.Opinion, cat: "water", v: 3, hours: 24, until: scheduled, planned: 55,
			text: "建议把村东的涝洼塘清出来，存水浇地。", answer: "已列入冬季水利计划，上冻前开工。"},
	}
}

// countyStories are what the county itself received: a word about a town goes past that town.
func countyStories() []story {
	return []story{{name: "about the town", days: 5, ch: cw.Web, kind: cw.Wrongdoing, cat: "conduct", until: toDispatch, how: confided,
		text: "镇里有干部让施工队先垫钱请客，不请就拖着不验收。"}}
}
