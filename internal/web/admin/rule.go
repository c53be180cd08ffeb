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
	"yanming/internal/org"
	"yanming/internal/web/page"
)

// span is a length of time as the catalogue says it.
type span struct {
	Key string
	N   int
}

func spanOf(s calendar.Span) span { key, _ := s.Label(); return span{key, s.N} }

// ruleRow is the rule that holds, and the one that will.
type ruleRow struct {
	org.Rule
	Name   i18n.Key
	Begins i18n.Key
	Length span
	Stops  *span // stands still for so long at most
	More   *span // may be extended by so much
	Later  bool  // it holds from a day to come
}

func rowOf(r org.Rule, now time.Time) ruleRow {
	row := ruleRow{Rule: r, Name: i18n.Key("org.clock." + string(r.Clock)), Begins: i18n.Key("org.start." + r.Start), Length: spanOf(r.Span), Later: r.ValidFrom.After(now)}
	if r.Pauses {
		p := spanOf(r.Pause)
		row.Stops = &p
	}
	if r.Times > 0 {
		e := spanOf(r.Extension)
		row.More = &e
	}
	return row
}

type ruleGroup struct {
	Kind i18n.Pair
	ID   string
	Rows []ruleRow
}

type rulesPage struct {
	frame
	Groups    []ruleGroup
	Confirmed bool
}

// listRules handles GET /admin/rules: every deadline, to be confirmed.
func (s *Server) listRules(w http.ResponseWriter, v *visit) error {
	return s.showRules(w, v, http.StatusOK, page.NewForm())
}

// rules returns every version of every rule, and the time at which they were read.
func (s *Server) rules(v *visit) (rs []org.Rule, now time.Time, err error) {
	err = s.view(v, func(tx *db.Tx) error {
		now = tx.Now
		dir, err := s.Orgs.Load(v.r.Context(), tx)
		if err == nil {
			rs = dir.Rules()
		}
		return err
	})
	return rs, now, err
}

func (s *Server) showRules(w http.ResponseWriter, v *visit, status int, form *page.Form) error {
	rs, now, err := s.rules(v)
	if err != nil {
		return err
	}
	data := rulesPage{frame: s.frame(v, form, "admin.rules"), Confirmed: v.dir.Settings.RulesConfirmed}
	if data.Steps, err = s.pending(v); err != nil {
		return err
	}
	for i, r := range rs {
		if i+1 < len(rs) && rs[i+1].ID() == r.ID() && !rs[i+1].ValidFrom.After(now) {
			continue // a later version holds already
		}
		if n := len(data.Groups); n == 0 || data.Groups[n-1].ID != r.Kind {
			data.Groups = append(data.Groups, ruleGroup{Kind: casework.Kind(r.Kind).Name(), ID: r.Kind})
		}
		g := &data.Groups[len(data.Groups)-1]
		g.Rows = append(g.Rows, rowOf(r, now))
	}
	return s.pages.Show(w, v.r, status, "rules", data)
}

// confirmRules handles POST /admin/rules/confirm.
func (s *Server) confirmRules(w http.ResponseWriter, v *visit) error {
	form, err := page.ReadForm(v.r, nil)
	if err != nil {
		return err
	}
	_, err = s.Orgs.Set(v.r.Context(), v.a, org.Set{Key: form.Key, Name: org.RulesConfirmed, Value: true})
	return s.settle(w, v, form, err, done("/admin/rules"), func(status int) error { return s.showRules(w, v, status, form) })
}

type rulePage struct {
	frame
	Kind     i18n.Pair
	Clock    i18n.Key
	Versions []ruleRow // the newest first
	Units    []page.Choice
	Starts   []page.Choice
}

// versions returns the versions of the rule of the address, the oldest first. NotFound for none.
func (s *Server) versions(v *visit) (out []org.Rule, now time.Time, err error) {
	rs, now, err := s.rules(v)
	if err != nil {
		return nil, now, err
	}
	id := v.r.PathValue("kind") + "." + v.r.PathValue("clock")
	out = slices.DeleteFunc(rs, func(r org.Rule) bool { return r.ID() != id })
	if len(out) == 0 {
		return nil, now, errs.Missing()
	}
	return out, now, nil
}

