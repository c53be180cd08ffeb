package notice

import (
	"testing"
	"time"

	"yanming/internal/errs"
	"yanming/internal/notice"
	"yanming/internal/web/page"
	"yanming/internal/web/page/pagetest"
	"yanming/internal/web/town"
)

// TestTemplates checks every template against its struct and executes it in both languages, empty and full.
func TestTemplates(t *testing.T) {
	s, err := New(Deps{Staff: town.Staff{Site: pagetest.Site(t, "https://yn.example", nil)}})
	if err == nil || s != nil {
		t.Error("pages without services are built")
	}
	set := sets(t)
	at := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	form := func(fields ...string) *page.Form {
		f := page.NewForm()
		for _, name := range fields {
			f.Fail(name, "error.required")
		}
		if len(fields) > 0 {
			f.Errs = append(f.Errs, errs.All(errs.New(errs.Denied, "notice.address.link"))...)
		}
		return f
	}
	full := func(fields ...string) frame {
		return frame{Head: page.Head{Bell: &page.Bell{Unread: 3}}, Form: form(fields...), Done: "notice.saved",
			Tabs: []page.Tab{{Key: "admin.title", Href: "/admin/"}, {Key: "notice.hooks", Href: "/admin/hooks", Current: true}}}
	}
	empty := frame{Head: page.Head{Bell: &page.Bell{}}, Form: form()}
	var items []item
	for _, k := range notice.Kinds() {
		items = append(items, item{notice.Item{Notice: notice.Notice{ID: "n", Kind: k, At: at}, Number: "100123456789", Due: "2026-11-30", Path: "/office/cases/x"}, "notice.kind." + string(k), "许青", "许青", "2026年第48周"})
	}
	items = append(items, item{notice.Item{Notice: notice.Notice{ID: "n", Kind: notice.Vouch, At: at, Read: at}, Vouch: "a"}, "notice.kind.vouch", "许青", "", ""})
	pick := page.Keyed("notice.pace.", "at_once", "daily")
	letters := []letter{{notice.Delivery{ID: "d", Channel: notice.ByHook, Failure: "notice.fail.within", At: at}, "水利站", "case.dispatched", "notice.channel.hook"},
		{notice.Delivery{ID: "e", Channel: notice.ByMail, Failure: "notice.fail.refused", At: at}, "许青", "x", "notice.channel.mail"}}
	pagetest.Check(t, set, map[string]any{
		"list":    pagetest.Samples{listPage{frame: empty}, listPage{frame: full(), Items: items, Unread: true, Doubted: true, Pager: page.Pager{Next: "/office/notices?before=x"}, First: "/office/notices"}},
		"wish":    pagetest.Samples{wishPage{frame: empty, Address: form()}, wishPage{frame: full("pace"), Wish: notice.Wish{Address: "a@yn.example", Pending: "b@yn.example"}, Mails: true, Doubted: true, Paces: pick, Langs: pick, Kinds: pick, Address: form()}, wishPage{frame: full(), Mails: true, Address: form("address", "old")}},
		"confirm": pagetest.Samples{confirmPage{frame: empty}, confirmPage{frame: full(""), Token: "x"}},
		"lost":    pagetest.Samples{lostPage{Form: form()}, lostPage{Form: form(), Sent: true}, lostPage{Form: form("login"), Mails: true}},
		"reset":   pagetest.Samples{resetPage{Form: form("")}, resetPage{Form: form("password", "again"), Login: "许青", Token: "x"}},
		"deliveries": pagetest.Samples{deliveriesPage{frame: empty}, deliveriesPage{frame: full(), Mails: true, Waiting: 3, Dead: 2, Letters: letters,
			Pager: page.Pager{Next: "/admin/deliveries?before=x"}}},
		"hooks": pagetest.Samples{hooksPage{frame: empty}, hooksPage{frame: full("url", "unit"), Hooks: []system{{"u", "水利站", "https://oa.example/"}}, Units: pick, Secret: "whsec_x", Whose: "水利站"}},
	})
}

func sets(t *testing.T) *page.Set {
	t.Helper()
	set, err := pagetest.Site(t, "https://yn.example", nil).Pages(templates, page.Staff)
	if err != nil {
		t.Fatal(err)
	}
	return set
}
