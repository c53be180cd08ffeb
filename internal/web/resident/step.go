package resident

import (
	"net/http"
	"slices"

	"yanming/internal/casework"
	"yanming/internal/i18n"
	"yanming/internal/journal"
	"yanming/internal/org"
	"yanming/internal/web/page"
)

// moments makes the steps of a case into the lines of its timeline, the newest first: what happened in plain words,
// when, and which unit did it. It names no person.
func (s *Server) moments(r *http.Request, dir *org.Directory, t casework.Track) []page.Moment {
	ms := make([]page.Moment, 0, len(t.Steps))
	unit, last := "", lastAnswer(t)
	for i, x := range t.Steps {
		if x.Type == casework.EvDispatched {
			unit = dir.Unit(x.Unit).Name
		}
		m := page.Moment{State: "done", When: x.At, Title: stepKey(x), Who: whoDid(dir, t, x, unit), Text: stepText(x)}
		switch {
		case i == last: // stands above, in full
			m.Text = ""
		case x.Type == casework.EvDispatched:
			m.Title = s.Site.T(r, "resident.step.dispatched", unit)
		}
		if isAnswer(x.Type) {
			m.Title = s.Site.T(r, "resident.step.answered_with", x.Outcome.Name().In(s.Site.Lang(r)))
		}
		ms = append(ms, m)
	}
	if n := len(ms); n > 0 {
		ms[n-1].State = "now"
	}
	slices.Reverse(ms)
	return ms
}

// lastAnswer is the step that the page shows above the timeline, or -1.
func lastAnswer(t casework.Track) int {
	if t.Case.Outcome == "" || t.Case.Words.Text == "" { // of a joined case only the steps are shown
		return -1
	}
	for i, x := range slices.Backward(t.Steps) {
		if isAnswer(x.Type) {
			return i
		}
	}
	return -1
}

// stepKey says what happened.
func stepKey(x casework.Step) i18n.Key {
	switch {
	case x.Type == casework.EvWordsAdded && x.Words.Text == "" && len(x.Facts.Files) > 0:
		return "resident.step.photos_added"
	case x.Type == casework.EvContactRecorded && x.By == journal.Resident:
		return "resident.step.rated"
	case x.Type == casework.EvContactRecorded && !x.Reached:
		return "resident.step.not_reached"
	case x.Type == casework.EvRegistered && x.By != journal.Resident:
		return "resident.step.taken_down"
	case x.Type == casework.EvSigned && x.By == journal.System:
		return "resident.step.signed_by_itself"
	}
	return i18n.Key("resident.step." + string(x.Type))
}

// stepText is what was written for the resident, or by them. Notes that colleagues wrote for each other are not shown.
func stepText(x casework.Step) string {
	own := x.By == journal.Resident
	switch x.Type {
	case casework.EvRegistered, casework.EvClosed, casework.EvReceiptReissued, casework.EvResumed:
		return ""
	case casework.EvContactRecorded, casework.EvRedone, casework.EvReopened, casework.EvUrged, casework.EvWordsAdded, casework.EvWithdrawn:
		if !own {
			return ""
		}
	}
	text := ""
	for _, s := range []string{x.Words.Text, x.Words.Reason, x.Words.Basis, x.Words.Target} {
		if s == "" {
			continue
		}
		if text != "" {
			text += "\n"
		}
		text += s
	}
	return text
}

// whoDid names the unit, or the resident. In confidence no office is named that cannot read it.
func whoDid(dir *org.Directory, t casework.Track, x casework.Step, unit string) string {
	switch x.By {
	case journal.Resident, journal.System:
		return ""
	}
	switch x.Type {
	case casework.EvSigned, casework.EvInfoAsked, casework.EvActionRecorded, casework.EvAnsweredResolved, casework.EvAnsweredOther,
		casework.EvAnsweredScheduled:
		return unit
	case casework.EvContactRecorded:
		return ""
	}
	if dir.Settings.OfficeName != "" && !t.Secret {
		return dir.Settings.OfficeName
	}
	return dir.Town.Name
}
