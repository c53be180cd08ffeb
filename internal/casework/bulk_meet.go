package casework

import (
	"bytes"
	"slices"

	"yanming/internal/errs"
	"yanming/internal/journal"
	"yanming/internal/seal"
)

// had is what a town has already of some rows. It rules a row out; one that it does not rule out is asked for singly.
type had struct {
	digests map[string]bool
	matters map[string]bool
	numbers map[string]bool // external ones, whatever system gave them
}

func (k had) has(x *matter) bool {
	if x.External.Number == "" {
		return k.digests[x.Source.Digest] || k.matters[x.Source.Matter]
	}
	_, bad := seal.ParseNumber(x.External.Number)
	return bad == nil || k.numbers[x.External.Number] // it may be the number of one of our receipts
}

// lot is the matters that one transaction takes, by what a later row may have in common with them.
type lot struct {
	keys    map[journal.Key]*matter
	numbers map[string][]*matter
	digests map[string]*matter
}

func newLot(n int) lot {
	return lot{make(map[journal.Key]*matter, n), make(map[string][]*matter, n), make(map[string]*matter, n)}
}

func (l lot) add(x *matter) {
	if x.Key != "" {
		l.keys[x.Key] = x
	}
	if n := x.External.Number; n != "" {
		l.numbers[n] = append(l.numbers[n], x)
	}
	if l.digests[x.Source.Digest] == nil {
		l.digests[x.Source.Digest] = x
	}
}

// meet says whether a row is one of the lot already, as Once and Service.meet say it of what is stored.
func (l lot) meet(x *matter) (t Took, found bool, err error) {
	if y := l.keys[x.Key]; y != nil {
		if !bytes.Equal(x.digest, y.digest) {
			return t, true, errs.New(errs.Conflict, "error.key_reused")
		}
		return Took{Fate: Taken, Number: y.c.Number}, true, nil
	}
	if x.External.Number == "" {
		if y := l.digests[x.Source.Digest]; y != nil {
			return y.met().fate(x.prepared), true, nil
		}
		return t, false, nil
	}
	for _, y := range l.numbers[x.External.Number] {
		if y.External.System == x.External.System || slices.Contains(Systems(), y.External.System) {
			return y.met().fate(x.prepared), true, nil
		}
	}
	return t, false, nil
}

func (x *matter) met() met { return met{number: x.c.Number, digest: x.Source.Digest} }
