//go:build linux

package loadtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"golang.org/x/net/html"

	"yanming/internal/id"
)

// Receipt is what a resident went home with. Code is empty where only the answer to the form arrived, and not the page
// of the receipt; Ticket is the cookie that opens it.
type Receipt struct {
	Number, Code string
	Ticket       string
}

// Resident is one browser without scripts.
type Resident struct {
	Base    string
	Town    string // division code
	Client  *http.Client
	Headers http.Header // sent with every request
}

// Clients returns one transport for many residents, who each have a connection of their own.
func Clients(n int) *http.Client {
	return &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConns: n, MaxIdleConnsPerHost: n, MaxConnsPerHost: n, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// Page is an answer that arrived whole.
type Page struct {
	Status int
	Header http.Header
	Body   string
}

var marks = regexp.MustCompile(`(?s)<(style|script|svg).*?</(style|script|svg)>|<[^>]*>|\s+`)

// Says is the text of the page, at most 300 characters of its main part.
func (p Page) Says() string {
	_, main, _ := strings.Cut(p.Body, "<main")
	text := []rune(strings.Join(strings.Fields(marks.ReplaceAllString("<main"+main, " ")), " "))
	return string(text[:min(len(text), 300)])
}

// ErrRefused is the error of a word that was answered, but not with a receipt.
var ErrRefused = errors.New("refused")

// Do sends one request and reads the whole answer.
func (r Resident) Do(ctx context.Context, method, path, kind string, body io.Reader, ticket string) (Page, error) {
	req, err := http.NewRequestWithContext(ctx, method, r.Base+path, body)
	if err != nil {
		return Page{}, err
	}
	for k, vs := range r.Headers {
		req.Header[k] = vs
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if ticket != "" {
		req.Header.Set("Cookie", ticket)
	}
	resp, err := r.Client.Do(req)
	if err != nil {
		return Page{}, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return Page{resp.StatusCode, resp.Header, string(b)}, err
}

// Get opens a page.
func (r Resident) Get(ctx context.Context, path, ticket string) (Page, error) {
	return r.Do(ctx, http.MethodGet, path, "", nil, ticket)
}

// Post sends a form.
func (r Resident) Post(ctx context.Context, path string, form url.Values) (Page, error) {
	return r.Do(ctx, http.MethodPost, path, formType, strings.NewReader(form.Encode()), "")
}

const formType = "application/x-www-form-urlencoded"

// cookie returns the cookie of a name that an answer sets, as it is sent back; "" for none.
func cookie(h http.Header, name string) string {
	for _, c := range h.Values("Set-Cookie") {
		if c, _, _ := strings.Cut(c, ";"); strings.HasPrefix(c, name+"=") {
			return c
		}
	}
	return ""
}

// Say sends a word in one request, as the last of the four pages does, and opens its receipt. The receipt is not nil as
// soon as the answer to the form arrived.
func (r Resident) Say(ctx context.Context, words string, photos ...[]byte) (*Receipt, error) {
	return r.send(ctx, url.Values{"key": {id.Request()}, "town": {r.Town}, "who": {""}, "kind": {"opinion"}, "category": {""}, "text": {words},
		"where": {"u"}, "reply": {"none"}}, photos)
}

// Walk says a word through all four pages, as a person does.
func (r Resident) Walk(ctx context.Context, words string) (*Receipt, error) {
	p, err := r.Get(ctx, "/say/what?town="+r.Town, "")
	if err != nil {
		return nil, err
	}
	kept := cookie(p.Header, "keeps")
	var form url.Values
	for _, step := range []struct {
		action string
		typed  url.Values
	}{{"/say/where", url.Values{"text": {words}}}, {"/say/reply", url.Values{"where": {"u"}}}, {"/say/check", url.Values{"reply": {"none"}}}} {
		if p.Status != http.StatusOK {
			return nil, fmt.Errorf("%w: before %s: %d", ErrRefused, step.action, p.Status)
		}
		if form, err = fields(p.Body, step.action); err != nil {
			return nil, err
		}
		for k, v := range step.typed {
			form[k] = v
		}
		if p, err = r.Do(ctx, http.MethodPost, step.action, formType, strings.NewReader(form.Encode()), kept); err != nil {
			return nil, err
		}
	}
	if form, err = fields(p.Body, "/say/send"); err != nil {
		return nil, err
	}
	return r.send(ctx, form, nil)
}

// Multipart is a form with photos, and its content type.
func Multipart(form url.Values, photos ...[]byte) (body []byte, kind string) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for name, values := range form {
		for _, v := range values {
			m.WriteField(name, v) // a buffer takes everything
		}
	}
	for _, p := range photos {
		f, err := m.CreateFormFile("photos", "photo.jpg")
		if err != nil {
			panic(err) // a buffer takes everything
		}
		f.Write(p)
	}
	m.Close()
	return b.Bytes(), m.FormDataContentType()
}

var (
	receiptPath = regexp.MustCompile(`^/r/(\d{12})\b`)
	codeOf      = regexp.MustCompile(`id="code"[^>]*>\s*(\d{6})\s*<`)
)

func (r Resident) send(ctx context.Context, form url.Values, photos [][]byte) (*Receipt, error) {
	body, kind := Multipart(form, photos...)
	p, err := r.Do(ctx, http.MethodPost, "/say/send", kind, bytes.NewReader(body), "")
	if err != nil {
		return nil, err
	}
	m := receiptPath.FindStringSubmatch(p.Header.Get("Location"))
	if p.Status != http.StatusSeeOther || m == nil {
		return nil, fmt.Errorf("%w: %d %s", ErrRefused, p.Status, p.Says())
	}
	rc := &Receipt{Number: strings.Clone(m[1]), Ticket: cookie(p.Header, "receipt")}
	return rc, r.open(ctx, rc)
}

// open reads the code off the receipt's page.
func (r Resident) open(ctx context.Context, rc *Receipt) error {
	p, err := r.Get(ctx, "/r/"+rc.Number, rc.Ticket)
	if err != nil {
		return err
	}
	m := codeOf.FindStringSubmatch(p.Body)
	if p.Status != http.StatusOK || m == nil {
		return fmt.Errorf("%w: receipt %s: %d", ErrRefused, rc.Number, p.Status)
	}
	rc.Code = strings.Clone(m[1]) // not the whole page, of which a long run sees a million
	return nil
}

// Find looks a receipt up: by number and code where the resident saw the code, else by the ticket that came with the
// answer. Its error says what is missing.
func (r Resident) Find(ctx context.Context, rc Receipt) error {
	if rc.Code == "" {
		return r.open(ctx, &rc)
	}
	p, err := r.Post(ctx, "/r", url.Values{"number": {rc.Number}, "code": {rc.Code}})
	if err != nil {
		return err
	}
	if p.Status != http.StatusSeeOther || p.Header.Get("Location") != "/r/"+rc.Number {
		return fmt.Errorf("receipt %s does not open: %d", rc.Number, p.Status)
	}
	return nil
}

// fields returns what a browser sends of the untouched form that leads to action.
func fields(page, action string) (url.Values, error) {
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return nil, err
	}
	attr := func(n *html.Node, name string) (string, bool) {
		for _, a := range n.Attr {
			if a.Key == name {
				return a.Val, true
			}
		}
		return "", false
	}
	for f := range doc.Descendants() {
		if to, _ := attr(f, "action"); f.Data != "form" || to != action {
			continue
		}
		values := url.Values{}
		for n := range f.Descendants() {
			name, ok := attr(n, "name")
			if !ok || n.Type != html.ElementNode {
				continue
			}
			kind, _ := attr(n, "type")
			_, checked := attr(n, "checked")
			switch {
			case n.Data == "textarea" && n.FirstChild != nil:
				values.Add(name, strings.TrimPrefix(n.FirstChild.Data, "\n"))
			case n.Data == "input" && kind != "file" && kind != "submit" && (checked || kind != "radio" && kind != "checkbox"):
				v, _ := attr(n, "value")
				values.Add(name, v)
			}
		}
		return values, nil
	}
	return nil, fmt.Errorf("no form to %s", action)
}
