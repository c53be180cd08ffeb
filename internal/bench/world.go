package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"yanming/internal/errs"
)

// town is the one whose people say things: the larger of the demo's two.
const town = "419900101"

// world is an installation in a folder of the run.
type world struct {
	dir    string
	source string            // for --db and for reading beside the program
	logins map[string]string // password of each login
}

// guide is what is read of the demo's guide.
type guide struct {
	Logins []struct{ Login, Password string }
}

// flags are the options that name the installation.
func (w world) flags() []string { return []string{"--data", w.dir, "--db", w.source} }

// newWorld makes an installation with the demo's county: its organisation, its people with their logins, and some
// hundred cases. The first of a run is filled, and each is a copy of that. One of the same name is thrown away.
func (b *bench) newWorld(ctx context.Context, name string) (world, error) {
	if b.first.dir == "" {
		w := world{dir: filepath.Join(b.Data, "first")}
		var err error
		if err = os.RemoveAll(w.dir); err != nil {
			return w, err
		}
		if w.source, err = b.newDatabase(w.dir, "first", ""); err != nil {
			return w, err
		}
		if _, err := b.command(ctx, append([]string{"demo", "--generate-only", "--seed", "1"}, w.flags()...)...); err != nil {
			return w, err
		}
		b.first = w
	}
	w := world{dir: filepath.Join(b.Data, name)}
	err := os.RemoveAll(w.dir)
	if err == nil {
		err = os.CopyFS(w.dir, os.DirFS(b.first.dir))
	}
	if err != nil {
		return w, err
	}
	for _, keep := range []string{"keys", "."} { // the program refuses keys that others may read
		if err := private(filepath.Join(w.dir, keep)); err != nil {
			return w, err
		}
	}
	if w.source, err = b.newDatabase(w.dir, name, databaseName("first")); err != nil {
		return w, err
	}
	return w, w.read()
}

// private gives a folder and the files in it to their owner alone.
func private(dir string) error {
	list, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, f := range list {
		if !f.IsDir() {
			if err := os.Chmod(filepath.Join(dir, f.Name()), 0o600); err != nil {
				return err
			}
		}
	}
	return os.Chmod(dir, 0o700)
}

// read finds the logins of an installation that was made before.
func (w *world) read() error {
	text, err := os.ReadFile(filepath.Join(w.dir, "demo-guide.json"))
	if err != nil {
		return err
	}
	var g guide
	if err := json.Unmarshal(text, &g); err != nil {
		return fmt.Errorf("read guide of %s: %w", w.dir, err)
	}
	w.logins = map[string]string{}
	for _, l := range g.Logins {
		w.logins[l.Login] = l.Password
	}
	return nil
}

// newDatabase returns the source of a database: the file of the folder, or a new one on the server, named after the
// world; empty, or a copy of another.
func (b *bench) newDatabase(dir, name, like string) (string, error) {
	if b.Postgres == "" {
		return filepath.Join(dir, "yanming.db"), nil
	}
	whole := databaseName(name)
	if err := dropDatabase(b.Postgres, whole); err != nil {
		return "", err
	}
	if err := createDatabase(b.Postgres, whole, like); err != nil {
		return "", err
	}
	if (!b.keep || !strings.HasPrefix(name, "corpus")) && !slices.Contains(b.dropped, whole) {
		b.dropped = append(b.dropped, whole)
	}
	return onServer(b.Postgres, whole)
}

func databaseName(name string) string { return "yanming_bench_" + strings.ReplaceAll(name, "-", "_") }

// onServer is the address of a database on a server.
func onServer(server, name string) (string, error) {
	u, err := url.Parse(server)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return "", errs.Field("--db", "bench.server")
	}
	u.Path = "/" + name
	return u.String(), nil
}

// serve starts the program over a world.
func (b *bench) serve(ctx context.Context, w world) (*process, error) {
	return b.start(ctx, b.Program, "/healthz", func(addr string) []string {
		return append([]string{"serve", "--listen", addr, "--backup-at", "00:00"}, w.flags()...) // today's is made: backUp
	})
}

// office signs somebody in.
func (w world) office(addr, login string) (*browser, error) {
	password, ok := w.logins[login]
	if !ok {
		return nil, fmt.Errorf("the demo has no login %s", login)
	}
	br := newBrowser(addr)
	return br, br.signIn(login, password)
}
