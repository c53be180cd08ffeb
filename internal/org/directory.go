package org

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/encoding/simplifiedchinese"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/i18n"
)

// Directory is a town's organisation as one transaction saw it. It is shared between requests: read it, change nothing.
//
// What has ended is still found by its id, so that an old record can be shown with its names; lists leave it out.
// An id that is not known gives a zero value.
type Directory struct {
	Town     Town
	Settings Settings
	Calendar *calendar.Calendar // the embedded years with the days the town added

	units      map[string]Unit
	villages   map[string]Village
	grids      map[string]Grid
	people     map[string]Person
	posts      map[string]Post    // held now
	contacts   map[string]Contact // standing now
	categories map[string]Category
	rules      []Rule

	byPerson  map[string][]Post
	byUnit    map[string][]Post
	byVillage map[string][]string // village → its units
	byRef     map[string]int      // rule's Ref → its place in rules
	lasting   struct {            // what has not ended, in order
		units    []Unit
		villages []Village
		grids    []Grid
	}
	leaders []string
	kept    sync.Map
}

// Keep returns what was made the first time it was asked for under a name: something that is told from the directory alone
// and takes longer than a look. It is shared: read it only. Names belong to packages, as "office.villages" does.
func Keep[T any](d *Directory, name string, made func() T) T {
	if v, ok := d.kept.Load(name); ok {
		return v.(T)
	}
	v, _ := d.kept.LoadOrStore(name, made())
	return v.(T)
}

// order compares by ord, then by text.
func order(a, b int64, x, y string) int { return cmp.Or(cmp.Compare(a, b), strings.Compare(x, y)) }

// index prepares what is asked most.
func (d *Directory) index() {
	d.lasting.units = live(d.units, Unit.Lasts, func(a, b Unit) int { return order(a.Ord, b.Ord, a.ID, b.ID) })
	d.lasting.villages = live(d.villages, Village.Lasts, func(a, b Village) int { return order(a.Ord, b.Ord, a.ID, b.ID) })
	d.lasting.grids = live(d.grids, Grid.Lasts, func(a, b Grid) int { return order(a.Number, b.Number, a.ID, b.ID) })
	d.byRef = make(map[string]int, len(d.rules))
	for i, r := range d.rules {
		d.byRef[r.Ref()] = i
	}
	d.byPerson, d.byUnit, d.byVillage = map[string][]Post{}, map[string][]Post{}, map[string][]string{}
	all := make([]Post, 0, len(d.posts))
	for _, p := range d.posts {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b Post) int { return order(a.Ord, b.Ord, a.ID, b.ID) })
	for _, p := range all {
		d.byPerson[p.Person] = append(d.byPerson[p.Person], p)
		d.byUnit[p.Unit] = append(d.byUnit[p.Unit], p)
		if p.Role == actor.Leader && d.units[p.Unit].Kind == Leadership && !slices.Contains(d.leaders, p.Person) {
			d.leaders = append(d.leaders, p.Person)
		}
	}
	for _, u := range d.Units(VillageCommittee, Branch) {
		if u.Village != "" {
			d.byVillage[u.Village] = append(d.byVillage[u.Village], u.ID)
		}
	}
}

