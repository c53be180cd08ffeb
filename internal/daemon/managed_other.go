//go:build !windows

package daemon

import "context"

// Managed reports false: only Windows has services that the program must answer for.
func Managed(func(ctx context.Context) int) (code int, managed bool) { return 0, false }
