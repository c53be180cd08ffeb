package cert

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"yanming/internal/disk"
	"yanming/internal/errs"
)

// How long certificates of the own authority last. Telephones refuse a server's certificate of more than 825 days,
// whoever signed it.
const (
	authorityYears = 10
	leafDays       = 90
	leafRenew      = 30 // days before its end that a new one is made
)

// The files of the authority within its folder.
const (
	authorityKey  = "ca.key"
	authorityCert = "ca.crt"
)

// Authority is the installation's own certificate authority. Its certificate holds name constraints: a device that
// trusts it trusts it for the names of this installation and for nothing else.
type Authority struct {
	cert  *x509.Certificate
	key   *ecdsa.PrivateKey
	names []string
	now   func() time.Time

	mu   sync.Mutex
	leaf *tls.Certificate
}

// Town serves certificates of the authority in dir, which it makes on first use for exactly these host names and
// addresses. The server's own certificate lasts 90 days, is kept in memory alone, and is made anew in time. Errors:
// Invalid for names that the authority in dir was not made for, and for a key that others may read.
func Town(dir string, names []string, now func() time.Time) (*Source, error) {
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	if len(names) == 0 {
		return nil, errs.Field("--base-url", "cert.no_names")
	}
	a := &Authority{names: names, now: now}
	err := a.read(dir)
	if errors.Is(err, fs.ErrNotExist) {
		err = a.create(dir)
	}
	if err != nil {
		return nil, fmt.Errorf("own certificate authority: %w", err)
	}
	if _, err := a.get(nil); err != nil {
		return nil, fmt.Errorf("own certificate authority: %w", err)
	}
	return &Source{config: serving(a.get), authority: a, leaf: a.shown}, nil
}

// DER is the authority's certificate as devices install it.
func (a *Authority) DER() []byte { return a.cert.Raw }

// Names are the host names and addresses that are served.
func (a *Authority) Names() []string { return slices.Clone(a.names) }

// Ends is when the authority itself runs out.
func (a *Authority) Ends() time.Time { return a.cert.NotAfter }

// Name is how devices call it.
func (a *Authority) Name() string { return a.cert.Subject.CommonName }

// Fingerprint is the SHA-256 of the certificate in four lines of eight pairs, as devices show it and as the sheet of
// paper has it.
func (a *Authority) Fingerprint() []string {
	sum := sha256.Sum256(a.cert.Raw)
	var lines []string
	for part := range slices.Chunk(sum[:], 8) {
		lines = append(lines, strings.ReplaceAll(fmt.Sprintf("% X", part), " ", ":"))
	}
	return lines
}

// create makes key and certificate. The key is written first, so that a certificate without its key is never there; a key
// that is there alone was left by a start that was cut off, and is put aside.
func (a *Authority) create(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	name := filepath.Join(dir, authorityKey)
	if err := os.Rename(name, name+".old"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var err error
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return err
	}
	t := a.template(authorityYears * 365)
	t.Subject.CommonName = "Yanming CA " + a.names[0]
	t.IsCA, t.BasicConstraintsValid, t.MaxPathLenZero = true, true, true
	t.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	constrain(t, a.names)
	der, err := x509.CreateCertificate(rand.Reader, t, t, &a.key.PublicKey, a.key)
	if err != nil {
		return err
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		return err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(a.key)
	if err != nil {
		return err
	}
	if err := write(name, "PRIVATE KEY", secret, 0o600); err != nil {
		return err
	}
	if err := write(filepath.Join(dir, authorityCert), "CERTIFICATE", der, 0o644); err != nil {
		return err
	}
	return disk.SyncDir(dir)
}

// constrain permits the names and nothing else: also no address where there are only names, and the other way round.
func constrain(t *x509.Certificate, names []string) {
	t.PermittedDNSDomainsCritical = true
	for _, n := range names {
		if ip := net.ParseIP(n); ip != nil {
			if v4 := ip.To4(); v4 != nil {
				ip = v4
			}
			t.PermittedIPRanges = append(t.PermittedIPRanges, &net.IPNet{IP: ip, Mask: net.CIDRMask(8*len(ip), 8*len(ip))})
		} else {
			t.PermittedDNSDomains = append(t.PermittedDNSDomains, n)
		}
	}
	if len(t.PermittedDNSDomains) == 0 {
		t.PermittedDNSDomains = []string{"invalid"} // a name that never is one: RFC 2606
	}
	if len(t.PermittedIPRanges) == 0 {
		t.ExcludedIPRanges = []*net.IPNet{{IP: net.IPv4zero.To4(), Mask: net.CIDRMask(0, 32)}, {IP: net.IPv6zero, Mask: net.CIDRMask(0, 128)}}
	}
	t.PermittedEmailAddresses, t.PermittedURIDomains = []string{"invalid"}, []string{"invalid"}
}

func (a *Authority) template(days int) *x509.Certificate {
	now := a.now()
	serial := make([]byte, 16)
	rand.Read(serial) // never fails: crypto/rand aborts the program instead
	serial[0] &= 0x7f
	return &x509.Certificate{SerialNumber: new(big.Int).SetBytes(serial), NotBefore: now.Add(-24 * time.Hour), NotAfter: now.AddDate(0, 0, days),
		Subject: pkix.Name{Organization: []string{"Yanming"}}}
}

func write(name, kind string, der []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	if _, err = f.Write(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})); err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// read reads the authority that is there.
func (a *Authority) read(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, authorityCert))
	if err != nil {
		return err
	}
	name := filepath.Join(dir, authorityKey)
	if open, err := readable(name); err != nil || open {
		return errs.New(errs.Invalid, "cert.key", name)
	}
	secret, err := os.ReadFile(name)
	if err != nil {
		return errs.New(errs.Invalid, "cert.key", name)
	}
	p, err := tls.X509KeyPair(text, secret)
	if err != nil {
		return errs.New(errs.Invalid, "cert.broken", dir, err.Error())
	}
	key, ok := p.PrivateKey.(*ecdsa.PrivateKey)
	if !ok || !p.Leaf.IsCA {
		return errs.New(errs.Invalid, "cert.broken", dir, "no authority")
	}
	a.cert, a.key = p.Leaf, key
	return nil
}

// get returns the server's certificate, and makes a new one in time.
func (a *Authority) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.leaf == nil || a.now().After(a.leaf.Leaf.NotAfter.AddDate(0, 0, -leafRenew)) {
		leaf, err := a.issue()
		if err != nil {
			return nil, err
		}
		a.leaf = leaf
	}
	return a.leaf, nil
}

// issue makes a certificate of the names and looks, as a device would, whether the authority may vouch for them.
func (a *Authority) issue() (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	t := a.template(leafDays)
	t.Subject.CommonName = a.names[0]
	t.KeyUsage, t.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, n := range a.names {
		if ip := net.ParseIP(n); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, n)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, t, a.cert, &key.PublicKey, a.key)
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: a.now()}); err != nil {
		return nil, errs.Field("--tls-names", "cert.outside", strings.Join(a.names, ", "), a.permitted())
	}
	return &tls.Certificate{Certificate: [][]byte{der, a.cert.Raw}, PrivateKey: key, Leaf: leaf}, nil
}

// permitted is what the authority was made for.
func (a *Authority) permitted() string {
	list := slices.Clone(a.cert.PermittedDNSDomains)
	for _, n := range a.cert.PermittedIPRanges {
		list = append(list, n.IP.String())
	}
	return strings.Join(slices.DeleteFunc(list, func(s string) bool { return s == "invalid" }), ", ")
}

func (a *Authority) shown() (*x509.Certificate, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.leaf.Leaf, nil
}
