package auth

import (
	"slices"

	"yanming/internal/actor"
)

// Right is something that hangs on a role. Which cases it reaches is the feature's rule: scope by unit and village,
// separation of duties, the veil. A right never opens a case in confidence: only being named its reader does.
type Right string

// The rights.
const (
	RightRegister     Right = "register"      // write down what somebody said
	RightAccept       Right = "accept"        // accept, decline, forward, link
	RightDispatch     Right = "dispatch"      // give to a unit with a due date and a responsible leader; decide returns
	RightHandle       Right = "handle"        // for a unit: sign, answer, return, ask for more time or facts
	RightRecord       Right = "record"        // note what was done, with evidence
	RightApprove      Right = "approve"       // grant or deny extensions; a leader among them rules which unit
	RightSupervise    Right = "supervise"     // urge and supervise
	RightCallBack     Right = "call_back"     // ask the resident how it went
	RightSeeAllOpen   Right = "see_all_open"  // every open case of the town, not only one's own units'
	RightPublish      Right = "publish"       // redacted titles for the public page
	RightIdentity     Right = "identity"      // open the name of a protected case on a logged need
	RightFigures      Right = "figures"       // figures, with evidence as far as one may see it
	RightReportWrite  Right = "report_write"  // draft a report and send it up
	RightReportReview Right = "report_review" // review it
	RightReportSign   Right = "report_sign"   // sign it
	RightImport       Right = "import"        // bring in a ledger that one holds oneself; it opens no case
	RightAdmin        Right = "admin"         // organisation, accounts, rules, backups
	RightAudit        Right = "audit"         // the log of events, without content
	RightCounty       Right = "county"        // the county's view of its towns: figures and redacted cases
	RightAboutTown    Right = "about_town"    // receive what is about a town itself
)

// Rights lists every right.
func Rights() []Right {
	return []Right{RightRegister, RightAccept, RightDispatch, RightHandle, RightRecord, RightApprove, RightSupervise, RightCallBack,
		RightSeeAllOpen, RightPublish, RightIdentity, RightFigures, RightReportWrite, RightReportReview, RightReportSign, RightImport,
		RightAdmin, RightAudit, RightCounty, RightAboutTown}
}

// RolesWith returns the roles that have a right; none for a right that is not known. Administrators have no right to
// the content of cases, auditors to nothing but the log.
func RolesWith(r Right) []actor.Role {
	switch r {
	case RightRegister:
		return []actor.Role{actor.Intake, actor.Handler, actor.Petition, actor.General, actor.Inspection, actor.Leader,
			actor.Secretary, actor.Cadre, actor.Worker, actor.CountyOfficer}
	case RightAccept:
		return []actor.Role{actor.Intake, actor.Petition, actor.General, actor.CountyOfficer}
	case RightDispatch:
		return []actor.Role{actor.Intake, actor.Petition, actor.General, actor.Leader, actor.CountyOfficer}
	case RightIdentity:
		return []actor.Role{actor.Intake, actor.Petition, actor.CountyOfficer}
	case RightHandle:
		return []actor.Role{actor.Handler, actor.Petition, actor.Secretary, actor.CountyOfficer}
	case RightRecord:
		return []actor.Role{actor.Handler, actor.Petition, actor.Leader, actor.Secretary, actor.Cadre, actor.Worker, actor.CountyOfficer}
	case RightApprove:
		return []actor.Role{actor.Inspection, actor.Leader, actor.CountyOfficer}
	case RightSupervise:
		return []actor.Role{actor.Inspection, actor.Leader, actor.CountyOfficer}
	case RightCallBack:
		return []actor.Role{actor.Petition, actor.Inspection, actor.Caller, actor.CountyOfficer}
	case RightSeeAllOpen:
		return []actor.Role{actor.Intake, actor.Petition, actor.General, actor.Inspection, actor.Leader, actor.CountyOfficer}
	case RightPublish:
		return []actor.Role{actor.Petition, actor.General}
	case RightFigures:
		return []actor.Role{actor.Intake, actor.Handler, actor.Petition, actor.General, actor.Publicity, actor.Inspection,
			actor.Leader, actor.Secretary, actor.Cadre, actor.Worker, actor.Caller, actor.CountyOfficer, actor.CountyViewer}
	case RightReportWrite:
		return []actor.Role{actor.Intake, actor.Petition, actor.General, actor.Publicity}
	case RightReportReview:
		return []actor.Role{actor.General, actor.Inspection, actor.Leader}
	case RightReportSign:
		return []actor.Role{actor.Leader}
	case RightImport:
		return []actor.Role{actor.Intake, actor.Petition, actor.General, actor.Admin}
	case RightAdmin:
		return []actor.Role{actor.Admin}
	case RightAudit:
		return []actor.Role{actor.Auditor}
	case RightCounty:
		return []actor.Role{actor.CountyOfficer, actor.CountyViewer}
	case RightAboutTown:
		return []actor.Role{actor.CountyOfficer}
	}
	return nil
}

// Can reports whether one of the actor's posts has the right. Residents and the system have none: what they do is
// allowed by the feature itself.
func Can(a actor.Actor, r Right) bool {
	return slices.ContainsFunc(RolesWith(r), func(role actor.Role) bool { return a.Is(role) })
}
