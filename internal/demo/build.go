package demo

import (
	"context"
	"fmt"
	"slices"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/geo"
	"yanming/internal/org"
)

// cast is who and what there is in a place, by the keys of its plan.
type cast struct {
	place
	dir      *org.Directory
	units    map[string]string
	people   map[string]string
	villages []settled
	firms    []string
}

// settled is a village of a cast.
type settled struct {
	id, name, committee, branch     string
	secretary, clerk, cadre, helper string
	grids                           []string // its parts
	workers                         []string // of the parts
}

// build opens a place and makes its organisation in one transaction.
func (d Deps) build(ctx context.Context, p place, seed uint64, n *names) (*cast, error) {
	sys := actor.Actor{Town: p.code, System: true}
	if _, err := d.Orgs.OpenTown(ctx, sys, org.OpenTown{ID: p.code, Name: p.name, Demo: true}); err != nil {
		return nil, err
	}
	called := make([]string, 60+6*len(p.villages)+p.parts) // drawn before the transaction, which may run twice
	for i := range called {
		called[i] = n.next()
	}
	var out *cast
	err := d.DB.Update(ctx, p.code, func(tx *db.Tx) error {
		b := &builder{ctx: ctx, tx: tx, orgs: d.Orgs, sys: sys, called: called,
			cast: &cast{place: p, units: map[string]string{}, people: map[string]string{}}}
		out = b.cast
		b.offices()
		b.leadership()
		b.settle()
		b.contacts()
		if len(p.villages) > 0 {
			b.grids(seed)
		}
		b.firms()
		b.settings()
		return b.err
	})
	if err != nil {
		return nil, err
	}
	err = d.DB.View(ctx, p.code, func(tx *db.Tx) (err error) {
		out.dir, err = d.Orgs.Load(ctx, tx)
		return err
	})
	return out, err
}

// builder makes an organisation through the services, in one transaction, whose context it keeps. After its first error it
// does nothing more, so that a story reads as a list of sentences.
type builder struct {
	*cast
	ctx    context.Context
	tx     *db.Tx
	orgs   *org.Service
	sys    actor.Actor
	called []string
	phones int
	err    error
}

func made[C any](b *builder, c C, in func(context.Context, *db.Tx, actor.Actor, C) (string, error)) string {
	if b.err != nil {
		return ""
	}
	id, err := in(b.ctx, b.tx, b.sys, c)
	if err != nil {
		b.err = fmt.Errorf("%T %+v: %w", c, c, err)
	}
	return id
}

func (b *builder) phone() string {
	b.phones++
	return officePhone(b.number, b.phones-1)
}

func (b *builder) unit(key string, u org.SaveUnit) string {
	u.Ord = int64(len(b.units) + 1)
	id := made(b, u, b.orgs.SaveUnitIn)
	b.units[key] = id
	return id
}

func (b *builder) person(key, title, phone string) string {
	if b.err == nil && len(b.called) == 0 {
		b.err = fmt.Errorf("no name is left for %s", key)
	}
	if b.err != nil {
		return ""
	}
	id := made(b, org.SavePerson{Name: b.called[0], Title: title, Phone: phone}, b.orgs.SavePersonIn)
	b.called = b.called[1:]
	if key != "" {
		b.people[key] = id
	}
	return id
}

func (b *builder) post(person, unit string, role actor.Role, title string, ord int, villages ...string) {
	made(b, org.Appoint{Person: person, Unit: unit, Role: role, Title: title, Ord: int64(ord), Villages: villages}, b.orgs.AppointIn)
}

func (b *builder) offices() {
	for _, list := range []struct {
		kind org.UnitKind
		of   []department
	}{{org.Department, b.departments}, {org.OfficeTeam, b.teams}} {
		for _, d := range list.of {
			phone := b.phone()
			unit := b.unit(d.key, org.SaveUnit{Kind: list.kind, Name: d.name, Phone: phone})
			for i, o := range d.people {
				b.post(b.person(o.key, o.title, phone), unit, actor.Role(o.role), o.title, i+1)
			}
		}
	}
}

func (b *builder) leadership() {
	if b.leading == "" {
		return
	}
	top := b.unit("leading", org.SaveUnit{Kind: org.Leadership, Name: b.leading})
	for i, l := range b.leaders {
		p := b.person(l.key, l.title, "")
		b.post(p, top, actor.Leader, l.title, i+1)
		for _, key := range l.of {
			b.post(p, b.units[key], actor.Leader, l.title, i+1)
		}
	}
	if b.visitor != "" {
		unit := b.unit("visitor", org.SaveUnit{Kind: org.CountyOffice, Name: "县领导联系点"})
		b.post(b.person("visitor", b.visitor, ""), unit, actor.Leader, b.visitor, 1)
	}
}

// settle adds the villages with their branches and people.
func (b *builder) settle() {
	if len(b.place.villages) == 0 || b.err != nil {
		return
	}
	lines := make([]org.VillageLine, len(b.place.villages))
	for i, name := range b.place.villages {
		lines[i].Name = name
	}
	made(b, org.AddVillages{Villages: lines}, b.orgs.AddVillagesIn)
	if b.err != nil {
		return
	}
	var dir *org.Directory
	if dir, b.err = b.orgs.Load(b.ctx, b.tx); b.err != nil {
		return
	}
	homes := b.homes()
	for i, v := range dir.Villages() {
		s := settled{id: v.ID, name: v.Name, committee: v.Unit}
		s.branch = b.unit("branch/"+v.Name, org.SaveUnit{Kind: org.Branch, Name: v.Name + "党支部", Village: v.ID})
		s.secretary = b.person("", "村党支部书记", "")
		b.post(s.secretary, s.branch, actor.Secretary, "村党支部书记", 1, v.ID)
		b.post(s.secretary, s.committee, actor.Secretary, "村委会主任", 2, v.ID)
		s.helper, s.clerk = b.person("", "村委委员", ""), b.person("", "村文书", "")
		b.post(s.helper, s.committee, actor.Worker, "网格长", 3, v.ID)
		b.post(s.clerk, s.committee, actor.Worker, "村级网格员", 4, v.ID)
		s.cadre = b.person("", "包村干部", "")
		b.post(s.cadre, b.units[homes[i%len(homes)]], actor.Cadre, "包村干部", 9, v.ID)
		b.cast.villages = append(b.cast.villages, s)
	}
	for i, name := range b.branches {
		unit := b.unit("branch/"+name, org.SaveUnit{Kind: org.Branch, Name: name})
		b.post(b.people[b.branchHeads[i]], unit, actor.Secretary, "党支部书记", 20)
	}
}

