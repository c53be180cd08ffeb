package id_test

import (
	"testing"
	"time"

	"yanming/internal/id"
)

func TestKeysAreUniqueOrderedByTimeAndSafeInAnAddress(t *testing.T) {
	seen, last := map[string]bool{}, ""
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for i := range 5000 {
		k := id.New(at.Add(time.Duration(i) * time.Millisecond))
		if len(k) != 26 || !id.Valid(k) || seen[k] || k <= last {
			t.Fatalf("key %d: %q after %q", i, k, last)
		}
		seen[k], last = true, k
		if made, ok := id.At(k); !ok || !made.Equal(at.Add(time.Duration(i)*time.Millisecond)) {
			t.Fatalf("key %q is of %s", k, made)
		}
	}
	if a, b := id.Token(), id.Token(); a == b || len(a) != 32 || !id.Valid(a) {
		t.Errorf("tokens %q %q", a, b)
	}
	if at, ok := id.At(id.Token()); ok {
		t.Errorf("a token is of %s", at)
	}
	for _, bad := range []string{"", "x", last + "x", last[:25] + "U", last[:25] + "/", "../../etc/passwd-is-no-key-at"} {
		if id.Valid(bad) {
			t.Errorf("%q passes", bad)
		}
		if at, ok := id.At(bad); ok {
			t.Errorf("%q is of %s", bad, at)
		}
	}
}
