package office_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/id"
	"yanming/internal/journal"
	"yanming/internal/org"
	"yanming/internal/seal"
	"yanming/internal/towntest"
)

// steps are the names of every step, as they stand in addresses.
var steps = strings.Fields("accept dispatch unlink object decline forward link sign answer record decide-return decide-extension receive-info resume " +
	"ask-info request-extension request-return call-back close redo reopen undo-withdrawal supervise urge add-words correct recuse name-reader publish unpublish reissue withdraw void identify")

// TestWhatIsNotTheirsIsNotThere asks for cases of another town, of nobody and of somebody else: the answers are the
// same to the byte.
func TestWhatIsNotTheirsIsNotThere(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		sys := actor.Actor{Town: "419900102", System: true}
		w.ID(w.Orgs.OpenTown(ctx, sys, org.OpenTown{ID: sys.Town, Name: "雁北镇", Demo: true}))
		far, err := w.Cases.Register(ctx, actor.Actor{Town: sys.Town, Resident: true}, casework.Register{Key: journal.Key(id.Token()), Kind: casework.Opinion,
			Channel: casework.Web, Text: "别的镇的事"})
		if err != nil {
			t.Fatal(err)
		}
		secret, theirs := w.say("会计不公开账。", confide), w.dispatched("水塔漏水。")
		unknown := seal.NewNumber(secret.Town())
		numbers := []seal.Number{unknown, far.Number, secret, theirs, "123"}
		for _, more := range append([]string{"", "/file/" + id.New(time.Now())}, prefixed("/", steps)...) {
			want := w.get("roads", "/office/cases/"+string(unknown)+more).wants(404)
			for _, n := range numbers {
				if got := w.get("roads", "/office/cases/"+string(n)+more); got.status != 404 || got.body != want.body {
					t.Errorf("%s%s: %d, or other bytes", n, more, got.status)
				}
				for _, who := range []string{"admin", "auditor"} {
					if got := w.get(who, "/office/cases/"+string(n)+more); got.status != 404 {
						t.Errorf("%s sees %s%s: %d", who, n, more, got.status)
					}
				}
			}
		}
		for who, own := range map[string]string{"admin": "/admin/", "auditor": "/admin/journal"} {
			w.get(who, "/office/cases").wants(404)
			if to := w.get(who, "/office").wants(303).header.Get("Location"); to != own {
				t.Errorf("%s is led to %s", who, to)
			}
		}
		if got := w.get("", "/office/cases/"+string(theirs)).wants(303).header.Get("Location"); !strings.HasPrefix(got, "/login?back=") {
			t.Errorf("nobody is led to %s", got)
		}
	})
}

func prefixed(p string, list []string) (out []string) {
	for _, s := range list {
		out = append(out, p+s)
	}
	return out
}

func TestEveryFormRefusesOtherSites(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		n := w.say("渠道还没清。")
		for _, step := range steps {
			r, err := http.NewRequestWithContext(ctx, "POST", w.base+"/office/cases/"+string(n)+"/"+step, strings.NewReader("reason=x"))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Origin", "https://elsewhere.example")
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			if got := w.send("intake", r); got.status != 403 {
				t.Errorf("%s: %d", step, got.status)
			}
		}
		if w.state(n).Rev != 1 {
			t.Error("the case was changed")
		}
	})
}

