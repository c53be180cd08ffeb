//go:build !linux

package disk

import "os"

// Fill writes content into a new, empty file, which the caller then flushes.
func Fill(f *os.File, content []byte) error {
	_, err := f.Write(content)
	return err
}