// showRule handles GET /admin/rules/{kind}/{clock}.
func (s *Server) showRule(w http.ResponseWriter, v *visit) error {
	rs, _, err := s.versions(v)
	if err != nil {
		return err
	}
	r := rs[len(rs)-1]
	form := page.NewForm()
	fill(form, "span", number(int64(r.Span.N)), "unit", string(r.Span.Unit), "start", r.Start, "pause", number(int64(r.Pause.N)), "pause_unit", string(r.Pause.Unit),
		"extension", number(int64(r.Extension.N)), "extension_unit", string(r.Extension.Unit), "times", number(r.Times), "law", r.Law.ZH, "law_en", r.Law.EN,
		"rev", number(r.Version))
	for name, on := range map[string]bool{"roll": r.Span.RollForward, "pauses": r.Pauses, "legal": r.Legal} {
		if on {
			form.Set(name, "1")
		}
	}
	return s.showRuleForm(w, v, http.StatusOK, form)
}

func (s *Server) showRuleForm(w http.ResponseWriter, v *visit, status int, form *page.Form) error {
	rs, now, err := s.versions(v)
	if err != nil {
		return err
	}
	last := rs[len(rs)-1]
	data := rulePage{frame: s.frame(v, form, "admin.rules"), Kind: casework.Kind(last.Kind).Name(), Clock: i18n.Key("org.clock." + string(last.Clock)),
		Units: timeUnitChoices(), Starts: page.Keyed("org.start.", "registered", "accepted", "dispatched", "info_asked", "answered", "closed")}
	data.Title = data.Kind.In(s.Site.Lang(v.r)) + " · " + s.Site.T(v.r, string(data.Clock))
	for i := len(rs) - 1; i >= 0; i-- {
		data.Versions = append(data.Versions, rowOf(rs[i], now))
	}
	if status == http.StatusConflict {
		form.Set("rev", number(last.Version))
		length := spanOf(last.Span)
		data.Now = []page.Row{{Label: data.Clock, Value: s.Site.T(v.r, length.Key, length.N)}, {Label: i18n.Key("admin.rule.law"), Value: last.Law}}
	}
	return s.pages.Show(w, v.r, status, "rule", data)
}

// changeRule handles POST /admin/rules/{kind}/{clock}: it adds a version. What was decided before stays.
func (s *Server) changeRule(w http.ResponseWriter, v *visit) error {
	form, err := page.ReadForm(v.r, nil)
	if err != nil {
		return err
	}
	rs, _, err := s.versions(v)
	if err != nil {
		return err
	}
	form.Need("span", "law")
	length := func(name, unit string) calendar.Span {
		n, _ := form.Int(name, 0, 3660)
		return calendar.Span{N: n, Unit: calendar.Unit(form.Choice(unit, page.Values(timeUnitChoices())...))}
	}
	r := org.Rule{Kind: rs[0].Kind, Clock: rs[0].Clock, Version: form.Rev(), Span: length("span", "unit"), Start: form.Value("start"), Pauses: form.Bool("pauses"),
		Pause: length("pause", "pause_unit"), Extension: length("extension", "extension_unit"), Legal: form.Bool("legal"),
		Law: i18n.Pair{ZH: form.Line("law", 200), EN: form.Line("law_en", 200)}, ValidFrom: begin(form.Day("valid_from"))}
	r.Span.RollForward = form.Bool("roll")
	if n, ok := form.Int("times", 0, 9); ok {
		r.Times = int64(n)
	}
	if form.Err() == nil {
		_, err = s.Orgs.ChangeRule(v.r.Context(), v.a, org.ChangeRule{Key: form.Key, Rule: r})
	}
	return s.settle(w, v, form, err, done(v.r.URL.Path), func(status int) error { return s.showRuleForm(w, v, status, form) })
}
