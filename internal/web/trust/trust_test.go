package trust

import (
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"yanming/internal/cert"
	"yanming/internal/i18n"
	"yanming/internal/uitest"
	"yanming/internal/web/page"
	"yanming/internal/web/page/pagetest"
)

func newServer(t *testing.T, base, plain string) (*cert.Authority, http.Handler) {
	t.Helper()
	source, err := cert.Town(filepath.Join(t.TempDir(), "tls"), []string{"yn.example"}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	site := pagetest.Site(t, base, nil)
	s, err := New(Deps{Site: site, Authority: source.Authority(), Plain: plain})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	site.Register(mux)
	s.Register(mux)
	return source.Authority(), site.Wrap(mux)
}

func TestPagesAreSoundInBothLanguages(t *testing.T) {
	set, err := pagetest.Site(t, "https://yn.example", nil).Pages(templates, page.Bare)
	if err != nil {
		t.Fatal(err)
	}
	full := trustPage{Name: "Yanming CA", Fingerprint: []string{"AA:BB", "CC:DD"}, Names: "yn.example", Ends: time.Unix(1e9, 0), Link: "http://yn.example/trust",
		Site: "https://yn.example/", Devices: devices(), Other: i18n.EN}
	pagetest.Check(t, set, map[string]any{"trust": full, "sheet": full})
}

func TestThePageHoldsWhatADeviceNeeds(t *testing.T) {
	a, h := newServer(t, "https://yn.example", "http://yn.example/trust")
	get := func(path string) (int, http.Header, string) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		return w.Code, w.Header(), w.Body.String()
	}
	for _, c := range []struct {
		path string
		has  []string
	}{
		{"/trust", []string{a.Fingerprint()[0], a.Fingerprint()[3], "yn.example", "受信任的根证书颁发机构", "查询码", `href="/trust?lang=en"`}},
		{"/trust?lang=en", []string{a.Fingerprint()[0], "Trusted Root Certification Authorities", `lang="en"`, `href="/trust?lang=zh-CN"`}},
		{"/trust/sheet", []string{a.Fingerprint()[2], "http://yn.example/trust", "<svg class=\"qr\"", a.Name()}},
	} {
		code, _, body := get(c.path)
		if code != http.StatusOK {
			t.Errorf("%s: %d", c.path, code)
		}
		for _, want := range c.has {
			if !strings.Contains(body, want) {
				t.Errorf("%s lacks %q", c.path, want)
			}
		}
		if strings.Contains(body, "[trust.") {
			t.Errorf("%s: a message is missing", c.path)
		}
	}
	code, head, body := get("/trust/yanming-ca.crt")
	if ca, err := x509.ParseCertificate([]byte(body)); code != 200 || err != nil || !ca.IsCA || head.Get("Content-Type") != "application/x-x509-ca-cert" {
		t.Errorf("certificate: %d, %v, %v", code, err, head)
	}
	code, head, body = get("/trust/yanming-ca.mobileconfig")
	m := regexp.MustCompile(`<data>([^<]+)</data>`).FindStringSubmatch(body)
	if m == nil || code != 200 || head.Get("Content-Type") != "application/x-apple-aspen-config" {
		t.Fatalf("profile: %d, %v", code, head)
	}
	if der, err := base64.StdEncoding.DecodeString(m[1]); err != nil || string(der) != string(a.DER()) {
		t.Errorf("the profile holds another certificate, %v", err)
	}
}

func TestThePageIsReadWithoutScriptsOnAPhoneAndAtADesk(t *testing.T) {
	_, h := newServer(t, "http://127.0.0.1", "")
	server := httptest.NewServer(h)
	defer server.Close()
	for _, look := range []struct {
		name, query string
		w, h        int
	}{{"zh-phone", "", 390, 844}, {"en-phone", "?lang=en", 390, 844}, {"zh-desk", "", 1366, 768}} {
		t.Run(look.name, func(t *testing.T) {
			p := uitest.New(t).Page()
			p.NoScript()
			p.Viewport(look.w, look.h)
			p.Open(server.URL + "/trust" + look.query)
			p.MustBeSound()
			p.Screenshot(look.name)
			p.Open(server.URL + "/trust/sheet" + look.query)
			p.MustBeSound()
			p.Screenshot(look.name + "-sheet")
		})
	}
}

func TestMain(m *testing.M) { uitest.Main(m) }
