package resident

import (
	"net/http"
	"unicode"

	"yanming/internal/i18n"
	"yanming/internal/web/page"
)

// The lengths of what is said about oneself, in characters.
const (
	maxName    = 40
	maxPhone   = 30
	maxAddress = 100
)

// replyPage is the third page: how to answer, and who one is, as far as one likes to say.
type replyPage struct {
	sayPage
	Ways                          []page.Choice
	Similar                       []similar
	Follow                        []page.Choice
	County                        bool
	Readers                       int // in confidence: how many read it
	MaxName, MaxPhone, MaxAddress int
}

// ways are how a resident can be answered.
func ways() []string { return []string{"phone", "post", "in_person", "none"} }

func (w word) checkReply() {
	w.Set("name", w.Line("name", maxName))
	w.Set("phone", w.Line("phone", maxPhone))
	w.Set("address", w.Line("address", maxAddress))
	if p := w.Value("phone"); p != "" && !isPhone(p) {
		w.Fail("phone", "resident.phone.wrong")
	}
	if w.quiet() { // the name is sealed: nobody could call, and a letter would tell
		w.Set("reply", "none")
		w.Set("consent", "")
		w.Set("follow", "")
		return
	}
	switch w.Choice("reply", ways()...) {
	case "":
		if w.Wrong("reply") == nil {
			w.Fail("reply", "resident.reply.required")
		}
	case "phone":
		if w.Value("phone") == "" {
			w.Fail("phone", "resident.phone.required")
		}
	case "post":
		if w.Value("name") == "" {
			w.Fail("name", "resident.name.required")
		}
		if w.Value("address") == "" {
			w.Fail("address", "resident.address.required")
		}
	}
}

// isPhone reports whether p can be called: 7 to 15 digits, and what people write between them.
func isPhone(p string) bool {
	n := 0
	for _, r := range p {
		switch {
		case unicode.IsDigit(r):
			n++
		case r == ' ' || r == '-' || r == '+' || r == '(' || r == ')' || r == '（' || r == '）' || r == '－':
		default:
			return false
		}
	}
	return n >= 7 && n <= 15
}

func (s *Server) showReply(w http.ResponseWriter, r *http.Request, status int, wd word) error {
	p := replyPage{sayPage: s.sayPage(r, 2, "resident.reply", wd), County: wd.Value("who") == whoCounty, Readers: wd.doors.Readers,
		MaxName: maxName, MaxPhone: maxPhone, MaxAddress: maxAddress}
	if p.County {
		p.Readers = wd.doors.Named
	}
	for _, way := range ways() {
		p.Ways = append(p.Ways, page.Choice{Value: way, Label: i18n.Key("resident.reply." + way), Hint: i18n.Key("resident.reply." + way + ".hint")})
	}
	var err error
	if p.Similar, err = s.similarTo(r, wd); err != nil {
		return err
	}
	for _, x := range p.Similar {
		p.Follow = append(p.Follow, page.Choice{Value: x.Number, Label: x.Title, Hint: s.Site.T(r, string(x.State)) + " · " + x.Since})
	}
	return s.pages.Show(w, r, status, "say/reply", p)
}
