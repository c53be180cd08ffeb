package resident

import (
	"context"
	"net/http"

	"yanming/internal/actor"
	"yanming/internal/errs"
	"yanming/internal/org"
	"yanming/internal/web/town"
)

// enter returns r as a question to a town, and what the town has settled.
func (s *Server) enter(r *http.Request, code string) (*http.Request, *org.Directory, error) {
	dir, err := s.directory(r.Context(), code)
	if err != nil {
		return r, nil, err
	}
	return town.In(r, dir), dir, nil
}

func (s *Server) directory(ctx context.Context, town string) (*org.Directory, error) {
	return s.Orgs.Directory(ctx, town)
}

// townships returns the towns that residents can speak to. A county is spoken to through its towns.
func (s *Server) townships(ctx context.Context) ([]org.Town, error) {
	all, err := s.Orgs.AllTowns(ctx)
	var ts []org.Town
	for _, t := range all {
		if t.Level == org.Township {
			ts = append(ts, t)
		}
	}
	return ts, err
}

// township returns what a town that residents can speak to has settled, by its code. NotFound where it is none.
func (s *Server) township(ctx context.Context, code string) (*org.Directory, error) {
	dir, err := s.directory(ctx, code)
	if err == nil && dir.Town.Level != org.Township {
		err = errs.Missing()
	}
	return dir, err
}

// doors says which ways a word can go from a town.
type doors struct {
	Confide bool   // somebody is named to read in confidence
	Readers int    // how many
	County  string // who receives what is about the town itself; "" where nobody can
	Named   int    // how many read there
}

// openDoors asks which ways are open. A choice that nobody would read behind is not offered.
func (s *Server) openDoors(ctx context.Context, dir *org.Directory) (d doors, err error) {
	d.Readers = readers(dir)
	d.Confide = d.Readers > 0
	if dir.Town.Parent == dir.Town.ID {
		return d, nil
	}
	above, err := s.directory(ctx, dir.Town.Parent)
	if errs.Is(err, errs.NotFound) { // the county is no tenant of this installation
		return d, nil
	}
	if err != nil {
		return d, err
	}
	if n := readers(above); n > 0 && above.Holds(actor.CountyOfficer) {
		d.County, d.Named = above.Town.ID, n
	}
	return d, nil
}

// readers counts the people a town named to read in confidence who hold a post now.
func readers(dir *org.Directory) (n int) {
	for _, p := range dir.Settings.Confidants {
		if len(dir.UnitsOf(p)) > 0 {
			n++
		}
	}
	return n
}
