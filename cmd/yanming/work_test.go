package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"testing"

	"yanming/internal/control"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/lease"
)

// newShell is a shell that speaks English and keeps what is said.
func newShell(t *testing.T) (sh shell, said *bytes.Buffer) {
	t.Helper()
	cat, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	said = &bytes.Buffer{}
	return shell{out: said, err: said, cat: cat, lang: i18n.EN}, said
}

func TestALookNeverMigratesAndWritingSaysThatItDoes(t *testing.T) {
	ctx := t.Context()
	sh, said := newShell(t)
	p := place{Data: t.TempDir()}
	h, err := p.open(ctx, sh, nil)
	if err != nil {
		t.Fatal(err)
	}
	h.close()
	if said.Len() > 0 {
		t.Errorf("a new installation says %q", said)
	}
	raw, err := sql.Open("sqlite", filepath.Join(p.Data, "yanming.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	last := `(SELECT max(version_id) FROM goose_db_version)`
	forget := func() {
		t.Helper()
		if _, err := raw.ExecContext(ctx, `DELETE FROM goose_db_version WHERE version_id = `+last); err != nil {
			t.Fatal(err)
		}
	}
	// The last step is recorded as not done: a look refuses, and leaves the record as it is.
	forget()
	var before, after int
	if err := raw.QueryRowContext(ctx, `SELECT count(*) FROM goose_db_version`).Scan(&before); err != nil {
		t.Fatal(err)
	}
	if _, err := p.look(ctx); !errs.Is(err, errs.Conflict) {
		t.Errorf("a look at an old database: %v", err)
	}
	if err := raw.QueryRowContext(ctx, `SELECT count(*) FROM goose_db_version`).Scan(&after); err != nil || before != after {
		t.Errorf("a look changed the record of migrations from %d to %d, %v", before, after, err)
	}
	// Writing says so before it takes the step, which here fails because its tables are there already.
	if h, err := p.open(ctx, sh, nil); err == nil {
		h.close()
	}
	for _, words := range []string{"Backing up before the upgrade of the database from version", "Backed up: ", "-upgrade.ybk (", "Bringing the database from version"} {
		if !bytes.Contains(said.Bytes(), []byte(words)) {
			t.Errorf("%q is missing in %q", words, said)
		}
	}
	if _, err := raw.ExecContext(ctx, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)`); err != nil {
		t.Fatal(err)
	}
	for name, open := range map[string]func() (*home, error){
		"a look": func() (*home, error) { return p.look(ctx) }, "writing": func() (*home, error) { return p.open(ctx, sh, nil) },
	} {
		if _, err := open(); !errs.Is(err, errs.Conflict) {
			t.Errorf("%s at the database of a newer program: %v", name, err)
		}
	}
}

// talk answers one command as a server does that says what it is told.
func talk(t *testing.T, dir string, say func(c *control.Conn)) {
	t.Helper()
	l, err := control.Listen(dir)
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
			c := control.NewConn(conn)
			c.Send(control.Hello, []byte(frames))
			c.Receive()
			say(c)
			conn.Close()
		}
	}()
}

func TestTheServerReachesOnlyFilesThatTheCommandNames(t *testing.T) {
	for _, c := range []struct {
		name string
		say  func(c *control.Conn)
	}{
		{"a file beyond the list", func(c *control.Conn) { c.Send(control.Output, []byte{1, 'x'}); c.Send(control.Exit, []byte{0}) }},
		{"no number", func(c *control.Conn) { c.Send(control.Output, nil); c.Send(control.Exit, []byte{0}) }},
		{"a frame that only commands send", func(c *control.Conn) { c.Send(control.Input, []byte("x")); c.Send(control.Exit, []byte{0}) }},
		{"an end in the middle", func(c *control.Conn) { c.Send(control.Output, []byte("\x00half")) }},
	} {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "keys"), 0o700); err != nil {
			t.Fatal(err)
		}
		talk(t, dir, c.say)
		sh, _ := newShell(t)
		out := filepath.Join(dir, "out.age")
		err := sh.through(t.Context(), "keys export", exportKeysCmd{place: place{Data: dir}, Output: out})
		if err == nil {
			t.Errorf("%s is taken", c.name)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "*out.age*")); len(left) > 0 {
			t.Errorf("%s leaves %v", c.name, left)
		}
	}
}

func TestACallOfAnotherVersionIsRefused(t *testing.T) {
	for _, c := range []struct{ name, command, body string }{
		{"a command that there is not", "user promote", `{}`},
		{"a command that only reads", "figures", `{}`},
		{"a group", "user", `{}`},
		{"an option that there is not", "user reset", `{"Login":"a","Colour":"red"}`},
	} {
		if _, err := commandOf(call{Name: c.command, Command: json.RawMessage(c.body)}); !errs.Is(err, errs.Conflict) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	w, err := commandOf(call{Name: "user reset", Command: json.RawMessage(`{"Data":"d","Login":"boss"}`)})
	if reset, ok := w.(*resetUserCmd); err != nil || !ok || reset.Login != "boss" || reset.Data != "d" {
		t.Errorf("%#v, %v", w, err)
	}
}

// TestWhoeverGoesAwayStopsTheirCommand closes the caller's end while the command waits for a passphrase.
func TestWhoeverGoesAwayStopsTheirCommand(t *testing.T) {
	sh, _ := newShell(t)
	p := place{Data: t.TempDir()}
	h, err := p.open(t.Context(), sh, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	near, other := net.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- h.answerOne(context.Background(), other, sh.cat) }()
	c := control.NewConn(near)
	if kind, _, err := c.Receive(); kind != control.Hello || err != nil {
		t.Fatal(kind, err)
	}
	b, _ := json.Marshal(call{Name: "keys export", Command: json.RawMessage(`{"Output":"-"}`)})
	if err := c.Send(control.Call, b); err != nil {
		t.Fatal(err)
	}
	if kind, _, err := c.Receive(); kind != control.Passphrase || err != nil {
		t.Fatal(kind, err)
	}
	near.Close()
	<-ended // its error is that nobody hears how it ended
	if left, _ := filepath.Glob(filepath.Join(p.Data, spoolFolder, "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestOneDatabaseIsWrittenFromOneFolder names the database of another folder with --db, as a copied configuration does.
func TestOneDatabaseIsWrittenFromOneFolder(t *testing.T) {
	first, second := place{Data: t.TempDir()}, place{Data: t.TempDir()}
	second.DB = first.database()
	held, err := first.hold(t.Context(), "serve")
	if err != nil {
		t.Fatal(err)
	}
	for what, take := range map[string]func() (*lease.Lease, error){
		"a command":           func() (*lease.Lease, error) { return second.lease("user reset") },
		"what wants it alone": func() (*lease.Lease, error) { return second.leaseAs(lease.Alone, "restore") },
	} {
		if _, err := take(); !errs.Is(err, errs.Conflict) || errs.All(err)[0].Args[0] != first.database() {
			t.Errorf("%s beside the server of another folder: %v", what, err)
		}
	}
	held.Release()
	if held, err = second.lease("user reset"); err != nil {
		t.Fatal(err)
	}
	held.Release()
}

func TestOnPostgreSQLCopiesShareTheFolder(t *testing.T) {
	dir := t.TempDir()
	a, err := place{Data: dir, DB: "postgres://a.example/x"}.lease("serve")
	if err != nil {
		t.Fatal(err)
	}
	defer a.Release()
	b, err := place{Data: dir, DB: "postgresql://a.example/x"}.lease("import cases")
	if err != nil {
		t.Fatalf("a second copy: %v", err)
	}
	b.Release()
	if _, err := lease.Take(dir, lease.Alone, "restore"); !errs.Is(err, errs.Conflict) {
		t.Errorf("alone beside them: %v", err)
	}
	if _, err := (place{Data: dir}).lease("user add"); !errs.Is(err, errs.Conflict) {
		t.Errorf("SQLite in the same folder: %v", err)
	}
}
