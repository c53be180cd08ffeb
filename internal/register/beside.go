package register

import (
	"regexp"

	"yanming/internal/casework"
	"yanming/internal/sheet"
)

// statusBeside returns what a column beside that of the handling says of how the matter stands, where the ledger has no
// column for that: 处理结果 beside 处理情况. The last that says it counts, the handling itself among them.
func (r *Reader) statusBeside(row sheet.Row, handling string) (says string) {
	if _, mapped := r.at[Status]; mapped {
		return ""
	}
	last := -1
	for _, i := range r.results {
		v := sheet.Line(row.Cell(i))
		if st, _ := statusOf(v, true); st.known && !saysNothing(v) {
			last, says = i, v
		}
	}
	if st, _ := statusOf(handling, false); st.known && r.at[Handling] > last {
		return ""
	}
	return says
}

// results finds the columns among the notes that would say how a matter stands if another did not.
func results(h sheet.Header, notes []int) (at []int) {
	var like []sheet.Column
	for _, c := range columns {
		if f := Field(c.Field); f == Handling || f == Status {
			like = append(like, c)
		}
	}
	for _, i := range notes {
		if askedOf.MatchString(h.Leaf(i)) {
			continue
		}
		if ms := sheet.Propose(sheet.Header{Names: []string{h.Leaf(i)}}, like); len(ms) > 0 && ms[0].Confidence > sheet.Least {
			at = append(at, i)
		}
	}
	return at
}

// askedOf matches columns that say how people took what came of it, or who was told: 办理结果是否满意.
var askedOf = regexp.MustCompile(`满意|公示|公开|反馈|评价|回访`)

// otherEnd returns what a matter came to that is struck off, or called finished, without a word about a solution: what was
// done may say that there was none.
func otherEnd(st standing, status string, done ...string) (standing, bool) {
	if st.outcome != casework.Resolved || solution.MatchString(status) {
		return st, false
	}
	for _, text := range done {
		if text == "" || wasDone.MatchString(text) {
			continue
		}
		for _, e := range otherEnds {
			if e.form.MatchString(text) {
				st.outcome = e.outcome
				return st, true
			}
		}
	}
	return st, false
}

var (
	solution  = regexp.MustCompile(`解决|化解|实现|整改|完成|落实|处理|resolved|done`)
	wasDone   = regexp.MustCompile(`已(?:经|全部|当场|协调|妥善)?(?:解决|化解|修|完成|安装|更换|疏通|清|发放|到账|整改|落实|拆|补|换|装|付|退|办|恢复|处理|通)`)
	otherEnds = []struct {
		outcome casework.Outcome
		form    *regexp.Regexp
	}{
		{casework.Unverifiable, regexp.MustCompile(`不属实|查无|无法核实|不实|与事实不符`)},
		{casework.NotResponsible, regexp.MustCompile(`(?:不属于|不在|非)(?:本|我)[镇乡街]`)},
		{casework.Explained, regexp.MustCompile(`无法解决|解决不了|不予|不符合|政策不允许|^[^，。；,;并]{0,12}解释|[列纳]入.{0,8}计划`)},
	}
)
