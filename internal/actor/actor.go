// Package actor says who is acting, as data only: which town, which person, holding which posts. It decides nothing;
// each feature reads it in its own rules. auth is the only maker outside tests, the demo and the command line.
package actor

import "slices"

// Role is what a post is for. Rights hang on the role, scope on the post's unit and villages.
type Role string

// The roles of a town and of the county.
const (
	Intake        Role = "intake"         // registers and accepts (便民服务中心)
	Handler       Role = "handler"        // answers for a department (承办人)
	Petition      Role = "petition"       // petition officer (信访专干)
	General       Role = "general"        // office, general team (综合组)
	Publicity     Role = "publicity"      // office, publicity team (宣传组)
	Inspection    Role = "inspection"     // office, inspection team (督查组)
	Leader        Role = "leader"         // leader of the town, in order of rank
	Secretary     Role = "secretary"      // branch secretary of a village
	Cadre         Role = "cadre"          // village-assigned cadre (包村干部)
	Worker        Role = "worker"         // grid worker or grid leader
	Caller        Role = "caller"         // makes call-backs for other villages' cases
	CountyOfficer Role = "county_officer" // at the county: receives what is about a town itself
	CountyViewer  Role = "county_viewer"  // at the county: figures and redacted cases
	Auditor       Role = "auditor"        // logs, no content
	Admin         Role = "admin"          // organisation, rules, imports, backups; no case content
)

// Roles lists every role.
func Roles() []Role {
	return []Role{Intake, Handler, Petition, General, Publicity, Inspection, Leader, Secretary, Cadre, Worker, Caller,
		CountyOfficer, CountyViewer, Auditor, Admin}
}

// Post is one post a person holds now: a role in a unit. Villages are those the post answers for (a cadre's, a
// secretary's); empty means none in particular.
type Post struct {
	ID       string
	Unit     string
	Role     Role
	Villages []string
}

// Actor is whoever sends a command or asks for a page. The zero Actor is nobody and may do nothing. A resident acts
// with only Town and Resident set.
type Actor struct {
	Town     string // town_id of the session; a county's own staff have the county's
	Account  string // account id; empty for residents, the demo and system work
	Person   string // people.id: who did it, for separation of duties
	Name     string // as shown to colleagues
	Posts    []Post
	Resident bool // acts through a receipt, without an account
	System   bool // auto-sign and other work of the clock
	Doubted  bool // an administrator reset the password and nobody else has said since that it is they: opens no case in confidence
}

// Is reports whether the actor holds one of the roles.
func (a Actor) Is(roles ...Role) bool {
	return slices.ContainsFunc(a.Posts, func(p Post) bool { return slices.Contains(roles, p.Role) })
}

// Units returns the units of the actor's posts, each once.
func (a Actor) Units() []string {
	var us []string
	for _, p := range a.Posts {
		if p.Unit != "" && !slices.Contains(us, p.Unit) {
			us = append(us, p.Unit)
		}
	}
	return us
}

// InUnit reports whether one of the actor's posts is in unit.
func (a Actor) InUnit(unit string) bool { return unit != "" && slices.Contains(a.Units(), unit) }

// Villages returns the villages of the actor's posts of the given roles (of all posts when none is given), each once.
func (a Actor) Villages(roles ...Role) []string {
	var vs []string
	for _, p := range a.Posts {
		if len(roles) > 0 && !slices.Contains(roles, p.Role) {
			continue
		}
		for _, v := range p.Villages {
			if !slices.Contains(vs, v) {
				vs = append(vs, v)
			}
		}
	}
	return vs
}
