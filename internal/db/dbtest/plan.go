package dbtest

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"yanming/internal/db"
)

// inspect refuses a plan that scans a table, or reaches a town's table without its town.
func inspect(t testing.TB, s db.Statement) {
	t.Helper()
	lines, err := s.Plan()
	if err != nil {
		return // the statement itself will fail with the same error, where its caller sees it
	}
	for _, line := range lines {
		if why := Refuse(s, line); why != "" {
			t.Errorf("%s\n\tstatement: %s\n\tplan: %s", why, strings.Join(strings.Fields(s.Text), " "), strings.Join(lines, " | "))
			return
		}
	}
}

// crossing are the tables without a town, or which only a Wide transaction reads by another key.
var crossing = []string{"towns", "accounts", "sessions", "goose_db_version", "keks", "installation", "jobs", "backups"}

var (
	scan   = regexp.MustCompile(`^SCAN (\S+)`)
	search = regexp.MustCompile(`^SEARCH (\S+)`)
)

// Refuse returns why a line of a plan must not be, or "".
func Refuse(s db.Statement, line string) string {
	if m := scan.FindStringSubmatch(line); m != nil {
		if derived(s.Text, m[1]) || slices.Contains(crossing, table(s.Text, m[1])) {
			return ""
		}
		if strings.Contains(line, "VIRTUAL TABLE") { // full text and json_each search inside
			return ""
		}
		return "scans " + m[1]
	}
	if m := search.FindStringSubmatch(line); m != nil && s.Town {
		if derived(s.Text, m[1]) || slices.Contains(crossing, table(s.Text, m[1])) || strings.Contains(line, "town_id=?") ||
			strings.Contains(line, "INTEGER PRIMARY KEY") || strings.Contains(line, "AUTOMATIC") {
			return ""
		}
		return "reaches " + m[1] + " without its town"
	}
	return ""
}

// derived reports whether name is no table: a constant row, a subquery, or a WITH or VALUES of the statement.
func derived(text, name string) bool {
	return name == "CONSTANT" || strings.HasPrefix(name, "(") || strings.ContainsAny(name, "-0123456789") && !strings.Contains(name, "_") ||
		regexp.MustCompile(`(?i)\b`+regexp.QuoteMeta(name)+`\s*(\([^)]*\))?\s+AS\s+(MATERIALIZED\s+)?\(`).MatchString(text) ||
		regexp.MustCompile(`(?i)\)\s*(AS\s+)?`+regexp.QuoteMeta(name)+`\b`).MatchString(text)
}

// table returns the table behind an alias of text.
func table(text, alias string) string {
	m := regexp.MustCompile(`(?i)\b(?:FROM|JOIN|UPDATE|INTO|,)\s+([a-z_]+)\s+(?:AS\s+)?` + regexp.QuoteMeta(alias) + `\b`).FindStringSubmatch(text)
	if m != nil {
		return m[1]
	}
	return alias
}
