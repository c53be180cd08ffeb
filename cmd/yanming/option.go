package main

import (
	"context"
	"fmt"
	"os"

	"github.com/alecthomas/kong"

	"yanming/internal/config"
	"yanming/internal/errs"
)

// A field with the tag option:"" is an option of the one table (internal/config), from which it has its help, its
// default, its variable, its key in the file and its check. option:"file" leaves environment and default out: the demo
// never meets the settings of a real installation. A default of its own goes before the table's.
const optionTag = "option"

// bindOptions gives every such flag what the table says of it.
func bindOptions(app *kong.Kong) error {
	return eachFlag(app.Model.Node, func(f *kong.Flag) error {
		if !f.Tag.Has(optionTag) {
			return nil
		}
		o, ok := config.Find(f.Name)
		if !ok || !o.Flag() {
			return fmt.Errorf("--%s stands in no table of options", f.Name)
		}
		f.Help = o.Says.EN + " / " + o.Says.ZH
		if f.Tag.Get(optionTag) != "" {
			return nil
		}
		f.Help += " [" + o.Env() + "]"
		if !f.HasDefault && o.Default != "" {
			f.Default, f.HasDefault = o.Default, true
		}
		return nil
	})
}

func eachFlag(n *kong.Node, fn func(*kong.Flag) error) error {
	for _, f := range n.Flags {
		if err := fn(f); err != nil {
			return err
		}
	}
	for _, c := range n.Children {
		if err := eachFlag(c, fn); err != nil {
			return err
		}
	}
	return nil
}

// options resolves what the command line leaves open: the environment goes before the file, the file before the default.
type options struct {
	env  func(string) string
	file *config.File // read at the first question, when --config is known
}

// Validate has nothing to say: a file is checked where it is read.
func (o *options) Validate(*kong.Application) error { return nil }

// Resolve returns the value of an option that the command line does not give, or nil.
func (o *options) Resolve(c *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	opt, ok := config.Find(flag.Name)
	if !ok || !flag.Tag.Has(optionTag) {
		return nil, nil
	}
	env := o.env
	if flag.Tag.Get(optionTag) != "" {
		env = func(string) string { return "" }
	}
	if o.file == nil {
		f, err := readFile(c, env)
		if err != nil {
			return nil, err
		}
		o.file = &f
	}
	if v, ok, err := o.file.Value(opt, env); ok || err != nil {
		return v, err
	}
	return nil, nil
}

// value returns what environment and file say of an option that has no flag, or "".
func (o *options) value(name string) (string, error) {
	opt, ok := config.Find(name)
	if !ok {
		return "", fmt.Errorf("%s stands in no table of options", name)
	}
	file := o.file
	if file == nil {
		file = &config.File{}
	}
	v, _, err := file.Value(opt, o.env)
	return v, err
}

// readFile reads the file that --config or its variable names; without one it is empty.
func readFile(c *kong.Context, env func(string) string) (config.File, error) {
	name := ""
	for _, p := range c.Path {
		if p.Flag != nil && p.Flag.Name == "config" {
			name, _ = c.FlagValue(p.Flag).(string)
		}
	}
	if opt, _ := config.Find("config"); name == "" {
		name = env(opt.Env())
	}
	if name == "" {
		return config.File{}, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return config.File{}, errs.Field("--config", "config.no_file", name)
	}
	defer f.Close()
	return config.Read(name, f)
}

// checkFlags refuses values of the command line that their options do not take.
func checkFlags(c *kong.Context) error {
	for _, p := range c.Path {
		if p.Flag == nil || p.Resolved || !p.Flag.Tag.Has(optionTag) {
			continue
		}
		var values []string
		switch v := c.FlagValue(p.Flag).(type) {
		case []string:
			values = v
		default:
			values = []string{fmt.Sprint(v)}
		}
		opt, _ := config.Find(p.Flag.Name) // bindOptions has found it
		for _, v := range values {
			if err := opt.Check("--"+opt.Name, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// optionsCmd prints the table of options.
type optionsCmd struct{}

func (optionsCmd) Run(_ context.Context, sh shell) error {
	for _, o := range config.Options() {
		how := ""
		if o.Flag() {
			how = "--" + o.Name
		}
		if o.Env() != "" {
			how += "  " + o.Env()
		}
		if o.File() {
			how += "  " + o.Key() + " ="
		}
		preset := ""
		if o.Default != "" {
			preset = " [" + o.Default + "]"
		}
		fmt.Fprintf(sh.out, "%s\n    %s%s\n", how, o.Says.In(sh.lang), preset)
	}
	return nil
}
