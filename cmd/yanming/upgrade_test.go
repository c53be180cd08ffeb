//go:build unix

package main

import (
	"bytes"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"yanming/internal/db"
	"yanming/internal/i18n"
	"yanming/internal/seal"
)

func TestAStepThatTakesLongSaysSo(t *testing.T) {
	cat, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		sh := shell{out: &out, err: &out, cat: cat, lang: i18n.EN, caller: unwatched{}}
		far := &rowCount{sh: sh}
		failed := errors.New("no")
		err := sh.told("x", far.String, func() error {
			time.Sleep(45 * time.Second)
			far.count(7)
			time.Sleep(50 * time.Second)
			return failed
		})
		if err != failed {
			t.Errorf("the step's error became %v", err)
		}
		want := "Still at it after 30s. Rows written: 0.\nStill at it after 1m0s. Rows written: 7.\nStill at it after 1m30s. Rows written: 7.\n"
		if out.String() != want {
			t.Errorf("said\n%s", out.String())
		}
	})
}

// unwatched is a caller whose standard error nobody watches.
type unwatched struct{ caller }

func (unwatched) terminal() bool { return false }

func TestSystemdIsAskedForPatience(t *testing.T) {
	name := filepath.Join(t.TempDir(), "n")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	sh := shell{options: &options{env: func(string) string { return name }}, caller: unwatched{}}
	if err := sh.told("backs up", nil, func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 100)
	n, err := l.Read(b)
	if got := string(b[:n]); err != nil || !strings.HasPrefix(got, "STATUS=backs up\nEXTEND_TIMEOUT_USEC=120000000") {
		t.Errorf("heard %q, %v", got, err)
	}
}

func TestAnUpgradeSaysItsBeginningAndItsEnd(t *testing.T) {
	cat, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	p := place{Data: t.TempDir()}
	d, err := db.Open(t.Context(), p.database(), db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Standing(t.Context())
	if err == nil {
		_, err = d.MigrateTo(t.Context(), s.Newest-1)
	}
	if err = errors.Join(err, d.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.Open(keyFolder(p.Data)); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	h, err := p.open(t.Context(), shell{out: &out, err: &out, cat: cat, lang: i18n.EN}, nil)
	if err != nil {
		t.Fatal(err)
	}
	h.close()
	said := out.String()
	for _, words := range []string{"Backing up before the upgrade", "Backed up: ", "Bringing the database from version", "The database has version"} {
		i := strings.Index(said, words)
		if i < 0 {
			t.Fatalf("%q does not come in its turn:\n%s", words, out.String())
		}
		said = said[i:]
	}
}
