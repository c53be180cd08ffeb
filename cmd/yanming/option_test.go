package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"yanming/internal/config"
	"yanming/internal/i18n"
)

func TestEveryOptionOfTheTableIsAFlagOfSomeCommand(t *testing.T) {
	var c commands
	parser, err := kong.New(&c, kong.PostBuild(bindOptions))
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	if err := eachFlag(parser.Model.Node, func(f *kong.Flag) error {
		if o, ok := config.Find(f.Name); ok && o.Flag() && !f.Tag.Has(optionTag) {
			t.Errorf("--%s is declared beside the table", f.Name)
		}
		used[f.Name] = true
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, o := range config.Options() {
		if o.Flag() && !used[o.Name] {
			t.Errorf("no command takes --%s", o.Name)
		}
	}
}

func TestThePapersHoldTheTableOfOptions(t *testing.T) {
	for name, lang := range map[string]i18n.Lang{"docs/operating.md": i18n.EN, "docs/operating.zh-CN.md": i18n.ZH} {
		b, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		if table := config.Table(lang); !strings.Contains(string(b), "\n\n"+table+"\n") {
			t.Errorf("%s does not hold this table:\n%s", name, table)
		}
	}
}

func TestWhatIsWrongWithAnOptionIsSaidInTheUsersLanguage(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		env  map[string]string
		says string
	}{
		{"a flag", []string{"serve", "--listen", "nowhere"}, nil, "--listen: nowhere is no address"},
		{"a variable", []string{"serve"}, map[string]string{"YANMING_BASE_URL": "x"}, "YANMING_BASE_URL: x is no address of a site"},
		{"a file that is not there", []string{"serve", "--config", "nowhere.toml"}, nil, "--config: There is no configuration file"},
		{"a file that is not there, by its variable", []string{"serve"}, map[string]string{"YANMING_CONFIG": "nowhere.toml"}, "There is no configuration file nowhere.toml"},
	} {
		var out, errOut bytes.Buffer
		code := run(t.Context(), c.args, &out, &errOut, func(k string) string {
			if k == "YANMING_LANG" {
				return "en"
			}
			return c.env[k]
		})
		if code != exitUsage || !strings.Contains(errOut.String(), c.says) {
			t.Errorf("%s: %d %s", c.name, code, errOut.String())
		}
	}
}
