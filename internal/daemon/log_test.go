package daemon

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheLogOfAServiceGoesOnAndStaysShort(t *testing.T) {
	dir := t.TempDir()
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		return string(b)
	}
	for range 2 { // the second goes on where the first ended
		l, err := openLog(dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.Write([]byte("started\n")); err != nil {
			t.Fatal(err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if got := read(logName); got != "started\nstarted\n" {
		t.Errorf("the log is %q", got)
	}
	l, err := openLog(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	l.most = 30
	for _, line := range []string{"a", "b", "c"} {
		if _, err := l.Write([]byte(strings.Repeat(line, 19) + "\n")); err != nil {
			t.Fatal(err)
		}
	}
	now, before := read(logName), read(logName+".1")
	if now != strings.Repeat("c", 19)+"\n" || before != strings.Repeat("b", 19)+"\n" {
		t.Errorf("now %q, before %q", now, before)
	}
}
