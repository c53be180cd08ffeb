package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/alecthomas/kong"
)

// tomlConfig lets a TOML file give any option that the command line does not: listen = "127.0.0.1:8080". A key that is
// no option of the command is refused by name.
func tomlConfig(r io.Reader) (kong.Resolver, error) {
	var values map[string]any
	if _, err := toml.NewDecoder(r).Decode(&values); err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	return &tomlValues{values}, nil
}

type tomlValues struct{ values map[string]any }

// Validate refuses keys that no command knows.
func (t *tomlValues) Validate(app *kong.Application) error {
	known := map[string]bool{}
	var walk func(n *kong.Node)
	walk = func(n *kong.Node) {
		for _, f := range n.Flags {
			known[f.Name] = true
		}
		for _, c := range n.Children {
			walk(c)
		}
	}
	walk(app.Node)
	for k := range t.values {
		if !known[strings.ReplaceAll(k, "_", "-")] {
			return fmt.Errorf("configuration: %q is no option", k)
		}
	}
	return nil
}

// Resolve returns the file's value of a flag that neither the command line nor the environment gives.
func (t *tomlValues) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if os.Getenv(name) != "" {
			return nil, nil
		}
	}
	if v, ok := t.values[flag.Name]; ok {
		return v, nil
	}
	return t.values[strings.ReplaceAll(flag.Name, "-", "_")], nil
}
