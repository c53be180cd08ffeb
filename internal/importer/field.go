package importer

import (
	"slices"

	"yanming/internal/sheet"
)

// Field is what a column can mean to a case.
type Field string

// The fields. Those behind Skip are known and never taken.
const (
	External Field = "external" // number in the system it came from
	Name     Field = "name"
	Phone    Field = "phone"
	Address  Field = "address" // of the person: under the record's key
	Village  Field = "village"
	Grid     Field = "grid"
	Place    Field = "place"
	Title    Field = "title"
	Text     Field = "text"
	Said     Field = "said"
	Category Field = "category"
	Kind     Field = "kind"
	Channel  Field = "channel"
	Unit     Field = "unit"
	Leader   Field = "leader"
	Handling Field = "handling"
	Answer   Field = "answer"
	Answered Field = "answered"
	Due      Field = "due"
	Status   Field = "status"
	Note     Field = "note" // anything else worth keeping; several columns may be notes
	Skip     Field = ""

	serial   Field = "serial"
	likes    Field = "likes"
	dislikes Field = "dislikes"
	identity Field = "identity" // identity numbers are never taken
)

// Fields lists what a column can be mapped to, in the order of the form.
func Fields() []Field {
	return []Field{External, Text, Title, Said, Name, Phone, Address, Village, Grid, Place, Category, Kind, Channel, Unit, Leader,
		Handling, Answer, Answered, Due, Status, Note}
}

// known reports whether a person may map a column to f.
func (f Field) known() bool { return f == Skip || slices.Contains(Fields(), f) }

// columns are what offices call the fields; the best name first.
var columns = []sheet.Column{
	{Field: string(External), Synonyms: []string{"原系统编号", "工单编号", "留言编号", "编号", "受理编号", "信访件编号", "工单号", "诉求编号", "件号", "msg_id", "id", "number", "ticket", "ticket number", "number in its system"}},
	{Field: string(serial), Synonyms: []string{"序号", "No", "No."}},
	{Field: string(Text), Synonyms: []string{"意见内容", "诉求内容", "留言详情", "反映内容", "问题描述", "意见建议", "反映问题", "内容", "意见", "诉求", "what was said", "body", "text", "content", "description", "details"},
		Except: []string{"办理", "答复", "回复", "处理", "处置", "落实", "结果", "类", "时间", "日期", "编号", "人"}},
	{Field: string(Title), Synonyms: []string{"留言主题", "主题", "标题", "题目", "subject", "title"}},
	{Field: string(Said), Synonyms: []string{"留言时间", "登记时间", "反映时间", "来电时间", "受理时间", "时间", "日期", "登记日期", "反映日期", "收集时间", "走访时间", "when it was said", "time", "date", "registered", "created"},
		Except: []string{"答复", "办结", "完成", "办理", "回复", "截止", "处理", "期限", "时限", "销号", "反馈"}},
	{Field: string(Name), Synonyms: []string{"反映人", "留言用户", "姓名", "诉求人", "来电人", "户主", "被访人", "群众姓名", "联系人", "user", "name"},
		Except: []string{"承办", "领导", "登记人", "走访人", "责任", "经办", "办理", "填报", "干部", "网格员"}},
	{Field: string(Phone), Synonyms: []string{"电话", "联系电话", "手机", "手机号", "联系方式", "来电号码", "phone", "telephone", "mobile"},
		Except: []string{"承办", "领导", "单位", "责任", "经办"}},
	{Field: string(Address), Synonyms: []string{"住址", "家庭住址", "家庭地址", "联系地址", "address"}},
	{Field: string(Village), Synonyms: []string{"村", "行政村", "所属村", "村（社区）", "村居", "村名", "所在村", "社区", "village"}},
	{Field: string(Grid), Synonyms: []string{"网格", "所属网格", "grid"}, Except: []string{"员", "长", "电话"}},
	{Field: string(Place), Synonyms: []string{"地点", "事发地点", "事发地址", "诉求地址", "地址", "位置", "place", "location"}},
	{Field: string(Category), Synonyms: []string{"类别", "意见类别", "一级标签", "问题类别", "category"}},
	{Field: string(Kind), Synonyms: []string{"诉求类型", "工单类型", "类型", "性质", "kind", "type"}},
	{Field: string(Channel), Synonyms: []string{"渠道", "来源", "来源渠道", "收集渠道", "反映渠道", "channel", "source"}},
	{Field: string(Unit), Synonyms: []string{"承办单位", "责任单位", "办理单位", "主办单位", "unit", "handling unit"}},
	{Field: string(Leader), Synonyms: []string{"责任领导", "包案领导", "分管领导", "领导", "responsible leader"}},
	{Field: string(Handling), Synonyms: []string{"办理情况", "处理情况", "落实情况", "办理进展", "进展情况", "整改情况", "办理结果", "处理结果", "handling"}},
	{Field: string(Answer), Synonyms: []string{"答复", "回单", "答复内容", "答复意见", "回复内容", "回单内容", "回复", "answer", "reply"}, Except: []string{"时间", "日期", "单位", "人", "是否"}},
	{Field: string(Answered), Synonyms: []string{"答复时间", "办结时间", "完成时间", "回复时间", "办结日期", "答复日期", "销号时间", "answered", "answered on"}},
	{Field: string(Due), Synonyms: []string{"完成时限", "办结时限", "办理时限", "办理期限", "截止时间", "截止日期", "时限", "due"}},
	{Field: string(Status), Synonyms: []string{"是否销号", "是否办结", "是否解决", "办理状态", "状态", "销号", "销号情况", "struck off", "status", "state"}},
	{Field: string(Note), Synonyms: []string{"备注", "说明", "note", "remarks"}},
	{Field: string(likes), Synonyms: []string{"点赞数", "点赞", "upvotes", "likes"}},
	{Field: string(dislikes), Synonyms: []string{"反对数", "downvotes", "dislikes"}},
	{Field: string(identity), Synonyms: []string{"身份证", "身份证号", "身份证号码", "证件号码", "公民身份号码"}},
}
