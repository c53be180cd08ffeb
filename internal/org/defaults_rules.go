package org

import (
	"slices"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/i18n"
)

// agreed is the reason of every number that no law sets: the town agreed on it, and may agree on another.
func agreed() i18n.Pair { return i18n.Pair{ZH: "本镇约定", EN: "Town default, not a law"} }

// article is an article of the Regulations on Petition Work (信访工作条例, in force since 2022-05-01).
func article(zh, en string) i18n.Pair {
	return i18n.Pair{ZH: "《信访工作条例》" + zh, EN: "Regulations on Petition Work, " + en}
}

func days(n int) calendar.Span        { return calendar.Span{N: n, Unit: calendar.CalendarDay} }
func workingDays(n int) calendar.Span { return calendar.Span{N: n, Unit: calendar.WorkingDay} }
func workingHours(n int) calendar.Span {
	return calendar.Span{N: n, Unit: calendar.WorkingHour}
}

// rolling lets time that a resident has end on a working day.
func rolling(n int) calendar.Span {
	return calendar.Span{N: n, Unit: calendar.CalendarDay, RollForward: true}
}

// DefaultRules are the deadlines that a town starts with, version 1, for the administrator to confirm. Each is a
// law's or says that it is none:
//
//   - petition, wrongdoing: 信访工作条例 Art. 23 (notice within 15 days; objection within 5 working days), Art. 34 (60
//     days from acceptance, at most 30 more, once) and Art. 35 (review asked for within 30 days of the written answer).
//     Art. 34 is for petitions alone; an accusation goes the way of discipline inspection.
//   - opinion, complaint, help: 5 working days, as the hotline regulations of several cities say; here agreed.
//   - enquiry: 3 working days, agreed.
//   - proposal, target, project: three months, agreed, written as 90 days.
//
// What anybody may bring to the hotline runs from registration, so that the receipt can name the day. Everything else
// runs from acceptance; casework starts it at the latest when the notice clock runs out.
func DefaultRules() []Rule {
	var rs []Rule
	add := func(kind string, r Rule) {
		r.Kind, r.Version, r.ValidFrom = kind, 1, time.UnixMilli(0)
		if r.Law.ZH == "" {
			r.Law = agreed()
		} else {
			r.Legal = true
		}
		if !r.Pauses {
			r.Pause.Unit = r.Span.Unit
		}
		if r.Times == 0 {
			r.Extension.Unit = r.Span.Unit
		}
		rs = append(rs, r)
	}
	for _, kind := range Kinds() {
		add(kind, noticeRule(kind))
		add(kind, handleRule(kind))
		add(kind, returnRule(kind))
		add(kind, Rule{Clock: Info, Start: "info_asked", Span: rolling(15)})
		add(kind, Rule{Clock: CallBack, Start: "answered", Span: workingDays(3)})
		if kind == "petition" {
			add(kind, Rule{Clock: Reopen, Start: "answered", Span: rolling(30), Law: article("第三十五条", "Art. 35")})
		} else {
			add(kind, Rule{Clock: Reopen, Start: "closed", Span: rolling(30)})
		}
		add(kind, Rule{Clock: Sign, Start: "dispatched", Span: workingHours(8)})
	}
	return rs
}

// petitioning reports whether the Regulations on Petition Work are for the kind.
func petitioning(kind string) bool { return kind == "petition" || kind == "wrongdoing" }

func noticeRule(kind string) Rule {
	switch {
	case petitioning(kind):
		return Rule{Clock: Notice, Start: "registered", Span: days(15), Law: article("第二十三条", "Art. 23")}
	case slices.Contains([]string{"proposal", "target", "project"}, kind):
		return Rule{Clock: Notice, Start: "registered", Span: workingDays(5)}
	}
	return Rule{Clock: Notice, Start: "registered", Span: workingDays(1)}
}

func handleRule(kind string) Rule {
	r := Rule{Clock: Handle, Start: "accepted", Times: 1}
	switch kind {
	case "petition":
		r.Span, r.Extension, r.Law = days(60), days(30), article("第三十四条", "Art. 34")
	case "wrongdoing":
		r.Span, r.Extension = days(60), days(30)
	case "enquiry":
		r.Start, r.Span, r.Extension = "registered", workingDays(3), workingDays(2)
	case "proposal", "target", "project":
		r.Span, r.Extension = days(90), days(90)
	default: // opinion, complaint, help
		r.Start, r.Span, r.Extension = "registered", workingDays(5), workingDays(5)
		r.Pauses, r.Pause = true, workingDays(5)
	}
	return r
}

func returnRule(kind string) Rule {
	r := Rule{Clock: Return, Start: "dispatched", Span: workingDays(5)}
	switch {
	case petitioning(kind):
		r.Law = article("第二十三条", "Art. 23")
	case kind == "enquiry":
		r.Span = workingDays(1)
	case kind == "opinion" || kind == "complaint" || kind == "help":
		r.Span = workingDays(2)
	}
	return r
}
