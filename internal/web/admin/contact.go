package admin

import (
	"net/http"
	"time"

	"yanming/internal/actor"
	"yanming/internal/errs"
	"yanming/internal/org"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

type contactRow struct {
	ID, Person, Village string
	Since               time.Time
}

type contactsPage struct {
	frame
	Contacts []contactRow
	Leaders  []page.Choice
	Villages []page.Choice
}

// listContacts handles GET /admin/contacts.
func (s *Server) listContacts(w http.ResponseWriter, v *visit) error {
	return s.showContacts(w, v, http.StatusOK, page.NewForm())
}

func (s *Server) showContacts(w http.ResponseWriter, v *visit, status int, form *page.Form) error {
	if v.dir.Town.Level != org.Township {
		return errs.Missing()
	}
	data := contactsPage{frame: s.frame(v, form, "admin.contacts"), Villages: town.VillageChoices(unchosen, v.dir),
		Leaders: personChoices(unchosen, v.dir, v.dir.PeopleWith(actor.Leader))}
	for _, one := range v.dir.Villages() {
		for _, c := range v.dir.Contacts(one.ID) {
			data.Contacts = append(data.Contacts, contactRow{c.ID, personName(v.dir, v.dir.Person(c.Person)), one.Name, c.Since})
		}
	}
	return s.pages.Show(w, v.r, status, "contacts", data)
}

// addContact handles POST /admin/contacts.
func (s *Server) addContact(w http.ResponseWriter, v *visit) error {
	form, err := page.ReadForm(v.r, nil)
	if err != nil {
		return err
	}
	form.Need("person", "village")
	if form.Err() == nil {
		_, err = s.Orgs.AddContact(v.r.Context(), v.a, org.AddContact{Key: form.Key, Person: form.Value("person"), Village: form.Value("village")})
	}
	return s.settle(w, v, form, err, done("/admin/contacts"), func(status int) error { return s.showContacts(w, v, status, form) })
}

// endContact handles POST /admin/contacts/{id}/end.
func (s *Server) endContact(w http.ResponseWriter, v *visit) error {
	form, err := page.ReadForm(v.r, nil)
	if err != nil {
		return err
	}
	_, err = s.Orgs.EndContact(v.r.Context(), v.a, org.EndContact{Key: form.Key, ID: v.r.PathValue("id")})
	return s.settle(w, v, form, err, done("/admin/contacts"), func(status int) error { return s.showContacts(w, v, status, form) })
}
