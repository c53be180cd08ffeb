package main

import (
	"archive/zip"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/demo"
	"yanming/internal/id"
	"yanming/internal/journal"
	"yanming/internal/seal"
)

// world is one of two installations that are the same to the byte but for what one case in confidence is about.
type world struct {
	home    *home
	handler http.Handler
	number  string // of the case in confidence
}

// twoWorlds fills one demo, signs everybody in, and copies it. In one copy somebody says in confidence something about
// the first village, in the other the same about the fifth.
func twoWorlds(t *testing.T) (a, b world, sessions map[string]string, guide demo.Guide) {
	t.Helper()
	ctx, clock := t.Context(), &demo.Clock{}
	clock.Set(day(23, 8, 0))
	root := t.TempDir()
	first, second := filepath.Join(root, "a"), filepath.Join(root, "b")
	h, err := place{Data: first}.open(ctx, shell{}, clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	guide, err = demo.Fill(ctx, demo.Deps{DB: h.db, Orgs: h.orgs, Cases: h.cases, Accounts: h.auth, Clock: clock}, demo.Options{Seed: 1, Now: day(23, 8, 0)})
	if err != nil {
		t.Fatal(err)
	}
	sessions = map[string]string{"": ""}
	roles := map[string]bool{}
	for _, l := range guide.Logins { // one of each role in each town's place
		if place := l.Town + string(l.Role); roles[place] || l.Town == demo.Small && l.Role != actor.Intake {
			continue
		} else {
			roles[place] = true
		}
		token, _, err := h.auth.Login(ctx, l.Login, l.Password, "test")
		if err != nil {
			t.Fatal(err)
		}
		if token, err = h.auth.ChangePassword(ctx, token, l.Password, "four geese carry letters"); err != nil {
			t.Fatal(err)
		}
		sessions[l.Login] = token
	}
	if err := h.catchUp(ctx); err != nil {
		t.Fatal(err)
	}
	if err := h.close(); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(second, os.DirFS(first)); err != nil {
		t.Fatal(err)
	}
	filepath.WalkDir(second, func(name string, d fs.DirEntry, err error) error { // keys that others may read are refused
		if err == nil && !d.IsDir() {
			err = os.Chmod(name, 0o600)
		} else if err == nil {
			err = os.Chmod(name, 0o700)
		}
		return err
	})
	clock.Set(day(23, 11, 0))
	return openWorld(t, first, clock, 0), openWorld(t, second, clock, 4), sessions, guide
}

func openWorld(t *testing.T, dir string, clock *demo.Clock, village int) world {
	t.Helper()
	ctx := t.Context()
	h, err := place{Data: dir}.open(ctx, shell{}, clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.close() })
	w := week{T: t, home: h, ctx: ctx}
	w.view(w.load)
	r, err := h.cases.Register(ctx, actor.Actor{Town: demo.Town, Resident: true}, casework.Register{Key: journal.Key(id.Token()), Kind: casework.Wrongdoing,
		Channel: casework.Web, Text: "会计把补助给了自己的亲戚。", Village: w.dir.Villages()[village].ID, Confide: true,
		External: casework.External{System: "hotline", Number: "HL-IN-CONFIDENCE"}})
	if err != nil {
		t.Fatal(err)
	}
	petition := w.as("nan.xinfang")
	w.did(petition, casework.Accept{On: at(r.Number)})
	if err := h.catchUp(ctx); err != nil {
		t.Fatal(err)
	}
	handler, err := h.site(ctx, siteConfig{base: "http://127.0.0.1:1", log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return world{h, handler, string(r.Number)}
}

// random is what every answer makes anew: one-time tokens and keys.
var random = regexp.MustCompile(`[0-9a-hjkmnp-tv-z]{32}|[0-9a-hjkmnp-tv-z]{26}`)

func (w world) ask(path, session string) string {
	r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:1"+path, nil)
	if session != "" {
		r.AddCookie(&http.Cookie{Name: "ym", Value: session})
	}
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	var b strings.Builder
	b.WriteString(http.StatusText(rec.Code) + "\n")
	for _, k := range slices.Sorted(mapsKeys(rec.Header())) {
		if k != "Set-Cookie" && k != "Date" {
			b.WriteString(k + ": " + strings.Join(rec.Header()[k], ", ") + "\n")
		}
	}
	body := rec.Body.String()
	if strings.Contains(rec.Header().Get("Content-Type"), "spreadsheet") {
		body = unzipped(body)
	}
	body = strings.ReplaceAll(body, w.home.dir, "DIR") // where this copy lies
	if path == "/admin/health" {                       // free space, memory and the clock move by themselves
		body = figure.ReplaceAllString(body, "0")
	}
	return b.String() + random.ReplaceAllString(body, "*")
}

// unzipped is what stands in a workbook, without the moment it was written.
func unzipped(book string) string {
	z, err := zip.NewReader(strings.NewReader(book), int64(len(book)))
	if err != nil {
		return "no workbook: " + err.Error()
	}
	var b strings.Builder
	slices.SortFunc(z.File, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	for _, f := range z.File {
		if f.Name == "docProps/core.xml" {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return err.Error()
		}
		text, err := io.ReadAll(r)
		if err != nil {
			return err.Error()
		}
		b.WriteString(f.Name + "\n" + string(text) + "\n")
	}
	return b.String()
}

var figure = regexp.MustCompile(`[0-9]+`)

// moment is the time at which a command counted.
var moment = regexp.MustCompile(`"as_of": "[^"]*"|\d{4}年\d{1,2}月\d{1,2}日 \d{2}:\d{2}`)

// command is what the command line prints over this world's folder.
func (w world) command(t *testing.T, args []string) string {
	t.Helper()
	var out, errOut strings.Builder
	if code := run(t.Context(), append(slices.Clone(args), "--data", w.home.dir), &out, &errOut, func(string) string { return "" }); code != exitDone {
		t.Errorf("yanming %s: exit %d, %s", strings.Join(args, " "), code, errOut.String())
	}
	return moment.ReplaceAllString(random.ReplaceAllString(out.String(), "*"), "NOW")
}

func mapsKeys(h http.Header) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range h {
			if !yield(k) {
				return
			}
		}
	}
}

// readers are the logins that may read in confidence, and so see the case: everybody else must not.
func readers(t *testing.T, h *home, guide demo.Guide) (out []string) {
	t.Helper()
	w := week{T: t, home: h, ctx: t.Context()}
	w.view(w.load)
	for _, l := range guide.Logins {
		if l.Town != demo.Town {
			continue
		}
		if slices.Contains(w.dir.Settings.Confidants, w.as(l.Login).Person) {
			out = append(out, l.Login)
		}
	}
	return out
}

// TestEveryRouteAnswersTheSameInBothWorlds asks every GET route of every page as everybody who is no reader. Routes are
// read from the source, so that a new one is asked too.
func TestEveryRouteAnswersTheSameInBothWorlds(t *testing.T) {
	a, b, sessions, guide := twoWorlds(t)
	know := readers(t, a.home, guide)
	if len(know) == 0 {
		t.Fatal("nobody reads in confidence: the test would compare nothing")
	}
	paths := routes(t, a, b, guide)
	asked := 0
	for login, session := range sessions {
		if slices.Contains(know, login) {
			continue
		}
		for _, p := range paths {
			pa, pb := strings.ReplaceAll(p, "{confided}", a.number), strings.ReplaceAll(p, "{confided}", b.number)
			ra, rb := a.ask(pa, session), b.ask(pb, session)
			ra, rb = unnumbered(ra, a.number), unnumbered(rb, b.number) // what was asked is echoed in the form
			asked++
			if ra != rb {
				t.Errorf("%q sees a difference at %s:\n%s", login, p, firstDifference(ra, rb))
			}
		}
	}
	t.Logf("%d answers compared over %d paths", asked, len(paths))
	for _, args := range [][]string{{"figures", "--town", demo.Town, "--json"}, {"evidence", "--town", demo.Town, "--json", "case.received"},
		{"evidence", "--town", demo.Town, "--csv", "--period", "2026-W48", "case.in_progress"}, {"evidence", "--town", demo.Town, "--json", "case.did_accept"},
		{"report", "weekly", "--town", demo.Town, "--period", "2026-W48", "--format", "json"}, {"report", "weekly", "--town", demo.Town, "--period", "2026-W48"},
		{"user", "list", "--town", demo.Town}} {
		if ra, rb := a.command(t, args), b.command(t, args); ra != rb {
			t.Errorf("yanming %s shows a difference:\n%s", strings.Join(args, " "), firstDifference(ra, rb))
		}
	}
	for _, login := range know { // and the test can fail: a reader does see it
		if got := a.ask("/office/cases/"+a.number, sessions[login]); strings.HasPrefix(got, "OK") {
			return
		}
	}
	t.Error("no reader sees the case: the worlds may not differ at all")
}

// unnumbered takes a number out of an answer, as it is typed and as it is grouped.
func unnumbered(s, number string) string {
	return strings.NewReplacer(number, "N", seal.Number(number).Grouped(), "N").Replace(s)
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return "  " + clip(x[i]) + "\n  " + clip(y[i])
		}
	}
	return "  one is longer"
}

