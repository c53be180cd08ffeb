package main

import (
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// debian writes yanming_VERSION_ARCH.deb: an ar of the format's version, the control files and the content (deb(5)).
func (o order) debian(papers []entry) error {
	program, err := os.ReadFile(o.binary)
	if err != nil {
		return err
	}
	script := func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(o.root, "packaging", name)) }
	content := []entry{{"./usr/bin/yanming", 0o755, program}}
	for _, p := range papers {
		switch p.name {
		case "LICENSE", "NOTICE": // below, as one file where Debian looks for it
		case "yanming.toml":
			content = append(content, entry{"./etc/yanming/yanming.toml", 0o644, p.body})
		case "yanming.service":
			content = append(content, entry{"./usr/lib/systemd/system/yanming.service", 0o644, p.body})
		default:
			content = append(content, entry{"./usr/share/doc/yanming/" + p.name, 0o644, p.body})
		}
	}
	users, err := script("sysusers.conf")
	if err != nil {
		return err
	}
	changes, err := gzipped([]byte(fmt.Sprintf("yanming (%s) unstable; urgency=medium\n\n  * Built from the tree of this version.\n\n -- Yanming <yanming@localhost>  %s\n",
		o.version, o.at.Format(time.RFC1123Z))))
	if err != nil {
		return err
	}
	rights := []byte("Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nCopyright: the authors of Yanming\nLicense: Apache-2.0\n" +
		" On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.\n\nFiles: works of others\nCopyright: see below\nLicense: see below\n" + indented(papers, "NOTICE"))
	content = sorted(append(content, entry{"./usr/lib/sysusers.d/yanming.conf", 0o644, users}, entry{"./usr/share/doc/yanming/copyright", 0o644, rights},
		entry{"./usr/share/doc/yanming/changelog.gz", 0o644, changes}))
	data, err := tarred(content, o.at)
	if err != nil {
		return err
	}

	size, sums := int64(0), ""
	for _, e := range content {
		size += (int64(len(e.body)) + 1023) / 1024
		if !strings.HasPrefix(e.name, "./etc/") {
			sums += fmt.Sprintf("%x  %s\n", md5.Sum(e.body), strings.TrimPrefix(e.name, "./")) // deb(5) knows no other sum; it guards against accidents only
		}
	}
	control := []entry{{"./control", 0o644, []byte(o.control(size))}, {"./conffiles", 0o644, []byte("/etc/yanming/yanming.toml\n")}, {"./md5sums", 0o644, []byte(sums)}}
	for _, name := range []string{"postinst", "prerm", "postrm"} {
		body, err := script(name)
		if err != nil {
			return err
		}
		control = append(control, entry{"./" + name, 0o755, body})
	}
	head, err := tarred(sorted(control), o.at)
	if err != nil {
		return err
	}
	deb := ar(o.at, entry{"debian-binary", 0o100644, []byte("2.0\n")}, entry{"control.tar.gz", 0o100644, head}, entry{"data.tar.gz", 0o100644, data})
	return os.WriteFile(filepath.Join(o.out, fmt.Sprintf("yanming_%s_%s.deb", o.version, debianArch(o.arch))), deb, 0o644)
}

// debianArch is the name that Debian gives a GOARCH.
func debianArch(arch string) string {
	switch arch {
	case "386":
		return "i386"
	case "arm":
		return "armhf"
	}
	return arch
}

func (o order) control(size int64) string {
	return fmt.Sprintf(`Package: yanming
Version: %s
Architecture: %s
Maintainer: Yanming <yanming@localhost>
Installed-Size: %d
Depends: adduser, init-system-helpers
Recommends: ca-certificates
Suggests: postgresql
Section: web
Priority: optional
Description: what residents say, followed to its answer
 Yanming receives, handles, answers and counts what the residents of a town
 say over all channels, gives a receipt at once, and shows the records behind
 every figure. It is one program with one database.
`, o.version, debianArch(o.arch), size)
}

// indented is a paper as the continuation of a field: a space before each line, a dot where a line is empty.
func indented(papers []entry, name string) string {
	var b strings.Builder
	for _, p := range papers {
		if p.name != name {
			continue
		}
		for line := range strings.Lines(string(p.body)) {
			if line = strings.TrimRight(line, "\n"); line == "" {
				line = "."
			}
			b.WriteString(" " + line + "\n")
		}
	}
	return b.String()
}

// gzipped compresses without a name and a time.
func gzipped(body []byte) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(body); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// ar is the common archive format: a header of 60 bytes before each member, which begins at an even place.
func ar(at time.Time, list ...entry) []byte {
	var b bytes.Buffer
	b.WriteString("!<arch>\n")
	for _, e := range list {
		fmt.Fprintf(&b, "%-16s%-12d%-6d%-6d%-8o%-10d`\n", e.name, at.Unix(), 0, 0, e.mode, len(e.body))
		b.Write(e.body)
		if len(e.body)%2 == 1 {
			b.WriteByte('\n')
		}
	}
	return b.Bytes()
}
