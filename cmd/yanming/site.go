package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/db"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/web/admin"
	"yanming/internal/web/batch"
	"yanming/internal/web/desk"
	"yanming/internal/web/office"
	"yanming/internal/web/page"
	webreport "yanming/internal/web/report"
	"yanming/internal/web/resident"
)

// registrar is what every audience's pages are to the wiring.
type registrar interface{ Register(*http.ServeMux) }

// site wires every page over the installation.
func (h *home) site(ctx context.Context, base string, log *slog.Logger) (http.Handler, error) {
	cat, err := i18n.Load()
	if err != nil {
		return nil, err
	}
	demo := false
	ts, err := h.towns(ctx)
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
	site, err := page.New(page.Config{Catalogue: cat, Base: base, Demo: demo, Sessions: sessions, Log: log})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	site.Register(mux)
	mux.Handle("GET /healthz", http.HandlerFunc(h.health))
	pages, err := h.pages(site, cat)
	if err != nil {
		return nil, err
	}
	var handler http.Handler = mux
	for _, p := range pages {
		p.Register(mux)
		if m, ok := p.(interface {
			MustChange(http.Handler) http.Handler
		}); ok && !demo { // a demo's passwords are thrown away with it
			handler = m.MustChange(handler)
		}
	}
	return site.Wrap(h.inTown(handler)), nil
}

func (h *home) pages(site *page.Site, cat *i18n.Catalogue) ([]registrar, error) {
	residents, err := resident.New(resident.Deps{Site: site, Store: h.db, Orgs: h.orgs, Cases: h.cases, Keys: h.keys, Photos: h.blobs})
	if err != nil {
		return nil, err
	}
	nav := h.nav
	offices, err := office.New(office.Deps{Site: site, Store: h.db, Orgs: h.orgs, Cases: h.cases, Blobs: h.blobs, Nav: nav})
	if err != nil {
		return nil, err
	}
	h.inbox = offices.Item
	desks, err := desk.New(desk.Deps{Site: site, Store: h.db, Orgs: h.orgs, Cases: h.cases, Keys: h.keys, Blobs: h.blobs, Nav: nav})
	if err != nil {
		return nil, err
	}
	reports, err := webreport.New(webreport.Deps{Site: site, Store: h.db, Orgs: h.orgs, Reports: h.reports, Figures: h.figures, Words: cat, Nav: nav})
	if err != nil {
		return nil, err
	}
	batches, err := batch.New(batch.Deps{Site: site, Imports: h.imports, Nav: nav})
	if err != nil {
		return nil, err
	}
	admins, err := admin.New(admin.Deps{Site: site, Store: h.db, Orgs: h.orgs, Auth: h.auth, Keys: h.keys, Backups: h.backups, Data: h.dir, Nav: nav})
	if err != nil {
		return nil, err
	}
	return []registrar{residents, offices, desks, reports, batches, admins}, nil
}

// inTown tells staff pages which town's name stands in their head.
func (h *home) inTown(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a := page.Actor(r); a.Town != "" && a.Person != "" {
			var t org.Town
			err := h.db.View(r.Context(), a.Town, func(tx *db.Tx) (err error) { t, err = org.GetTown(r.Context(), tx); return err })
			if err == nil {
				r = page.InTown(r, page.Town{ID: t.ID, Name: t.Name, English: true})
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

// health says that the process lives and that its database answers.
func (h *home) health(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	state := map[string]bool{"live": true, "ready": true}
	if _, err := h.towns(r.Context()); err != nil {
		state["ready"] = false
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	json.NewEncoder(w).Encode(state) // a client that went away is its own affair
}
