package bench

import (
	"fmt"
	"slices"
	"strings"
)

// caseRow is a case as it stood at a period's end, with what the report's figures ask of it.
type caseRow struct {
	kind, channel, state, outcome, solved, satisfied, onTime string
	category, unit, leader, grid                             string
	registered, due                                          int64
	took                                                     int64 // -1 for none
	round, returns, extensions                               int64
	reached, immediate, backfilled, veiled                   bool
}

// definition is one figure of cases, written twice beside each other: as a condition in SQL, over r (the case) and s
// (how it stood), and in Go. Both are written after the sentences that the figures pages show, not after the program.
type definition struct {
	code string
	sql  string
	is   func(caseRow) bool
}

const (
	endedSQL    = `s.state IN ('declined', 'forwarded', 'linked', 'withdrawn')`
	finishedSQL = `s.state IN ('answered', 'follow_up', 'closed') AND s.outcome NOT IN ('', 'scheduled')`
	resolvedSQL = `s.state IN ('answered', 'follow_up', 'closed') AND s.outcome = 'resolved'`
	openSQL     = `NOT (` + endedSQL + `) AND NOT (` + finishedSQL + `)`
	waitingSQL  = `s.state IN ('registered', 'accepted', 'dispatched', 'in_progress', 'return_pending', 'awaiting_info')`
)

func (c caseRow) in(states ...string) bool { return slices.Contains(states, c.state) }
func (c caseRow) ended() bool              { return c.in("declined", "forwarded", "linked", "withdrawn") }
func (c caseRow) finished() bool {
	return c.in("answered", "follow_up", "closed") && c.outcome != "" && c.outcome != "scheduled"
}
func (c caseRow) resolved() bool { return c.finished() && c.outcome == "resolved" }
func (c caseRow) open() bool     { return !c.ended() && !c.finished() }
func (c caseRow) waiting() bool {
	return c.in("registered", "accepted", "dispatched", "in_progress", "return_pending", "awaiting_info")
}

// cohortFigures are the figures of what was registered in a period. end is the moment against which due moments are
// held.
func cohortFigures(end int64) []definition {
	state := func(s string) definition {
		return definition{"case." + s, `s.state = '` + s + `'`, func(c caseRow) bool { return c.state == s }}
	}
	return []definition{
		{"case.received", `TRUE`, func(caseRow) bool { return true }},
		{"case.collected", `NOT (` + endedSQL + `)`, func(c caseRow) bool { return !c.ended() }},
		{"case.resolved", resolvedSQL, caseRow.resolved},
		{"case.concluded_otherwise", finishedSQL + ` AND s.outcome <> 'resolved'`, func(c caseRow) bool { return c.finished() && !c.resolved() }},
		{"case.in_progress", openSQL, caseRow.open},
		{"case.confirmed", resolvedSQL + ` AND s.solved = 'yes'`, func(c caseRow) bool { return c.resolved() && c.solved == "yes" }},
		{"case.overdue", waitingSQL + fmt.Sprintf(` AND s.due_at < %d`, end), func(c caseRow) bool { return c.waiting() && c.due < end }},
		state("declined"), state("forwarded"), state("linked"), state("withdrawn"),
		{"case.answered", finishedSQL, caseRow.finished},
		{"case.answered_on_time", finishedSQL + ` AND s.on_time`, func(c caseRow) bool { return c.finished() && c.onTime == "yes" }},
		{"case.answered_timed", finishedSQL + ` AND s.on_time IS NOT NULL`, func(c caseRow) bool { return c.finished() && c.onTime != "" }},
		{"case.called_back", finishedSQL + ` AND s.reached`, func(c caseRow) bool { return c.finished() && c.reached }},
		{"case.unreached", `s.state = 'closed' AND NOT s.reached AND NOT r.backfilled`, func(c caseRow) bool { return c.state == "closed" && !c.reached && !c.backfilled }},
		{"case.unconfirmed", resolvedSQL + ` AND s.solved IN ('no', 'partly')`, func(c caseRow) bool { return c.resolved() && (c.solved == "no" || c.solved == "partly") }},
		{"case.satisfied", `s.satisfied = 'satisfied'`, func(c caseRow) bool { return c.satisfied == "satisfied" }},
		{"case.neutral", `s.satisfied = 'neutral'`, func(c caseRow) bool { return c.satisfied == "neutral" }},
		{"case.dissatisfied", `s.satisfied = 'dissatisfied'`, func(c caseRow) bool { return c.satisfied == "dissatisfied" }},
		{"case.immediate", `r.immediate`, func(c caseRow) bool { return c.immediate }},
		{"case.scheduled", `s.outcome = 'scheduled' AND ` + openSQL, func(c caseRow) bool { return c.outcome == "scheduled" && c.open() }},
		{"case.handled_again", `s.round > 1`, func(c caseRow) bool { return c.round > 1 }},
		{"case.returned", `s.returns > 0`, func(c caseRow) bool { return c.returns > 0 }},
		{"case.extended", `s.extensions > 0`, func(c caseRow) bool { return c.extensions > 0 }},
		{"case.backfilled", `r.backfilled`, func(c caseRow) bool { return c.backfilled }},
	}
}

