package daemon_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yanming/internal/daemon"
)

func TestTheUnitLetsTheServerWriteToItsFoldersAlone(t *testing.T) {
	p := daemon.Plan{Binary: "/usr/local/bin/yanming", Args: []string{"serve", "--data", "/srv/yan ming/100%"}, Data: "/srv/yan ming/100%", User: "yanming"}
	has := func(unit string, lines ...string) {
		t.Helper()
		for _, l := range lines {
			if !strings.Contains("\n"+unit, "\n"+l+"\n") {
				t.Errorf("lacks %q:\n%s", l, unit)
			}
		}
	}
	unit := p.Unit()
	has(unit, `ExecStart=/usr/local/bin/yanming serve --data "/srv/yan ming/100%%"`, `ReadWritePaths="/srv/yan ming/100%%"`, "User=yanming", "Type=notify",
		"WatchdogSec=60", "Restart=on-failure", "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "CapabilityBoundingSet=", "UMask=0077", "LimitCORE=0",
		"StartLimitIntervalSec=0", `RequiresMountsFor="/srv/yan ming/100%%"`)
	if strings.Contains(unit, "ProcSubset") {
		t.Error("it cannot read /proc/meminfo and /proc/sys/net/core/somaxconn")
	}
	if strings.Contains(unit, "CAP_") {
		t.Error("a capability without need")
	}
	state := daemon.Plan{Binary: "/usr/bin/yanming", Args: []string{"serve"}, Data: "/var/lib/yanming", User: "yanming"}
	has(state.Unit(), "StateDirectory=yanming", "StateDirectoryMode=0700", "ProtectHome=yes")
	p.Low, p.Writes = true, []string{"/root"}
	has(p.Unit(), "AmbientCapabilities=CAP_NET_BIND_SERVICE", "ReadWritePaths=/root", "ProtectHome=no", `RequiresMountsFor="/srv/yan ming/100%%" /root`)
	p.Args, p.Data = []string{"serve", `--db=a"b$c\d`}, "/srv/a$b"
	has(p.Unit(), "ReadWritePaths=/srv/a$b") // only a command has variables
	has(p.Unit(), `ExecStart=/usr/local/bin/yanming serve "--db=a\"b$$c\\d"`)
}

// TestSystemdReadsTheUnit lets systemd itself look, where it is installed.
func TestSystemdReadsTheUnit(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Log("systemd is not installed here: nothing was asked")
		return
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "yanming.service")
	for _, data := range []string{dir, "/var/lib/yanming"} {
		p := daemon.Plan{Binary: "/bin/true", Args: []string{"serve"}, Data: data, User: "daemon"}
		if err := os.WriteFile(file, []byte(p.Unit()), 0o644); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), "systemd-analyze", "verify", "--man=no", file).CombinedOutput()
		if err != nil || strings.Contains(string(out), "yanming.service") {
			t.Errorf("%v\n%s", err, out)
		}
	}
}

func TestTheManagerHears(t *testing.T) {
	name := filepath.Join(t.TempDir(), "n")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := daemon.Notify(name, "READY=1"); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 100)
	n, err := l.Read(b)
	if string(b[:n]) != "READY=1" || err != nil {
		t.Errorf("heard %q, %v", b[:n], err)
	}
	if err := daemon.Notify("", "READY=1"); err != nil {
		t.Errorf("without a manager: %v", err)
	}
	if err := daemon.Notify(name+"x", "READY=1"); err == nil {
		t.Error("a manager that is not there heard it")
	}
	for text, want := range map[string]time.Duration{"60000000": 30 * time.Second, "": 0, "x": 0, "-1": 0} {
		if got := daemon.Beat(text); got != want {
			t.Errorf("%q: %s", text, got)
		}
	}
}
