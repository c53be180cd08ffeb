package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// archive writes yanming-VERSION-SYSTEM-ARCH.tar.gz, for Windows .zip: one folder with the program and its papers.
func (o order) archive(papers []entry) error {
	program, err := os.ReadFile(o.binary)
	if err != nil {
		return err
	}
	folder := fmt.Sprintf("yanming-%s-%s-%s", o.version, o.system, o.arch)
	name := "yanming"
	if o.system == "windows" {
		name += ".exe"
	}
	list := []entry{{folder + "/" + name, 0o755, program}}
	for _, p := range papers {
		p.name = folder + "/" + p.name
		list = append(list, p)
	}
	var b []byte
	file := folder + ".tar.gz"
	if o.system == "windows" {
		file = folder + ".zip"
		b, err = zipped(sorted(list), o.at)
	} else {
		b, err = tarred(sorted(list), o.at)
	}
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(o.out, file), b, 0o644)
}

// tarred is a gzip of a tar whose entries carry nothing but name, mode, content and the one time. Folders come before
// what lies in them.
func tarred(list []entry, at time.Time) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression) // its header holds no name and no time
	if err != nil {
		return nil, err
	}
	w := tar.NewWriter(z)
	made, prefix := map[string]bool{}, ""
	var folder func(dir string) error
	folder = func(dir string) error {
		if dir == "." || dir == "/" || made[dir] {
			return nil
		}
		made[dir] = true
		if err := folder(path.Dir(dir)); err != nil {
			return err
		}
		return w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: prefix + dir + "/", Mode: 0o755, ModTime: at, Format: tar.FormatGNU})
	}
	for _, e := range list {
		if strings.HasPrefix(e.name, "./") {
			prefix = "./" // as Debian writes names
		}
		if err := folder(path.Dir(e.name)); err != nil {
			return nil, err
		}
		h := &tar.Header{Typeflag: tar.TypeReg, Name: e.name, Mode: e.mode, Size: int64(len(e.body)), ModTime: at, Format: tar.FormatGNU}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(e.body); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func zipped(list []entry, at time.Time) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range list {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Modified: at}
		h.SetMode(fs.FileMode(e.mode))
		f, err := w.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := f.Write(e.body); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
