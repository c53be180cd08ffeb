package register

import (
	"slices"
	"strings"

	"yanming/internal/casework"
	"yanming/internal/sheet"
)

// propose makes a mapping of what the header's names say.
func propose(h sheet.Header) Mapping {
	m := Mapping{Columns: map[string]Field{}}
	for _, x := range named(h) {
		if f := Field(x.Field); f.known() {
			m.Columns[columnKey(h, x.Source)] = f
		}
	}
	m.spokenBack(h)
	m.System, m.Channel = guessSource(h)
	return m
}

// spokenBack takes what residents fed back (反馈内容) for what was said, where nothing else in the sheet is that.
func (m Mapping) spokenBack(h sheet.Header) {
	has := map[Field]bool{}
	for _, f := range m.Columns {
		has[f] = true
	}
	if has[Text] || has[Title] {
		return
	}
	for i := range h.Names {
		key, name := columnKey(h, i), h.Leaf(i)
		if !strings.Contains(name, "反馈") {
			continue
		}
		switch f := m.Columns[key]; {
		case f == Answer && !has[Text]:
			m.Columns[key], has[Text] = Text, true
		case f == Answered && !has[Said]:
			m.Columns[key], has[Said] = Said, true
		case f == Skip && !has[Name] && strings.HasSuffix(name, "人"):
			m.Columns[key], has[Name] = Name, true
		}
	}
}

// keepRest makes notes of the columns that no field is for, so that no word of a ledger is lost: not of what belongs to
// a person, of running numbers, and of the column that Return has added. One without a name must hold words in head.
func (m Mapping) keepRest(h sheet.Header, head []sheet.Row) {
	known := map[int]bool{}
	for _, x := range named(h) {
		known[x.Source] = true
	}
	for i, name := range h.Names {
		switch {
		case known[i], m.Columns[columnKey(h, i)] != Skip, aboutPerson(name), slices.Contains(returnColumn, name):
		case name != "", holdsWords(h, head, i):
			m.Columns[columnKey(h, i)] = Note
		}
	}
}

// keepNameless does the same in a mapping that was settled before, for the columns without a name: another month's may
// have been empty.
func (m Mapping) keepNameless(h sheet.Header, head []sheet.Row) {
	for i, name := range h.Names {
		if key := columnKey(h, i); name == "" && m.Columns[key] == Skip && holdsWords(h, head, i) {
			m.Columns[key] = Note
		}
	}
}

// strays finds the columns without a name that nobody has looked at, because they are empty in head: words in them are
// kept, wherever they stand.
func (m Mapping) strays(h sheet.Header, head []sheet.Row) (at []int) {
	for i, name := range h.Names {
		f, said := m.Columns[columnKey(h, i)]
		if name == "" && f == Skip && !(said && holdsWords(h, head, i)) {
			at = append(at, i)
		}
	}
	return at
}

// leaveSerial leaves out a column of numbers that are no ticket's, whatever it is called, because the rows of next month's
// ledger would all be known already: numbers that count the rows, of the whole sheet or of each village, and the number of
// a household or a grid, which comes with each of its matters.
func (m Mapping) leaveSerial(h sheet.Header, head []sheet.Row) {
	at, _, err := m.place(h)
	i, ok := at[External]
	if err != nil || !ok {
		return
	}
	below := int64(10_000)
	if ticketed(h.Names[i]) {
		below = 1000
	}
	rows, small, came := 0, true, map[string]bool{}
	for _, r := range head {
		v := strings.TrimSpace(r.Cell(i))
		if r.Number <= h.Last || v == "" || h.KindOf(r) != sheet.Data || alone(r) {
			continue
		}
		n, ok := sheet.Number(v)
		small = small && ok && n >= 0 && n < below
		rows++
		came[v] = true
	}
	if rows > 0 && (small || 2*len(came) < rows) { // the same ticket may come twice, with two answers
		m.Columns[columnKey(h, i)] = Skip
	}
}

// ticketed reports whether a column is called as only the system above calls it, and no office that counts its rows.
func ticketed(name string) bool {
	return slices.ContainsFunc([]string{"工单", "信访", "留言", "原系统", "12345", "热线", "ticket", "msg"}, func(w string) bool {
		return strings.Contains(strings.ToLower(name), w)
	})
}

// spares finds the columns among the notes that would hold what was said if another did not, such as 意见建议 beside
// 存在问题: where one of them says nothing, the other counts.
func (m Mapping) spares(h sheet.Header, notes []int) (at []int) {
	var text []sheet.Column
	for _, c := range columns {
		if Field(c.Field) == Text {
			text = append(text, c)
		}
	}
	for _, i := range notes {
		if ms := sheet.Propose(sheet.Header{Names: []string{h.Names[i]}}, text); len(ms) > 0 && ms[0].Confidence > sheet.Least {
			at = append(at, i)
		}
	}
	return at
}

// returnColumn is what Return calls its column, in each language.
var returnColumn = []string{"差错", "What is wrong"}

// returnedAt finds the column that Return has added to a sheet.
func returnedAt(h sheet.Header) (int, bool) {
	last := len(h.Names) - 1
	return last, last > 0 && slices.Contains(returnColumn, h.Names[last])
}

// holdsWords reports whether a column has more than numbers below the header.
func holdsWords(h sheet.Header, head []sheet.Row, i int) bool {
	return slices.ContainsFunc(head, func(r sheet.Row) bool {
		return r.Number > h.Last && h.KindOf(r) == sheet.Data && !r.IsFilled(i) && isWords(r.Cell(i))
	})
}

// isWords reports whether a cell holds more than a number.
func isWords(cell string) bool { return strings.Trim(cell, "0123456789. ") != "" }

// guessSource tells by the words of the header which system a file comes from.
func guessSource(h sheet.Header) (system string, channel casework.Channel) {
	all := strings.Join(h.Names, "|")
	switch {
	case strings.Contains(all, "工单"):
		return casework.HotlineSystem, casework.Hotline
	case strings.Contains(all, "信访"):
		return casework.PetitionSystem, casework.Referral
	case strings.Contains(all, "走访"):
		return casework.OtherSystem, casework.Visit
	case strings.Contains(all, "来访") && !strings.Contains(all, "来信") && !strings.Contains(all, "来电"), strings.Contains(all, "接访"):
		return casework.OtherSystem, casework.WalkIn
	case strings.Contains(all, "答卷"):
		return casework.OtherSystem, casework.Questionnaire
	case strings.Contains(all, "留言"), strings.Contains(all, "msg_id"):
		return casework.OtherSystem, casework.Web
	}
	return casework.OtherSystem, casework.Referral
}