// homes are the departments that village-assigned cadres come from: none that looks into others' work.
func (b *builder) homes() (keys []string) {
	for _, d := range b.departments {
		if d.key != "discipline" && d.key != "petition" && d.key != "call" {
			keys = append(keys, d.key)
		}
	}
	return keys
}

// contacts gives each leader villages in turn, and the county's leader the last one.
func (b *builder) contacts() {
	for i, v := range b.cast.villages {
		person := b.people[b.leaders[i%len(b.leaders)].key]
		if b.visitor != "" && i == len(b.cast.villages)-1 {
			made(b, org.AddContact{Person: b.people["visitor"], Village: v.id}, b.orgs.AddContactIn)
		}
		made(b, org.AddContact{Person: person, Village: v.id}, b.orgs.AddContactIn)
	}
}

// grids draws the town: its own grid, each village's, and their parts, which fill them without gap.
func (b *builder) grids(seed uint64) {
	land := dice(seed, diceLand)
	parts := geo.Parts(b.parts, len(b.cast.villages), fewest, most, land.Uint64())
	shape, err := geo.Tessellate(geo.Outline(b.centre, b.radius, land.Uint64()), parts, land.Uint64())
	if b.err == nil {
		b.err = err
	}
	if b.err != nil {
		return
	}
	lead, work := b.people[b.leaders[0].key], b.people["intake"]
	if g, ok := b.people["general2"]; ok {
		work = g
	}
	grid := func(g org.SaveGrid) string { return made(b, g, b.orgs.SaveGridIn) }
	grid(org.SaveGrid{Level: org.TownGrid, Name: "镇级网格", Leader: lead, Worker: work, Boundary: shape.Shape})
	for i := range b.cast.villages {
		v := &b.cast.villages[i]
		grid(org.SaveGrid{Level: org.VillageGrid, Village: v.id, Name: "村级网格", Leader: v.secretary, Worker: v.clerk, Boundary: shape.Villages[i].Shape})
	}
	for i := range b.cast.villages {
		v := &b.cast.villages[i]
		for j, s := range shape.Villages[i].Grids {
			worker := b.person("", "网格员", "")
			b.post(worker, v.committee, actor.Worker, "网格员", 10+j, v.id)
			v.workers = append(v.workers, worker)
			v.grids = append(v.grids, grid(org.SaveGrid{Level: org.PartGrid, Village: v.id, Name: fmt.Sprintf("第%d网格", j+1), Leader: v.helper, Worker: worker, Boundary: s}))
		}
	}
}

func (b *builder) firms() {
	for i, f := range b.place.firms {
		if b.err != nil {
			return
		}
		v := b.cast.villages[f.village-1]
		b.cast.firms = append(b.cast.firms, b.unit("firm/"+f.name, org.SaveUnit{Kind: org.Firm, Name: f.name, Village: v.id, Grid: v.grids[i%len(v.grids)]}))
	}
}

func (b *builder) settings() {
	set := func(name org.Setting, value any) { made(b, org.Set{Name: name, Value: value}, b.orgs.SetIn) }
	set(org.OfficeName, b.office)
	set(org.OfficeAddress, b.address)
	set(org.OfficePhone, b.phone())
	set(org.SupervisionPhone, b.phone())
	set(org.RulesConfirmed, true)
	var confidants []string
	for _, key := range []string{"petition", "discipline", "officer", "officer2"} {
		if p, ok := b.people[key]; ok {
			confidants = append(confidants, p)
		}
	}
	set(org.Confidants, confidants)
	if unit, ok := b.units["hall"]; ok {
		set(org.DefaultUnit, unit)
	}
	if b.err != nil {
		return
	}
	var dir *org.Directory
	if dir, b.err = b.orgs.Load(b.ctx, b.tx); b.err != nil {
		return
	}
	usual := usualUnits()
	for _, c := range dir.Chips() {
		if unit, ok := b.units[usual[c.Code]]; ok {
			made(b, org.SaveCategory{Code: c.Code, Rev: c.Rev, Name: c.Name, Chip: true, Confide: c.Confide, Unit: unit, Ord: c.Ord}, b.orgs.SaveCategoryIn)
		}
	}
}

// as returns a person of the place as an actor, with the posts held now.
func (c *cast) as(person string) actor.Actor {
	a := actor.Actor{Town: c.code, Person: person, Name: c.dir.Person(person).Name}
	for _, p := range c.dir.PostsOf(person) {
		a.Posts = append(a.Posts, actor.Post{ID: p.ID, Unit: p.Unit, Role: p.Role, Villages: slices.Clone(p.Villages)})
	}
	return a
}

// who returns a person of the plan as an actor.
func (c *cast) who(key string) actor.Actor { return c.as(c.people[key]) }

func (c *cast) resident() actor.Actor { return actor.Actor{Town: c.code, Resident: true} }
