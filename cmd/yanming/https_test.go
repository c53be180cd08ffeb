package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"yanming/internal/errs"
)

// freeAddr is an address that nobody listens on.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// serving runs serve until the test ends, and returns its base URL.
func serving(t *testing.T, c serveCmd) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	sh, _ := newShell(t)
	said, out := io.Pipe()
	sh.out, sh.err = out, io.Discard
	ended := make(chan error, 1)
	go func() {
		err := c.Run(ctx, sh)
		out.CloseWithError(errors.Join(err, io.EOF))
		ended <- err
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) { // stopped while it was still starting
			t.Errorf("serve: %v", err)
		}
	})
	b := make([]byte, 4096)
	n, err := said.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, said)
	m := regexp.MustCompile(`https?://\S+`).FindString(string(b[:n]))
	if m == "" {
		t.Fatalf("it said %s", b[:n])
	}
	return m
}

// browser trusts der and no other authority, and follows no redirect.
func browser(der []byte) *http.Client {
	roots := x509.NewCertPool()
	if c, err := x509.ParseCertificate(der); err == nil {
		roots.AddCert(c)
	}
	return &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func fetchPage(t *testing.T, c *http.Client, method, url string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(b)
}

func TestAnOwnAuthorityIsExplainedInClearAndEverythingElseIsEncrypted(t *testing.T) {
	plain := freeAddr(t)
	dir := t.TempDir()
	base := serving(t, serveCmd{place: place{Data: dir}, listening: listening{Listen: "127.0.0.1:0", encrypting: encrypting{TLSTownCA: true, ListenHTTP: plain}}})
	if !strings.HasPrefix(base, "https://127.0.0.1:") {
		t.Fatalf("it serves %s", base)
	}
	// A telephone that trusts nothing yet reads the page in clear and takes the certificate.
	naked := browser(nil)
	resp, body := fetchPage(t, naked, "GET", "http://"+plain+"/trust")
	if resp.StatusCode != 200 || !strings.Contains(body, "SHA-256") {
		t.Errorf("/trust in clear: %d", resp.StatusCode)
	}
	if resp, _ := fetchPage(t, naked, "GET", "http://"+plain+regexp.MustCompile(`/static/[^"]+\.css`).FindString(body)); resp.StatusCode != 200 {
		t.Errorf("its style sheet: %d", resp.StatusCode)
	}
	_, der := fetchPage(t, naked, "GET", "http://"+plain+"/trust/yanming-ca.crt")
	if text, err := os.ReadFile(filepath.Join(dir, "tls", "ca", "ca.crt")); err != nil {
		t.Error(err)
	} else if block, _ := pem.Decode(text); !bytes.Equal(block.Bytes, []byte(der)) {
		t.Error("the certificate that is handed out is another one")
	}
	if _, err := naked.Get(base + "/"); err == nil {
		t.Error("a telephone that trusts nothing reads the site")
	}
	// Everything else leads to https, and a form is not taken in clear.
	for _, c := range []struct {
		method, path string
		status       int
		to           string
	}{
		{"GET", "/r?x=1", http.StatusTemporaryRedirect, base + "/r?x=1"},
		{"GET", "//elsewhere.example/x", http.StatusTemporaryRedirect, "/elsewhere.example/x"},
		{"GET", "/login", http.StatusTemporaryRedirect, base + "/login"},
		{"POST", "/r", http.StatusUpgradeRequired, ""},
	} {
		resp, _ := fetchPage(t, naked, c.method, "http://"+plain+c.path)
		if resp.StatusCode != c.status || resp.Header.Get("Location") != c.to {
			t.Errorf("%s %s: %d to %q", c.method, c.path, resp.StatusCode, resp.Header.Get("Location"))
		}
	}
	// Once it trusts, it reads the site, and nothing binds it to https for good.
	resp, _ = fetchPage(t, browser([]byte(der)), "GET", base+"/")
	if resp.StatusCode != 200 || resp.TLS.Version < tls.VersionTLS12 || resp.Header.Get("Strict-Transport-Security") != "" {
		t.Errorf("trusted: %d, %q", resp.StatusCode, resp.Header.Get("Strict-Transport-Security"))
	}
}

func TestAGivenCertificateBindsToHTTPS(t *testing.T) {
	// Any certificate does: that of an own authority, made by another run.
	made := t.TempDir()
	base := serving(t, serveCmd{place: place{Data: made}, listening: listening{Listen: "127.0.0.1:0", encrypting: encrypting{TLSTownCA: true}}})
	if resp, _ := fetchPage(t, browser(nil), "GET", strings.Replace(base, "https://", "http://", 1)+"/"); resp.StatusCode != http.StatusBadRequest {
		t.Errorf("plain http at the port of https: %d", resp.StatusCode)
	}
	ca := filepath.Join(made, "tls", "ca")
	addr := freeAddr(t)
	base = serving(t, serveCmd{place: place{Data: t.TempDir()}, listening: listening{Listen: addr, BaseURL: "https://yn.example",
		encrypting: encrypting{TLSCert: filepath.Join(ca, "ca.crt"), TLSKey: filepath.Join(ca, "ca.key")}}})
	if base != "https://yn.example" {
		t.Errorf("it serves %s", base)
	}
	blind := browser(nil)
	blind.Transport.(*http.Transport).TLSClientConfig.InsecureSkipVerify = true // the certificate has no name
	if resp, _ := fetchPage(t, blind, "GET", "https://"+addr+"/trust"); resp.StatusCode != http.StatusNotFound || resp.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("/trust of a certificate that needs no explaining: %d, %q", resp.StatusCode, resp.Header.Get("Strict-Transport-Security"))
	}
}

