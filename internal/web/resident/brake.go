package resident

import (
	"net/http"
	"time"

	"yanming/internal/errs"
	"yanming/internal/flood"
	"yanming/internal/org"
	"yanming/internal/web/page"
)

// What one network may do. They are wide, because a whole office, or half a town on mobile telephones, may stand behind
// one address; who is signed in at the counter is not limited at all.
const (
	saysAtOnce  = 60 // words, and then
	saysEach    = 10 * time.Second
	codesAtOnce = 30 // wrong codes, over all numbers, and then
	codesEach   = 10 * time.Second
	uploads     = 100 // forms with photos that are read at once, from everywhere
	typedBody   = 64 << 10
)

// brakes slow down who sends too much.
type brakes struct {
	says, codes *flood.Limit
	uploads     chan struct{}
}

func newBrakes(now func() time.Time) brakes {
	return brakes{says: flood.NewLimit(saysAtOnce, saysEach, now), codes: flood.NewLimit(codesAtOnce, codesEach, now), uploads: make(chan struct{}, uploads)}
}

// trouble notes in a form that nothing was recorded, why, and whom to call.
func (s *Server) trouble(w http.ResponseWriter, r *http.Request, f *page.Form, dir *org.Directory, err error) {
	s.Site.Trouble(w, r, err)
	f.Fail("", errs.All(err)[0].Key)
	if phone := dir.Settings.OfficePhone; phone != "" {
		f.Fail("", "resident.trouble.call", phone)
	}
}
