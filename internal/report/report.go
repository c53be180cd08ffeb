// Package report puts a town's figures together as its weekly report, carries the report from draft to issue, and
// writes it as a page, an official paper, a workbook or data.
//
// Whatever a report prints is a figure with its evidence: the values of a draft are those of now, the values of an
// issue are frozen. The text around them names figures and holds no number of its own. A report is written, reviewed
// and issued by three different people; what was issued never changes, a correction is a new issue that says what it
// replaces.
//
// It refuses numbers typed into the text, rankings of persons and of villages, and anything about a case in confidence
// beyond the one count of the whole town.
package report

import (
	"slices"
	"yanming/internal/db"
	"yanming/internal/figures"
	"yanming/internal/i18n"
	"yanming/internal/org"
)

// RecordKind is the kind of every event of this package.
const RecordKind = "report"

// Service reckons, signs and keeps the reports of towns. It is safe for concurrent use.
type Service struct {
	store *db.DB
	cat   *figures.Catalogue
	orgs  *org.Service
	words *i18n.Catalogue
}

// New returns the service over a database, the figures it prints, the towns they are of and the words around them.
func New(store *db.DB, cat *figures.Catalogue, orgs *org.Service, words *i18n.Catalogue) *Service {
	return &Service{store: store, cat: cat, orgs: orgs, words: words}
}

// The figures by which opinions are reported.
const (
	received   = "case.received"
	collected  = "case.collected"
	resolved   = "case.resolved"
	concluded  = "case.concluded_otherwise"
	inProgress = "case.in_progress"
	confirmed  = "case.confirmed"
	overdue    = "case.overdue"
	declined   = "case.declined"
	forwarded  = "case.forwarded"
	linked     = "case.linked"
	withdrawn  = "case.withdrawn"
	resolving  = "case.resolution_rate"
	didResolve = "case.did_resolve"
)

// Headline lists the figures in the first row of the report.
func Headline() []string {
	return []string{received, collected, resolved, inProgress, confirmed, overdue}
}

// cohorts are the figures that have an evidence sheet in the workbook.
func cohorts() []string {
	return []string{received, collected, resolved, concluded, inProgress, confirmed, overdue, declined, forwarded, linked, withdrawn}
}

// group is a heading of the list of figures and what stands under it.
type group struct {
	key   string // of the catalogue
	codes []string
}

// groups are the figures of the weekly report in the order in which it prints them.
func groups() []group {
	return []group{
		{"report.group.opinions", cohorts()},
		{"report.group.quality", []string{resolving, "case.answered", "case.answer_rate", "case.answered_on_time", "case.answered_timed", "case.on_time_rate", "case.median_days",
			"case.called_back", "case.unreached", "case.unconfirmed", "case.confirmation_rate", "case.satisfied", "case.neutral", "case.dissatisfied", "case.satisfaction_rate",
			"case.immediate", "case.scheduled", "case.handled_again", "case.returned", "case.extended", "case.backfilled"}},
		{"report.group.hand", []string{"case.open", "case.open_overdue", "case.to_accept", "case.to_call_back"}},
		{"report.group.flow", []string{"case.did_accept", "case.did_dispatch", "case.did_answer", didResolve, "case.did_call_back", "case.did_close", "case.did_redo",
			"case.did_extend", "case.did_return", "case.did_urge", "case.did_supervise"}},
		{"report.group.other", []string{"proposal.received", "proposal.done", "proposal.in_progress", "target.received", "target.done", "target.in_progress",
			"project.received", "project.done", "project.in_progress"}},
	}
}

// Ordered sorts figures by code into the headings of the report, each in the order of its way from receiving to calling
// back. What the report does not print stands in the last heading, in the order given.
func Ordered(codes []string) (out []Heading) {
	left := slices.Clone(codes)
	for _, g := range groups() {
		h := Heading{Key: g.key}
		for _, code := range g.codes {
			if i := slices.Index(left, code); i >= 0 {
				h.Codes, left = append(h.Codes, code), slices.Delete(left, i, i+1)
			}
		}
		if len(h.Codes) > 0 {
			out = append(out, h)
		}
	}
	if len(left) > 0 {
		out = append(out, Heading{Key: "report.group.more", Codes: left})
	}
	return out
}

// Heading is a heading of a list of figures, a message key, and the codes under it.
type Heading struct {
	Key   string
	Codes []string
}

// Codes lists every figure of the weekly report.
func Codes() (codes []string) {
	for _, g := range groups() {
		codes = append(codes, g.codes...)
	}
	return codes
}
