package casework

import (
	"yanming/internal/figures"
	"yanming/internal/i18n"
)

// The shipped figures, as data. A changed wording is a new version.

func piece() i18n.Pair { return i18n.Pair{ZH: "件", EN: "cases"} }

func voices() figures.Cond {
	c := figures.Cond{Col: "kind", Op: figures.In}
	for _, k := range Voices() {
		c.Values = append(c.Values, string(k))
	}
	return c
}

func is(col string, values ...string) figures.Cond {
	return figures.Cond{Col: col, Op: figures.In, Values: values}
}

// cohort counts opinions registered in the period, as they stand at its end.
func cohort(code, zh, en, says, saysEN string, where ...figures.Cond) figures.Def {
	return figures.Def{Code: code, Version: 1, Name: i18n.Pair{ZH: zh, EN: en}, Says: i18n.Pair{ZH: says, EN: saysEN}, Unit: piece(),
		Source: "case", Kind: figures.Cohort, Time: "registered", Where: append([]figures.Cond{voices()}, where...)}
}

func cohorts() []figures.Def {
	ended := func(s string) figures.Cond { return is("standing", s) }
	finished := is("standing", "resolved", "concluded")
	return []figures.Def{
		cohort("case.received", "收到意见", "Received", "期内登记的群众意见，不论后来怎样。", "Every opinion registered in the period, whatever became of it."),
		cohort("case.collected", "收集意见", "Collected", "收到的，减去不予受理、转送外单位、并件和撤回的。", "Received, less declined, forwarded, linked and withdrawn.", is("standing", "resolved", "concluded", "in_progress")),
		cohort("case.resolved", "已解决（单位认定）", "Resolved (by the unit's word)", "已答复，承办单位认定已解决。", "Answered, and the unit says it is resolved.", ended("resolved")),
		cohort("case.concluded_otherwise", "另有结论", "Concluded otherwise", "已答复，结论是部分解决、解释说明、不予支持、不属职责或无法核实。", "Answered as partly resolved, explained, not supported, not responsible or unverifiable.", ended("concluded")),
		cohort("case.in_progress", "正在协调落实", "Being coordinated", "还没有答复，或已列入计划还没有办完。", "Not answered yet, or scheduled and not done yet.", ended("in_progress")),
		cohort("case.confirmed", "群众确认解决", "Confirmed by the resident", "单位认定已解决，群众也说解决了。", "Resolved by the unit's word, and the resident says so too.", ended("resolved"), is("solved", "yes")),
		cohort("case.overdue", "超期", "Overdue", "期末还没有答复，而且期限已过。", "Not answered at the end of the period, with the due moment passed.", ended("in_progress"),
			is("state", "registered", "accepted", "dispatched", "in_progress", "return_pending", "awaiting_info"), figures.Cond{Col: "due", Op: figures.BeforeEnd}),
		cohort("case.declined", "不予受理", "Declined", "说明理由和去处后不予受理的。", "Declined, with the reason and where to go.", ended("declined")),
		cohort("case.forwarded", "转送外单位", "Forwarded outside", "不属本镇，已转送有关单位并告知群众的。", "Not the town's; sent on, and the resident told.", ended("forwarded")),
		cohort("case.linked", "并件", "Linked", "同一件事并到另一件一起办的。", "Joined to another case about the same matter.", ended("linked")),
		cohort("case.withdrawn", "撤回", "Withdrawn", "群众自己撤回的。", "Withdrawn by the resident.", ended("withdrawn")),
		cohort("case.scheduled", "列入计划", "Scheduled", "已答复列入计划、还没有办完的；算在协调落实里。", "Answered as scheduled and not done yet; part of being coordinated.", is("outcome", "scheduled"), ended("in_progress")),
		cohort("case.answered", "已答复", "Answered", "已有结论的：已解决加另有结论。", "With a conclusion: resolved or otherwise.", finished),
		cohort("case.answered_on_time", "按期答复", "Answered on time", "答复时没有超过期限；补录的历史不算。", "Answered not later than due; back-filled history never counts.", finished, is("on_time", "yes")),
		cohort("case.answered_timed", "计时答复", "Answered, timed", "已答复而且有期限可比的。", "Answered with a due moment to hold it against.", finished, is("on_time", "yes", "no")),
		cohort("case.called_back", "已回访", "Called back", "答复后群众回答了回访的。", "The resident answered the call-back.", finished, is("reached", "yes")),
		cohort("case.unreached", "回访未联系上", "Not reached", "几次都没联系上，按规定办结的；从不算满意。", "Closed after several calls that reached nobody; never counted as satisfied.", is("state", "closed"), is("reached", "no"), is("backfilled", "no")),
		cohort("case.unconfirmed", "群众说没解决", "Not solved, says the resident", "单位认定已解决，群众说没有解决或只解决了一部分。", "Resolved by the unit's word; the resident says no, or partly.", ended("resolved"), is("solved", "no", "partly")),
		cohort("case.satisfied", "满意", "Satisfied", "回访时表示满意。", "Satisfied, at the call-back.", is("satisfied", "satisfied")),
		cohort("case.neutral", "一般", "Neutral", "回访时表示一般。", "Neither, at the call-back.", is("satisfied", "neutral")),
		cohort("case.dissatisfied", "不满意", "Dissatisfied", "回访时表示不满意。", "Dissatisfied, at the call-back.", is("satisfied", "dissatisfied")),
		cohort("case.rated_at_counter", "当面表态待核实", "Rated at the counter", "办理的人当面记下群众满意不满意，还没有由别的单位回访核实的。", "Rated in person before whoever handled it, not yet confirmed by an independent call.", is("at_counter", "yes"), is("satisfied", "satisfied", "neutral", "dissatisfied")),
		cohort("case.withdrawn_at_counter", "当面撤回", "Withdrawn at the counter", "群众当面提出、由工作人员代记的撤回。", "Withdrawals written down at the counter for the resident.", ended("withdrawn"), is("at_counter", "yes")),
		cohort("case.handled_again", "重办", "Handled again", "发回重办或办结后又重新办理的。", "Sent back or reopened.", is("again", "yes")),
		cohort("case.returned", "退过单", "Returned", "承办单位退过单并获准的。", "Returned by a unit, with consent.", is("returned", "yes")),
		cohort("case.extended", "延过期", "Extended", "经批准延长过期限的。", "Extended, with approval.", is("extended", "yes")),
		cohort("case.immediate", "立行立改", "Fixed at once", "登记时当场答复的。", "Answered at once, when registered.", is("immediate", "yes")),
		cohort("case.backfilled", "补录", "Back-filled", "从旧台账补录的历史；从不算按期。", "History from old ledgers; never counted as timely.", is("backfilled", "yes")),
		cohort("case.anonymous", "未署名", "Unsigned", "没有留姓名的，不含保密的。", "Without a name, those in confidence left out.", is("anonymity", "anonymous")),
	}
}

