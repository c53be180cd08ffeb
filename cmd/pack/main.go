// Command pack puts a built program with its papers into what ./release hands out: an archive for each system, and for
// Debian a package. It refuses whatever would make two runs differ: times, owners, the order of a folder, the machine.
//
// It is a tool of this tree and no part of the program.
package main

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"yanming/internal/daemon"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

// order is what is to be packed.
type order struct {
	version, system, arch string
	binary, root, out     string
	at                    time.Time // of every entry
}

func run(args []string) error {
	var o order
	var epoch int64
	sums := ""
	f := flag.NewFlagSet("pack", flag.ContinueOnError)
	f.StringVar(&o.version, "version", "", "version of the program")
	f.StringVar(&o.system, "os", "", "GOOS of the program")
	f.StringVar(&o.arch, "arch", "", "GOARCH of the program")
	f.StringVar(&o.binary, "binary", "", "the built program")
	f.StringVar(&o.root, "root", ".", "the tree")
	f.StringVar(&o.out, "out", "dist", "folder to write to")
	f.Int64Var(&epoch, "epoch", 0, "seconds since 1970 that every entry carries")
	f.StringVar(&sums, "sums", "", "instead: write SHA256SUMS over the files of this folder")
	if err := f.Parse(args); err != nil {
		return err
	}
	if sums != "" {
		return writeSums(sums)
	}
	if o.version == "" || o.system == "" || o.arch == "" || o.binary == "" || epoch <= 0 {
		return fmt.Errorf("-version, -os, -arch, -binary and -epoch must be given")
	}
	o.at = time.Unix(epoch, 0).UTC()
	papers, err := o.papers()
	if err != nil {
		return err
	}
	if err := o.archive(papers); err != nil {
		return err
	}
	if o.system == "linux" {
		return o.debian(papers)
	}
	return nil
}

// service is how the packaged program runs: as "yanming service install" sets it up, where Debian puts things. Its file may
// ask for a port below 1024.
var service = daemon.Plan{Binary: "/usr/bin/yanming", Args: []string{"serve", "--config", "/etc/yanming/yanming.toml"}, Data: "/var/lib/yanming", User: "yanming", Low: true}

// entry is a file of an archive, by its path in it.
type entry struct {
	name string
	mode int64
	body []byte
}

// papers are what goes with the program: what to read, its licence, an example of its options, the service.
func (o order) papers() (list []entry, err error) {
	names := []string{"README.md", "README.zh-CN.md", "LICENSE", "NOTICE"}
	docs, err := filepath.Glob(filepath.Join(o.root, "docs", "*.md"))
	if err != nil {
		return nil, err
	}
	for _, d := range docs {
		names = append(names, "docs/"+filepath.Base(d))
	}
	names = append(names, "packaging/yanming.toml")
	if o.system == "linux" {
		list = append(list, entry{"yanming.service", 0o644, []byte(service.Unit())})
	}
	for _, n := range names {
		body, err := os.ReadFile(filepath.Join(o.root, filepath.FromSlash(n)))
		if err != nil {
			return nil, err
		}
		list = append(list, entry{strings.TrimPrefix(n, "packaging/"), 0o644, body})
	}
	return list, nil
}

// sorted orders entries by their names, so that no folder's order shows.
func sorted(list []entry) []entry {
	out := slices.Clone(list)
	slices.SortFunc(out, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	return out
}

// writeSums writes SHA256SUMS over the files of dir, as sha256sum -c reads it.
func writeSums(dir string) error {
	list, err := os.ReadDir(dir) // sorted by name
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, e := range list {
		if e.IsDir() || e.Name() == "SHA256SUMS" {
			continue
		}
		f, err := os.Open(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		h := sha256.New()
		_, err = io.Copy(h, f)
		f.Close()
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%x  %s\n", h.Sum(nil), e.Name())
	}
	return os.WriteFile(filepath.Join(dir, "SHA256SUMS"), []byte(b.String()), 0o644)
}
