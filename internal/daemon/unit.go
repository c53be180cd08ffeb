// Package daemon lets the program run as a service of the machine: it writes the unit that systemd reads, or registers
// with Windows, and tells the manager that it is ready and still alive.
//
// It refuses to run the server as root or as a user who may do more than the data folder needs, and to delete data: who
// removes the service keeps the folder.
package daemon

import (
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Name is what the service is called.
const Name = "yanming"

// Plan is how the service shall run.
type Plan struct {
	Binary string   // full path of the program
	Args   []string // its arguments, beginning with serve
	Data   string   // full path of the data folder
	Config string   // full path of the file with its options; "" for none
	Writes []string // further folders that it writes to, such as that of the backups
	User   string   // system user who owns the data; made when not there
	Low    bool     // it listens at a port below 1024
}

// environment is a file for what neither a command line nor a readable file should hold, such as the address of a
// PostgreSQL with its password. It need not be there.
const environment = "/etc/yanming.env"

// Unit is the unit that systemd reads. The server may write to its folders and nowhere else, gains no privilege, and is
// started again when it ends badly or does not answer for a minute.
func (p Plan) Unit() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("[Unit]\nDescription=Yanming\nWants=network-online.target\nAfter=network-online.target postgresql.service")
	line("StartLimitIntervalSec=0") // what is in its way may go away at any hour, and nobody is there to start it then
	// A data folder whose disk is not there yet would look like a new installation.
	line("RequiresMountsFor=%s\n", words(append([]string{p.Data}, p.Writes...)))
	line("[Service]\nType=notify\nUser=%s\nGroup=%s", p.User, p.User)
	line("ExecStart=%s", commandLine(append([]string{p.Binary}, p.Args...)))
	line("EnvironmentFile=-%s", environment)
	line("Restart=on-failure\nRestartSec=2\nWatchdogSec=60")
	line("TimeoutStartSec=1800\nTimeoutStopSec=60")    // an upgrade may migrate for long
	line("LimitNOFILE=65536\nLimitCORE=0\nUMask=0077") // a core would hold the keys
	line("NoNewPrivileges=yes\nProtectSystem=strict")
	if state := filepath.Base(p.Data); p.Data == "/var/lib/"+state { // systemd's own place for it: made when it is not there
		line("StateDirectory=%s\nStateDirectoryMode=0700", quote(state))
	} else {
		line("ReadWritePaths=%s", quote(p.Data))
	}
	for _, dir := range p.Writes {
		line("ReadWritePaths=%s", quote(dir))
	}
	if home(append(p.Writes, p.Data, p.Binary)) {
		line("ProtectHome=no") // something of it lies there
	} else {
		line("ProtectHome=yes")
	}
	line("PrivateTmp=yes\nPrivateDevices=yes\nProtectClock=yes\nProtectHostname=yes\nProtectKernelTunables=yes")
	line("ProtectKernelModules=yes\nProtectKernelLogs=yes\nProtectControlGroups=yes\nProtectProc=invisible") // no ProcSubset: it reads how much memory is left, and how many may wait for an answer
	line("RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX\nRestrictNamespaces=yes\nRestrictRealtime=yes\nRestrictSUIDSGID=yes")
	line("LockPersonality=yes\nMemoryDenyWriteExecute=yes\nRemoveIPC=yes")
	line("SystemCallArchitectures=native\nSystemCallFilter=@system-service\nSystemCallFilter=~@privileged @resources\nSystemCallErrorNumber=EPERM")
	if p.Low {
		line("CapabilityBoundingSet=CAP_NET_BIND_SERVICE\nAmbientCapabilities=CAP_NET_BIND_SERVICE")
	} else {
		line("CapabilityBoundingSet=\nAmbientCapabilities=")
	}
	line("\n[Install]\nWantedBy=multi-user.target")
	return b.String()
}

// commandLine writes words as systemd reads a command: without a variable in them.
func commandLine(list []string) string { return strings.ReplaceAll(words(list), "$", "$$") }

func words(list []string) string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = quote(w)
	}
	return strings.Join(out, " ")
}

// quote writes a word as systemd reads it: no specifier, no end of the word within it.
func quote(s string) string {
	s = strings.NewReplacer(`\`, `\\`, `"`, `\"`, `%`, `%%`, "\n", `\n`).Replace(s)
	if strings.ContainsAny(s, " \t'\"\\;") || s == "" {
		return `"` + s + `"`
	}
	return s
}

// home reports whether any of the paths lies in somebody's home.
func home(paths []string) bool {
	for _, p := range paths {
		for _, top := range []string{"/home", "/root", "/run/user"} {
			if under(top, p) {
				return true
			}
		}
	}
	return false
}

// under reports whether path is the folder top or lies in it.
func under(top, path string) bool {
	rel, err := filepath.Rel(top, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, "../")
}

// Notify tells systemd a state such as READY=1. socket is its NOTIFY_SOCKET; empty means that nobody listens.
func Notify(socket, state string) error {
	if socket == "" {
		return nil
	}
	c, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("notify systemd: %w", err)
	}
	defer c.Close()
	if _, err := c.Write([]byte(state)); err != nil {
		return fmt.Errorf("notify systemd: %w", err)
	}
	return nil
}

// Extend is the state that tells systemd what a start is at, and how long it shall at least go on waiting for it.
func Extend(what string, atLeast time.Duration) string {
	return fmt.Sprintf("STATUS=%s\nEXTEND_TIMEOUT_USEC=%d", what, atLeast.Microseconds())
}

// Beat is how often a sign of life is due, from systemd's WATCHDOG_USEC: half of it; 0 for never.
func Beat(microseconds string) time.Duration {
	n, err := strconv.ParseInt(microseconds, 10, 64)
	if err != nil || n <= 0 {
		return 0
	}
	return time.Duration(n) * time.Microsecond / 2
}
