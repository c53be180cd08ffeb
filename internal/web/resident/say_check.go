package resident

import (
	"net/http"

	"yanming/internal/casework"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/web/town"
)

// checkPage is the last page: what will be sent, and photos.
type checkPage struct {
	sayPage
	Rows  []checkRow
	Again bool
}

// checkRow is one answer, and the page on which it can be changed.
type checkRow struct {
	Label i18n.Key
	Value any // as for say
	More  string
	Step  string
}

func (s *Server) showCheck(w http.ResponseWriter, r *http.Request, status int, wd word) error {
	// What is wrong here and stands on an earlier page has no field to lead to.
	for i, e := range wd.Errs {
		if e.Field != "" && e.Field != photoField {
			wd.Errs[i] = &errs.Error{Kind: e.Kind, Key: e.Key, Args: e.Args}
		}
	}
	p := checkPage{sayPage: s.sayPage(r, 3, "resident.check", wd), Again: wd.Bool(photoField)}
	if !remembers(r) {
		p.Keep = append(p.Keep, hidden{bareField, "1"})
	}
	row := func(label i18n.Key, value any, step string, more ...string) {
		x := checkRow{Label: label, Value: value, Step: step}
		for _, m := range more {
			if m != "" {
				x.More = m
			}
		}
		p.Rows = append(p.Rows, x)
	}
	switch wd.Value("who") {
	case whoConfide:
		row("resident.row.who", i18n.Key("resident.who.confide"), "what")
	case whoCounty:
		row("resident.row.who", i18n.Key("resident.who.county"), "what")
	}
	row("resident.row.text", wd.Value("text"), "what")
	row("resident.row.kind", casework.Kind(wd.Value("kind")).Name(), "what", wd.dir.Category(wd.Value("category")).Name.In(p.Lang))
	var at any = wd.place().Name
	if wd.Value("where") == town.Unsure {
		at = i18n.Key("resident.where.unsure")
	}
	row("resident.row.where", at, "where", wd.Value("place"))
	if u := wd.dir.Unit(wd.Value("about")); u.ID != "" && wd.Value("who") == whoConfide {
		row("resident.row.about", u.Name, "where")
	}
	if !wd.quiet() {
		row("resident.row.reply", i18n.Key("resident.reply."+wd.Value("reply")), "reply")
	}
	row("resident.row.person", s.personRow(wd), "reply")
	if wd.Bool("consent") {
		row("resident.row.consent", i18n.Key("resident.yes"), "reply")
	}
	return s.pages.Show(w, r, status, "say/check", p)
}

func (s *Server) personRow(wd word) any {
	said := ""
	for _, name := range []string{"name", "phone", "address"} {
		if v := wd.Value(name); v != "" {
			if said != "" {
				said += "\n"
			}
			said += v
		}
	}
	if said == "" {
		return i18n.Key("resident.person.none")
	}
	return said
}
