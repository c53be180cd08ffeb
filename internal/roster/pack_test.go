package roster

import (
	"slices"
	"testing"

	"github.com/klauspost/compress/zstd"
)

func FuzzUnpack(f *testing.F) {
	f.Add(packIDs([]string{"a", "ab", "b"}), 3)
	f.Add(packIndex([]block{{nameOf(nil), 3, "b"}}), 3)
	f.Add(packPlaces([]uint32{0, 1, 5}, func(i int) int64 { return int64(i / 2) }), 6)
	f.Add([]byte{zipped, 0x28, 0xb5, 0x2f, 0xfd}, 1)
	f.Fuzz(func(t *testing.T, b []byte, n int) {
		if n > 1<<20 {
			return
		}
		if ids, err := unpackIDs(b, max(n, 0)); err == nil && (len(ids) != max(n, 0) || !slices.IsSorted(ids)) {
			t.Errorf("ids %q of %d", ids, n)
		}
		if blocks, err := unpackIndex(b); err == nil && !slices.IsSortedFunc(blocks, func(x, y block) int { return min(1, max(-1, compare(x.last, y.last))) }) {
			t.Errorf("blocks %v", blocks)
		}
		count, c, err := unpackPlaces(b, n)
		if err == nil {
			end := 0
			for r, ok := c.next(); ok; r, ok = c.next() {
				if r.at < end || r.n < 1 || r.at+r.n > n {
					t.Errorf("run %+v behind %d of %d", r, end, n)
				}
				end, count = r.at+r.n, count-r.n
			}
			if c.bad || count != 0 {
				t.Errorf("%d places are wanting", count)
			}
		}
		z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(1<<20))
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		if plain, err := unwrap(z, nameOf(b), b); err == nil {
			t.Errorf("%q passes as its own content: %q", b, plain)
		}
	})
}

func compare(a, b string) int {
	if a < b {
		return -1
	}
	return 1
}

// TestBlocksEndWhereTheyAlwaysDid: another hash would have every block written again.
func TestBlocksEndWhereTheyAlwaysDid(t *testing.T) {
	if got := sum("01kb2m7ya4xw0b2t8f5m1q9d3e"); got != 2333228029 {
		t.Errorf("sum %d", got)
	}
	long := make([]string, longestBlock+5)
	if n := blockEnd(long); n != longestBlock { // none of them ends one
		t.Errorf("a block of %d", n)
	}
}