// stocks count what is in hand at the end of the period, whenever it was registered.
func stocks() []figures.Def {
	stock := func(code, zh, en, says, saysEN string, where ...figures.Cond) figures.Def {
		d := cohort(code, zh, en, says, saysEN, where...)
		d.Kind, d.Time, d.Since = figures.Stock, "", "registered"
		return d
	}
	unanswered := is("state", "registered", "accepted", "dispatched", "in_progress", "return_pending", "awaiting_info")
	return []figures.Def{
		stock("case.open", "期末在办", "In hand", "期末还没有办结的，不论何时登记。", "Not closed at the end, whenever registered.", is("state", "registered", "accepted", "dispatched", "in_progress", "return_pending", "awaiting_info", "answered", "follow_up")),
		stock("case.open_overdue", "期末超期", "Overdue in hand", "期末还没有答复且期限已过的，不论何时登记。", "Unanswered and past due at the end, whenever registered.", unanswered, figures.Cond{Col: "due", Op: figures.BeforeEnd}),
		stock("case.to_accept", "待受理", "To accept", "期末还没有告知受理不受理的。", "Not yet accepted or declined at the end.", is("state", "registered")),
		stock("case.to_call_back", "待回访", "To call back", "期末已答复、还没有回访办结的。", "Answered and not yet called back and closed.", is("state", "answered", "follow_up"), figures.Cond{Col: "outcome", Op: figures.NotIn, Values: []string{"scheduled"}}),
	}
}

