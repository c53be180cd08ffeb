// Package config is the one table of options: every option stands here once, with its environment variable, its
// default, what it means in both languages, and which values it takes. The command line, the environment, the
// configuration file and the page in the papers are all read from it.
//
// It refuses a file with a key that is no option, and a value that an option cannot take, each by name and with what to
// do. It keeps nothing: whoever needs a value is handed it.
package config

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"yanming/internal/errs"
	"yanming/internal/i18n"
)

// way is one way in which an option may be given.
type way int

const (
	byFlag way = 1 << iota
	byEnv
	byFile
	everyWay = byFlag | byEnv | byFile
)

// Option is one option of the program.
type Option struct {
	Name    string    // as on the command line, without the dashes
	Default string    // what holds when it is not given; "" for none
	Instead i18n.Pair // what holds instead, where Default is empty because it depends on others; for the papers
	Says    i18n.Pair // what it means, one sentence
	ways    way
	check   check
}

// Env is the environment variable of the option, or "" when it has none.
func (o Option) Env() string {
	if o.ways&byEnv == 0 {
		return ""
	}
	return "YANMING_" + strings.ToUpper(o.Key())
}

// Key is the option's key in the configuration file, whether or not it may stand there.
func (o Option) Key() string { return strings.ReplaceAll(o.Name, "-", "_") }

// Flag reports whether the command line may give it. Secrets may not: other users see command lines.
func (o Option) Flag() bool { return o.ways&byFlag != 0 }

// File reports whether the configuration file may give it.
func (o Option) File() bool { return o.ways&byFile != 0 }

// Check refuses a value that the option does not take. as is how the value was given: a flag, a variable or a key.
func (o Option) Check(as, value string) error {
	if o.check == nil {
		return nil
	}
	if key, args := o.check(value); key != "" {
		return errs.Field(as, key, append([]any{value}, args...)...)
	}
	return nil
}

// Find returns the option of that name.
func Find(name string) (Option, bool) {
	for _, o := range table {
		if o.Name == name {
			return o, true
		}
	}
	return Option{}, false
}

// Options returns the whole table.
func Options() []Option { return append([]Option(nil), table...) }

// File is a configuration file as it was read: values by the names of their options.
type File struct {
	name   string
	values map[string]string
}

// Read reads a configuration file: TOML without sections. name is said in errors, with the number of the line. It fails with Invalid on a key that is
// no option of the file, and on a value that its option does not take.
func Read(name string, r io.Reader) (File, error) {
	f := File{name: name, values: map[string]string{}}
	text, err := io.ReadAll(r)
	if err != nil {
		return f, fmt.Errorf("read configuration: %w", err)
	}
	var values map[string]any
	var broken toml.ParseError
	switch _, err := toml.Decode(string(text), &values); {
	case errors.As(err, &broken):
		return f, errs.Field(fmt.Sprintf("%s:%d", name, broken.Position.Line), "config.not_toml", broken.Message)
	case err != nil:
		return f, errs.Field(name, "config.not_toml", err.Error())
	}
	lines := lineOf(string(text))
	for _, key := range slices.SortedFunc(maps.Keys(values), func(a, b string) int { return lines[a] - lines[b] }) { // the first fault first
		v, name := values[key], name
		if n := lines[key]; n > 0 {
			name = fmt.Sprintf("%s:%d", name, n)
		}
		o, ok := Find(strings.ReplaceAll(key, "_", "-"))
		if !ok {
			return f, errs.Field(name, "config.unknown", key)
		}
		if !o.File() {
			return f, errs.Field(name, "config.not_in_file", key)
		}
		one, ok := plain(v)
		if !ok {
			return f, errs.Field(name+": "+key, "config.not_plain")
		}
		if err := o.Check(name+": "+key, one); err != nil {
			return f, err
		}
		f.values[o.Name] = one
	}
	return f, nil
}

// keyLine finds a line of a file that begins with a key, or with the head of a section.
var keyLine = regexp.MustCompile(`^\s*\[*\s*["']?([A-Za-z0-9_-]+)`)

// lineOf says in which line each key stands first.
func lineOf(text string) map[string]int {
	lines := map[string]int{}
	for i, line := range strings.Split(text, "\n") {
		if m := keyLine.FindStringSubmatch(line); m != nil && lines[m[1]] == 0 {
			lines[m[1]] = i + 1
		}
	}
	return lines
}

// plain returns a value of TOML as it would stand on the command line; a list is joined by commas.
func plain(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case int64, bool, float64:
		return fmt.Sprint(v), true
	case []any:
		parts := make([]string, len(v))
		for i, x := range v {
			s, ok := x.(string)
			if !ok {
				return "", false
			}
			parts[i] = s
		}
		return strings.Join(parts, ","), true
	}
	return "", false
}

// Value returns what the environment, else the file, says of an option, and whether either does. It fails with Invalid
// on a value of the environment that the option does not take. An empty variable counts as none.
func (f File) Value(o Option, env func(string) string) (string, bool, error) {
	if name := o.Env(); name != "" {
		if v := env(name); v != "" {
			return v, true, o.Check(name, v)
		}
	}
	v, ok := f.values[o.Name]
	return v, ok, nil
}

// Table is the list of all options as the papers of a language print it.
func Table(lang i18n.Lang) string {
	var b strings.Builder
	b.WriteString(pair("| 命令行 | 环境变量 | 配置文件 | 默认值 | 说明 |", "| flag | environment | in the file | default | |").In(lang))
	b.WriteString("\n| --- | --- | --- | --- | --- |\n")
	code := func(show bool, s string) string {
		if !show || s == "" {
			return ""
		}
		return "`" + s + "`"
	}
	for _, o := range table {
		preset := code(true, o.Default)
		if preset == "" {
			preset = o.Instead.In(lang)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", code(o.Flag(), "--"+o.Name), code(true, o.Env()), code(o.File(), o.Key()), preset, o.Says.In(lang))
	}
	return strings.ReplaceAll(b.String(), "|  |", "| |")
}
