// Package disk does what makes a file outlive a power cut and the standard library does not do. It knows no format.
package disk

import (
	"os"
	"runtime"
)

// SyncDir makes durable which names stand in a folder: after a file was made, renamed or linked there. On Windows, which
// writes names down with the file, it does nothing.
func SyncDir(dir string) error {
	if runtime.GOOS == "windows" { // cannot sync a folder
		return nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
