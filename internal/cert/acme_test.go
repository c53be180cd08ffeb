package cert_test

import (
	"encoding/binary"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
	"golang.org/x/net/dns/dnsmessage"

	"yanming/internal/cert"
	"yanming/internal/errs"
)

// names answers every question for an address with 127.0.0.1, and every other with nothing, over TCP.
func names(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if out, err := name(conn); err == nil {
				conn.Write(binary.BigEndian.AppendUint16(nil, uint16(len(out))))
				conn.Write(out)
			}
			conn.Close()
		}
	}()
	return l.Addr().String()
}

// name reads one question and returns its answer.
func name(r io.Reader) ([]byte, error) {
	var size [2]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, err
	}
	b := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, err
	}
	var m dnsmessage.Message
	if err := m.Unpack(b); err != nil {
		return nil, err
	}
	m.Response, m.Authoritative, m.Additionals = true, true, nil
	if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
		m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 1},
			Body: &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}}}}
	}
	return m.Pack()
}

// authority runs Pebble, the small ACME server of the people behind Let's Encrypt, as an authority of the own network
// would run, and returns its directory, the certificate by which it is known, and its root.
func authority(t *testing.T, httpPort, tlsPort int) (directory, known string, root []byte) {
	t.Helper()
	t.Setenv("PEBBLE_VA_NOSLEEP", "1")
	quiet, store := log.New(io.Discard, "", 0), db.NewMemoryStore()
	signer := ca.New(quiet, store, "", "ecdsa", 0, 1, map[string]ca.Profile{"default": {}})
	asks := va.New(quiet, httpPort, tlsPort, false, names(t), store)
	front := wfe.New(quiet, store, asks, signer, []string{"ca.example"}, false, false, 1, 1)
	server := httptest.NewTLSServer(front.Handler())
	t.Cleanup(server.Close)
	known = filepath.Join(t.TempDir(), "root.pem")
	if err := os.WriteFile(known, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	return server.URL + wfe.DirectoryPath, known, signer.GetRootCert(0).DER
}

func port(t *testing.T, addr string) int {
	t.Helper()
	_, p, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(p)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestACMEGetsACertificateForItsNamesAlone(t *testing.T) {
	// The ports have to be known to the authority before the server is there.
	https, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	directory, known, root := authority(t, 1, port(t, https.Addr().String()))
	dir := filepath.Join(t.TempDir(), "acme")
	a := cert.ACME{Dir: dir, Domains: []string{"yn.example"}, Email: "office@yn.example", Directory: directory, Root: known}
	s, err := a.Source()
	if err != nil {
		t.Fatal(err)
	}
	if !s.Ends().IsZero() {
		t.Errorf("before the first question there is one until %s", s.Ends())
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) }),
		TLSConfig: s.TLS(), ErrorLog: log.New(io.Discard, "", 0)}
	go server.ServeTLS(https, "", "")
	defer server.Close()
	proto, leaf, err := visit(https.Addr().String(), "yn.example", root, 0)
	if err != nil || proto != "HTTP/2.0" || leaf.DNSNames[0] != "yn.example" {
		t.Fatalf("%s, %v", proto, err)
	}
	if s.Ends().Before(time.Now()) {
		t.Errorf("it ends %s", s.Ends())
	}
	if _, _, err := visit(https.Addr().String(), "other.example", root, 0); err == nil {
		t.Error("a name that was not asked for got a certificate")
	}
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	a.Root = filepath.Join(dir, "nothing.pem")
	if _, err := a.Source(); !errs.Is(err, errs.Invalid) {
		t.Errorf("a root that is not there: %v", err)
	}
}

func TestWhatIsNoQuestionOfACMEGoesOnOverHTTP(t *testing.T) {
	s, err := cert.ACME{Dir: t.TempDir(), Domains: []string{"yn.example"}}.Source()
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s.HTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "on") })))
	defer web.Close()
	for path, want := range map[string]string{"/trust": "on", "/.well-known/acme-challenge/x": ""} {
		resp, err := http.Get(web.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if (string(b) == "on") != (want == "on") {
			t.Errorf("%s: %s", path, b)
		}
	}
}
