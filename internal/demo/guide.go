package demo

import (
	"context"
	"fmt"
	"net/url"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/casework"
	"yanming/internal/seal"
)

// Guide is what the demo's owner is told once: who can sign in with which password, which receipts can be looked up,
// and the way to walk.
type Guide struct {
	Logins   []Login                `json:"logins"`
	Receipts []Receipt              `json:"receipts"`
	Stops    []Stop                 `json:"stops"`
	Cases    map[string]seal.Number `json:"cases"` // of the stories that have a name: C31, C45, C52 …
}

// Login is an account with its random password, which is kept nowhere else.
type Login struct {
	Town     string     `json:"town"`
	TownName string     `json:"town_name"`
	Role     actor.Role `json:"role"`
	Name     string     `json:"name"`
	Title    string     `json:"title"`
	Unit     string     `json:"unit"`
	Login    string     `json:"login"`
	Password string     `json:"password"`
}

// Receipt is what a resident went home with: number and code, or one secret.
type Receipt struct {
	Key    string      `json:"key"` // of the message that says what to see there
	Town   string      `json:"town"`
	Number seal.Number `json:"number,omitempty"`
	Code   string      `json:"code,omitempty"`
	Secret seal.Secret `json:"secret,omitempty"`
}

// Stop is a stop of the way through the demo: a page, and as whom to open it.
type Stop struct {
	Key   string `json:"key"` // of the message that says what to do there
	Path  string `json:"path"`
	Login string `json:"login,omitempty"` // "" for a resident
}

// loginsOf are the accounts of a place: login and the plan's key of the person; a secretary, a cadre and a worker of
// the first village come on top.
func loginsOf(town string) [][2]string {
	switch town {
	case County:
		return [][2]string{{"xian.shouli", "officer"}, {"xian.chakan", "viewer"}, {"xian.guanli", "admin"}}
	case Town:
		return [][2]string{{"nan.shouli", "intake"}, {"nan.xinfang", "petition"}, {"nan.shuili", "water"}, {"nan.jianshe", "roads"}, {"nan.minzheng", "civil"},
			{"nan.jijian", "discipline"}, {"nan.zonghe", "general"}, {"nan.xuanchuan", "publicity"}, {"nan.ducha", "inspection"}, {"nan.huifang", "caller"},
			{"nan.shuji", "first"}, {"nan.zhenzhang", "mayor"}, {"nan.fuzhen", "vice1"}, {"nan.shenji", "auditor"}, {"nan.guanli", "admin"}}
	}
	return [][2]string{{"bei.shouli", "intake"}, {"bei.shuili", "water"}, {"bei.huifang", "caller"}, {"bei.shuji", "first"}, {"bei.guanli", "admin"}}
}

func (d Deps) guide(ctx context.Context, casts []*cast, s *stage) (Guide, error) {
	g := Guide{Cases: map[string]seal.Number{}}
	for _, c := range casts {
		for _, l := range loginsOf(c.code) {
			if err := d.account(ctx, &g, c, l[0], c.people[l[1]]); err != nil {
				return Guide{}, err
			}
		}
		if c.code != Town {
			continue
		}
		v := c.villages[0]
		for _, l := range [][2]string{{"nan.cunzhishu", v.secretary}, {"nan.baocun", v.cadre}, {"nan.wangge", v.workers[0]}} {
			if err := d.account(ctx, &g, c, l[0], l[1]); err != nil {
				return Guide{}, err
			}
		}
	}
	for name, r := range s.told {
		g.Cases[name] = r.receipt.Number
	}
	for _, x := range [][2]string{{"demo.receipt.working", "water"}, {"demo.receipt.answered", "C45"}, {"demo.receipt.forwarded", "county water"},
		{"demo.receipt.sealed", "sealed"}, {"demo.receipt.county", "about the town"}} {
		g.Receipts = append(g.Receipts, s.receipt(x[0], x[1]))
	}
	g.Stops = stops(casts, g.Cases)
	return g, nil
}

func (d Deps) account(ctx context.Context, g *Guide, c *cast, login, person string) error {
	sys := actor.Actor{Town: c.code, System: true}
	_, password, err := d.Accounts.CreateAccount(ctx, sys, auth.CreateAccount{Login: login, Person: person, Keep: true})
	if err != nil {
		return fmt.Errorf("make account %s: %w", login, err)
	}
	post := c.dir.PostsOf(person)[0]
	g.Logins = append(g.Logins, Login{Town: c.code, TownName: c.name, Role: post.Role, Name: c.dir.Person(person).Name, Title: post.Title,
		Unit: c.dir.Unit(post.Unit).Name, Login: login, Password: password})
	return nil
}

// receipt shows what the resident of a story holds: a number is not said where a secret stands for it.
func (s *stage) receipt(key, name string) Receipt {
	r := s.told[name]
	out := Receipt{Key: key, Town: r.cast.code, Number: r.receipt.Number, Code: r.receipt.Code, Secret: r.receipt.Secret}
	if out.Secret != "" {
		out.Number = ""
	}
	return out
}

// stops are the way of one word, from the board at the roadside to the line in the report.
func stops(casts []*cast, cases map[string]seal.Number) []Stop {
	var grid string
	for _, c := range casts {
		if c.code == Town {
			grid = c.villages[0].grids[0]
		}
	}
	open := func(name string) string { return "/office/cases/" + string(cases[name]) }
	return []Stop{
		{Key: "demo.stop.scan", Path: "/g/" + grid},
		{Key: "demo.stop.receipt", Path: "/r"},
		{Key: "demo.stop.accept", Path: "/office/cases?" + url.Values{"view": {string(casework.ToAccept)}}.Encode(), Login: "nan.shouli"},
		{Key: "demo.stop.answer", Path: open("water"), Login: "nan.shuili"},
		{Key: "demo.stop.callback", Path: open("C45"), Login: "nan.huifang"},
		{Key: "demo.stop.evidence", Path: "/f/case.collected", Login: "nan.zonghe"},
		{Key: "demo.stop.report", Path: "/office/reports", Login: "nan.zonghe"},
	}
}
