package control_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yanming/internal/control"
)

func TestFramesComeAsTheyWereSent(t *testing.T) {
	var b bytes.Buffer
	c := control.NewConn(&b)
	big := bytes.Repeat([]byte("goose "), 30_000)
	if err := c.Send(control.Call, []byte(`{}`)); err != nil {
		t.Fatal(err)
	}
	if n, err := c.Writer(control.Output, 3).Write(big); n != len(big) || err != nil {
		t.Fatal(n, err)
	}
	if err := c.Send(control.Exit, []byte{2}); err != nil {
		t.Fatal(err)
	}
	var got []byte
	for {
		kind, body, err := c.Receive()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch kind {
		case control.Output:
			if body[0] != 3 {
				t.Errorf("a piece of file %d", body[0])
			}
			got = append(got, body[1:]...)
		case control.Exit:
			if body[0] != 2 {
				t.Errorf("exit %d", body[0])
			}
		}
	}
	if !bytes.Equal(got, big) {
		t.Errorf("%d bytes of %d came", len(got), len(big))
	}
}

func FuzzFrames(f *testing.F) {
	f.Add([]byte("c\x00\x00\x00\x02{}"))
	f.Add([]byte("c\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c := control.NewConn(bytes.NewBuffer(bytes.Clone(b)))
		total := 0
		for {
			_, body, err := c.Receive()
			if err != nil {
				break
			}
			total += 5 + len(body)
		}
		if total > len(b) {
			t.Errorf("%d bytes out of %d", total, len(b))
		}
	})
}

// greet answers every caller with a word until the listener closes.
func greet(l net.Listener, word string) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		fmt.Fprint(c, word)
		c.Close()
	}
}

func TestTheSocketIsFoundInAnyFolder(t *testing.T) {
	for _, c := range []struct{ name, under string }{
		{"a short path", ""},
		{"a path longer than an address of a socket", strings.Repeat("long-name/", 14)},
		{"a path in Chinese", "雁县/雁南镇/数据"},
	} {
		dir := filepath.Join(t.TempDir(), filepath.FromSlash(c.under))
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if _, err := control.Dial(t.Context(), dir); err == nil {
			t.Errorf("%s: answered before anybody listens", c.name)
		}
		l, err := control.Listen(dir)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		go greet(l, "one")
		if got := hear(t, dir); got != "one" {
			t.Errorf("%s: heard %q", c.name, got)
		}
		info, err := os.Stat(filepath.Join(dir, "control.sock"))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", c.name, info.Mode(), err)
		}
		// Whoever holds the lease comes after a server that was killed: its socket is still there.
		again, err := control.Listen(dir)
		if err != nil {
			t.Fatalf("%s: over a socket left behind: %v", c.name, err)
		}
		go greet(again, "two")
		if got := hear(t, dir); got != "two" {
			t.Errorf("%s: heard %q", c.name, got)
		}
		if err := again.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(filepath.Join(dir, "control.sock")); err == nil {
			t.Errorf("%s: a socket is left over", c.name)
		}
		if _, err := control.Dial(t.Context(), dir); err == nil {
			t.Errorf("%s: answered after the end", c.name)
		}
	}
}

func hear(t *testing.T, dir string) string {
	t.Helper()
	c, err := control.Dial(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	b, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
