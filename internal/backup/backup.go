// Package backup writes an installation into one file while it runs, and brings such a file back.
//
// An archive is made of one instant of the database and holds its rows, whatever engine they came from, and the stored
// files. It is a tar of JSON lines inside of zstd, so that it can be read without this program:
//
//	manifest.json               what it is, of which towns, of which schema, and which columns each table has
//	tables/NAME/000001.jsonl    rows, one array a line, in stretches of about a megabyte
//	files/DIGEST                stored files, each under the SHA-256 of its content
//	sums.json                   rows and sum of each table, files, key-encryption keys that are needed, what was missing
//
// Behind the zstd frame stands a skippable one with the SHA-256 of every byte before it, so that an archive that was cut
// or altered is refused. Encrypted, all of this lies inside of an age file.
//
// Left out are the keys, which have an export of their own, sessions and set-up tokens, and what is derived and can be
// made again. It refuses to be a plain copy of a database file, to take a newer schema than the program knows, and to
// put anything in the place of an installation before all of it was read, checked and loaded beside it.
package backup

import (
	"time"

	"yanming/internal/blob"
	"yanming/internal/db"
	"yanming/internal/seal"
)

// format is the version of the archive's layout.
const format = 1

// Manifest is what an archive says of itself at its beginning.
type Manifest struct {
	Format  int       `json:"format"`
	Program string    `json:"program"` // version of the program that wrote it
	Schema  int64     `json:"schema"`  // of the database
	Engine  db.Engine `json:"engine"`  // it came from; it goes to either
	At      time.Time `json:"at"`      // the instant it shows
	Keys    string    `json:"keys"`    // by which the right keys are told from others: seal's Fingerprint
	Towns   []Town    `json:"towns"`
	Tables  []Head    `json:"tables"`
	Files   bool      `json:"files"` // the stored files are in it
}

// Town is a tenant and the last event of its journal.
type Town struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Head int64  `json:"head"`
}

// Head is a table's name and what stands where in its rows.
type Head struct {
	Name    string      `json:"name"`
	Columns []db.Column `json:"columns"`
}

// Sums are what an archive says of itself at its end.
type Sums struct {
	Tables []Sum    `json:"tables"`
	Files  int64    `json:"files"`
	Bytes  int64    `json:"bytes"`  // of the files
	KEKs   []string `json:"keks"`   // ids of the key-encryption keys that wrap record keys
	Faults []Fault  `json:"faults"` // files that could not be taken
}

// Sum is how many rows a table has and the sum of their SHA-256, which does not depend on their order.
type Sum struct {
	Name string `json:"name"`
	Rows int64  `json:"rows"`
	Sum  string `json:"sum"`
}

// Fault is a stored file that a record names and that is not as it was stored.
type Fault struct {
	Digest string `json:"digest"`
	What   string `json:"what"` // missing | damaged
}

// rows adds the rows of every table up.
func (s Sums) rows() (n int64) {
	for _, t := range s.Tables {
		n += t.Rows
	}
	return n
}

// Service makes archives of one installation.
type Service struct {
	Config
}

// Config is what archives are made of. All must be given.
type Config struct {
	Store   *db.DB
	Blobs   *blob.Store
	Keys    *seal.Keyring // its fingerprint is written down, never a key
	Program string        // the program's version
	Dir     string        // where archives go; made when the first one is
}

// New returns the service.
func New(c Config) *Service { return &Service{c} }

// data are the tables that an archive holds, beside any that a newer or older schema has and this program does not
// know: whatever is not in left is data.
var data = []string{"accounts", "auth_delays", "batches", "case_deeds", "case_externals", "case_followers", "case_people", "case_sources",
	"case_spans", "case_subjects", "case_units", "cases", "categories", "code_tries", "contact_points", "deadline_rules", "deliveries", "events", "figure_defs",
	"frozen_figures", "frozen_sets", "grids", "holidays", "installation", "jobs", "marks", "notice_clocks", "notice_wishes", "notices", "org_heads", "paper_documents",
	"paper_numbers", "people", "posts", "readers", "record_files", "record_keys", "report_starts", "reports", "request_keys", "roster_parts", "settings", "towns",
	"unit_hooks", "units", "villages"}

// left are the tables that no archive holds, and why.
var left = map[string]string{
	"goose_db_version": "the schema's version stands in the manifest",
	"sessions":         "who was signed in signs in again: a stolen archive opens no session",
	"password_links":   "a mailed link opens an account for half an hour: who asked for it asks again",
	"backups":          "tells of the machine's own archives",
	"figure_marks":     "tells a running program what to count again",
	"derived_marks":    "how far what is derived has come: from the beginning again",
	"search_docs":      "made again out of the journal",
	"search_gone":      "made again out of the journal",
	"search_segments":  "made again out of the journal",
	"search_pages":     "made again out of the journal",
}

// skips reports whether one row of a table is left out: the set-up token opens an installation to whoever has it.
func skips(table string, row func(column string) any) bool {
	return table == "installation" && row("key") == "setup_token"
}
