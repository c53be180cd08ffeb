package resident

import (
	"net/http"

	"yanming/internal/casework"
	"yanming/internal/i18n"
	"yanming/internal/web/page"
)

// maxText is the longest word that can be said in one go, in characters.
const maxText = 2000

// whatPage is the first page: in confidence or not, what it is about, of which kind.
type whatPage struct {
	sayPage
	Who        []page.Choice
	NotOffered []i18n.Key // why a choice is missing
	Kinds      []page.Choice
	Categories []page.Choice
	Max        int
	Draft      string // the name of the draft that the browser may keep
}

// kinds are what a resident can say a word to be.
func kinds() []casework.Kind {
	return []casework.Kind{casework.Opinion, casework.Complaint, casework.Help, casework.Enquiry, casework.Wrongdoing}
}

func (w word) checkWhat() {
	who := w.Choice("who", whoConfide, whoCounty)
	if who == whoConfide && !w.doors.Confide {
		w.Fail("who", "resident.who.confide.none")
	}
	if who == whoCounty && w.doors.County == "" {
		w.Fail("who", "resident.who.county.none")
	}
	if w.Text("text", maxText) == "" && w.Wrong("text") == nil {
		w.Fail("text", "case.text_required")
	}
	var allowed []string
	for _, k := range kinds() {
		allowed = append(allowed, string(k))
	}
	w.Choice("kind", allowed...)
	if w.Value("kind") == "" {
		w.Set("kind", string(casework.Opinion))
	}
	if c := w.dir.Category(w.Value("category")); !c.Chip || c.Retired {
		w.Choice("category") // none but no category
	}
}

func (s *Server) showWhat(w http.ResponseWriter, r *http.Request, status int, wd word) error {
	p := whatPage{sayPage: s.sayPage(r, 0, "resident.what", wd), Max: maxText, Draft: "say-" + wd.dir.Town.ID}
	p.Back = "/t/" + wd.dir.Town.ID
	if b := wd.Value("board"); b != "" {
		p.Back = "/g/" + b
	}
	p.Who = []page.Choice{{Value: "", Label: i18n.Key("resident.who.open")}}
	if wd.doors.Confide {
		p.Who = append(p.Who, page.Choice{Value: whoConfide, Label: i18n.Key("resident.who.confide"), Hint: i18n.Key("resident.who.confide.hint")})
	} else {
		p.NotOffered = append(p.NotOffered, "resident.who.confide.none")
	}
	if wd.doors.County != "" {
		p.Who = append(p.Who, page.Choice{Value: whoCounty, Label: i18n.Key("resident.who.county"), Hint: i18n.Key("resident.who.county.hint")})
	} else {
		p.NotOffered = append(p.NotOffered, "resident.who.county.none")
	}
	for _, k := range kinds() {
		p.Kinds = append(p.Kinds, page.Choice{Value: string(k), Label: k.Name()})
	}
	for _, c := range wd.dir.Chips() {
		p.Categories = append(p.Categories, page.Choice{Value: c.Code, Label: c.Name})
	}
	return s.pages.Show(w, r, status, "say/what", p)
}