// otherKinds count what is no opinion: proposals, implementation targets and project problems have figures of their own.
func otherKinds() (ds []figures.Def) {
	for _, k := range []struct{ kind, zh, en string }{
		{string(Proposal), "代表建议", "Delegates' proposals"}, {string(Target), "落实事项", "Implementation targets"}, {string(Project), "项目问题", "Project problems"},
	} {
		for _, w := range []struct {
			code, zh, en string
			where        []figures.Cond
		}{
			{"received", "收到", "received", nil},
			{"done", "办结答复", "answered", []figures.Cond{is("standing", "resolved", "concluded")}},
			{"in_progress", "正在办", "under way", []figures.Cond{is("standing", "in_progress")}},
		} {
			d := cohort(k.kind+"."+w.code, k.zh+w.zh, k.en+" "+w.en, "期内登记的"+k.zh+"，"+w.zh+"的；不算在群众意见里。", k.en+" registered in the period, "+w.en+"; no part of opinions.", w.where...)
			d.Where[0] = is("kind", k.kind)
			ds = append(ds, d)
		}
	}
	return ds
}

// flows count what was done in the period, to cases of any age.
func flows() (ds []figures.Def) {
	for _, f := range []struct {
		code, zh, en string
		types        []Type
	}{
		{"case.did_accept", "期内受理", "Accepted in the period", []Type{EvAccepted}},
		{"case.did_dispatch", "期内交办", "Dispatched in the period", []Type{EvDispatched}},
		{"case.did_answer", "期内答复", "Answered in the period", Answers()},
		{"case.did_resolve", "期内答复已解决", "Answered as resolved in the period", []Type{EvAnsweredResolved}},
		{"case.did_call_back", "期内回访", "Call-backs in the period", []Type{EvContactRecorded}},
		{"case.did_close", "期内办结", "Closed in the period", []Type{EvClosed}},
		{"case.did_redo", "期内发回重办和重新办理", "Sent back or reopened in the period", []Type{EvRedone, EvReopened}},
		{"case.did_extend", "期内准予延期", "Extensions granted in the period", []Type{EvExtensionGranted}},
		{"case.did_return", "期内准予退单", "Returns granted in the period", []Type{EvReturnGranted}},
		{"case.did_urge", "期内催办", "Reminders in the period", []Type{EvUrged}},
		{"case.did_supervise", "期内督办", "Supervision orders in the period", []Type{EvSupervised}},
	} {
		c := figures.Cond{Col: "type", Op: figures.In}
		for _, t := range f.types {
			c.Values = append(c.Values, string(t))
		}
		ds = append(ds, figures.Def{Code: f.code, Version: 1, Name: i18n.Pair{ZH: f.zh, EN: f.en},
			Says: i18n.Pair{ZH: "期内办的事，不论件是何时登记的：一次算一件次。", EN: "What was done in the period, whenever the case was registered: each time counts once."},
			Unit: i18n.Pair{ZH: "件次", EN: "times"}, Source: "case_deed", Kind: figures.Flow, Time: "at", Where: []figures.Cond{voices(), c}})
	}
	return ds
}

func formulas() []figures.Formula {
	rate := func(code, zh, en, says, saysEN, a, b string) figures.Formula {
		return figures.Formula{Code: code, Version: 1, Name: i18n.Pair{ZH: zh, EN: en}, Says: i18n.Pair{ZH: says, EN: saysEN}, Unit: i18n.Pair{ZH: "%", EN: "%"}, Op: figures.Ratio, A: a, B: b}
	}
	return []figures.Formula{
		rate("case.resolution_rate", "解决率（单位认定）", "Resolution rate (by the unit's word)", "已解决 ÷ 收集意见。", "Resolved of collected.", "case.resolved", "case.collected"),
		rate("case.answer_rate", "答复率", "Answer rate", "已答复 ÷ 收集意见。", "Answered of collected.", "case.answered", "case.collected"),
		rate("case.confirmation_rate", "群众确认率", "Confirmation rate", "群众确认解决 ÷ 已回访。", "Confirmed by the resident of called back.", "case.confirmed", "case.called_back"),
		rate("case.satisfaction_rate", "满意率", "Satisfaction rate", "满意 ÷ 已回访。", "Satisfied of called back.", "case.satisfied", "case.called_back"),
		rate("case.on_time_rate", "按期答复率", "On-time rate", "按期答复 ÷ 计时答复。", "Answered on time of answered with a clock.", "case.answered_on_time", "case.answered_timed"),
		{Code: "case.median_days", Version: 1, Name: i18n.Pair{ZH: "答复用时中位数", EN: "Median days to answer"},
			Says: i18n.Pair{ZH: "从登记到答复用了几天，一半的件比这快。", EN: "Days from registration to answer; half of the cases were quicker."},
			Unit: i18n.Pair{ZH: "天", EN: "days"}, Op: figures.Median, A: "case.answered_timed", B: "days"},
	}
}
