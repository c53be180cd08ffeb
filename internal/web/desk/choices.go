package desk

import (
	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/i18n"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

// What a town's organisation and the kinds of cases offer to choose from.

// channels are the ways by which staff take a word down, the commonest first. Residents write through web themselves.
func channels() []casework.Channel {
	return []casework.Channel{casework.WalkIn, casework.Phone, casework.Letter, casework.Visit, casework.Forum, casework.Questionnaire,
		casework.Message, casework.Hotline, casework.Referral, casework.Confidence}
}

// optional puts an empty choice before the others.
func optional(key string, cs []page.Choice) []page.Choice {
	return append([]page.Choice{{Label: i18n.Key(key)}}, cs...)
}

// places are where something can be: not sure, each village with its grids, then the firms.
func (v *visit) places() []page.Choice {
	return town.PlaceChoices(v.Dir, true, page.Choice{Value: town.Unsure, Label: i18n.Key("desk.unsure")})
}

// put puts a place that was chosen into a registration.
func put(where string, cmd *casework.Register) {
	p := town.ReadPlace(where)
	cmd.Village, cmd.Grid, cmd.Firm = p.Village, p.Grid, p.Firm
}

// home is the place that somebody who answers for one village means at first.
func (v *visit) home() string {
	if vs := v.Actor.Villages(actor.Secretary, actor.Cadre, actor.Worker); len(vs) == 1 {
		return town.Place{Village: vs[0]}.Choice()
	}
	return ""
}

// subjects are the units that a case in confidence may be about.
func (v *visit) subjects() []page.Choice {
	return town.SubjectChoices(nil, v.Dir)
}

// leaders are the leaders of the town in their customary order.
func (v *visit) leaders() []page.Choice { return v.Leaders(v.person) }

// extraGroup is the own fields of one kind.
type extraGroup struct {
	Kind   string
	Name   i18n.Pair
	Fields []extraField
}

type extraField struct {
	Name, Key string
	Type      string
	Optional  bool
	Choices   []page.Choice
}

// extras are the own fields of every kind that has some.
func extras() (gs []extraGroup) {
	for _, k := range casework.Kinds() {
		g := extraGroup{Kind: string(k), Name: k.Name()}
		for _, f := range casework.Fields(k) {
			x := extraField{Name: "extra_" + f.Name, Key: "desk.extra." + f.Name, Type: "text", Optional: !f.Required}
			if list := answers(f.Name); list != nil {
				x.Type, x.Choices = "select", []page.Choice{{Label: i18n.Key("desk.choose")}}
				for _, p := range list {
					x.Choices = append(x.Choices, page.Choice{Value: p.ZH, Label: p})
				}
			}
			g.Fields = append(g.Fields, x)
		}
		if g.Fields != nil {
			gs = append(gs, g)
		}
	}
	return gs
}

// answers are the only answers of an own field, kept in the words of the law or of the drive; nil where any is good.
func answers(field string) []i18n.Pair {
	switch field {
	case "petition_kind": // 信访工作条例 Arts. 29–31
		return []i18n.Pair{{ZH: "申诉求决类", EN: "Claim"}, {ZH: "建议意见类", EN: "Suggestion"}, {ZH: "检举控告类", EN: "Accusation"}}
	case "practice": // practices and units, never persons
		return []i18n.Pair{{ZH: "形式主义", EN: "Formalism"}, {ZH: "推诿拖延", EN: "Passing on and delay"}, {ZH: "吃拿卡要", EN: "Asking for favours"},
			{ZH: "优亲厚友", EN: "Favouring one's own"}, {ZH: "乱收费", EN: "Undue fees"}, {ZH: "其他", EN: "Other"}}
	}
	return nil
}

// readExtra reads the own fields of a kind.
func readExtra(f *page.Form, k casework.Kind) map[string]string {
	out := map[string]string{}
	for _, x := range casework.Fields(k) {
		name := "extra_" + x.Name
		value := f.Line(name, maxLine)
		if list := answers(x.Name); list != nil {
			allowed := make([]string, len(list))
			for i, p := range list {
				allowed[i] = p.ZH
			}
			value = f.Choice(name, allowed...)
		}
		if value != "" {
			out[x.Name] = value
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}
