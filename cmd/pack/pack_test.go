package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const epoch = "1796000000"

// packed packs a program of a few words for a system and returns the files by name.
func packed(t *testing.T, system, arch string) map[string][]byte {
	t.Helper()
	dir := t.TempDir()
	binary := filepath.Join(dir, "program")
	if err := os.WriteFile(binary, []byte("the program"), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	if err := os.Mkdir(out, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := run([]string{"-version", "1.2.3", "-os", system, "-arch", arch, "-binary", binary, "-epoch", epoch, "-root", "../..", "-out", out}); err != nil {
		t.Fatal(err)
	}
	if err := run([]string{"-sums", out}); err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	list, err := os.ReadDir(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		b, err := os.ReadFile(filepath.Join(out, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = b
	}
	return files
}

// untarred reads an archive and complains of what would differ from machine to machine.
func untarred(t *testing.T, b []byte) map[string]string {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if z.Name != "" || !z.ModTime.IsZero() {
		t.Error("gzip's header holds a name or a time")
	}
	files, names := map[string]string{}, []string{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if strconv.FormatInt(h.ModTime.Unix(), 10) != epoch || h.Uid != 0 || h.Gid != 0 || h.Uname != "" || h.Gname != "" {
			t.Errorf("%s carries %v %d %d %q %q", h.Name, h.ModTime, h.Uid, h.Gid, h.Uname, h.Gname)
		}
		if h.Typeflag == tar.TypeReg {
			body, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			files[h.Name] = string(body)
			names = append(names, h.Name)
		}
	}
	if !slices.IsSorted(names) {
		t.Errorf("not in order: %q", names)
	}
	return files
}

func TestAnArchiveHoldsTheProgramAndItsPapers(t *testing.T) {
	files := untarred(t, packed(t, "darwin", "arm64")["yanming-1.2.3-darwin-arm64.tar.gz"])
	for _, want := range []string{"yanming", "README.md", "README.zh-CN.md", "LICENSE", "NOTICE", "docs/operating.md", "docs/operating.zh-CN.md", "yanming.toml"} {
		if files["yanming-1.2.3-darwin-arm64/"+want] == "" {
			t.Errorf("%s is missing", want)
		}
	}
	b := packed(t, "windows", "amd64")["yanming-1.2.3-windows-amd64.zip"]
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Open("yanming-1.2.3-windows-amd64/yanming.exe"); err != nil {
		t.Error(err)
	}
}

func TestTheDebianPackageIsWhole(t *testing.T) {
	files := packed(t, "linux", "loong64")
	deb := string(files["yanming_1.2.3_loong64.deb"])
	rest, ok := strings.CutPrefix(deb, "!<arch>\n")
	if !ok {
		t.Fatal("no ar")
	}
	members := map[string][]byte{}
	for len(rest) > 60 {
		name := strings.TrimSpace(rest[:16])
		size, err := strconv.Atoi(strings.TrimSpace(rest[48:58]))
		if err != nil || rest[58:60] != "`\n" {
			t.Fatalf("a broken header: %q", rest[:60])
		}
		members[name] = []byte(rest[60 : 60+size])
		rest = rest[60+size+size%2:]
	}
	if string(members["debian-binary"]) != "2.0\n" || len(members) != 3 {
		t.Fatalf("%d members", len(members))
	}
	control, data := untarred(t, members["control.tar.gz"]), untarred(t, members["data.tar.gz"])
	for _, want := range []string{"Package: yanming\n", "Version: 1.2.3\n", "Architecture: loong64\n"} {
		if !strings.Contains(control["./control"], want) {
			t.Errorf("control lacks %q", want)
		}
	}
	if control["./conffiles"] != "/etc/yanming/yanming.toml\n" || control["./postinst"] == "" {
		t.Error("conffiles or postinst is missing")
	}
	for _, want := range []string{"./usr/bin/yanming", "./etc/yanming/yanming.toml", "./usr/lib/systemd/system/yanming.service", "./usr/share/doc/yanming/copyright"} {
		if data[want] == "" {
			t.Errorf("%s is missing", want)
		}
	}
	unit := data["./usr/lib/systemd/system/yanming.service"]
	if !strings.Contains(unit, "\nAmbientCapabilities=CAP_NET_BIND_SERVICE\n") {
		t.Errorf("an operator cannot let it listen at 443 by the file alone:\n%s", unit)
	}
	if !strings.Contains(string(files["SHA256SUMS"]), "  yanming_1.2.3_loong64.deb\n") {
		t.Errorf("sums: %s", files["SHA256SUMS"])
	}
}

func TestPackingTwiceGivesTheSameBytes(t *testing.T) {
	for _, at := range [][2]string{{"linux", "amd64"}, {"windows", "amd64"}} {
		a, b := packed(t, at[0], at[1]), packed(t, at[0], at[1])
		for name := range a {
			if !bytes.Equal(a[name], b[name]) {
				t.Errorf("%s differs", name)
			}
		}
	}
}
