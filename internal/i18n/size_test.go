package i18n

import "testing"

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{0: "0 KB", 1: "1 KB", 1025: "2 KB", 1<<20 - 1024: "1023 KB", 1 << 20: "1 MB", 5<<20 + 1<<19: "5.5 MB", 3 << 30: "3 GB", 7 << 40: "7 TB"} {
		if got := Size(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}
