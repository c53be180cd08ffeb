package admin

import (
	"testing"

	"yanming/internal/casework"
	"yanming/internal/i18n"
	"yanming/internal/report"
)

// TestTheJournalHasAWordForEveryEvent: nobody meets the code of an event there.
func TestTheJournalHasAWordForEveryEvent(t *testing.T) {
	cat, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	s, types := &Server{cat: cat}, adminEvents()
	for _, e := range casework.Types() {
		types = append(types, string(e))
	}
	for _, e := range report.Types() {
		types = append(types, string(e))
	}
	for _, e := range types {
		if _, ok := s.eventName(e).(i18n.Key); !ok {
			t.Errorf("no name for the event %s", e)
		}
	}
	for _, kind := range []string{"case", "org", "account", "paper", "slip", "slips", "report", "import", "import_file", "import_mapping", "figure"} {
		if _, ok := s.kindName(kind).(i18n.Key); !ok {
			t.Errorf("no name for records of the kind %s", kind)
		}
	}
}