func clip(s string) string { return s[:min(len(s), 300)] }

var route = regexp.MustCompile(`"GET (/[^" ]*)"`)

// routes fills the placeholders of every GET route of the source with what there is, with the case in confidence and
// with what there is not, and adds the questions that filters and searches ask.
func routes(t *testing.T, a, b world, guide demo.Guide) (out []string) {
	t.Helper()
	w := week{T: t, home: a.home, ctx: t.Context()}
	w.view(w.load)
	village, open := w.dir.Villages()[0], string(guide.Cases["water"])
	fill := map[string][]string{"number": {open, "{confided}", "831000000000"}, "town": {demo.Town}, "grid": {w.dir.GridsIn(village.ID)[0].ID},
		"figure": {"case.received", "case.in_progress", "case.resolution_rate"}, "kind": {"csv", "xlsx", "docx", "json"}, "period": {"2026-W48", "2026-W47"},
		"action": {"accept", "dispatch", "answer", "contact", "urge"}, "paper": {"notice", "dispatch", "reply"}, "step": {"what", "where"}, "$": {""},
		"id": {"06h0kg3z2sekta0a3nndmt574r"}, "code": {"water"}, "clock": {"handle"}, "file": {"06h0kg3z2sekta0a3nndmt574r"}, "run": {"06h0kg3z2sekta0a3nndmt574r"},
		"batch": {"06h0kg3z2sekta0a3nndmt574r"}, "job": {"06h0kg3z2sekta0a3nndmt574r"}, "secret": {"1"}}
	hole := regexp.MustCompile(`\{([a-z$]+)\.{0,3}\}`)
	err := fs.WalkDir(os.DirFS("../../internal/web"), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "page/") {
			return err
		}
		src, err := os.ReadFile(filepath.Join("../../internal/web", name))
		for _, m := range route.FindAllStringSubmatch(string(src), -1) {
			paths := []string{m[1]}
			for slices.ContainsFunc(paths, func(p string) bool { return hole.MatchString(strings.ReplaceAll(p, "{confided}", "")) }) {
				var next []string
				for _, p := range paths {
					h := hole.FindStringSubmatch(strings.ReplaceAll(p, "{confided}", "<confided>"))
					if h == nil {
						next = append(next, p)
						continue
					}
					if len(fill[h[1]]) == 0 {
						t.Errorf("%s: route %s has a placeholder that this test cannot fill: %s", name, m[1], h[1])
						return nil
					}
					for _, v := range fill[h[1]] {
						next = append(next, strings.Replace(p, h[0], v, 1))
					}
				}
				paths = next
			}
			out = append(out, paths...)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range casework.Views() {
		out = append(out, "/office/cases?view="+string(v), "/office/cases?view="+string(v)+"&village="+village.ID, "/office/cases?view="+string(v)+"&q=%E4%BC%9A%E8%AE%A1")
	}
	for _, f := range []string{"case.received", "case.in_progress", "case.to_accept", "case.did_accept"} {
		for _, q := range []string{"village=" + village.ID, "period=2026-W48", "channel=web", "kind=wrongdoing", "period=2026-W48&village=" + village.ID, "unit="} {
			out = append(out, "/f/"+f+"?"+q)
		}
	}
	for _, n := range []string{"HL-IN-CONFIDENCE", "HL-NOT-THERE"} {
		out = append(out, "/office/cases/known?system=hotline&number="+n, "/office/cases/known?hotline="+n)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