// TestWordsAreShownAsWords writes markup wherever a person can, and finds it as text on every page.
func TestWordsAreShownAsWords(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const evil = `"><img src=x onerror=alert(1)><script>alert(1)</script>`
		sys := actor.Actor{Town: dbtest.Town, System: true}
		w.ID(w.Orgs.SaveUnit(ctx, sys, org.SaveUnit{Kind: org.Department, Name: `<script>alert(2)`}))
		n := w.say(evil, func(r *casework.Register) { r.Title, r.Place, r.Person.Name = evil, evil, evil })
		w.do("intake", casework.Accept{On: towntest.On(n)})
		w.do("intake", casework.Dispatch{On: towntest.On(n), Unit: w.water, Leader: w.people["leader"].Person, Note: evil})
		w.do("handler", casework.Sign{On: towntest.On(n)})
		w.do("handler", casework.Answer{On: towntest.On(n), Outcome: casework.Resolved, Text: evil, Basis: evil})
		for _, path := range []string{"/office/cases?q=" + url.QueryEscape(evil), "/office/cases?case=" + string(n), "/office/cases/" + string(n),
			"/office/cases/" + string(n) + "/redo", "/office/cases/" + string(n) + "/correct"} {
			got := w.get("intake", path).wants(200)
			if len(got.all("img")) != 0 || len(got.all("script")) != 1 || strings.Contains(got.body, "<script>alert") {
				t.Errorf("%s holds live markup", path)
			}
		}
		if !strings.Contains(w.get("intake", "/office/cases/"+string(n)).text("article"), evil) {
			t.Error("the words are not shown as they were said")
		}
	})
}

var (
	idForm     = regexp.MustCompile(`\b(?:[0-9a-hj-km-np-tv-z]{32}|[0-9a-hj-km-np-tv-z]{26})\b`)
	numberForm = regexp.MustCompile(`\b\d{4}[\x{00a0} ]?\d{4}[\x{00a0} ]?\d{4}\b`)
	placeForm  = regexp.MustCompile(`after=[\w-]+`)
	hrefForm   = regexp.MustCompile(`(?:href|src)="(/office[^"]*)"`)
)

// plain replaces what is random by its place on the page: keys, receipt numbers, the town's number in a grid's code.
func (w *world) plain(s string) string {
	s = strings.NewReplacer("%3D", "=", "%26", "&", "%2F", "/", "%3F", "?", w.grid, "GRID").Replace(s)
	seen := map[string]string{}
	name := func(kind string) func(string) string {
		return func(x string) string {
			x = strings.ReplaceAll(strings.ReplaceAll(x, " ", ""), "\u00a0", "")
			if seen[x] == "" {
				seen[x] = fmt.Sprintf("%s%d", kind, len(seen))
			}
			return seen[x]
		}
	}
	s = idForm.ReplaceAllStringFunc(s, name("id"))
	return placeForm.ReplaceAllString(numberForm.ReplaceAllStringFunc(s, name("number")), "after=…")
}

