//go:build !windows

package daemon

import (
	"context"
	"io"
)

// Log is how the log of a service is read.
func Log(Plan) string { return "journalctl -u " + Name }

// Managed reports false: only Windows has services that the program must answer for.
func Managed([]string, func(ctx context.Context, says io.Writer) int) (code int, managed bool) {
	return 0, false
}
