package admin

import (
	"net/http"
	"slices"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/journal"
	"yanming/internal/org"
	"yanming/internal/web/page"
)

// logRow is one event as an auditor sees it.
type logRow struct {
	At    time.Time
	Kind  any
	Type  any
	Actor any
}

type journalPage struct {
	frame
	Rows  []logRow
	Types []page.Choice
	Pager page.Pager
	First string // the newest events again; "" where they are shown
}

// logPage is how many events stand on a page.
const logPage = 100

// adminEvents are the types of events about organisation, accounts and keys.
func adminEvents() []string {
	return append([]string{"town_opened", "unit_saved", "unit_retired", "village_saved", "village_retired", "grid_saved", "grid_retired", "person_saved",
		"post_began", "post_ended", "contact_began", "contact_ended", "category_saved", "category_retired", "rule_changed", "days_added", "setting_changed",
		"self_grant_refused", "account_created", "account_disabled", "account_enabled", "password_reset", "password_changed", "sessions_revoked",
		"paper_issued", "printed", "import_begun", "import_finished", "import_undone", "file_received", "mapping_saved", "drafted", "written", "submitted",
		"reviewed", "returned", "issued", "frozen", "start_settled", "defined",
		"password_recovered", "account_vouched", "address_changed", "hook_saved", "hook_ended", "delivery_retried", "delivery_dropped"}, org.Notes()...)
}

// eventName says an event's type: as these pages call it, else as the office does, else its code.
func (s *Server) eventName(typ string) any {
	for _, area := range []string{"admin.event.", "office.event."} {
		if s.cat.Has(area + typ) {
			return i18n.Key(area + typ)
		}
	}
	return typ
}

// kindName says what kind of record an event is about, else its code.
func (s *Server) kindName(kind string) any {
	if s.cat.Has("admin.record." + kind) {
		return i18n.Key("admin.record." + kind)
	}
	return kind
}

// showJournal handles GET /admin/journal?day=&type=&before=: what was done, when and by whom, and nothing of what it
// was about. Events of records in confidence are not listed, for nobody, and nothing here counts them.
func (s *Server) showJournal(w http.ResponseWriter, v *visit) error {
	q := v.r.URL.Query()
	look := journal.Look{Type: q.Get("type"), Behind: q.Get("before"), Limit: logPage + 1}
	data := journalPage{frame: s.frame(v, nil, "admin.journal"), Types: []page.Choice{{Label: i18n.Key("admin.journal.every")}}}
	types := adminEvents()
	for _, t := range casework.Types() {
		types = append(types, string(t))
	}
	for _, t := range types {
		data.Types = append(data.Types, page.Choice{Value: t, Label: s.eventName(t)})
	}
	var err error
	if day := q.Get("day"); day != "" {
		if look.Day, err = calendar.ParseDay(day); err != nil {
			data.Form.Fail("day", "error.date")
		}
	}
	if look.Type != "" && !slices.Contains(types, look.Type) {
		return errs.Missing()
	}
	data.Form.Set("day", q.Get("day"))
	data.Form.Set("type", look.Type)
	if data.Form.Err() != nil {
		data.Wrong = true
		return s.pages.Show(w, v.r, http.StatusUnprocessableEntity, "journal", data)
	}
	var lines []journal.Line
	err = s.view(v, func(tx *db.Tx) error {
		lines, err = journal.Lines(v.r.Context(), tx, look)
		return err
	})
	if err != nil {
		return err
	}
	if len(lines) > logPage {
		lines = lines[:logPage]
		q.Set("before", lines[logPage-1].Place)
		data.Pager.Next = "/admin/journal?" + q.Encode()
	}
	if look.Behind != "" {
		q.Del("before")
		data.First = "/admin/journal?" + q.Encode()
	}
	for _, l := range lines {
		row := logRow{At: l.At, Kind: s.kindName(l.Kind), Type: s.eventName(l.Type), Actor: v.dir.Person(l.Actor).Name}
		switch l.Actor {
		case journal.Resident:
			row.Actor = i18n.Key("admin.journal.resident")
		case journal.System:
			row.Actor = i18n.Key("admin.journal.system")
		}
		data.Rows = append(data.Rows, row)
	}
	return s.pages.Show(w, v.r, http.StatusOK, "journal", data)
}
