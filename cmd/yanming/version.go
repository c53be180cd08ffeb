package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"yanming/internal/db"
)

// Which program this is; ./release writes them when it links. They are never changed by the program.
var (
	version = "dev"
	commit  = ""
)

// revision is the commit that the program was built from; "unknown" where nobody said.
func revision() string {
	if commit != "" {
		return commit
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return s.Value
			}
		}
	}
	return "unknown"
}

// versionCmd says which program this is.
type versionCmd struct {
	JSON bool `help:"Print JSON. / 输出 JSON。"`
}

// edition is what the command prints.
type edition struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Go      string `json:"go"`
	OS      string `json:"os"`
	Arch    string `json:"arch"`
	Schema  int64  `json:"schema"` // newest version of the schema that the program knows
}

func (c versionCmd) Run(sh shell) error {
	e := edition{Version: version, Commit: revision(), Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH, Schema: db.Schema()}
	if c.JSON {
		return printJSON(sh, e)
	}
	_, err := fmt.Fprintf(sh.out, "yanming %s (%s)\n%s %s/%s\nschema %d\n", e.Version, e.Commit, e.Go, e.OS, e.Arch, e.Schema)
	return err
}
