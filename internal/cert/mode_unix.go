//go:build unix

package cert

import "os"

// readable reports whether other users may read a file.
func readable(name string) (bool, error) {
	info, err := os.Stat(name)
	return err == nil && info.Mode().Perm()&0o077 != 0, err
}
