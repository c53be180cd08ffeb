package admin

import (
	"net/http"
	"slices"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/org"
	"yanming/internal/web/page"
)

// leaderRow is a leader's post that gives his place in the order.
type leaderRow struct {
	Post  org.Post
	Name  string
	Field string
}

type leadersPage struct {
	frame
	Rows []leaderRow
}

// leaderPosts returns the leaders' posts in the leadership, in order.
func leaderPosts(dir *org.Directory) (out []leaderRow) {
	for _, p := range dir.Leaders() {
		for _, post := range dir.PostsOf(p.ID) {
			if post.Role == actor.Leader && dir.Unit(post.Unit).Kind == org.Leadership {
				out = append(out, leaderRow{post, personName(dir, p), "ord_" + post.ID})
				break
			}
		}
	}
	return out
}

// listLeaders handles GET /admin/leaders: the order in which leaders are named.
func (s *Server) listLeaders(w http.ResponseWriter, v *visit) error {
	form := page.NewForm()
	for i, row := range leaderPosts(v.dir) {
		form.Set(row.Field, number(int64(i+1)))
	}
	return s.showLeaders(w, v, http.StatusOK, form)
}

func (s *Server) showLeaders(w http.ResponseWriter, v *visit, status int, form *page.Form) error {
	return s.pages.Show(w, v.r, status, "leaders", leadersPage{s.frame(v, form, "admin.leaders"), leaderPosts(v.dir)})
}

// orderLeaders handles POST /admin/leaders. A post is never rewritten: one whose place changes ends, and another of
// the same kind begins.
func (s *Server) orderLeaders(w http.ResponseWriter, v *visit) error {
	form, err := page.ReadForm(v.r, nil)
	if err != nil {
		return err
	}
	rows := leaderPosts(v.dir)
	place := map[string]int{}
	for _, row := range rows {
		form.Need(row.Field)
		if n, ok := form.Int(row.Field, 1, 999); ok {
			place[row.Post.ID] = n
		}
	}
	slices.SortStableFunc(rows, func(a, b leaderRow) int { return place[a.Post.ID] - place[b.Post.ID] })
	if form.Err() == nil {
		err = s.Store.Update(v.r.Context(), v.a.Town, func(tx *db.Tx) error {
			for i, row := range rows {
				ord := int64(i + 1)
				if row.Post.Ord == ord {
					continue
				}
				_, err := s.Orgs.AppointIn(v.r.Context(), tx, v.a, org.Appoint{Key: part(form.Key, "post", i), Person: row.Post.Person, Unit: row.Post.Unit,
					Role: row.Post.Role, Title: row.Post.Title, Villages: row.Post.Villages, Ord: ord, Replaces: row.Post.ID})
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	return s.settle(w, v, form, err, done("/admin/leaders"), func(status int) error { return s.showLeaders(w, v, status, form) })
}

type confidantsPage struct {
	frame
	Choices []page.Choice
}

// askConfidants handles GET /admin/confidants: who is named to read cases in confidence.
func (s *Server) askConfidants(w http.ResponseWriter, v *visit) error {
	form := page.NewForm()
	form.Set("confidants", v.dir.Settings.Confidants...)
	return s.showConfidants(w, v, http.StatusOK, form)
}

// confidantRoles are the roles whose holders are offered: those who may accept or supervise, and leaders.
func confidantRoles() []actor.Role {
	return []actor.Role{actor.Petition, actor.Intake, actor.General, actor.Inspection, actor.Leader, actor.CountyOfficer}
}

func confidantChoices(v *visit) []page.Choice {
	list := v.dir.PeopleWith(confidantRoles()...)
	for _, id := range v.dir.Settings.Confidants { // one who was named and has moved since
		if !slices.ContainsFunc(list, func(p org.Person) bool { return p.ID == id }) {
			list = append(list, v.dir.Person(id))
		}
	}
	org.ByName(list)
	return personChoices(nil, v.dir, list)
}

func (s *Server) showConfidants(w http.ResponseWriter, v *visit, status int, form *page.Form) error {
	return s.pages.Show(w, v.r, status, "confidants", confidantsPage{s.frame(v, form, "admin.confidants"), confidantChoices(v)})
}

// nameConfidants handles POST /admin/confidants.
func (s *Server) nameConfidants(w http.ResponseWriter, v *visit) error {
	form, err := page.ReadForm(v.r, nil)
	if err != nil {
		return err
	}
	named := form.Choices("confidants", page.Values(confidantChoices(v))...)
	if named == nil {
		named = []string{}
	}
	if form.Err() == nil {
		_, err = s.Orgs.Set(v.r.Context(), v.a, org.Set{Key: form.Key, Name: org.Confidants, Value: named})
	}
	return s.settle(w, v, form, err, done("/admin/confidants"), func(status int) error { return s.showConfidants(w, v, status, form) })
}