// stockFigures are the figures of what is in hand at a moment, whenever it was registered.
func stockFigures(end int64) []definition {
	return []definition{
		{"case.open", `TRUE`, func(c caseRow) bool { return c.waiting() || c.in("answered", "follow_up") }},
		{"case.open_overdue", waitingSQL + fmt.Sprintf(` AND s.due_at < %d`, end), func(c caseRow) bool { return c.waiting() && c.due < end }},
		{"case.to_accept", `s.state = 'registered'`, func(c caseRow) bool { return c.state == "registered" }},
		{"case.to_call_back", `s.state IN ('answered', 'follow_up') AND s.outcome <> 'scheduled'`, func(c caseRow) bool {
			return c.in("answered", "follow_up") && c.outcome != "scheduled"
		}},
	}
}

// stockStates are the states of what is in hand.
const stockStates = `('registered', 'accepted', 'dispatched', 'in_progress', 'return_pending', 'awaiting_info', 'answered', 'follow_up')`

// voiceKinds are the kinds that count as opinions; otherKinds have figures of their own.
const voiceKinds = `('opinion', 'complaint', 'help', 'enquiry', 'wrongdoing', 'petition')`

func voice(kind string) bool { return strings.Contains(voiceKinds, "'"+kind+"'") }

// flowFigures are the figures of what was done, by the types of deed that each counts.
func flowFigures() map[string][]string {
	return map[string][]string{
		"case.did_accept": {"accepted"}, "case.did_dispatch": {"dispatched"}, "case.did_answer": {"answered_resolved", "answered_other", "answered_scheduled"},
		"case.did_resolve": {"answered_resolved"}, "case.did_call_back": {"contact_recorded"}, "case.did_close": {"closed"}, "case.did_redo": {"redone", "reopened"},
		"case.did_extend": {"extension_granted"}, "case.did_return": {"return_granted"}, "case.did_urge": {"urged"}, "case.did_supervise": {"supervised"},
	}
}

// ratioFigures are numerator and denominator of each ratio.
func ratioFigures() map[string][2]string {
	return map[string][2]string{
		"case.resolution_rate": {"case.resolved", "case.collected"}, "case.answer_rate": {"case.answered", "case.collected"},
		"case.confirmation_rate": {"case.confirmed", "case.called_back"}, "case.satisfaction_rate": {"case.satisfied", "case.called_back"},
		"case.on_time_rate": {"case.answered_on_time", "case.answered_timed"},
	}
}

// medianFigure is the one that is neither counted nor divided.
const medianFigure = "case.median_days"

// breakdowns are the dimensions of the report with the figures that it breaks down by each, and the column of each.
type breakdown struct {
	dim, column string
	codes       []string
	of          func(caseRow) string
}

func reportBreakdowns() []breakdown {
	return []breakdown{
		{"channel", "r.channel", []string{"case.collected"}, func(c caseRow) string { return c.channel }},
		{"category", "s.category", []string{"case.collected", "case.in_progress"}, func(c caseRow) string { return c.category }},
		{"unit", "s.unit_id", []string{"case.collected", "case.resolved", "case.in_progress", "case.overdue"}, func(c caseRow) string { return c.unit }},
		{"leader", "s.leader_id", []string{"case.in_progress", "case.overdue"}, func(c caseRow) string { return c.leader }},
		{"grid", "s.grid_id", []string{"case.in_progress"}, func(c caseRow) string { return c.grid }},
	}
}
