package cert_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yanming/internal/cert"
	"yanming/internal/errs"
)

// serve answers over TLS until the test ends.
func serve(t *testing.T, c *tls.Config) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Proto) }),
		TLSConfig: c, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	go s.ServeTLS(l, "", "")
	t.Cleanup(func() { s.Close() })
	return l.Addr().String()
}

// visit asks the server at addr, called name, as a device that trusts der does.
func visit(addr, name string, der []byte, most uint16) (proto string, seen *x509.Certificate, err error) {
	roots := x509.NewCertPool()
	if der != nil {
		ca, err := x509.ParseCertificate(der)
		if err != nil {
			return "", nil, err
		}
		roots.AddCert(ca)
	}
	tr := &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS10, MaxVersion: most},
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", addr)
		}}
	defer tr.CloseIdleConnections()
	resp, err := (&http.Client{Transport: tr, Timeout: 20 * time.Second}).Get("https://" + name + "/")
	if err != nil {
		return "", nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return string(b), resp.TLS.PeerCertificates[0], err
}

func TestTheOwnAuthorityIsTrustedForItsNamesAndNothingElse(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tls")
	s, err := cert.Town(dir, []string{"yn.example", "127.0.0.1"}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	addr, a := serve(t, s.TLS()), s.Authority()
	for _, c := range []struct {
		what, name string
		trust      []byte
		most       uint16
		good       bool
	}{
		{"a device that trusts it", "yn.example", a.DER(), 0, true},
		{"by its address", "127.0.0.1", a.DER(), 0, true},
		{"TLS 1.2", "yn.example", a.DER(), tls.VersionTLS12, true},
		{"TLS 1.1", "yn.example", a.DER(), tls.VersionTLS11, false},
		{"a device that does not", "yn.example", nil, 0, false},
		{"another name", "bank.example", a.DER(), 0, false},
	} {
		proto, leaf, err := visit(addr, c.name, c.trust, c.most)
		if (err == nil) != c.good {
			t.Errorf("%s: %v", c.what, err)
		}
		if c.good && (proto != "HTTP/2.0" || leaf.NotAfter.Sub(leaf.NotBefore) > 825*24*time.Hour) {
			t.Errorf("%s: %s until %s", c.what, proto, leaf.NotAfter)
		}
	}
	// It comes back the same after a start, and is not made for other names.
	again, err := cert.Town(dir, []string{"127.0.0.1", "yn.example"}, time.Now)
	if err != nil || strings.Join(again.Authority().Fingerprint(), "") != strings.Join(a.Fingerprint(), "") {
		t.Errorf("after a start: %v", err)
	}
	if len(a.Fingerprint()) != 4 || len(a.Fingerprint()[0]) != 23 {
		t.Errorf("fingerprint %q", a.Fingerprint())
	}
	for _, names := range [][]string{{"bank.example"}, {"yn.example", "192.0.2.1"}, {"yn.example", "::1"}} {
		if _, err := cert.Town(dir, names, time.Now); !errs.Is(err, errs.Invalid) {
			t.Errorf("%v: %v", names, err)
		}
	}
	if _, err := cert.Town(dir, nil, time.Now); !errs.Is(err, errs.Invalid) {
		t.Errorf("without names: %v", err)
	}
}

// TestDevicesKeepTheConstraints signs certificates of other names with the authority's own key, as a thief would.
func TestDevicesKeepTheConstraints(t *testing.T) {
	for _, c := range []struct {
		name  string
		names []string
		other string
	}{
		{"another host", []string{"yn.example"}, "bank.example"},
		{"an address, where only a host was named", []string{"yn.example"}, "192.0.2.1"},
		{"an address of IPv6", []string{"yn.example"}, "2001:db8::1"},
		{"a host, where only an address was named", []string{"192.0.2.7"}, "yn.example"},
		{"a neighbour's address", []string{"192.0.2.7"}, "192.0.2.8"},
	} {
		dir := t.TempDir()
		s, err := cert.Town(dir, c.names, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		pair, err := tls.LoadX509KeyPair(filepath.Join(dir, "ca.crt"), filepath.Join(dir, "ca.key"))
		if err != nil {
			t.Fatal(err)
		}
		forged := forge(t, pair, c.other)
		roots := x509.NewCertPool()
		ca, _ := x509.ParseCertificate(s.Authority().DER())
		roots.AddCert(ca)
		if _, err := forged.Verify(x509.VerifyOptions{Roots: roots, DNSName: c.other}); err == nil {
			t.Errorf("%s is trusted", c.name)
		}
	}
}

func TestTheServersCertificateIsMadeAnewInTime(t *testing.T) {
	now := time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)
	dir := t.TempDir()
	s, err := cert.Town(dir, []string{"yn.example"}, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	first := s.Ends()
	leaf := func() *x509.Certificate {
		c, err := s.TLS().GetCertificate(nil)
		if err != nil {
			t.Fatal(err)
		}
		return c.Leaf
	}
	for _, c := range []struct {
		days  int
		fresh bool
	}{{59, false}, {61, true}, {61 + 59, false}, {400, true}} {
		before := s.Ends()
		now = time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC).AddDate(0, 0, c.days)
		if got := leaf(); (got.NotAfter != before) != c.fresh || !got.NotAfter.After(now) {
			t.Errorf("after %d days it ends %s; before it ended %s", c.days, got.NotAfter, before)
		}
	}
	if y := s.Authority().Ends().Year(); y < 2036 || first.IsZero() {
		t.Errorf("the authority ends in %d", y)
	}
	info, err := os.Stat(filepath.Join(dir, "ca.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if err := os.Chmod(filepath.Join(dir, "ca.key"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := cert.Town(dir, []string{"yn.example"}, time.Now); !errs.Is(err, errs.Invalid) {
		t.Errorf("a key that others read: %v", err)
	}
}

func TestFilesAreReadAgainWhenTheyChange(t *testing.T) {
	dir := t.TempDir()
	crt, key := filepath.Join(dir, "a.crt"), filepath.Join(dir, "a.key")
	put := func(name string) {
		t.Helper()
		pair := self(t, name)
		os.WriteFile(crt, pair[0], 0o600)
		os.WriteFile(key, pair[1], 0o600)
		at := time.Now().Add(time.Duration(len(name)) * time.Hour)
		os.Chtimes(crt, at, at)
	}
	put("one.example")
	var said strings.Builder
	log := slog.New(slog.NewTextHandler(&said, nil))
	s, err := cert.Files(crt, key, log)
	if err != nil {
		t.Fatal(err)
	}
	serves := func() string {
		c, err := s.TLS().GetCertificate(nil)
		if err != nil {
			t.Fatal(err)
		}
		return c.Leaf.DNSNames[0]
	}
	if got := serves(); got != "one.example" {
		t.Errorf("serves %s", got)
	}
	put("second.example")
	if got := serves(); got != "second.example" || said.Len() > 0 {
		t.Errorf("after a change it serves %s, and says %s", got, said.String())
	}
	os.WriteFile(key, []byte("half"), 0o600) // in the middle of being replaced
	if got := serves(); got != "second.example" || !strings.Contains(said.String(), "the old one stays") {
		t.Errorf("with half a pair it serves %s, and says %q", got, said.String())
	}
	os.Remove(crt)
	if got := serves(); got != "second.example" {
		t.Errorf("without the file it serves %s", got)
	}
	if _, err := cert.Files(crt, key, log); !errs.Is(err, errs.Invalid) {
		t.Errorf("a start without the file: %v", err)
	}
}

// sign makes a certificate of a name, by the authority or, without one, by itself, and its key.
func sign(t *testing.T, name string, ca *tls.Certificate) ([]byte, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(7), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	if ip := net.ParseIP(name); ip != nil {
		tmpl.IPAddresses = []net.IP{ip}
	} else {
		tmpl.DNSNames = []string{name}
	}
	parent, by := tmpl, any(key)
	if ca != nil {
		parent, by = ca.Leaf, ca.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, &key.PublicKey, by)
	if err != nil {
		t.Fatal(err)
	}
	return der, key
}

func forge(t *testing.T, ca tls.Certificate, name string) *x509.Certificate {
	t.Helper()
	der, _ := sign(t, name, &ca)
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// self is a certificate that signed itself, and its key, as PEM.
func self(t *testing.T, name string) [2][]byte {
	t.Helper()
	der, key := sign(t, name, nil)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return [2][]byte{pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})}
}

func TestAnAuthorityThatWasCutOffWhileItWasMadeIsMadeAnew(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tls")
	if _, err := cert.Town(dir, []string{"yn.example"}, time.Now); err != nil {
		t.Fatal(err)
	}
	made, err := filepath.Glob(filepath.Join(dir, "*.crt"))
	if err != nil || len(made) != 1 {
		t.Fatalf("certificates %v, %v", made, err)
	}
	if err := os.Remove(made[0]); err != nil {
		t.Fatal(err)
	}
	s, err := cert.Town(dir, []string{"yn.example"}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := visit(serve(t, s.TLS()), "yn.example", s.Authority().DER(), 0); err != nil {
		t.Error(err)
	}
	if kept, _ := filepath.Glob(filepath.Join(dir, "*.old")); len(kept) != 1 {
		t.Errorf("the key that stood alone was not kept: %v", kept)
	}
}
