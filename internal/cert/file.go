package cert

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"sync"

	"yanming/internal/errs"
)

// Files serves the certificate of two PEM files, and reads them again when either changes. While a new pair does not
// fit together, such as in the middle of being replaced, the old one stays and log is told once. Errors: Invalid when
// the files cannot be read at the start.
func Files(certFile, keyFile string, log *slog.Logger) (*Source, error) {
	p := &pair{certFile: certFile, keyFile: keyFile, log: log}
	if err := p.read(); err != nil {
		return nil, p.wrong(err)
	}
	return &Source{config: serving(p.get), leaf: p.leaf}, nil
}

// wrong says which of the two files will not do, and why.
func (p *pair) wrong(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return errs.Field("--tls-cert, --tls-key", "cert.unread", at.Path)
	}
	has := func(name, kind string) bool {
		b, err := os.ReadFile(name)
		for block, rest := pem.Decode(b); err == nil && block != nil; block, rest = pem.Decode(rest) {
			if strings.HasSuffix(block.Type, kind) && block.Type != "ENCRYPTED PRIVATE KEY" && block.Headers["DEK-Info"] == "" {
				return true
			}
		}
		return false
	}
	switch {
	case !has(p.certFile, "CERTIFICATE"):
		return errs.Field("--tls-cert", "cert.no_pem", p.certFile)
	case !has(p.keyFile, "PRIVATE KEY"):
		return errs.Field("--tls-key", "cert.no_key", p.keyFile)
	case strings.Contains(err.Error(), "does not match"): // crypto/tls has no name for it
		return errs.Field("--tls-cert, --tls-key", "cert.pair", p.certFile, p.keyFile)
	}
	return errs.Field("--tls-cert, --tls-key", "cert.files", err.Error())
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
