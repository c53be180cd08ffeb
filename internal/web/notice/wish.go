package notice

import (
	"net/http"
	"slices"

	"yanming/internal/db"
	"yanming/internal/i18n"
	"yanming/internal/notice"
	"yanming/internal/web/page"
)

type wishPage struct {
	frame
	Wish    notice.Wish
	Mails   bool
	Doubted bool
	Paces   []page.Choice
	Langs   []page.Choice
	Kinds   []page.Choice
	Address *page.Form
}

// askWish handles GET /account/notices.
func (s *Server) askWish(w http.ResponseWriter, r *http.Request) error {
	return s.showWish(w, r, http.StatusOK, nil, nil)
}

// showWish shows both forms, one of which may have been refused.
func (s *Server) showWish(w http.ResponseWriter, r *http.Request, status int, form, address *page.Form) error {
	var wish notice.Wish
	err := s.view(r, func(tx *db.Tx) (err error) {
		wish, err = s.Notices.WishOf(r.Context(), tx, page.Actor(r))
		return err
	})
	if err != nil {
		return err
	}
	if form == nil {
		form = page.NewForm()
		form.Set("pace", string(wish.Pace))
		form.Set("lang", string(wish.Lang))
		var on []string
		for _, k := range notice.Mutable() {
			if !slices.Contains(wish.Muted, k) {
				on = append(on, string(k))
			}
		}
		form.Set("kinds", on...)
	}
	if address == nil {
		address = page.NewForm()
		address.Set("address", wish.Address)
	}
	p := wishPage{frame: s.frame(r, form, "notice.settings"), Wish: wish, Mails: s.Notices.Mails(), Doubted: page.Actor(r).Doubted,
		Paces: page.Keyed("notice.pace.", texts(notice.Paces())...), Langs: page.Keyed("notice.wish.lang.", texts(i18n.Langs())...),
		Kinds: page.Keyed("notice.kind.", texts(notice.Mutable())...), Address: address}
	p.Wrong = p.Wrong || len(address.Errs) > 0
	return s.pages.Show(w, r, status, "wish", p)
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// saveWish handles POST /account/notices: how soon, what, in which language.
func (s *Server) saveWish(w http.ResponseWriter, r *http.Request) error {
	form, err := page.ReadForm(r, nil)
	if err != nil {
		return err
	}
	on := form.Choices("kinds", texts(notice.Mutable())...)
	c := notice.SaveWish{Pace: notice.Pace(form.Choice("pace", texts(notice.Paces())...)), Lang: i18n.Lang(form.Choice("lang", texts(i18n.Langs())...))}
	for _, k := range notice.Mutable() {
		if !slices.Contains(on, string(k)) {
			c.Muted = append(c.Muted, k)
		}
	}
	if form.Err() == nil {
		err = s.Notices.SaveWish(r.Context(), page.Actor(r), c)
	}
	if form.Refused(err) || form.Err() != nil {
		return s.showWish(w, r, http.StatusUnprocessableEntity, form, nil)
	}
	if err != nil {
		return err
	}
	return page.SeeOther(w, r, "/account/notices?ok=saved")
}

// askAddress handles POST /account/notices/address: a link goes to the address; without one mails end.
func (s *Server) askAddress(w http.ResponseWriter, r *http.Request) error {
	form, err := page.ReadForm(r, nil)
	if err != nil {
		return err
	}
	form.Need("old")
	address := form.Line("address", 200)
	if form.Err() == nil {
		err = s.Notices.AskAddress(r.Context(), page.Actor(r), address, form.Value("old"))
	}
	status, again := form.Turned(err)
	if form.Err() != nil && status == 0 {
		status, again = http.StatusUnprocessableEntity, true
	}
	if again {
		return s.showWish(w, r, status, nil, form)
	}
	if err != nil {
		return err
	}
	if address == "" {
		return page.SeeOther(w, r, "/account/notices?ok=saved")
	}
	return page.SeeOther(w, r, "/account/notices?ok=asked")
}

type confirmPage struct {
	frame
	Token string
}

// showConfirm handles GET /account/notices/confirm?token=. It changes nothing: a mail program that looks at links in
// advance confirms no address.
func (s *Server) showConfirm(w http.ResponseWriter, r *http.Request) error {
	return s.pages.Show(w, r, http.StatusOK, "confirm", confirmPage{s.frame(r, nil, "notice.address.confirm"), r.URL.Query().Get("token")})
}

// confirmAddress handles POST /account/notices/confirm.
func (s *Server) confirmAddress(w http.ResponseWriter, r *http.Request) error {
	form, err := page.ReadForm(r, nil)
	if err != nil {
		return err
	}
	err = s.Notices.ConfirmAddress(r.Context(), page.Actor(r), form.Value("token"))
	if status, again := form.Turned(err); again {
		return s.pages.Show(w, r, status, "confirm", confirmPage{s.frame(r, form, "notice.address.confirm"), form.Value("token")})
	}
	if err != nil {
		return err
	}
	return page.SeeOther(w, r, "/account/notices?ok=confirmed")
}
