package notice

import (
	"slices"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/calendar"
	"yanming/internal/journal"
)

// The journal's kinds of reports and imports. Their rooms stand beside this one or above it, so their events are read
// and nothing of them is called.
const (
	reportKind = "report"
	importKind = "import"
)

// ofAccount tells people that somebody else set their password or vouched for them, and those who can vouch.
func (d *deriving) ofAccount(e journal.Entry) error {
	var p struct {
		Person string `json:"person"`
	}
	if err := e.Decode(&p); err != nil {
		return err
	}
	if err := d.load(); err != nil {
		return err
	}
	n := Notice{Record: p.Person, Mark: e.ID, At: e.At}
	switch e.Type {
	case "password_recovered":
		n.Kind = PasswordSet
		if err := d.give(p.Person, n); err != nil {
			return err
		}
	case "password_reset":
		n.Kind = PasswordReset
		if err := d.give(p.Person, n); err != nil {
			return err
		}
		n.Kind = Vouch
		hands, err := auth.LoadHands(d.ctx, d.tx)
		if err != nil {
			return err
		}
		for _, a := range d.accounts {
			if hands.MayVouch(d.acting(a.Person), d.accounts[p.Person], d.dir.Settings.Confidants) {
				if err := d.give(a.Person, n); err != nil {
					return err
				}
			}
		}
		if d.accounts[p.Person].DoubtedBy != "" {
			return d.recheck(p.Person) // what was in confidence is not theirs until somebody has vouched
		}
	case "account_vouched":
		n.Kind, n.Record = Vouched, e.Actor
		if err := d.give(p.Person, n); err != nil {
			return err
		}
	default:
		return nil
	}
	return settleKind(d.ctx, d.tx, Vouch, p.Person) // nobody is doubted any more
}

// ofReport tells who has to take a report's next step.
func (d *deriving) ofReport(e journal.Entry) error {
	kind, right := Kind(""), auth.Right("")
	switch e.Type {
	case "submitted":
		kind, right = ReportSent, auth.RightReportReview
	case "reviewed":
		kind, right = ReportReviewed, auth.RightReportSign
	case "returned":
		kind = ReportReturned
	case "issued":
	default:
		return nil
	}
	if err := d.load(); err != nil {
		return err
	}
	history, err := journal.History(d.ctx, d.tx, e.Record)
	if err != nil || len(history) == 0 {
		return err
	}
	var begun struct{ Period calendar.Period }
	if err := history[0].Decode(&begun); err != nil {
		return err
	}
	week := begun.Period.String()
	if err := settleRecord(d.ctx, d.tx, week); err != nil { // the step before is taken
		return err
	}
	if kind == "" || history[len(history)-1].ID != e.ID { // it has gone on since
		return nil
	}
	var hands []string // nobody reviews what they wrote, or signs what they reviewed
	author := ""
	for _, h := range history {
		if !slices.Contains(hands, h.Actor) {
			hands = append(hands, h.Actor)
		}
		if h.Type == "submitted" {
			author = h.Actor
		}
	}
	people := []string{author}
	if right != "" {
		people = nil
		for _, p := range d.dir.PeopleWith(auth.RolesWith(right)...) {
			if !slices.Contains(hands, p.ID) {
				people = append(people, p.ID)
			}
		}
	}
	for _, p := range people {
		if p == e.Actor {
			continue
		}
		if err := d.give(p, Notice{Kind: kind, Record: week, Mark: e.ID, At: e.At}); err != nil {
			return err
		}
	}
	return nil
}

// ofImport tells whoever began an import that it is finished.
func (d *deriving) ofImport(e journal.Entry) error {
	if e.Type != "import_finished" {
		return nil
	}
	if err := d.load(); err != nil {
		return err
	}
	return d.give(e.Actor, Notice{Kind: Imported, Record: e.Record, Mark: e.ID, At: e.At})
}

// ofKeys tells the other administrators that one of them took the installation's keys.
func (d *deriving) ofKeys(e journal.Entry) error {
	if err := d.load(); err != nil {
		return err
	}
	for _, p := range d.administrators() {
		if p == e.Actor {
			continue
		}
		if err := d.give(p, Notice{Kind: KeysTaken, Record: e.Actor, Mark: e.ID, At: e.At}); err != nil {
			return err
		}
	}
	return nil
}

// administrators are the people who keep the town's installation.
func (d *deriving) administrators() (out []string) {
	for _, p := range d.dir.PeopleWith(actor.Admin) {
		out = append(out, p.ID)
	}
	return out
}
