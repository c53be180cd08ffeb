package house

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"yanming/internal/db"
)

// forbidden matches the names of what may never be stored: points, ranks of persons, log-in counts, time online,
// tracks, check-ins. rank_unit is a unit's place in an order of units.
var forbidden = regexp.MustCompile(`(^|_)(points?|scores?|scoring|ranks?|ranking|login_count|logins|online|tracks?|tracking|` +
	`steps?_count|step_count|checkins?|check_ins?|streaks?|quotas?|kpi|leaderboard|lat_history|positions|trajectory|id_card|belief)(_|$)`)

// named otherwise: a forbidden word in another sense, with the reason.
var innocent = map[string]string{
	"rank_unit":      "the place of a unit in the order of its list",
	"contact_points": "包联点: which leaders of the county answer for which town or village",
}

// townless are the tables of the whole installation. Every other table leads its key with the town.
var townless = []string{"goose_db_version", "installation", "accounts", "sessions", "keks", "jobs", "auth_delays", "backups"}

type table struct {
	name    string
	strict  bool
	columns []column
}

type column struct {
	name, kind string
	key        int // place in the primary key, from 1; 0 when it is no part of it
}

// schema returns the tables and views of a freshly migrated SQLite database; the tables that SQLite itself keeps
// behind a full-text index are left out.
func schema(t *testing.T) (tables, views []table) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "schema.db")
	d, err := db.Open(t.Context(), path, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.Migrate(t.Context())
	if e := d.Close(); err == nil {
		err = e
	}
	if err != nil {
		t.Fatal(err)
	}
	plain, err := sql.Open("sqlite", path) // the driver that db registers: a schema belongs to no town
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	rows, err := plain.QueryContext(t.Context(), `SELECT l.name, l.type, l.strict, c.name, c.type, c.pk
		FROM pragma_table_list l JOIN pragma_table_info(l.name) c
		WHERE l.schema = 'main' AND l.type IN ('table', 'view') AND l.name NOT IN ('sqlite_schema', 'sqlite_sequence')
		ORDER BY l.name, c.cid`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var tab table
		var kind string
		var c column
		if err := rows.Scan(&tab.name, &kind, &tab.strict, &c.name, &c.kind, &c.key); err != nil {
			t.Fatal(err)
		}
		list := &tables
		if kind == "view" {
			list = &views
		}
		if n := len(*list); n == 0 || (*list)[n-1].name != tab.name {
			*list = append(*list, tab)
		}
		last := &(*list)[len(*list)-1]
		last.columns = append(last.columns, c)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return tables, views
}

// mayNotStore complains of a table that could hold what nobody may be measured by.
func mayNotStore(tab table) (bad []string) {
	names := []string{tab.name}
	for _, c := range tab.columns {
		names = append(names, c.name)
	}
	for _, n := range names {
		if forbidden.MatchString(n) && innocent[n] == "" {
			bad = append(bad, fmt.Sprintf("%s: %q is a word for what may never be stored", tab.name, n))
		}
	}
	return bad
}

// built complains of a table that is not made as every table is.
func built(tab table) (bad []string) {
	if tab.name == "goose_db_version" { // the migration tool's own
		return nil
	}
	if !tab.strict {
		bad = append(bad, tab.name+": not STRICT")
	}
	first, owned := "", false
	for _, c := range tab.columns {
		owned = owned || c.name == "town_id"
		if c.key == 1 {
			first = c.name
		}
		if strings.HasSuffix(c.name, "_at") && c.kind != "INTEGER" {
			bad = append(bad, tab.name+": "+c.name+" is a time and must be BIGINT, Unix milliseconds")
		}
	}
	switch {
	case first == "":
		bad = append(bad, tab.name+": no primary key")
	case owned && first != "town_id":
		bad = append(bad, tab.name+": its key leads with "+first+", not with town_id")
	case !owned && !slices.Contains(townless, tab.name):
		bad = append(bad, tab.name+": belongs to no town; if that is right, say so in internal/house")
	}
	if strings.ToLower(tab.name) != tab.name {
		bad = append(bad, tab.name+": not snake_case")
	}
	return bad
}

func TestSchemaHasNoPlaceForIt(t *testing.T) {
	tables, views := schema(t)
	if len(tables) < 5 {
		t.Fatalf("only %d tables were found", len(tables))
	}
	for _, tab := range append(tables, views...) {
		for _, c := range mayNotStore(tab) {
			t.Error(c)
		}
	}
	for _, tab := range tables {
		for _, c := range built(tab) {
			t.Error(c)
		}
	}
}

// TestVeilHoldsInViews looks at every view that reads the table of cases: it says whether it shows veiled ones.
func TestVeilHoldsInViews(t *testing.T) {
	for _, f := range tree(t) {
		if !strings.HasSuffix(f.path, ".sql") {
			continue
		}
		for _, m := range regexp.MustCompile(`(?is)CREATE\s+VIEW\s+(\w+)\s+AS(.*?);`).FindAllStringSubmatch(f.text, -1) {
			if caseTable.MatchString(m[2]) && !regexp.MustCompile(`(?i)\bveiled\b`).MatchString(m[2]) {
				t.Errorf("%s: view %s reads cases and does not say which are veiled", f.path, m[1])
			}
		}
	}
}
