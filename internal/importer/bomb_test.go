package importer_test

import (
	"archive/zip"
	"bytes"
	"testing"
)

// bomb is an .xlsx of a few kilobytes that unpacks to 64 MB of zeros.
func bomb(t testing.TB) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	w, err := z.Create("xl/worksheets/sheet1.xml")
	if err == nil {
		zeros := make([]byte, 1<<20)
		for range 64 {
			if _, err = w.Write(zeros); err != nil {
				break
			}
		}
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}
