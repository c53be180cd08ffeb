package i18n

import (
	"fmt"
	"strings"
)

// Size says a number of bytes as people do, in units of 1024; what is there is never 0. Both languages write it alike.
func Size[N int64 | uint64](n N) string {
	for _, u := range []struct {
		shift uint
		name  string
	}{{40, "TB"}, {30, "GB"}, {20, "MB"}} {
		if uint64(n)>>u.shift > 0 {
			return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/float64(uint64(1)<<u.shift)), ".0") + " " + u.name
		}
	}
	return fmt.Sprintf("%d KB", (n+1023)/1024)
}
