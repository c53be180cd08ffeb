package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
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
// hundred cases. One of the same name is thrown away.
func (b *bench) newWorld(ctx context.Context, name string) (world, error) {
	w := world{dir: filepath.Join(b.Data, name)}
	if err := os.RemoveAll(w.dir); err != nil {
		return w, err
	}
	var err error
	if w.source, err = b.newDatabase(w.dir, name); err != nil {
		return w, err
	}
	if _, err := b.command(ctx, append([]string{"demo", "--generate-only", "--seed", "1"}, w.flags()...)...); err != nil {
		return w, err
	}
	return w, w.read()
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

// newDatabase returns the source of a new, empty database: a file of the folder, or one of the server, named after
// the world.
func (b *bench) newDatabase(dir, name string) (string, error) {
	if b.Postgres == "" {
		return filepath.Join(dir, "yanming.db"), nil
	}
	name = "yanming_bench_" + strings.ReplaceAll(name, "-", "_")
	if err := dropDatabase(b.Postgres, name); err != nil {
		return "", err
	}
	if err := createDatabase(b.Postgres, name); err != nil {
		return "", err
	}
	if !b.keep || !strings.Contains(name, "corpus") {
		b.dropped = append(b.dropped, name)
	}
	return onServer(b.Postgres, name)
}

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
		return append([]string{"serve", "--listen", addr}, w.flags()...)
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
