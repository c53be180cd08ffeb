package casework

import (
	"context"
	"slices"
	"strings"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/figures"
	"yanming/internal/i18n"
	"yanming/internal/org"
)

// Figures returns what the figures room counts of cases.
func (s *Service) Figures() ([]figures.Source, []figures.Def, []figures.Formula) {
	return []figures.Source{s.caseSource(), s.deedSource()}, slices.Concat(cohorts(), stocks(), otherKinds(), flows()), formulas()
}

// standing sorts every case into one class, so that the classes add up to what was received.
const standing = `CASE WHEN s.state IN ('declined', 'forwarded', 'linked', 'withdrawn') THEN s.state
	WHEN s.state IN ('answered', 'follow_up', 'closed') AND s.outcome = 'resolved' THEN 'resolved'
	WHEN s.state IN ('answered', 'follow_up', 'closed') AND s.outcome NOT IN ('', 'scheduled') THEN 'concluded'
	ELSE 'in_progress' END`

// The sources of figures.
const (
	caseSourceName = "case"
	deedSourceName = "case_deed"
)

func (s *Service) caseSource() figures.Source {
	const joined = ` r JOIN case_spans s ON s.town_id = r.town_id AND s.case_id = r.id`
	dims := s.placeDims("s.", false)
	for name, c := range map[string]figures.Col{
		"kind":       {SQL: "r.kind", Name: i18n.Pair{ZH: "性质", EN: "Kind"}, Veilable: true, Values: kindNames},
		"channel":    {SQL: "r.channel", Name: i18n.Pair{ZH: "渠道", EN: "Channel"}, Values: channelNames},
		"state":      {SQL: "s.state", Name: i18n.Pair{ZH: "环节", EN: "State"}, Veilable: true, Values: stateNames},
		"outcome":    {SQL: "s.outcome", Name: i18n.Pair{ZH: "结果", EN: "Outcome"}, Veilable: true, Values: outcomeNames},
		"standing":   {SQL: standing, Name: i18n.Pair{ZH: "归类", EN: "Class"}, Veilable: true, Values: standingNames},
		"solved":     {SQL: "s.solved", Name: i18n.Pair{ZH: "群众认为", EN: "Resident says"}, Veilable: true, Values: solvedNames},
		"satisfied":  {SQL: "s.satisfied", Name: i18n.Pair{ZH: "满意情况", EN: "Satisfaction"}, Veilable: true, Values: satisfiedNames},
		"anonymity":  {SQL: "r.anonymity", Name: i18n.Pair{ZH: "署名", EN: "Name given"}, Values: anonymityNames},
		"visibility": {SQL: "r.visibility", Name: i18n.Pair{ZH: "公开范围", EN: "Visibility"}, Values: visibilityNames},
		"at_counter": yes("s.at_counter", "当面表态", "Said at the counter"),
		"reached":    yes("s.reached", "回访到", "Reached"),
		"on_time":    {SQL: "CASE WHEN s.on_time IS NULL THEN '' WHEN s.on_time THEN 'yes' ELSE 'no' END", Name: i18n.Pair{ZH: "按期", EN: "On time"}, Veilable: true, Values: yesNo},
		"again":      {SQL: "CASE WHEN s.round > 1 THEN 'yes' ELSE 'no' END", Name: i18n.Pair{ZH: "重办", EN: "Handled again"}, Veilable: true, Values: yesNo},
		"returned":   {SQL: "CASE WHEN s.returns > 0 THEN 'yes' ELSE 'no' END", Name: i18n.Pair{ZH: "退过单", EN: "Returned"}, Veilable: true, Values: yesNo},
		"extended":   {SQL: "CASE WHEN s.extensions > 0 THEN 'yes' ELSE 'no' END", Name: i18n.Pair{ZH: "延过期", EN: "Extended"}, Veilable: true, Values: yesNo},
		"immediate":  yes("r.immediate", "立行立改", "Fixed at once"),
		"backfilled": yes("r.backfilled", "补录", "Back-filled"),
	} {
		dims[name] = c
	}
	return figures.Source{
		Name: caseSourceName, From: "open_cases" + joined, VeiledFrom: "veiled_cases" + joined, ID: "r.id", Label: "r.number", Order: "registered",
		Times: map[string]figures.Col{
			"registered": {SQL: "r.registered_at", Name: i18n.Pair{ZH: "登记", EN: "Registered"}, Veilable: true},
			"due":        {SQL: "s.due_at", Name: i18n.Pair{ZH: "期限", EN: "Due"}, Veilable: true},
			"answered":   {SQL: "s.answered_at", Name: i18n.Pair{ZH: "答复", EN: "Answered"}, Null: true, Veilable: true},
			"since":      {SQL: "s.since", Name: i18n.Pair{ZH: "起", EN: "Since"}, Veilable: true},
			"until":      {SQL: "s.until", Name: i18n.Pair{ZH: "止", EN: "Until"}, Null: true, Veilable: true},
		},
		Dims: dims,
		Sums: map[string]figures.Col{"days": {SQL: "(s.took_ms + 43200000) / 86400000", Null: true, Veilable: true,
			Name: i18n.Pair{ZH: "用时", EN: "Time taken"}, Unit: i18n.Pair{ZH: "天", EN: "days"}}},
		Own: map[string]figures.Col{"lead": {SQL: "s.unit_id"}}, Lasting: true,
		Show:  []string{"registered", "village", "category", "unit", "state", "outcome"},
		AsOf:  &figures.Span{Since: "since", Until: "until"},
		Sight: sight,
	}
}

