package notice

import (
	"net/http"
	"net/url"

	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/id"
	"yanming/internal/notice"
	"yanming/internal/org"
	"yanming/internal/web/page"
)

// item is one notice as the page shows it.
type item struct {
	notice.Item
	Text string // message key
	Name string // whose account it is about
	By   string // who vouched, or took keys
	Week string // of the report it is about
}

type listPage struct {
	frame
	Items   []item
	Unread  bool
	Doubted bool
	Pager   page.Pager
	First   string // the newest again; "" where they are shown
}

// listNotices handles GET /office/notices?before=: what waits for the visitor, and what they put away lately.
func (s *Server) listNotices(w http.ResponseWriter, r *http.Request) error {
	before := r.URL.Query().Get("before")
	if before != "" && !id.Valid(before) {
		return errs.Missing()
	}
	a := page.Actor(r)
	p := listPage{frame: s.frame(r, nil, "notice.title"), Doubted: a.Doubted}
	var dir *org.Directory
	var list notice.List
	err := s.view(r, func(tx *db.Tx) (err error) {
		if dir, err = s.Orgs.Load(r.Context(), tx); err == nil {
			list, err = s.Notices.List(r.Context(), tx, a, before)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, it := range list.Items {
		x := item{Item: it, Text: "notice.kind." + string(it.Kind), Name: dir.Person(it.Whose).Name}
		switch it.Kind {
		case notice.Vouched, notice.KeysTaken:
			x.By = s.Site.T(r, "notice."+string(it.Kind)+".by", x.Name)
		case notice.ReportSent, notice.ReportReviewed, notice.ReportReturned:
			if week, err := calendar.ParsePeriod(it.Record); err == nil {
				key, args := week.Label()
				x.Week = s.Site.T(r, key, args...)
			}
		}
		p.Items = append(p.Items, x)
		p.Unread = p.Unread || it.Read.IsZero()
	}
	if list.Next != "" {
		p.Pager.Next = "/office/notices?before=" + url.QueryEscape(list.Next)
	}
	if before != "" {
		p.First = "/office/notices"
	}
	return s.pages.Show(w, r, http.StatusOK, "list", p)
}

// readNotices handles POST /office/notices/read: one notice, or all of them.
func (s *Server) readNotices(w http.ResponseWriter, r *http.Request) error {
	form, err := page.ReadForm(r, nil)
	if err != nil {
		return err
	}
	one := form.Value("notice")
	if one != "" && !id.Valid(one) {
		return errs.Missing()
	}
	if err := s.Notices.Read(r.Context(), page.Actor(r), one); err != nil {
		return err
	}
	return page.SeeOther(w, r, "/office/notices")
}

// vouch handles POST /office/notices/vouch: the visitor says that a colleague's account is in their hands. Done by
// somebody else already is what was wanted.
func (s *Server) vouch(w http.ResponseWriter, r *http.Request) error {
	form, err := page.ReadForm(r, nil)
	if err != nil {
		return err
	}
	if !id.Valid(form.Value("account")) {
		return errs.Missing()
	}
	if err := s.Auth.Vouch(r.Context(), page.Actor(r), form.Value("account")); err != nil && !errs.Is(err, errs.Conflict) {
		return err
	}
	return page.SeeOther(w, r, "/office/notices?ok=vouched")
}
