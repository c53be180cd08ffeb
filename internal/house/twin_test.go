package house

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// twins are papers that stand in two languages, and hold the same.
var twins = [][2]string{
	{"docs/operating.md", "docs/operating.zh-CN.md"},
}

// remark is a comment in a block of code, which may be in the paper's language.
var remark = regexp.MustCompile(`(^|\s)#.*$`)

// part is one part of a paper that must be in its twin too, and where it begins.
type part struct {
	line int
	says string
}

// skeleton returns the parts of a paper that do not depend on its language: the levels of its headings, the lines of its
// blocks of code without their comments, the columns of each row of its tables, and the items of its lists.
func skeleton(text string) (parts []part) {
	code := false // a block of code begins behind an empty line or a heading, and ends at the next line that is not indented
	before := ""
	for n, line := range strings.Split(text, "\n") {
		indented := strings.HasPrefix(line, "    ")
		code = indented && (code || strings.TrimSpace(before) == "" || strings.HasPrefix(before, "#")) || code && strings.TrimSpace(line) == ""
		says := ""
		switch level := len(line) - len(strings.TrimLeft(line, "#")); {
		case code:
			says = strings.TrimRight(remark.ReplaceAllString(line, ""), " ")
			if says != "" {
				says = "code" + says
			}
		case level > 0:
			says = fmt.Sprintf("a heading of level %d", level)
		case strings.HasPrefix(line, "|"):
			says = fmt.Sprintf("a row of %d columns", strings.Count(line, "|")-1)
		case strings.HasPrefix(line, "- "):
			says = "an item of a list"
		}
		if says != "" {
			parts = append(parts, part{n + 1, says})
		}
		before = line
	}
	return parts
}

// drift complains of the first place in which two papers that should hold the same do not.
func drift(a, b *file) []string {
	left, right := skeleton(a.text), skeleton(b.text)
	end := part{says: "nothing more"}
	for i := range max(len(left), len(right)) {
		l, r := end, end
		if i < len(left) {
			l = left[i]
		}
		if i < len(right) {
			r = right[i]
		}
		if l.says != r.says {
			return []string{fmt.Sprintf("%s:%d has %s, %s:%d has %s", a.path, l.line, l.says, b.path, r.line, r.says)}
		}
	}
	return nil
}

// leads complains of a paper without a link to its twin above the first section.
func leads(f, twin *file) []string {
	top, _, _ := strings.Cut(f.text, "\n## ")
	if !strings.Contains(top, "]("+twin.path[strings.LastIndex(twin.path, "/")+1:]+")") {
		return []string{f.path + " does not lead to " + twin.path + " at its top"}
	}
	return nil
}

func TestPapersInTwoLanguagesHoldTheSame(t *testing.T) {
	papers := map[string]*file{}
	for _, f := range tree(t) {
		papers[f.path] = f
	}
	for _, names := range twins {
		a, b := papers[names[0]], papers[names[1]]
		if a == nil || b == nil {
			t.Errorf("%q are not both there", names)
			continue
		}
		obey(t, []*file{b}, func(b *file) []string { return drift(a, b) })
		obey(t, []*file{a}, func(a *file) []string { return leads(a, b) })
		obey(t, []*file{b}, func(b *file) []string { return leads(b, a) })
	}
}

func TestTwinRulesCanFail(t *testing.T) {
	const whole = "# Title\n\n[其他](b.md)\n\n## Run\n\n    run --all   # everything\n\n| a | b |\n| --- | --- |\n\n- one\n    indented, and no code\n"
	a := &file{path: "docs/a.md", text: whole}
	for _, c := range []struct{ name, old, new, want string }{
		{"the same", "", "", ""},
		{"a comment in another language", "# everything", "# 全部", ""},
		{"no comment", "   # everything", "", ""},
		{"another command", "--all", "--some", "docs/b.md:7 has code    run --some"},
		{"a heading of another level", "## Run", "### Run", "docs/b.md:5 has a heading of level 3"},
		{"no heading", "## Run\n\n", "", "docs/b.md:5 has code"},
		{"a row more", "| --- | --- |", "| --- | --- |\n| x | y |", "docs/b.md:11 has a row"},
		{"a column less", "| --- | --- |", "| --- |", "a row of 1 columns"},
		{"an item less", "- one", "one", "has nothing more"},
	} {
		b := &file{path: "docs/b.md", text: strings.Replace(whole, c.old, c.new, 1)}
		got := strings.Join(drift(a, b), "\n")
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: said %q, want %q", c.name, got, c.want)
		}
	}
	if got := leads(a, &file{path: "docs/b.md"}); len(got) != 0 {
		t.Errorf("a paper that leads to its twin: said %q", got)
	}
	if got := leads(&file{path: "docs/c.md", text: "# Title\n\n## Run\n\n[其他](b.md)\n"}, &file{path: "docs/b.md"}); len(got) != 1 {
		t.Errorf("a paper that leads nowhere at its top: said %q", got)
	}
}