// live returns the values of m that keep admits, in order.
func live[T any](m map[string]T, keep func(T) bool, less func(a, b T) int) (out []T) {
	for _, v := range m {
		if keep(v) {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, less)
	return out
}

// only returns a copy of what keep admits.
func only[T any](vs []T, keep func(T) bool) (out []T) {
	for _, v := range vs {
		if keep(v) {
			out = append(out, v)
		}
	}
	return out
}

// Unit returns a unit.
func (d *Directory) Unit(id string) Unit { return d.units[id] }

// Village returns a village.
func (d *Directory) Village(id string) Village { return d.villages[id] }

// Grid returns a grid.
func (d *Directory) Grid(id string) Grid { return d.grids[id] }

// Person returns a person.
func (d *Directory) Person(id string) Person { return d.people[id] }

// Category returns a category.
func (d *Directory) Category(code string) Category { return d.categories[code] }

// Units returns the units of the given kinds, or of all, in order.
func (d *Directory) Units(kinds ...UnitKind) []Unit {
	return only(d.lasting.units, func(u Unit) bool { return len(kinds) == 0 || slices.Contains(kinds, u.Kind) })
}

// Villages returns the villages in order.
func (d *Directory) Villages() []Village {
	return slices.Clone(d.lasting.villages)
}

// Grids returns the grids of the given levels, or of all, by number.
func (d *Directory) Grids(levels ...GridLevel) []Grid {
	return only(d.lasting.grids, func(g Grid) bool { return len(levels) == 0 || slices.Contains(levels, g.Level) })
}

// GridsIn returns the grids of a village of every level, by number.
func (d *Directory) GridsIn(village string) []Grid {
	return slices.DeleteFunc(d.Grids(), func(g Grid) bool { return village == "" || g.Village != village })
}

// Firms returns the settled firms of a village, or of all for "".
func (d *Directory) Firms(village string) []Unit {
	return slices.DeleteFunc(d.Units(Firm), func(u Unit) bool { return village != "" && u.Village != village })
}

// Holds reports whether somebody holds a post of a role now.
func (d *Directory) Holds(r actor.Role) bool {
	for _, p := range d.posts {
		if p.Role == r {
			return true
		}
	}
	return false
}

// PostsOf returns the posts a person holds now.
func (d *Directory) PostsOf(person string) []Post { return d.byPerson[person] }

// UnitsOf returns the units a person holds a post in now, each once.
func (d *Directory) UnitsOf(person string) (units []string) {
	for _, p := range d.byPerson[person] {
		if !slices.Contains(units, p.Unit) {
			units = append(units, p.Unit)
		}
	}
	return units
}

// PeopleIn returns the people who hold a post of one of the roles, or any, in a unit now, in the posts' order.
func (d *Directory) PeopleIn(unit string, roles ...actor.Role) []Person {
	return d.holders(d.byUnit[unit], roles)
}

// PeopleWith returns the people who hold one of the roles anywhere now, in the posts' order.
func (d *Directory) PeopleWith(roles ...actor.Role) []Person {
	all := live(d.posts, func(Post) bool { return true }, func(a, b Post) int { return order(a.Ord, b.Ord, a.ID, b.ID) })
	return d.holders(all, roles)
}

func (d *Directory) holders(posts []Post, roles []actor.Role) (out []Person) {
	seen := map[string]bool{}
	for _, p := range posts {
		if (len(roles) == 0 || slices.Contains(roles, p.Role)) && !seen[p.Person] {
			seen[p.Person] = true
			out = append(out, d.people[p.Person])
		}
	}
	return out
}

// People returns everybody, by name.
func (d *Directory) People() []Person {
	all := live(d.people, func(Person) bool { return true }, func(a, b Person) int { return strings.Compare(a.ID, b.ID) })
	ByName(all)
	return all
}

// ByName sorts people by the pinyin of their names, as lists of names are kept: GB 2312 has the 3,755 commonest characters
// in that order, and the rarer ones behind them.
func ByName(people []Person) {
	keys := make(map[string]string, len(people))
	gb := simplifiedchinese.GB18030.NewEncoder()
	for _, p := range people {
		key, err := gb.String(p.Name)
		if err != nil { // GB 18030 has every character; a text that is none sorts as it is
			key = p.Name
		}
		keys[p.Name] = key
	}
	slices.SortStableFunc(people, func(a, b Person) int {
		return cmp.Or(strings.Compare(keys[a.Name], keys[b.Name]), strings.Compare(a.ID, b.ID))
	})
}

// Leaders returns the leaders of the town in their customary order.
func (d *Directory) Leaders() (out []Person) {
	for _, id := range d.leaders {
		out = append(out, d.people[id])
	}
	return out
}

// LeaderFor returns who answers as responsible leader (责任领导) for a case that a unit handles and that concerns a
// village: the leader in charge of the unit, else the one whose contact point the village is, else "". Where several
// are, the first in order; a leader of the county is nobody's responsible leader.
func (d *Directory) LeaderFor(unit, village string) string {
	for _, p := range d.byUnit[unit] {
		if p.Role == actor.Leader && d.units[unit].Kind != CountyOffice {
			return p.Person
		}
	}
	if village == "" {
		village = d.units[unit].Village
	}
	for _, leader := range d.leaders {
		if slices.ContainsFunc(d.Contacts(village), func(c Contact) bool { return c.Person == leader }) {
			return leader
		}
	}
	return ""
}

// Contacts returns the contact points in a village, the oldest first.
func (d *Directory) Contacts(village string) []Contact {
	return live(d.contacts, func(c Contact) bool { return c.Village == village }, byAge)
}

func byAge(a, b Contact) int { return cmp.Or(a.Since.Compare(b.Since), strings.Compare(a.ID, b.ID)) }

// VillageUnits returns the units that are the village itself: its committee and its branches.
func (d *Directory) VillageUnits(village string) []string { return d.byVillage[village] }

// Concerns reports whether a unit is the village itself. What somebody says in confidence about a village is kept
// from the people of such a unit.
func (d *Directory) Concerns(unit, village string) bool {
	return unit != "" && slices.Contains(d.byVillage[village], unit)
}

// Categories returns the categories directly under parent, "" for the first level, in order.
func (d *Directory) Categories(parent string) []Category {
	return sortedCategories(d.categories, func(c Category) bool { return c.Parent == parent && !c.Retired })
}

// Listed is a category where it stands in the tree of all.
type Listed struct {
	Category
	Depth int    // 0 for the first level
	Path  string // its name behind those it belongs to: 环境卫生 · 垃圾清运
}

// CategoryTree returns the categories, each one followed by its own, named in a language.
func (d *Directory) CategoryTree(lang i18n.Lang) (out []Listed) {
	var below func(Listed)
	below = func(above Listed) {
		for _, c := range d.Categories(above.Code) {
			x := Listed{Category: c, Path: c.Name.In(lang)}
			if above.Code != "" {
				x.Depth, x.Path = above.Depth+1, above.Path+" · "+x.Path
			}
			out = append(out, x)
			below(x)
		}
	}
	below(Listed{})
	return out
}

// Chips returns the categories offered on the resident's first page, in order.
func (d *Directory) Chips() []Category {
	return sortedCategories(d.categories, func(c Category) bool { return c.Chip && !c.Retired })
}

// Under returns a category's code with the codes of everything under it, retired ones too, as old cases name them.
func (d *Directory) Under(code string) []string {
	out := []string{code}
	for i := 0; i < len(out); i++ {
		for _, c := range d.categories {
			if c.Parent == out[i] && !slices.Contains(out, c.Code) {
				out = append(out, c.Code)
			}
		}
	}
	slices.Sort(out)
	return out
}
