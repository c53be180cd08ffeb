package seal

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"

	"golang.org/x/crypto/chacha20poly1305"

	"yanming/internal/db"
	"yanming/internal/errs"
)

// boxVersion is the first byte of every box: XChaCha20-Poly1305, a random nonce of 24 bytes, then the sealed text.
const boxVersion = 1

// errBox is the error of a box that was not sealed by this key for this use, or was changed since.
var errBox = errors.New("the sealed text does not belong here, or was changed")

// RecordKey is the key of one record. It prints as nothing.
type RecordKey struct {
	town, record string
	key          []byte
}

// String hides the key from logs.
func (r RecordKey) String() string { return "key of record " + r.record }

// GoString hides the key from logs.
func (r RecordKey) GoString() string { return r.String() }

// LogValue hides the key from logs.
func (r RecordKey) LogValue() slog.Value { return slog.StringValue(r.String()) }

// Seal seals plain for one purpose (the field's name, say). The box opens only with the same record, town and purpose.
// Its length tells that of plain: 41 bytes more.
func (r RecordKey) Seal(purpose string, plain []byte) []byte {
	return sealBox(r.key, plain, parts("record", r.town, r.record, purpose))
}

// Open opens a box of Seal; it fails when the box was made for anything else, or changed.
func (r RecordKey) Open(purpose string, box []byte) ([]byte, error) {
	plain, err := openBox(r.key, box, parts("record", r.town, r.record, purpose))
	if err != nil {
		return nil, fmt.Errorf("open %s of record %s: %w", purpose, r.record, err)
	}
	return plain, nil
}

// SealFile seals a whole file, for storing as a blob. The file and its box are in memory at once.
func (r RecordKey) SealFile(plain []byte) []byte { return r.Seal("file", plain) }

// OpenFile opens a box of SealFile.
func (r RecordKey) OpenFile(box []byte) ([]byte, error) { return r.Open("file", box) }

// NewKey makes and stores the key of a record that has none; Conflict when it has one. The closure that calls it may
// run twice: only the key of the run that committed counts, so what is sealed must be sealed in the same closure.
func (k *Keyring) NewKey(ctx context.Context, tx *db.Tx, record string) (RecordKey, error) {
	r := FreshKey(tx.Town, record)
	if err := k.StoreKeys(ctx, tx, []RecordKey{r}); err != nil {
		return RecordKey{}, err
	}
	return r, nil
}

// Key returns the key of a record. Errors: NotFound when the record never had one, or is erased.
func (k *Keyring) Key(ctx context.Context, tx *db.Tx, record string) (RecordKey, error) {
	r := RecordKey{town: tx.Town, record: record}
	var kekID string
	var wrapped []byte
	ok, err := tx.Row(ctx, `SELECT kek_id, wrapped FROM record_keys WHERE town_id = $1 AND record_id = $2`, record).Maybe(&kekID, &wrapped)
	if err == nil && !ok {
		err = errs.Missing()
	}
	if err != nil {
		return RecordKey{}, fmt.Errorf("read key of record %s: %w", record, err)
	}
	r.key, err = k.unwrap(kekID, wrapped, tx.Town, record)
	return r, err
}

// Destroy destroys the key of a record: everything sealed with it is erased, here at once and in backups when the KEK
// that wrapped it is destroyed, 30 days later at most. Without a key it does nothing.
func (k *Keyring) Destroy(ctx context.Context, tx *db.Tx, record string) error {
	// The wrapped key is overwritten first: SQLite leaves deleted rows in the file until the page is used again.
	_, err := tx.Exec(ctx, `UPDATE record_keys SET wrapped = $3 WHERE town_id = $1 AND record_id = $2`, record, make([]byte, boxBytes))
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM record_keys WHERE town_id = $1 AND record_id = $2`, record)
	}
	if err != nil {
		return fmt.Errorf("destroy key of record %s: %w", record, err)
	}
	return nil
}

// boxBytes is the length of a wrapped key.
const boxBytes = 1 + chacha20poly1305.NonceSizeX + keyBytes + chacha20poly1305.Overhead

func wrap(e kek, r RecordKey) []byte {
	return sealBox(e.key, r.key, parts("record key", e.id, r.town, r.record))
}

func (k *Keyring) unwrap(kekID string, wrapped []byte, town, record string) ([]byte, error) {
	e, err := k.find(kekID)
	if err != nil {
		return nil, fmt.Errorf("unwrap key of record %s: %w", record, err)
	}
	key, err := openBox(e.key, wrapped, parts("record key", e.id, town, record))
	if err == nil && len(key) != keyBytes {
		err = errBox
	}
	if err != nil {
		return nil, fmt.Errorf("unwrap key of record %s: %w", record, err)
	}
	return key, nil
}

func sealBox(key, plain, ad []byte) []byte {
	a := aead(key)
	out := make([]byte, 1+a.NonceSize(), 1+a.NonceSize()+len(plain)+a.Overhead())
	out[0] = boxVersion
	rand.Read(out[1:])
	return a.Seal(out, out[1:1+a.NonceSize()], plain, ad)
}

func openBox(key, box, ad []byte) ([]byte, error) {
	a := aead(key)
	if len(box) < 1+a.NonceSize()+a.Overhead() || box[0] != boxVersion {
		return nil, errBox
	}
	plain, err := a.Open(nil, box[1:1+a.NonceSize()], box[1+a.NonceSize():], ad)
	if err != nil {
		return nil, errBox
	}
	return plain, nil
}

func aead(key []byte) cipher.AEAD {
	a, err := chacha20poly1305.NewX(key)
	if err != nil {
		panic("seal: key of wrong length") // every maker of keys checks it
	}
	return a
}
