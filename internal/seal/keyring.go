// Package seal keeps what only some may read: the keys of records, the lookup codes of receipts and the secrets of
// cases in confidence.
//
// Every record with personal fields has a key of its own, wrapped by a key-encryption key (KEK) that lives in a folder
// outside the database. The KEK changes every 30 days and the old one is destroyed once nothing is wrapped by it; so
// destroying a record's key erases the record also in every backup older than that. Two further keys never change:
// the lookup key, from which codes and secrets are derived, and the pepper of the tags by which secrets are found.
//
// It refuses to start without the keys it once made, to overwrite keys with others, to lock anybody out for wrong
// codes, and to store who tried them. It knows nothing of who may read: the caller asks its gate first.
package seal

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"yanming/internal/errs"
	"yanming/internal/id"
)

// keyBytes is the length of every key.
const keyBytes = 32

// Keyring is the open key folder. It is safe for concurrent use, and several copies of the program may share one
// folder.
type Keyring struct {
	dir    string
	lookup []byte
	pepper []byte
	argon  chan struct{} // at most two Argon2id runs at once, for their memory

	mu     sync.RWMutex
	keks   []kek     // the oldest first; the last is active
	seen   time.Time // the folder's change time when it was read
	looked time.Time // when it was last asked for its change time
	turn   sync.Mutex
}

// kek is a key-encryption key.
type kek struct {
	id      string // of package id, so that ids sort by time
	created time.Time
	key     []byte
}

// base holds the keys that never change.
type base struct{ lookup, pepper []byte }

// Open opens the keyring in dir, and makes dir (0700) with new keys (0600) when it has none. Making it is safe against
// a crash and against another process doing the same. A folder that holds some of its keys but not all is an error:
// new keys would make every sealed record and every code unreadable for ever.
// Errors: Invalid when others may read the key files, and seal.file_damaged.
func Open(dir string) (*Keyring, error) {
	k, err := load(dir)
	if errors.Is(err, fs.ErrNotExist) {
		if err = create(dir, base{random(), random()}, []kek{newKEK(time.Now())}); err == nil {
			k, err = load(dir)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open keyring %s: %w", dir, err)
	}
	return k, nil
}

// Has reports whether dir holds the keys that never change.
func Has(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, baseFile))
	return err == nil
}

// load reads dir; fs.ErrNotExist when it has no keyring.
func load(dir string) (*Keyring, error) {
	b, err := readBase(dir)
	if err != nil {
		return nil, err
	}
	k := &Keyring{dir: dir, lookup: b.lookup, pepper: b.pepper, argon: make(chan struct{}, 2)}
	return k, k.reload()
}

// create writes the KEKs first and the base last, because a folder with a base must have its KEKs. Whoever finds a
// base already there leaves it alone.
func create(dir string, b base, keks []kek) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for _, e := range keks {
		if err := writeKEK(dir, e); err != nil {
			return err
		}
	}
	err := writeNew(dir, baseFile, formatBase(b))
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// reload reads the KEKs again: another copy of the program may have made or destroyed some.
func (k *Keyring) reload() error {
	info, err := os.Stat(k.dir)
	if err != nil {
		return err
	}
	keks, err := readKEKs(k.dir)
	if err != nil {
		return err
	}
	if len(keks) == 0 {
		return errs.New(errs.Invalid, "seal.keys_lost", k.dir)
	}
	slices.SortFunc(keks, func(a, b kek) int { return strings.Compare(a.id, b.id) })
	k.mu.Lock()
	defer k.mu.Unlock()
	k.keks, k.seen = keks, info.ModTime()
	if time.Since(k.seen) < 2*time.Second { // a later change may get the same time: read again next time
		k.seen = time.Time{}
	}
	return nil
}

// lookEvery is how long the newest KEK is taken for the active one without a look at the folder: far less than an older one
// stays (retireAfter).
const lookEvery = time.Second

// active returns the newest KEK, after looking whether another copy has made one.
func (k *Keyring) active() (kek, error) {
	k.mu.RLock()
	e, fresh := k.keks[len(k.keks)-1], time.Since(k.looked) < lookEvery
	k.mu.RUnlock()
	if fresh {
		return e, nil
	}
	now := time.Now()
	info, err := os.Stat(k.dir)
	if err != nil {
		return kek{}, fmt.Errorf("look into keyring: %w", err)
	}
	k.mu.RLock()
	fresh = info.ModTime().Equal(k.seen)
	k.mu.RUnlock()
	if !fresh {
		if err := k.reload(); err != nil {
			return kek{}, fmt.Errorf("read keyring again: %w", err)
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.looked = now
	return k.keks[len(k.keks)-1], nil
}

// find returns the KEK of an id, after reading the folder again when it is not known.
func (k *Keyring) find(id string) (kek, error) {
	for again := range 2 {
		if again == 1 {
			if err := k.reload(); err != nil {
				return kek{}, fmt.Errorf("read keyring again: %w", err)
			}
		}
		k.mu.RLock()
		i := slices.IndexFunc(k.keks, func(e kek) bool { return e.id == id })
		var e kek
		if i >= 0 {
			e = k.keks[i]
		}
		k.mu.RUnlock()
		if i >= 0 {
			return e, nil
		}
	}
	return kek{}, fmt.Errorf("key-encryption key %s is not in the keyring", id)
}

// Fingerprint tells the keys that never change from others, without saying anything of them: a backup carries it, so
// that it is not brought in beside keys that open no receipt of it.
func (k *Keyring) Fingerprint() string {
	return hex.EncodeToString(mac(k.lookup, "fingerprint", string(k.pepper))[:8])
}

// all returns the KEKs, the oldest first.
func (k *Keyring) all() []kek {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return slices.Clone(k.keks)
}

func newKEK(now time.Time) kek {
	return kek{id: id.New(now), created: now.Truncate(time.Millisecond).UTC(), key: random()}
}

func random() []byte {
	b := make([]byte, keyBytes)
	rand.Read(b) // never fails: crypto/rand aborts the program instead
	return b
}

// parts joins strings so that no two lists of parts give the same bytes.
func parts(ss ...string) []byte {
	var out []byte
	for _, s := range ss {
		out = binary.BigEndian.AppendUint32(out, uint32(len(s)))
		out = append(out, s...)
	}
	return out
}

// mac is HMAC-SHA256 under key over the parts.
func mac(key []byte, ss ...string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write(parts(ss...))
	return m.Sum(nil)
}