func TestWhatDoesNotGoTogetherIsRefused(t *testing.T) {
	for _, c := range []struct {
		name string
		l    listening
		key  string
	}{
		{"two sources", listening{encrypting: encrypting{TLSTownCA: true, ACMEDomain: []string{"a.example"}}}, "cli.tls_one"},
		{"a certificate without its key", listening{encrypting: encrypting{TLSCert: "x"}}, "cli.tls_both"},
		{"files that are not there", listening{encrypting: encrypting{TLSCert: "x", TLSKey: "y"}}, "cert.unread"},
		{"a second address without https", listening{encrypting: encrypting{ListenHTTP: "127.0.0.1:0"}}, "cli.http_alone"},
		{"https under an http address", listening{BaseURL: "http://a.example", encrypting: encrypting{TLSTownCA: true}}, "cli.base_https"},
		{"every address and no name", listening{Listen: "0.0.0.0:0", encrypting: encrypting{TLSTownCA: true}}, "cli.base_needed"},
		{"a root that is not there", listening{encrypting: encrypting{ACMEDomain: []string{"a.example"}, ACMERoot: "x"}}, "cert.root"},
	} {
		if c.l.Listen == "" {
			c.l.Listen = "127.0.0.1:0"
		}
		sh, _ := newShell(t)
		err := serveCmd{place: place{Data: t.TempDir()}, listening: c.l}.Run(t.Context(), sh)
		if all := errs.All(err); len(all) != 1 || all[0].Key != c.key {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestMessagesOfTheServerHoldNoAddress(t *testing.T) {
	var b bytes.Buffer
	l := log.New(anonymous{&b}, "", 0)
	for _, line := range []string{"http: TLS handshake error from 203.0.113.7:51234: EOF", "http: panic serving [2001:db8::1]:443: x",
		"write tcp 127.0.0.1:80->203.0.113.7:5: broken"} {
		l.Print(line)
	}
	if strings.Contains(b.String(), "203.0.113") || strings.Contains(b.String(), "2001:db8") || !strings.Contains(b.String(), "EOF") {
		t.Errorf("kept %s", b.String())
	}
}
