package admin

import (
	"net/http"

	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/web/page"
)

type dayRow struct {
	Day  calendar.Day
	Kind i18n.Key
}

type holidaysPage struct {
	frame
	First, Last int // the years whose holidays are known
	Added       []dayRow
}

// listHolidays handles GET /admin/holidays.
func (s *Server) listHolidays(w http.ResponseWriter, v *visit) error {
	return s.showHolidays(w, v, http.StatusOK, page.NewForm())
}

func (s *Server) showHolidays(w http.ResponseWriter, v *visit, status int, form *page.Form) error {
	data := holidaysPage{frame: s.frame(v, form, "admin.holidays"), First: v.dir.Calendar.FirstYear(), Last: v.dir.Calendar.LastYear()}
	err := s.view(v, func(tx *db.Tx) error {
		days, err := org.AddedDays(v.r.Context(), tx)
		for _, d := range days {
			data.Added = append(data.Added, dayRow{d.Day, i18n.Key("admin.day." + string(d.Kind))})
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.pages.Show(w, v.r, status, "holidays", data)
}

// addHolidays handles POST /admin/holidays: a year's notice, pasted.
func (s *Server) addHolidays(w http.ResponseWriter, v *visit) error {
	form, err := page.ReadForm(v.r, nil)
	if err != nil {
		return err
	}
	form.Need("days")
	if form.Err() == nil {
		var days []calendar.DayKind
		if days, err = calendar.ParseDays(form.Value("days")); err == nil {
			_, err = s.Orgs.AddDays(v.r.Context(), v.a, org.AddDays{Key: form.Key, Name: form.Line("name", 200), Days: days})
		}
	}
	return s.settle(w, v, form, err, done("/admin/holidays"), func(status int) error { return s.showHolidays(w, v, status, form) })
}
