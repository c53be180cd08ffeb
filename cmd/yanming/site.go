package main

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/cert"
	"yanming/internal/db"
	"yanming/internal/division"
	"yanming/internal/doctor"
	"yanming/internal/i18n"
	"yanming/internal/metric"
	"yanming/internal/notice"
	"yanming/internal/web/admin"
	"yanming/internal/web/batch"
	"yanming/internal/web/desk"
	"yanming/internal/web/door"
	webnotice "yanming/internal/web/notice"
	"yanming/internal/web/office"
	"yanming/internal/web/page"
	webreport "yanming/internal/web/report"
	"yanming/internal/web/resident"
	"yanming/internal/web/town"
	"yanming/internal/web/trust"
)

// registrar is what every audience's pages are to the wiring.
type registrar interface{ Register(*http.ServeMux) }

// siteConfig is what the pages must know of how they are served.
type siteConfig struct {
	base   string
	log    *slog.Logger
	source *cert.Source // nil: plain http, or a proxy in front
	plain  net.Listener // the second address; nil for none
}

// site wires every page over the installation.
func (h *home) site(ctx context.Context, c siteConfig) (http.Handler, error) {
	cat, err := i18n.Load()
	if err != nil {
		return nil, err
	}
	demo := false
	ts, err := h.orgs.AllTowns(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range ts {
		demo = demo || t.Demo
	}
	sessions := page.SessionFunc(func(ctx context.Context, token string) (actor.Actor, error) {
		a, _, err := h.auth.Session(ctx, token)
		return a, err
	})
	site, err := page.New(page.Config{Catalogue: cat, Base: c.base, Demo: demo, Sessions: sessions, Nav: h.nav, Log: c.log,
		Revocable: c.source != nil && c.source.Authority() != nil})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	site.Register(mux)
	h.healthOn(mux)
	h.metricsOn(mux, site)
	pages, err := h.pages(site, cat, c.base)
	if err != nil {
		return nil, err
	}
	if c.source != nil && c.source.Authority() != nil {
		deps := trust.Deps{Site: site, Authority: c.source.Authority()}
		if c.plain != nil {
			deps.Plain = "http://" + withPort(hostOf(c.base), port(c.plain.Addr()), "80") + "/trust"
		}
		p, err := trust.New(deps)
		if err != nil {
			return nil, err
		}
		pages = append(pages, p)
	}
	handler := metric.Route(mux)
	for _, p := range pages {
		p.Register(mux)
		if m, ok := p.(interface {
			MustChange(http.Handler) http.Handler
		}); ok && !demo { // a demo's passwords are thrown away with it
			handler = m.MustChange(handler)
		}
	}
	return h.metrics.Around(site.Wrap(h.inTown(handler)), h.seen.requestLog(c.log)), nil
}

func (h *home) pages(site *page.Site, cat *i18n.Catalogue, base string) ([]registrar, error) {
	residents, err := resident.New(resident.Deps{Site: site, Store: h.db, Orgs: h.orgs, Cases: h.cases, Keys: h.keys, Photos: h.blobs, Proxies: h.proxies})
	if err != nil {
		return nil, err
	}
	staff := town.Staff{Site: site, Store: h.db, Orgs: h.orgs, Nav: h.nav}
	offices, err := office.New(office.Deps{Staff: staff, Cases: h.cases, Blobs: h.blobs})
	if err != nil {
		return nil, err
	}
	h.inbox = offices.Item
	desks, err := desk.New(desk.Deps{Staff: staff, Cases: h.cases, Keys: h.keys, Blobs: h.blobs})
	if err != nil {
		return nil, err
	}
	reports, err := webreport.New(webreport.Deps{Staff: staff, Reports: h.reports, Figures: h.figures, Words: cat})
	if err != nil {
		return nil, err
	}
	batches, err := batch.New(batch.Deps{Site: site, Imports: h.imports, Nav: h.nav})
	if err != nil {
		return nil, err
	}
	places := &division.Table{}
	doors, err := door.New(door.Deps{Site: site, Auth: h.auth, Places: places, Now: h.db.Now, Proxies: h.proxies})
	if err != nil {
		return nil, err
	}
	admins, err := admin.New(admin.Deps{Staff: staff, Auth: h.auth, Keys: h.keys, Places: places, Backups: h.backups, Data: h.dir,
		Health: func(ctx context.Context) []doctor.Finding { return h.examine(ctx, base) }})
	if err != nil {
		return nil, err
	}
	told, err := webnotice.New(webnotice.Deps{Staff: staff, Auth: h.auth, Notices: h.notices})
	if err != nil {
		return nil, err
	}
	return []registrar{residents, offices, desks, reports, batches, doors, admins, told}, nil
}

// inTown tells staff pages which town's name stands in their head, and how many notices wait.
func (h *home) inTown(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a := page.Actor(r); a.Town != "" && a.Person != "" {
			dir, err := h.orgs.Directory(r.Context(), a.Town)
			var unread int64
			if err == nil {
				err = h.db.View(r.Context(), a.Town, func(tx *db.Tx) (err error) {
					unread, err = notice.Unread(r.Context(), tx, a.Person)
					return err
				})
			}
			if err == nil {
				r = page.WithBell(page.InTown(r, page.Town{ID: dir.Town.ID, Name: dir.Town.Name, English: true}), unread)
			}
		}
		next.ServeHTTP(w, r)
	})
}

// nav is the side navigation of staff: what the actor's posts give.
func (h *home) nav(r *http.Request) (items []page.NavItem) {
	a := page.Actor(r)
	add := func(show bool, key, icon, href string, under ...string) {
		if !show {
			return
		}
		current := r.URL.Path == href
		for _, u := range under {
			current = current || strings.HasPrefix(r.URL.Path, u)
		}
		items = append(items, page.NavItem{Key: key, Icon: icon, Href: href, Current: current})
	}
	if inbox, ok, err := h.inbox(r); err == nil && ok { // without its badge a page is still a page
		items = append(items, inbox)
	}
	add(auth.Can(a, auth.RightRegister), "nav.slips", "print", "/office/slips", "/office/slips")
	add(auth.Can(a, auth.RightImport), "nav.import", "upload", "/office/import", "/office/import")
	add(auth.Can(a, auth.RightFigures), "nav.reports", "chart", "/office/reports", "/office/reports", "/f/")
	add(auth.Can(a, auth.RightCounty), "nav.county", "grid", "/county/")
	add(auth.Can(a, auth.RightCounty), "nav.county_cases", "list", "/county/cases", "/county/cases")
	add(auth.Can(a, auth.RightAdmin), "nav.admin", "gear", "/admin/", "/admin/")
	add(auth.Can(a, auth.RightAudit), "nav.journal", "eye", "/admin/journal", "/admin/journal")
	add(true, "nav.account", "person", "/account", "/account")
	return items
}
