package casework

// Field is one of a kind's own fields: its label is the message case.field.NAME.
type Field struct {
	Name     string
	Required bool
}

// Fields returns the own fields of a kind, in the order of its form.
func Fields(k Kind) []Field {
	switch k {
	case Petition:
		return []Field{{"petition_kind", true}} // 建议意见 | 检举控告 | 申诉求决, 信访工作条例 Arts. 29–31
	case Wrongdoing:
		return []Field{{"practice", false}} // formalism, red tape …: practices and units, never persons
	case Proposal:
		return []Field{{"congress", true}, {"proposal_no", false}, {"delegates", false}}
	case Target:
		return []Field{{"measure", true}, {"finish_by", false}}
	case Project:
		return []Field{{"project", true}}
	}
	return nil
}
