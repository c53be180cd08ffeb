package config_test

import (
	"strings"
	"testing"

	"yanming/internal/config"
	"yanming/internal/errs"
	"yanming/internal/i18n"
)

func TestEveryOptionIsWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, o := range config.Options() {
		if seen[o.Name] {
			t.Errorf("%s stands twice", o.Name)
		}
		seen[o.Name] = true
		if o.Says.ZH == "" || o.Says.EN == "" || strings.ContainsAny(o.Says.EN+o.Says.ZH, "|$") {
			t.Errorf("%s: help %+v", o.Name, o.Says)
		}
		if (o.Default == "") == (o.Instead.EN == "") || (o.Instead.ZH == "") != (o.Instead.EN == "") {
			t.Errorf("%s: say either a default or what holds instead", o.Name)
		}
		if o.Default != "" && o.Check(o.Name, o.Default) != nil {
			t.Errorf("%s refuses its own default %q", o.Name, o.Default)
		}
		if o.Check(o.Name, "") == nil {
			t.Errorf("%s takes an empty value", o.Name)
		}
		if !o.Flag() && o.Env() == "" {
			t.Errorf("%s cannot be given", o.Name)
		}
	}
}

func TestAValueIsTakenOrRefusedByName(t *testing.T) {
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		value string
		good  bool
	}{
		{"listen", ":8443", true}, {"listen", "[::1]:80", true}, {"listen", "8443", false}, {"listen", "a:99999", false}, {"listen", "a:http", false},
		{"base-url", "https://a.example", true}, {"base-url", "https://a.example:8443/", true}, {"base-url", "https://a.example/x", false},
		{"base-url", "a.example", false}, {"base-url", "https://u:p@a.example", false}, {"base-url", "ftp://a.example", false},
		{"tls-names", "a.example,192.0.2.7,fd00::7", true}, {"tls-names", "https://a.example", false}, {"tls-names", "a.example:80", false}, {"tls-names", "a,,b", false},
		{"tls-town-ca", "yes", true}, {"tls-town-ca", "maybe", false},
		{"acme-directory", "https://ca.example/directory", true}, {"acme-directory", "http://127.0.0.1:1/d", true}, {"acme-directory", "http://ca.example/d", false},
		{"trusted-proxy", "10.0.0.5,10.0.0.0/24,fd00::/8", true}, {"trusted-proxy", "proxy.example", false}, {"trusted-proxy", "10.0.0.0/99", false},
		{"webhook-allow", "oa.example.gov.cn,10.2.3.4,10.2.0.0/16", true}, {"webhook-allow", "https://oa.example", false}, {"webhook-allow", "a,,b", false},
		{"smtp-host", "mail.example", true}, {"smtp-host", "a,b", false}, {"smtp-host", "mail.example:25", false},
		{"log-format", "json", true}, {"log-format", "xml", false}, {"log-level", "warn", true}, {"log-level", "loud", false},
		{"metrics-listen", "127.0.0.1:9090", true}, {"metrics-listen", "9090", false},
		{"smtp-port", "25", true}, {"smtp-port", "0", false}, {"smtp-port", "x", false},
		{"smtp-tls", "none", true}, {"smtp-tls", "ssl", false},
		{"smtp-from", "a@b.example", true}, {"smtp-from", "a", false},
		{"backup-keep", "7,4,12", true}, {"backup-keep", "1,0,0", true}, {"backup-keep", "0,4,12", false}, {"backup-keep", "14", false}, {"backup-keep", "7,4,-1", false},
		{"backup-at", "23:59", true}, {"backup-at", "24:00", false},
		{"backup-recipient", "age1" + strings.Repeat("q", 58), true}, {"backup-recipient", "ssh-rsa", false},
	} {
		o, ok := config.Find(c.name)
		if !ok {
			t.Fatalf("no option %s", c.name)
		}
		err := o.Check("--"+c.name, c.value)
		if (err == nil) != c.good {
			t.Errorf("%s = %s: %v", c.name, c.value, err)
		}
		for _, e := range errs.All(err) {
			if said := words.T(i18n.EN, e.Key, e.Args...); e.Field != "--"+c.name || strings.Contains(said, "{") {
				t.Errorf("%s = %s is refused with %q: %s", c.name, c.value, e.Field, said)
			}
		}
	}
}

func TestAFileIsReadWholeOrRefusedByName(t *testing.T) {
	for _, c := range []struct{ name, text, key, field string }{
		{"good", "data = \"d\"\nlisten = \":1\"\nbase_url = \"https://a.example\"\nsmtp-port = 25\ntls_town_ca = true\ntls_names = [\"a\", \"b\"]", "", ""},
		{"a key that is no option", "colour = \"red\"", "config.unknown", "f.toml:1"},
		{"a value that will not do", "listen = \"8080\"", "config.bad_address", "f.toml:1: listen"},
		{"what may not stand in a file", "passphrase = \"x\"", "config.not_in_file", "f.toml:1"},
		{"a section", "[listen]\nx = 1", "config.not_plain", "f.toml:1: listen"},
		{"no TOML", "listen 8080", "config.not_toml", "f.toml:1"},
	} {
		f, err := config.Read("f.toml", strings.NewReader(c.text))
		if c.key == "" {
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			for name, want := range map[string]string{"data": "d", "smtp-port": "25", "tls-town-ca": "true", "tls-names": "a,b", "base-url": "https://a.example"} {
				o, _ := config.Find(name)
				if got, ok, err := f.Value(o, func(string) string { return "" }); got != want || !ok || err != nil {
					t.Errorf("%s: %q, %v, %v", name, got, ok, err)
				}
			}
			continue
		}
		all := errs.All(err)
		if len(all) != 1 || all[0].Key != c.key || all[0].Field != c.field {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestTheEnvironmentGoesBeforeTheFile(t *testing.T) {
	f, err := config.Read("f", strings.NewReader(`listen = ":1"`))
	if err != nil {
		t.Fatal(err)
	}
	o, _ := config.Find("listen")
	env := map[string]string{"YANMING_LISTEN": ":2"}
	if got, _, err := f.Value(o, func(k string) string { return env[k] }); got != ":2" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	env["YANMING_LISTEN"] = "two"
	if _, _, err := f.Value(o, func(k string) string { return env[k] }); errs.All(err)[0].Field != "YANMING_LISTEN" {
		t.Errorf("a bad variable is refused with %v", err)
	}
	env["YANMING_LISTEN"] = ""
	if got, _, _ := f.Value(o, func(k string) string { return env[k] }); got != ":1" {
		t.Errorf("an empty variable hides the file: %q", got)
	}
}
