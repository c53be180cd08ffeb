package notice

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/id"
	"yanming/internal/notice"
	"yanming/internal/org"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

// letter is one dead letter as administrators see it.
type letter struct {
	notice.Delivery
	To   string
	What any // a text as for say
	Way  string
}

type deliveriesPage struct {
	frame
	Mails   bool
	Waiting int64
	Dead    int64
	Letters []letter
	Pager   page.Pager
}

// listDeliveries handles GET /admin/deliveries?before=.
func (s *Server) listDeliveries(w http.ResponseWriter, r *http.Request) error {
	before := r.URL.Query().Get("before")
	if before != "" && !id.Valid(before) {
		return errs.Missing()
	}
	a := page.Actor(r)
	p := deliveriesPage{frame: s.section(r, nil, "notice.deliveries"), Mails: s.Notices.Mails()}
	err := s.view(r, func(tx *db.Tx) error {
		dir, err := s.Orgs.Load(r.Context(), tx)
		if err != nil {
			return err
		}
		if p.Waiting, p.Dead, err = s.Notices.Waiting(r.Context(), tx, a); err != nil {
			return err
		}
		list, next, err := s.Notices.Dead(r.Context(), tx, a, before)
		if next != "" {
			p.Pager.Next = "/admin/deliveries?before=" + url.QueryEscape(next)
		}
		for _, d := range list {
			l := letter{d, dir.Person(d.Target).Name, s.Site.T(r, "notice.kind."+d.Kind), "notice.channel." + string(d.Channel)}
			if d.Channel == notice.ByHook {
				l.To, l.What = dir.Unit(d.Target).Name, i18n.Key("office.event."+strings.TrimPrefix(d.Kind, "case."))
			}
			p.Letters = append(p.Letters, l)
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.pages.Show(w, r, http.StatusOK, "deliveries", p)
}

// settleDelivery handles POST /admin/deliveries: try a dead letter again, or drop it. One that is gone is no fault.
func (s *Server) settleDelivery(w http.ResponseWriter, r *http.Request) error {
	form, err := page.ReadForm(r, nil)
	if err != nil {
		return err
	}
	if !id.Valid(form.Value("delivery")) {
		return errs.Missing()
	}
	settle := s.Notices.Retry
	if form.Choice("what", "retry", "drop") == "drop" {
		settle = s.Notices.Drop
	}
	if form.Value("what") == "" || form.Err() != nil {
		return errs.Missing()
	}
	if err := settle(r.Context(), page.Actor(r), form.Value("delivery")); err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	return page.SeeOther(w, r, "/admin/deliveries")
}

// system is a unit's own system.
type system struct{ Unit, Name, URL string }

type hooksPage struct {
	frame
	Calls  bool
	Hooks  []system
	Units  []page.Choice
	Secret string // shown this once
	Whose  string
}

// listHooks handles GET /admin/hooks.
func (s *Server) listHooks(w http.ResponseWriter, r *http.Request) error {
	return s.showHooks(w, r, http.StatusOK, nil, "")
}

func (s *Server) showHooks(w http.ResponseWriter, r *http.Request, status int, form *page.Form, secret string) error {
	p := hooksPage{frame: s.section(r, form, "notice.hooks"), Calls: s.Notices.Calls(), Secret: secret}
	err := s.view(r, func(tx *db.Tx) error {
		dir, err := s.Orgs.Load(r.Context(), tx)
		if err != nil {
			return err
		}
		hs, err := s.Notices.Hooks(r.Context(), tx, page.Actor(r))
		for _, h := range hs {
			p.Hooks = append(p.Hooks, system{h.Unit, dir.Unit(h.Unit).Name, h.URL})
		}
		p.Units, p.Whose = units(dir), dir.Unit(p.Form.Value("unit")).Name
		return err
	})
	if err != nil {
		return err
	}
	return s.pages.Show(w, r, status, "hooks", p)
}

// units are those that handle cases.
func units(dir *org.Directory) []page.Choice {
	return town.UnitChoices(nil, slices.DeleteFunc(dir.Units(), func(u org.Unit) bool { return u.Kind == org.Firm }))
}

// setHook handles POST /admin/hooks and shows the secret, this once.
func (s *Server) setHook(w http.ResponseWriter, r *http.Request) error {
	form, err := page.ReadForm(r, nil)
	if err != nil {
		return err
	}
	form.Need("unit", "url")
	secret := ""
	if form.Err() == nil {
		secret, err = s.Notices.SetHook(r.Context(), page.Actor(r), form.Value("unit"), form.Line("url", 500))
	}
	status, again := form.Turned(err)
	if form.Err() != nil && status == 0 {
		status, again = http.StatusUnprocessableEntity, true
	}
	if again {
		return s.showHooks(w, r, status, form, "")
	}
	if err != nil {
		return err
	}
	return s.showHooks(w, r, http.StatusOK, form, secret)
}

// endHook handles POST /admin/hooks/end. One that is gone is what was wanted.
func (s *Server) endHook(w http.ResponseWriter, r *http.Request) error {
	form, err := page.ReadForm(r, nil)
	if err != nil {
		return err
	}
	if err := s.Notices.EndHook(r.Context(), page.Actor(r), form.Value("unit")); err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	return page.SeeOther(w, r, "/admin/hooks?ok=saved")
}
