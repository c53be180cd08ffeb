package register

import (
	"slices"
	"strings"

	"yanming/internal/i18n"
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

// fieldKey begins the message that names a field.
const fieldKey = "import.field."

// Key is the message that names the field.
func (f Field) Key() i18n.Key { return i18n.Key(fieldKey + string(f)) }

// known reports whether a person may map a column to f.
func (f Field) known() bool { return f == Skip || slices.Contains(Fields(), f) }

// officials are words of headers that name whoever handles a matter, asks after it or answers for a place: never the
// resident.
var officials = []string{"承办", "领导", "经办", "干部", "网格", "负责", "包村", "包保", "包片", "包组", "包联", "接待", "走访人", "走访员", "村干", "书记", "支书", "主任", "镇长", "乡长", "村长", "组长", "站长", "所长", "局长", "队长", "校长",
	"回访", "村联系", "联系村", "社区联系", "单位联系", "部门联系", "督办", "督查", "签收", "受理人", "受理员", "审核", "审批", "派单", "派发", "交办", "转办", "接访", "接听", "接线", "接电", "话务", "坐席", "客服", "上报人", "上报员", "报送", "采集", "收集人",
	"录入", "核实", "核查", "调解", "处置", "处理人", "处理员", "答复", "回复", "反馈", "民警", "辅警", "律师", "驻村", "挂点", "挂村", "挂钩", "帮扶", "帮办", "代办", "认领", "协办", "主办", "牵头", "委员", "人大代表", "村医", "医生", "志愿者", "工作人员", "工作队", "专员", "专干", "村委"}

// notThe are words of headers that name nobody who spoke.
var notThe = []string{"登记人", "责任", "办理", "填报", "记录", "填表", "签字", "人数", "户数", "编号"}

// ofPeople are words of headers that say something of people and not who they are: 村民小组, 群众满意度, 业主单位.
var ofPeople = []string{"小组", "满意", "评价", "测评", "认可", "类", "单位", "区", "率", "度", "意见", "情况"}

// columns are what offices call the fields; the best name first.
var columns = []sheet.Column{
	{Field: string(External), Whole: true, Synonyms: []string{"原系统编号", "工单编号", "留言编号", "编号", "受理编号", "信访件编号", "工单号", "诉求编号", "件号", "msg_id", "id", "number", "ticket", "ticket number", "number in its system",
		"信访编号", "信访件号", "信访号", "登记编号", "登记号", "受理号", "受理单号", "案件编号", "案件号", "案号", "事项编号", "事件编号", "问题编号", "意见编号", "建议编号", "投诉编号", "投诉单号", "举报编号", "线索编号", "任务编号", "任务单号", "工单流水号", "流水号",
		"业务编号", "业务流水号", "交办编号", "交办单号", "交办单编号", "转办编号", "转办单号", "转办单编号", "派单编号", "派单号", "督办编号", "督办单号", "来信编号", "来访编号", "来电编号", "热线编号", "热线工单号", "热线工单编号", "12345编号", "12345工单号", "12345工单编号",
		"平台编号", "平台工单号", "平台工单编号", "系统编号", "工单ID", "记录编号"}},
	{Field: string(serial), Synonyms: []string{"序号", "No", "No."}},
	{Field: string(Text), Synonyms: []string{"意见内容", "诉求内容", "留言详情", "反映内容", "问题描述", "意见建议", "反映问题", "内容", "意见", "诉求", "what was said", "body", "text", "content", "description", "details", "信访事项", "反映事项", "诉求事项", "主要诉求", "反映情况", "群众诉求", "群众意见", "反映诉求", "意见建议内容", "具体问题", "存在问题", "投诉内容", "来电内容", "工单内容", "事件描述", "情况描述", "困难诉求", "问题", "事由", "信访事由", "事项", "问题简述", "意见和建议", "意见及建议", "意见与建议", "建议", "建议内容", "民情内容", "心愿内容",
		"问题详情", "事件详情", "诉求详情", "事项详情", "工单详情", "意见详情", "详情", "问题内容", "事件内容", "详细内容", "具体内容", "详细情况", "村民意见", "村民意见建议", "村民诉求", "村民反映", "村民反映问题", "村民反映的问题", "村民建议", "居民意见", "居民诉求", "居民反映问题",
		"个人诉求", "个人意见", "人民群众意见", "人民群众诉求", "群众反映", "群众反映问题", "群众反映的问题", "群众意见建议", "群众意见和建议", "群众意见及建议", "党员群众意见", "群众反映的困难和问题", "发现问题", "发现的问题", "问题建议", "问题和建议", "主要问题", "反映主要问题", "内容摘要", "诉求摘要", "问题摘要", "发言内容", "建议意见", "意见建议或诉求", "困难问题", "困难和问题", "存在困难", "需解决问题", "需要解决的问题", "希望解决的问题", "留言内容", "留言", "信件内容", "来信内容", "来访内容", "来访事由", "信访内容", "信访诉求", "投诉事项", "举报内容", "咨询内容", "民情诉求", "社情民意", "心愿", "微心愿", "微心愿内容", "纠纷基本情况", "纠纷情况", "纠纷内容", "基本案情", "案情简介"},
		Except: []string{"标题", "主题", "名称", "办理", "答复", "回复", "处理", "处置", "落实", "结果", "类", "时间", "日期", "编号", "人", "来源", "地点", "地址", "状态", "等级", "单位", "村", "电话", "数"}, Last: []string{"走访内容", "走访情况", "走访记录", "入户情况"}},
	{Field: string(Title), Synonyms: []string{"留言主题", "主题", "标题", "题目", "subject", "title", "问题标题", "事件标题", "诉求标题", "事项标题", "工单标题", "意见标题", "反映标题", "问题名称", "事件名称", "诉求名称", "事项名称", "问题主题", "事件主题"}, Except: []string{"类"}},
	{Field: string(Said), Synonyms: []string{"留言时间", "登记时间", "反映时间", "来电时间", "受理时间", "时间", "日期", "登记日期", "反映日期", "收集时间", "走访时间", "when it was said", "time", "date", "registered", "created", "来访日期", "走访日期", "收集日期", "提出时间", "发生时间", "提交时间", "提交日期", "提交答卷时间", "填写时间", "接访时间", "接访日期", "来访时间", "来信时间", "来信日期", "信访时间", "信访日期", "上访时间", "收件时间", "收件日期", "受理日期", "创建时间", "上报时间", "上报日期", "征集时间", "座谈时间", "会议时间", "排查时间", "提出日期", "投诉时间", "举报时间", "采集时间", "发现时间"},
		Except: []string{"答复", "办结", "完成", "办理", "回复", "截止", "处理", "期限", "时限", "销号", "反馈", "派", "转办", "交办", "签收", "回访", "整改", "解决", "出生", "更新", "审核", "处置", "落实", "要求", "计划", "预计", "化解", "实现", "认领", "竣工", "开工", "动工", "结束", "到期", "验收", "督办", "分派", "分办", "交付", "约定", "下次", "批示", "批转", "归档", "结案", "评价", "满意", "用时", "所用", "耗时", "时长", "有效", "延期", "推送", "通知", "告知", "修复", "维修", "填表", "填报", "制表", "报送", "导出"},
		Last:   []string{"填报时间", "填报日期", "报送时间", "报送日期", "填表时间", "填表日期"}},
	{Field: string(Name), Synonyms: []string{"反映人", "留言用户", "姓名", "诉求人", "来电人", "户主", "被访人", "群众姓名", "联系人", "user", "name", "来访人", "信访人", "投诉人", "求助人", "申请人", "当事人", "提出人", "反映群众", "走访对象", "被走访人", "被走访人姓名", "受访人", "受访人姓名", "发言人", "发言人员", "建议人", "意见人", "提议人", "提出者", "留言人", "上访人", "信访人员", "上访人员", "信访群众", "上访群众", "诉求群众", "来信人", "写信人", "举报人", "报修人", "咨询人", "反应人", "受访户", "受访者", "被访者", "被访户", "走访户", "走访农户", "走访户主", "住户", "农户", "户主姓名", "业主", "居民", "村民", "群众", "回访对象", "服务对象", "接访对象", "联系对象", "征求对象", "征求意见对象", "法人代表", "法定代表人", "法人", "企业负责人", "企业联系人"},
		Except: slices.Concat(officials, notThe, ofPeople)},
	{Field: string(Phone), Synonyms: []string{"电话", "联系电话", "手机", "手机号", "联系方式", "来电号码", "phone", "telephone", "mobile", "联系号码", "手机号码"},
		Except: append(slices.Clone(officials), "单位", "责任", "填报", "督办")},
	{Field: string(Address), Synonyms: []string{"住址", "家庭住址", "家庭地址", "联系地址", "address"}},
	{Field: string(Village), Synonyms: []string{"村", "行政村", "所属村", "村（社区）", "村居", "村名", "所在村", "社区", "village", "村组", "所在村组", "行政村/社区", "村居名称", "所属社区", "属地村", "村别", "村社", "村庄", "村名称", "村委会", "社区名称", "行政村名称", "所属行政村", "所在村居", "所在村社", "所在社区", "所属村居", "所属村社", "事发村", "涉及村"}},
	{Field: string(Grid), Synonyms: []string{"网格", "所属网格", "grid"}, Except: []string{"员", "长", "电话", "编号", "编码", "代码"}},
	{Field: string(Place), Synonyms: []string{"地点", "事发地点", "事发地址", "诉求地址", "地址", "位置", "place", "location"}},
	{Field: string(Category), Synonyms: []string{"类别", "意见类别", "一级标签", "问题类别", "category", "问题分类", "诉求类别", "意见类型", "事项类别", "信访类别", "分类", "问题类型"}},
	{Field: string(Kind), Synonyms: []string{"诉求类型", "工单类型", "类型", "性质", "kind", "type"}},
	{Field: string(Channel), Synonyms: []string{"渠道", "来源", "来源渠道", "收集渠道", "反映渠道", "channel", "source", "反映方式", "收集方式", "受理渠道", "诉求来源", "问题来源", "意见来源", "信访形式", "来访形式", "征集方式", "征集渠道", "征集途径", "征集形式", "收集途径", "收集形式", "反映途径", "反映形式", "诉求渠道", "受理方式", "登记方式", "提出方式", "提出途径", "信访方式", "来源方式", "来源途径", "工单来源", "线索来源", "信息来源", "事件来源", "投诉渠道", "投诉方式"}},
	{Field: string(Unit), Synonyms: []string{"承办单位", "责任单位", "办理单位", "主办单位", "unit", "handling unit", "承办部门", "责任部门", "办理部门", "牵头单位", "主责单位", "处置单位", "处理单位", "责任站所"}, Except: []string{"意见", "电话", "时间", "联系人", "负责人", "经办人"}},
	{Field: string(Leader), Synonyms: []string{"责任领导", "包案领导", "分管领导", "领导", "responsible leader", "包保领导", "牵头领导", "包村领导", "责任人", "包案人"}, Except: []string{"电话", "意见", "批示", "签字", "职务"}},
	{Field: string(Handling), Synonyms: []string{"办理情况", "处理情况", "落实情况", "办理进展", "进展情况", "整改情况", "办理结果", "处理结果", "handling", "处置情况", "解决情况", "办理过程", "处理过程", "工作进展", "整改进展", "处理进展", "化解进展", "解决进展", "落实进展", "跟进情况", "跟踪情况", "推进情况", "处置结果", "整改结果", "落实结果", "解决结果", "办理进度", "处理进度", "整改进度", "落实情况及结果", "进度", "进展"}, Except: []string{"时间", "日期", "时限"}, Last: []string{"解决措施", "整改措施", "处理措施", "化解措施", "落实措施"}},
	{Field: string(Answer), Synonyms: []string{"答复", "回单", "答复内容", "答复意见", "回复内容", "回单内容", "回复", "answer", "reply", "答复情况", "回复意见", "反馈内容", "反馈情况", "反馈结果"}, Except: []string{"时间", "日期", "单位", "人", "是否"}},
	{Field: string(Answered), Synonyms: []string{"答复时间", "办结时间", "完成时间", "回复时间", "办结日期", "答复日期", "销号时间", "answered", "answered on", "反馈时间", "解决时间", "完成日期", "回复日期", "实现时间", "结案时间", "结案日期", "化解时间", "整改完成时间", "办毕时间", "解决日期", "销号日期", "销案时间"}, Except: []string{"计划", "预计", "要求", "应", "拟"}},
	{Field: string(Due), Synonyms: []string{"完成时限", "办结时限", "办理时限", "办理期限", "截止时间", "截止日期", "时限", "due", "整改时限", "要求完成时间", "计划完成时间", "预计完成时间", "限办时间", "应办结时间", "计划完成时限"}},
	{Field: string(Status), Synonyms: []string{"是否销号", "是否办结", "是否解决", "办理状态", "状态", "销号", "销号情况", "struck off", "status", "state", "办结情况", "化解情况", "完成情况", "办结状态", "处理状态", "当前状态", "工单状态", "解决状态", "整改状态", "是否完成", "是否化解", "是否落实", "是否整改到位", "是否已解决", "整改完成情况", "当前环节", "环节", "办理环节", "处理环节", "工单环节", "办件状态", "流转状态", "完成状态", "落实状态", "是否实现", "实现情况", "是否办理", "是否处理", "是否整改", "是否整改完毕", "是否整改完成", "是否办理完毕", "是否办毕", "是否销案", "是否结案", "是否已办结", "结案情况"}, Except: []string{"时间", "日期", "人", "签", "单位", "编号", "依据", "材料", "照片", "按期", "按时", "及时", "率", "数"}},
	{Field: string(Note), Synonyms: []string{"备注", "说明", "note", "remarks"}},
	{Field: string(likes), Synonyms: []string{"点赞数", "点赞", "upvotes", "likes"}},
	{Field: string(dislikes), Synonyms: []string{"反对数", "downvotes", "dislikes"}},
	{Field: string(identity), Whole: true, Synonyms: []string{"身份证", "身份证号", "身份证号码", "证件号码", "公民身份号码", "证件编号", "证件号", "身份证编号", "身份编号", "身份号码", "身份证件号码", "户主身份证号", "户主身份证号码", "居民身份证号", "居民身份证号码", "身份证（号）", "公民身份证号码", "信访人身份证号", "反映人身份证号"}},
}

// columnNames are the names of all columns, as plain writes them.
func columnNames() map[string]bool {
	m := map[string]bool{}
	for _, c := range columns {
		for _, s := range slices.Concat(c.Synonyms, c.Last) {
			m[plain(s)] = true
		}
	}
	return m
}

// named finds the columns that the fields are in, by their names. A name or a telephone below a heading of its own is of
// whom the heading names: 村支书 over 姓名 and 电话.
func named(h sheet.Header) []sheet.Match {
	h.Names = slices.Clone(h.Names)
	for i, name := range h.Names {
		at := strings.LastIndex(name, "/")
		if at < 0 || !slices.Contains([]string{"姓名", "联系人", "电话", "联系电话", "手机", "手机号", "手机号码", "联系方式"}, name[at+1:]) {
			continue
		}
		over := strings.TrimSuffix(strings.TrimSuffix(name[:at], "人"), "员")
		if slices.ContainsFunc(officials, func(w string) bool { return strings.HasSuffix(over, w) || strings.HasSuffix(name[:at], w) }) || strings.HasSuffix(over, "单位") || strings.HasSuffix(over, "部门") {
			h.Names[i] = strings.ReplaceAll(name, "/", "")
		}
	}
	return sheet.Propose(h, columns)
}

// isOtherHeader reports whether a row holds nothing but names of columns, three at least: it begins another table.
func (r *Reader) isOtherHeader(row sheet.Row) bool {
	n := 0
	for i, c := range row.Cells {
		if c == "" || row.IsFilled(i) {
			continue
		}
		if len(c) > 64 || !r.names[plain(c)] {
			return false
		}
		n++
	}
	return n > 2
}

// personal are columns about somebody's person that no case needs, and telephones that are not the resident's: they are
// taken where a person maps them, and never by themselves.
var personal = []string{"身份", "证件", "性别", "年龄", "出生", "民族", "政治面貌", "党员", "宗教", "信仰", "文化程度", "学历", "职业", "婚姻", "健康", "残疾", "病", "收入",
	"银行", "卡号", "账号", "IP", "车牌", "微信号", "邮箱", "低保", "贫困", "脱贫", "户口", "户籍", "签名", "签字", "照片", "电话", "手机", "联系方式"}

// aboutPerson reports whether a header names what belongs to a person: of the resident it stands under a key, and never
// in a note that others read.
func aboutPerson(name string) bool {
	if slices.ContainsFunc(personal, func(w string) bool { return strings.Contains(name, w) }) {
		return true
	}
	if strings.HasSuffix(name, "人") || strings.HasSuffix(name, "对象") { // 受助人: somebody, and none of the officials
		return !slices.ContainsFunc(append(slices.Clone(officials), notThe...), func(w string) bool { return strings.Contains(name, w) })
	}
	var person []sheet.Column
	for _, c := range columns {
		if f := Field(c.Field); f == Name || f == Phone || f == Address {
			person = append(person, c)
		}
	}
	return len(sheet.Propose(sheet.Header{Names: []string{name}}, person)) > 0
}
