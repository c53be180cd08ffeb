package roster

import (
	"context"
	"fmt"
	"sort"
	"strings"

	"yanming/internal/db"
)

// ahead is how many blocks are read together at most.
const ahead = 128

// List is a kept list, of which no id was read yet.
type List struct {
	n      int
	blocks []block
	starts []int // place of the first id of each block, and behind the last
	cursor cursor
}

// Open reads where a list lies. Errors: ErrDamaged.
func Open(ctx context.Context, tx *db.Tx, ref Ref) (*List, error) {
	if ref == (Ref{}) {
		return &List{starts: []int{0}}, nil
	}
	l, err := open(ctx, tx, ref)
	if err != nil {
		return nil, fmt.Errorf("open kept list %s: %w", ref.Places, err)
	}
	return l, nil
}

func open(ctx context.Context, tx *db.Tx, ref Ref) (*List, error) {
	parts, err := fetch(ctx, tx, ref.IDs, ref.Places)
	if err != nil {
		return nil, err
	}
	l := &List{starts: []int{0}}
	if l.blocks, err = unpackIndex(parts[ref.IDs]); err != nil {
		return nil, err
	}
	end := 0
	for _, b := range l.blocks {
		end += b.n
		l.starts = append(l.starts, end)
	}
	l.n, l.cursor, err = unpackPlaces(parts[ref.Places], end)
	return l, err
}

// Len is how many members the list has.
func (l *List) Len() int { return l.n }

// Each calls fn with every member in order of ids. Errors: ErrDamaged.
func (l *List) Each(ctx context.Context, tx *db.Tx, fn func(Member) error) error {
	return l.walk(ctx, tx, 0, l.n, fn)
}

// Page returns at most limit members whose ids come behind after, from the first on for "", and whether there are
// more. It reads only the blocks that these, and after, lie in. Errors: ErrDamaged.
func (l *List) Page(ctx context.Context, tx *db.Tx, after string, limit int) (ms []Member, more bool, err error) {
	from, err := l.behind(ctx, tx, after)
	if err != nil {
		return nil, false, err
	}
	err = l.walk(ctx, tx, from, limit+1, func(m Member) error {
		if more = len(ms) == limit; !more {
			ms = append(ms, Member{strings.Clone(m.ID), m.Amount}) // not to hold on to its block
		}
		return nil
	})
	return ms, more, err
}

// behind returns the first place in the group whose id comes behind after.
func (l *List) behind(ctx context.Context, tx *db.Tx, after string) (int, error) {
	b := sort.Search(len(l.blocks), func(i int) bool { return l.blocks[i].last > after })
	if b == len(l.blocks) || after == "" {
		return l.starts[b], nil
	}
	ids, err := l.read(ctx, tx, []int{b})
	if err != nil {
		return 0, err
	}
	return l.starts[b] + sort.Search(len(ids[b]), func(i int) bool { return ids[b][i] > after }), nil
}

// walk calls fn with the members from a place on, at most limit of them.
func (l *List) walk(ctx context.Context, tx *db.Tx, from, limit int, fn func(Member) error) error {
	var ids map[int][]string
	b := 0
	c := l.cursor
	for {
		before := c
		r, ok := c.next()
		if !ok {
			return nil
		}
		for at := max(r.at, from); at < r.at+r.n; at++ {
			if limit == 0 {
				return nil
			}
			for at >= l.starts[b+1] {
				b++
			}
			if ids[b] == nil {
				var err error
				if ids, err = l.read(ctx, tx, l.needed(before, at, limit)); err != nil {
					return err
				}
			}
			if err := fn(Member{ids[b][at-l.starts[b]], r.amount}); err != nil {
				return err
			}
			limit--
		}
	}
}

// needed returns the next blocks that hold members from a place on, for at most limit members.
func (l *List) needed(c cursor, from, limit int) (blocks []int) {
	b := 0
	for len(blocks) < ahead && limit > 0 {
		r, ok := c.next()
		if !ok {
			break
		}
		for at := max(r.at, from); at < r.at+r.n && limit > 0 && len(blocks) < ahead; {
			b += sort.Search(len(l.blocks)-b, func(i int) bool { return l.starts[b+i+1] > at })
			if len(blocks) == 0 || blocks[len(blocks)-1] != b {
				blocks = append(blocks, b)
			}
			end := min(r.at+r.n, l.starts[b+1])
			limit -= end - at
			at = end
		}
	}
	return blocks
}

// read returns the ids of blocks.
func (l *List) read(ctx context.Context, tx *db.Tx, blocks []int) (map[int][]string, error) {
	names := make([]string, len(blocks))
	for i, b := range blocks {
		names[i] = l.blocks[b].name
	}
	parts, err := fetch(ctx, tx, names...)
	if err != nil {
		return nil, err
	}
	out := make(map[int][]string, len(blocks))
	for _, b := range blocks {
		x := l.blocks[b]
		ids, err := unpackIDs(parts[x.name], x.n)
		if err == nil && ids[x.n-1] != x.last {
			err = ErrDamaged
		}
		if err != nil {
			return nil, fmt.Errorf("block %s of a kept list: %w", x.name, err)
		}
		out[b] = ids
	}
	return out, nil
}
