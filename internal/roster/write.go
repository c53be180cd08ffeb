package roster

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/klauspost/compress/zstd"
)

// A block ends behind an id whose hash is a multiple of usualBlock, so that a new record changes the block it falls into
// and no other; where none comes it ends at longestBlock.
const (
	usualBlock   = 1024
	longestBlock = 4 * usualBlock
)

// part is a part that is not in the database yet.
type part struct {
	name string
	body []byte
}

// Writer makes the parts of lists. It is for one goroutine.
type Writer struct {
	have  map[string]bool // parts that are there or were made
	parts []part
	z     *zstd.Encoder
}

// NewWriter returns a writer that makes no part which is there already; there are the names that Names returned.
func NewWriter(there map[string]bool) (*Writer, error) {
	// Ids have few letters but no words that come again, where the usual encoder gives up.
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithAllLitEntropyCompression(true))
	return &Writer{have: there, z: z}, err
}

// put makes a part of what it holds, unless there is one, and returns its name.
func (w *Writer) put(plain []byte) string {
	name := nameOf(plain)
	if !w.have[name] {
		w.have[name] = true
		w.parts = append(w.parts, part{name, wrap(w.z, plain)})
	}
	return name
}

// Group is lists that are kept over the same ids.
type Group struct {
	w      *Writer
	ids    []string          // as they came
	number map[string]uint32 // id → its number in ids
	lists  []places
}

// places is a list under construction: numbers of ids, then places among them. amounts is nil where each is 1.
type places struct {
	at      []uint32
	amounts []int64
}

func (p places) amount(i int) int64 {
	if p.amounts == nil {
		return 1
	}
	return p.amounts[i]
}

// Group begins a group of lists.
func (w *Writer) Group() *Group { return &Group{w: w, number: map[string]uint32{}} }

// Add takes a list up. It fails unless its members are in order of their ids, each of them once.
func (g *Group) Add(ms []Member) error {
	p := places{at: make([]uint32, len(ms))}
	if slices.ContainsFunc(ms, func(m Member) bool { return m.Amount != 1 }) {
		p.amounts = make([]int64, len(ms))
	}
	for i, m := range ms {
		if i > 0 && m.ID <= ms[i-1].ID {
			return fmt.Errorf("record %s follows %s in a list", m.ID, ms[i-1].ID)
		}
		n, ok := g.number[m.ID]
		if !ok {
			n = uint32(len(g.ids))
			g.number[m.ID], g.ids = n, append(g.ids, m.ID)
		}
		if p.at[i] = n; p.amounts != nil {
			p.amounts[i] = m.Amount
		}
	}
	g.lists = append(g.lists, p)
	return nil
}

// Close makes the parts of the group and returns where each of its lists is, in the order they were added. The group is
// of no use afterwards.
func (g *Group) Close() []Ref {
	g.number = nil
	order := make([]uint32, len(g.ids))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int { return cmp.Compare(g.ids[a], g.ids[b]) })
	place := make([]uint32, len(order))
	sorted := make([]string, len(order))
	for i, n := range order {
		place[n], sorted[i] = uint32(i), g.ids[n]
	}
	g.ids = nil
	var blocks []block
	for from := 0; from < len(sorted); {
		n := blockEnd(sorted[from:])
		ids := sorted[from:][:n]
		blocks = append(blocks, block{g.w.put(packIDs(ids)), n, ids[n-1]})
		from += n
	}
	refs := make([]Ref, len(g.lists))
	index := ""
	for i, p := range g.lists {
		if len(p.at) == 0 {
			continue
		}
		if index == "" {
			index = g.w.put(packIndex(blocks))
		}
		for j, n := range p.at {
			p.at[j] = place[n]
		}
		refs[i] = Ref{index, g.w.put(packPlaces(p.at, p.amount))}
		g.lists[i] = places{}
	}
	return refs
}

// blockEnd returns how many of the ids are in the first block.
func blockEnd(ids []string) int {
	for i, id := range ids {
		if sum(id)%usualBlock == 0 || i+1 == longestBlock {
			return i + 1
		}
	}
	return len(ids)
}

// sum is the hash by which blocks end: FNV-1a, 32 bits. What is stored depends on it, so it stays.
func sum(s string) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}

// Parts are what a writer made and what is not in the database yet.
type Parts struct{ list []part }

// Parts returns what was made since the writer began.
func (w *Writer) Parts() Parts { return Parts{w.parts} }

// Bytes is how many bytes they have.
func (p Parts) Bytes() (n int) {
	for _, x := range p.list {
		n += len(x.body)
	}
	return n
}