// placeDims are the dimensions that both sources share; prefix is the alias whose columns they are, moving says that these
// are of today.
func (s *Service) placeDims(prefix string, moving bool) map[string]figures.Col {
	dims := map[string]figures.Col{
		"category": {SQL: prefix + "category", Name: i18n.Pair{ZH: "类别", EN: "Category"}, Names: s.names(func(d *org.Directory, m map[string]i18n.Pair) {
			for _, c := range d.Categories("") {
				for _, code := range d.Under(c.Code) {
					m[code] = d.Category(code).Name
				}
			}
		})},
		"village": {SQL: prefix + "village_id", Name: i18n.Pair{ZH: "村", EN: "Village"}, Names: s.names(func(d *org.Directory, m map[string]i18n.Pair) {
			for _, v := range d.Villages() {
				m[v.ID] = i18n.Pair{ZH: v.Name}
			}
		})},
		"grid": {SQL: prefix + "grid_id", Name: i18n.Pair{ZH: "网格", EN: "Grid"}, Names: s.names(func(d *org.Directory, m map[string]i18n.Pair) {
			for _, g := range d.Grids() {
				m[g.ID] = i18n.Pair{ZH: d.Village(g.Village).Name + g.Name}
			}
		})},
		"unit": {SQL: prefix + "unit_id", Name: i18n.Pair{ZH: "承办单位", EN: "Lead unit"}, Names: s.names(func(d *org.Directory, m map[string]i18n.Pair) {
			for _, u := range d.Units() {
				m[u.ID] = i18n.Pair{ZH: u.Name}
			}
		})},
		// An office, not a person's merit: whose list of cases it is, in order of rank, never sorted by number.
		"leader": {SQL: prefix + "leader_id", Name: i18n.Pair{ZH: "责任领导", EN: "Responsible leader"}, Names: s.names(func(d *org.Directory, m map[string]i18n.Pair) {
			for _, p := range d.Leaders() {
				m[p.ID] = i18n.Pair{ZH: strings.TrimSpace(p.Title + " " + p.Name)}
			}
		})},
	}
	for n, c := range dims {
		c.Moving = moving
		dims[n] = c
	}
	return dims
}

func (s *Service) deedSource() figures.Source {
	const joined = ` r JOIN case_deeds d ON d.town_id = r.town_id AND d.case_id = r.id`
	dims := s.placeDims("r.", true)
	dims["type"] = figures.Col{SQL: "d.type", Name: i18n.Pair{ZH: "事项", EN: "What"}, Veilable: true}
	dims["kind"] = figures.Col{SQL: "r.kind", Name: i18n.Pair{ZH: "性质", EN: "Kind"}, Veilable: true, Values: kindNames}
	dims["channel"] = figures.Col{SQL: "r.channel", Name: i18n.Pair{ZH: "渠道", EN: "Channel"}, Values: channelNames}
	dims["visibility"] = figures.Col{SQL: "r.visibility", Name: i18n.Pair{ZH: "公开范围", EN: "Visibility"}, Values: visibilityNames}
	dims["backfilled"] = yes("r.backfilled", "补录", "Back-filled")
	return figures.Source{
		Name: deedSourceName, From: "open_cases" + joined, VeiledFrom: "veiled_cases" + joined,
		ID: "r.id || '/' || d.id", Label: "r.number", Order: "at",
		Times: map[string]figures.Col{"at": {SQL: "d.at", Name: i18n.Pair{ZH: "时间", EN: "When"}, Veilable: true}},
		Dims:  dims,
		Own:   map[string]figures.Col{"lead": {SQL: "r.unit_id", Moving: true}}, Lasting: true,
		Show:  []string{"at", "village", "category", "unit"},
		Sight: sight,
	}
}

func yes(column, zh, en string) figures.Col {
	return figures.Col{SQL: "CASE WHEN " + column + " THEN 'yes' ELSE 'no' END", Name: i18n.Pair{ZH: zh, EN: en}, Veilable: true, Values: yesNo}
}

func (s *Service) names(fill func(*org.Directory, map[string]i18n.Pair)) func(context.Context, *db.Tx) (map[string]i18n.Pair, error) {
	return func(ctx context.Context, tx *db.Tx) (map[string]i18n.Pair, error) {
		d, err := s.orgs.Load(ctx, tx)
		if err != nil {
			return nil, err
		}
		m := map[string]i18n.Pair{}
		fill(d, m)
		return m, nil
	}
}

// sight is the actor's scope, for the list behind a figure.
func sight(a actor.Actor) figures.Sight {
	sc := scopeOf(a)
	out := figures.Sight{All: sc.all}
	if len(sc.units) > 0 {
		out.Any = append(out.Any, figures.Scope{}.With("lead", sc.units...))
	}
	if len(sc.villages) > 0 {
		out.Any = append(out.Any, figures.Scope{}.With("village", sc.villages...).With("visibility", string(Public), string(Summary)))
	}
	return out
}
