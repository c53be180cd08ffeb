package desk

import "yanming/internal/sheet"

// columns are what a pasted block of cells may hold, with what offices call it.
func columns() []sheet.Column {
	return []sheet.Column{
		{Field: "text", Synonyms: []string{"意见内容", "反映内容", "诉求内容", "意见建议", "反映问题", "问题描述", "主要内容", "具体内容", "事项", "问题", "意见", "诉求", "内容"},
			Except: []string{"办理", "答复", "编号", "人", "时间"}},
		{Field: "name", Synonyms: []string{"反映人", "姓名", "来电人", "来访人", "诉求人", "信访人", "群众姓名", "联系人", "户主"}, Except: []string{"办理", "责任", "包"}},
		{Field: "phone", Synonyms: []string{"联系电话", "电话", "手机号", "手机", "联系方式", "来电号码"}},
		{Field: "where", Synonyms: []string{"村", "村居", "所在村", "村（社区）", "村别", "地点", "网格", "事发地点", "地址", "单位"}, Except: []string{"办理", "承办", "主办", "责任"}},
		{Field: "said", Synonyms: []string{"反映时间", "反映日期", "来电时间", "登记时间", "日期", "时间", "诉求时间"}, Except: []string{"办结", "完成", "办理", "截止", "期限", "答复"}},
		{Field: "category", Synonyms: []string{"类别", "分类", "问题类别", "诉求类别", "意见类别"}},
		{Field: "external", Synonyms: []string{"工单编号", "工单号", "信访编号", "信访件编号", "来件编号", "受理编号", "外部编号"}},
	}
}
