//go:build linux

package main

import (
	"bytes"
	"context"
	"database/sql"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// postgres returns the server of the tests, "" where none is named.
func postgres(t *testing.T) string {
	t.Helper()
	server := os.Getenv("YANMING_TEST_POSTGRES")
	if server == "" && (os.Getenv("CI") == "true" || os.Getenv("YANMING_CHECK") != "") {
		t.Error("YANMING_TEST_POSTGRES names no server: run ./check, which starts one")
	}
	return server
}

// said runs a command in English and returns what it said on both ways, with its exit code.
func said(ctx context.Context, args ...string) (int, string) {
	var out strings.Builder
	code := run(ctx, args, &out, &out, func(name string) string { return map[string]string{"YANMING_LANG": "en"}[name] })
	return code, out.String()
}

func TestADatabaseInAnotherEncodingIsRefused(t *testing.T) {
	server := postgres(t)
	if server == "" {
		return
	}
	dir := t.TempDir()
	data := filepath.Join(dir, "d")
	if code, out := said(t.Context(), "town", "open", "--data", data, "--name", "试验镇", "--admin", "管理员", "--login", "boss", "419901101"); code != exitDone {
		t.Fatal(out)
	}
	archive := filepath.Join(dir, "b.ybk")
	if code, out := said(t.Context(), "backup", "--data", data, "-o", archive); code != exitDone {
		t.Fatal(out)
	}
	for _, encoding := range []string{"SQL_ASCII", "LATIN1"} {
		to := newDatabase(t, server, "ENCODING '"+encoding+"' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
		for _, args := range [][]string{
			{"serve", "--data", filepath.Join(dir, "n"), "--listen", "127.0.0.1:0", "--db", to},
			{"copy", "--data", data, "--from", filepath.Join(data, "yanming.db"), "--to", to},
			{"restore", "--data", data, "--db", to, archive},
		} {
			code, out := said(t.Context(), args...)
			if code != exitUsage || !strings.Contains(out, "is in the encoding "+encoding) || !strings.Contains(out, "createdb --encoding=UTF8 --template=template0") {
				t.Errorf("%s: exit %d, %s", args[0], code, out)
			}
		}
		d, err := sql.Open("pgx", to)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		var n int
		err = d.QueryRow(`SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace) +
			(SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'yanming%')`).Scan(&n)
		if err != nil || n != 0 {
			t.Errorf("%s: %d things were made in the refused database, %v", encoding, n, err)
		}
	}
}

func TestADatabaseThatCannotBeOpenedIsSaidInASentence(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "d")
	if code, out := said(t.Context(), "town", "open", "--data", data, "--name", "试验镇", "--admin", "管理员", "--login", "boss", "419901101"); code != exitDone {
		t.Fatal(out)
	}
	closed := "postgres://yanming:secret@" + unused(t) + "/x"
	cases := []struct {
		name, to, says string
		code           int
	}{
		{"nobody there", closed, "run this command again", exitFailed},
		{"a broken address", "postgres://yanming:secret%zz@localhost/x", "write % as %25", exitUsage},
		{"a broken address and no @", "postgres://yanming:secret:5/x", "write % as %25", exitUsage},
	}
	if server := postgres(t); server != "" {
		u, err := url.Parse(server)
		if err != nil {
			t.Fatal(err)
		}
		u.Path = "/yanming_is_not_there"
		cases = append(cases, struct {
			name, to, says string
			code           int
		}{"no such database", u.String(), "createdb --encoding=UTF8", exitUsage})
	}
	for _, c := range cases {
		for _, args := range [][]string{
			{"check", "--data", data, "--db", c.to},
			{"copy", "--data", data, "--from", filepath.Join(data, "yanming.db"), "--to", c.to},
		} {
			code, out := said(t.Context(), args...)
			if code != c.code || !strings.Contains(out, c.says) || strings.Contains(out, "by itself") || strings.Contains(out, "secret") || strings.Contains(out, "failed to connect") {
				t.Errorf("%s, %s: exit %d, %s", c.name, args[0], code, out)
			}
		}
	}
}

// unused is an address at which nobody listens.
func unused(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// heard is what somebody wrote, to be read meanwhile.
type heard struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (h *heard) Write(b []byte) (int, error) { h.mu.Lock(); defer h.mu.Unlock(); return h.b.Write(b) }

func (h *heard) text() string { h.mu.Lock(); defer h.mu.Unlock(); return h.b.String() }

func (h *heard) await(t *testing.T, words string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !strings.Contains(h.text(), words); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("nobody says %q:\n%s", words, h.text())
		}
	}
}

// TestAServerWaitsForItsDatabase starts it while nobody listens where PostgreSQL is said to be, and lets it come up there.
func TestAServerWaitsForItsDatabase(t *testing.T) {
	server := postgres(t)
	if server == "" {
		return
	}
	u, err := url.Parse(newDatabase(t, server))
	if err != nil {
		t.Fatal(err)
	}
	way := &relay{to: u.Host, at: unused(t)}
	u.Host = way.at
	notify := filepath.Join(t.TempDir(), "n")
	manager, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: notify, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer manager.Close()
	var out, told heard
	go func() {
		for b := make([]byte, 200); ; {
			n, err := manager.Read(b)
			if err != nil {
				return
			}
			told.Write(append(b[:n:n], ';'))
		}
	}()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"serve", "--data", filepath.Join(t.TempDir(), "d"), "--listen", "127.0.0.1:0", "--db", u.String()}, &out, &out,
			func(name string) string {
				return map[string]string{"YANMING_LANG": "en", "NOTIFY_SOCKET": notify}[name]
			})
	}()
	out.await(t, "starts by itself as soon as it can")
	told.await(t, "EXTEND_TIMEOUT_USEC=")
	way.mend(t)
	out.await(t, "Yanming is serving")
	told.await(t, "READY=1")

	// It goes away while the server runs: one line tells of it, and one that it is back.
	way.cut()
	out.await(t, "the database does not answer")
	time.Sleep(4 * time.Second)
	way.mend(t)
	out.await(t, "the database answers again")
	if n := strings.Count(out.text(), "level=ERROR"); n != 1 {
		t.Errorf("%d lines tell of one outage:\n%s", n, out.text())
	}
	stop()
	if code := <-ended; code != exitDone {
		t.Errorf("serve ended with %d", code)
	}
}

// relay passes connections on to another address until it is cut.
type relay struct {
	at, to string
	l      net.Listener
	mu     sync.Mutex
	open   []net.Conn
}

// mend lets connections through from now on.
func (r *relay) mend(t *testing.T) {
	t.Helper()
	l, err := net.Listen("tcp", r.at)
	if err != nil {
		t.Fatal(err)
	}
	r.l = l
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			d, err := net.Dial("tcp", r.to)
			if err != nil {
				c.Close()
				continue
			}
			r.mu.Lock()
			r.open = append(r.open, c, d)
			r.mu.Unlock()
			go io.Copy(d, c)
			go io.Copy(c, d)
		}
	}()
}

// cut ends every connection, and refuses others.
func (r *relay) cut() {
	r.l.Close()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.open {
		c.Close()
	}
	r.open = nil
}
