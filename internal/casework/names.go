package casework

import "yanming/internal/i18n"

// What the codes of a case are called, wherever they are shown: pages, papers, figures, sheets.

var kindNames = map[string]i18n.Pair{
	string(Opinion): {ZH: "意见建议", EN: "Opinion"}, string(Complaint): {ZH: "投诉", EN: "Complaint"}, string(Help): {ZH: "求助", EN: "Request for help"},
	string(Enquiry): {ZH: "咨询", EN: "Enquiry"}, string(Wrongdoing): {ZH: "举报", EN: "Report of wrongdoing"}, string(Petition): {ZH: "信访事项", EN: "Petition"},
	string(Proposal): {ZH: "代表建议", EN: "Delegates' proposal"}, string(Target): {ZH: "落实事项", EN: "Implementation target"}, string(Project): {ZH: "项目问题", EN: "Project problem"},
}

var channelNames = map[string]i18n.Pair{
	string(Web): {ZH: "扫码", EN: "Web"}, string(Letter): {ZH: "来信", EN: "Letter"}, string(WalkIn): {ZH: "来访", EN: "Walk-in"}, string(Phone): {ZH: "来电", EN: "Telephone"},
	string(Forum): {ZH: "座谈会", EN: "Forum"}, string(Visit): {ZH: "走访", EN: "Visit"}, string(Questionnaire): {ZH: "问卷", EN: "Questionnaire"},
	string(Hotline): {ZH: "12345热线", EN: "12345 hotline"}, string(Referral): {ZH: "上级交办", EN: "Referred"}, string(Message): {ZH: "网上留言", EN: "Message"},
	string(Confidence): {ZH: "个别谈话", EN: "Talk in confidence"},
}

var stateNames = map[string]i18n.Pair{
	string(Registered): {ZH: "待受理", EN: "Registered"}, string(Accepted): {ZH: "待交办", EN: "Accepted"}, string(Dispatched): {ZH: "待签收", EN: "Dispatched"},
	string(InProgress): {ZH: "办理中", EN: "In progress"}, string(ReturnPending): {ZH: "退单待定", EN: "Return pending"}, string(AwaitingInfo): {ZH: "待补正", EN: "Awaiting information"},
	string(Answered): {ZH: "已答复", EN: "Answered"}, string(FollowUp): {ZH: "回访中", EN: "Follow-up"}, string(Closed): {ZH: "已办结", EN: "Closed"},
	string(Declined): {ZH: "不予受理", EN: "Declined"}, string(Forwarded): {ZH: "已转送", EN: "Forwarded"}, string(Linked): {ZH: "已并件", EN: "Linked"},
	string(Withdrawn): {ZH: "已撤回", EN: "Withdrawn"}, string(Void): {ZH: "作废", EN: "Void"},
}

var outcomeNames = map[string]i18n.Pair{
	string(Resolved): {ZH: "已解决", EN: "Resolved"}, string(PartlyResolved): {ZH: "部分解决", EN: "Partly resolved"}, string(Scheduled): {ZH: "列入计划", EN: "Scheduled"},
	string(Explained): {ZH: "解释说明", EN: "Explained"}, string(NotSupported): {ZH: "不予支持", EN: "Not supported"},
	string(NotResponsible): {ZH: "不属本单位职责", EN: "Not responsible"}, string(Unverifiable): {ZH: "无法核实", EN: "Unverifiable"},
}

var standingNames = map[string]i18n.Pair{
	"resolved": {ZH: "已解决（单位认定）", EN: "Resolved (by the unit's word)"}, "concluded": {ZH: "另有结论", EN: "Concluded otherwise"}, "in_progress": {ZH: "正在协调落实", EN: "Being coordinated"},
	"declined": {ZH: "不予受理", EN: "Declined"}, "forwarded": {ZH: "转送外单位", EN: "Forwarded"}, "linked": {ZH: "并件", EN: "Linked"}, "withdrawn": {ZH: "撤回", EN: "Withdrawn"},
}

var solvedNames = map[string]i18n.Pair{
	string(SolvedYes): {ZH: "解决了", EN: "Solved"}, string(SolvedPartly): {ZH: "解决了一部分", EN: "Partly"}, string(SolvedNo): {ZH: "没有解决", EN: "Not solved"},
}

var satisfiedNames = map[string]i18n.Pair{
	string(SatisfiedYes): {ZH: "满意", EN: "Satisfied"}, string(Neutral): {ZH: "一般", EN: "Neutral"}, string(Dissatisfied): {ZH: "不满意", EN: "Dissatisfied"},
}

var anonymityNames = map[string]i18n.Pair{
	string(Open): {ZH: "署名", EN: "Named"}, string(Protected): {ZH: "署名，对承办单位保密", EN: "Named, kept from the unit"},
	string(SealedIdentity): {ZH: "身份封存", EN: "Identity sealed"}, string(Anonymous): {ZH: "未署名", EN: "Unsigned"},
}

var visibilityNames = map[string]i18n.Pair{
	string(Public): {ZH: "公开", EN: "Public"}, string(Summary): {ZH: "内部办理", EN: "Staff"}, string(Private): {ZH: "不公开", EN: "Private"}, string(Sealed): {ZH: "保密", EN: "In confidence"},
}

var yesNo = map[string]i18n.Pair{"yes": {ZH: "是", EN: "Yes"}, "no": {ZH: "否", EN: "No"}}

// Name returns what a kind is called.
func (k Kind) Name() i18n.Pair { return kindNames[string(k)] }

// Name returns what a channel is called.
func (c Channel) Name() i18n.Pair { return channelNames[string(c)] }

// Name returns what a state is called.
func (s State) Name() i18n.Pair { return stateNames[string(s)] }

// Name returns what an outcome is called.
func (o Outcome) Name() i18n.Pair { return outcomeNames[string(o)] }

// Name returns what a visibility is called.
func (v Visibility) Name() i18n.Pair { return visibilityNames[string(v)] }

// Name returns what an anonymity is called.
func (a Anonymity) Name() i18n.Pair { return anonymityNames[string(a)] }

// Name returns what an answer to "is it solved?" is called.
func (s Solved) Name() i18n.Pair { return solvedNames[string(s)] }

// Name returns what an answer to "are you satisfied?" is called.
func (s Satisfied) Name() i18n.Pair { return satisfiedNames[string(s)] }