// TestTwoWorldsLookTheSame builds the town twice, with as many cases in confidence. In one they are about the viewers'
// own units, in the other about different ones. Every page that a viewer can reach, and every address of the cases in
// confidence, answers the same bytes in both.
func TestTwoWorldsLookTheSame(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		build := func(d *db.DB, c *dbtest.Clock, own bool) (*world, []seal.Number) {
			w := newWorld(t, d, c)
			subjects, village := []string{w.roads, w.other}, w.east
			if own {
				subjects, village = []string{w.water, w.committee}, w.willow
			}
			var secrets []seal.Number
			hide := func() {
				secrets = append(secrets, w.say("会计不公开账。", confide, func(r *casework.Register) {
					r.Grid, r.Village, r.Subjects = "", village, subjects
				}))
			}
			hide()
			w.dispatched("桥头没有护栏。")
			w.answered("路灯不亮。")
			hide()
			n := w.signed("水塔漏水。")
			w.do("handler", casework.RequestReturn{On: towntest.On(n), Reason: "不是我站职责"})
			n = w.signed("井盖坏了。")
			w.do("handler", casework.RequestExtension{On: towntest.On(n), Days: 1, Reason: "等配件"})
			hide()
			w.do("petition", casework.Accept{On: towntest.On(secrets[1])})
			w.say("渠道还没清。")
			if _, err := journal.CatchUp(ctx, w.DB, dbtest.Town, w.Cases.Index()); err != nil {
				t.Fatal(err)
			}
			return w, secrets
		}
		second := &dbtest.Clock{}
		twin := dbtest.SQLite(t, second.Now)
		a, hiddenA := build(d, c, true)
		b, hiddenB := build(twin, second, false)
		for _, who := range []string{"secretary", "cadre", "handler", "worker", "leader"} {
			pages := 0
			same := func(pathA, pathB string) (string, string) {
				ra, rb := a.get(who, pathA), b.get(who, pathB)
				pages++
				if x, y := a.plain(ra.body), b.plain(rb.body); ra.status != rb.status || x != y {
					t.Errorf("%s: %s is told apart: %d and %d\n%s", who, a.plain(pathA), ra.status, rb.status, firstDifference(x, y))
				}
				return ra.body, rb.body
			}
			type pair struct{ a, b string }
			queue := []pair{{"/office", "/office"}, {"/office/cases", "/office/cases"}, {"/office/cases?view=mine", "/office/cases?view=mine"},
				{"/office/cases?q=%E8%B4%A6", "/office/cases?q=%E8%B4%A6"}, {"/office/cases?view=every&sort=due", "/office/cases?view=every&sort=due"},
				{"/office/cases?view=every&village=" + a.willow, "/office/cases?view=every&village=" + b.willow},
				{"/office/cases?view=every&unit=" + a.committee, "/office/cases?view=every&unit=" + b.committee},
				{"/office/cases?view=every&unit=" + a.water, "/office/cases?view=every&unit=" + b.water}}
			for i := range hiddenA {
				for _, more := range append([]string{"", "/file/" + id.New(time.Unix(0, 0))}, prefixed("/", steps)...) {
					queue = append(queue, pair{"/office/cases/" + string(hiddenA[i]) + more, "/office/cases/" + string(hiddenB[i]) + more})
				}
				queue = append(queue, pair{"/office/cases?q=" + string(hiddenA[i]), "/office/cases?q=" + string(hiddenB[i])},
					pair{"/office/cases?case=" + string(hiddenA[i]), "/office/cases?case=" + string(hiddenB[i])})
			}
			seen := map[string]bool{}
			for i := 0; i < len(queue) && i < 400; i++ {
				x, y := same(queue[i].a, queue[i].b)
				la, lb := hrefForm.FindAllStringSubmatch(x, -1), hrefForm.FindAllStringSubmatch(y, -1)
				for j := range min(len(la), len(lb)) {
					if !seen[la[j][1]] {
						seen[la[j][1]] = true
						queue = append(queue, pair{strings.ReplaceAll(la[j][1], "&amp;", "&"), strings.ReplaceAll(lb[j][1], "&amp;", "&")})
					}
				}
			}
			if pages < 100 {
				t.Errorf("%s: only %d pages were looked at", who, pages)
			}
			// Commands: every step on a case in confidence, and a link to one.
			for _, step := range steps {
				ra, rb := a.blind(who, hiddenA[0], step), b.blind(who, hiddenB[0], step)
				if ra.status != 404 || rb.status != 404 || ra.body != rb.body {
					t.Errorf("%s: %s on a case in confidence: %d and %d", who, step, ra.status, rb.status)
				}
			}
		}
		n := a.say("又是那口井。")
		want := a.post("intake", "/office/cases/"+string(n)+"/link", form("into", string(seal.NewNumber(n.Town())), "reason", "x")).wants(422)
		got := a.post("intake", "/office/cases/"+string(n)+"/link", form("into", string(hiddenA[0]), "reason", "x")).wants(422)
		if a.plain(want.body) != a.plain(got.body) {
			t.Error("a link tells a case in confidence from none")
		}
	})
}

// blind sends a step to a case without having seen its form.
func (w *world) blind(who string, n seal.Number, step string) reply {
	w.T.Helper()
	r, err := http.NewRequestWithContext(ctx, "POST", w.base+"/office/cases/"+string(n)+"/"+step, strings.NewReader("rev=1&reason=x&text=x&outcome=resolved"))
	if err != nil {
		w.T.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.send(who, r)
}

func firstDifference(x, y string) string {
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			from := max(0, i-80)
			return strings.ToValidUTF8(x[from:min(len(x), i+120)]+"\n---\n"+y[from:min(len(y), i+120)], "")
		}
	}
	return fmt.Sprintf("%d and %d bytes", len(x), len(y))
}
