package cert

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"sync"

	"yanming/internal/errs"
)

// Files serves the certificate of two PEM files, and reads them again when either changes. While a new pair does not
// fit together, such as in the middle of being replaced, the old one stays and log is told once. Errors: Invalid when
// the files cannot be read at the start.
func Files(certFile, keyFile string, log *slog.Logger) (*Source, error) {
	p := &pair{certFile: certFile, keyFile: keyFile, log: log}
	if err := p.read(); err != nil {
		return nil, errs.Field("--tls-cert, --tls-key", "cert.files", err.Error())
	}
	return &Source{config: serving(p.get), leaf: p.leaf}, nil
}

type pair struct {
	certFile, keyFile string
	log               *slog.Logger

	mu    sync.Mutex
	cert  *tls.Certificate
	stamp string // of the files as they were last read
}

func (p *pair) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.look(); err != nil {
		p.log.Error("the new certificate is not taken; the old one stays", "err", err)
	}
	return p.cert, nil
}

// look reads the files again when they have changed since they were last read, with whatever result.
func (p *pair) look() error {
	if stamp, err := p.state(); err != nil || stamp == p.stamp {
		return nil // a file that is away for a moment comes back, or runs out: the page about health says so
	}
	return p.read()
}

func (p *pair) read() (err error) {
	if p.stamp, err = p.state(); err != nil {
		return err
	}
	c, err := tls.LoadX509KeyPair(p.certFile, p.keyFile)
	if err != nil {
		return err
	}
	p.cert = &c
	return nil
}

// state is what a change of the files changes.
func (p *pair) state() (string, error) {
	stamp := ""
	for _, name := range []string{p.certFile, p.keyFile} {
		info, err := os.Stat(name)
		if err != nil {
			return "", err
		}
		stamp += fmt.Sprint(info.ModTime().UnixNano(), " ", info.Size(), " ")
	}
	return stamp, nil
}

func (p *pair) leaf() (*x509.Certificate, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cert.Leaf, nil
}
