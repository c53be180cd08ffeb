package journal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"yanming/internal/db"
	"yanming/internal/errs"
)

// Key is a request key: a form's one-time token, an instanceID, an API's idempotency key, a row of a file. It is the
// one mechanism against doing a thing twice.
type Key string

// Digest returns what Once compares: the SHA-256 of v's JSON. v must not hold the key, secrets or times of receipt.
func Digest(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("digest request: %w", err)
	}
	sum := sha256.Sum256(b)
	return sum[:], nil
}

// Once asks whether key was used. When it was, for the same digest, it returns the record that the first request was
// answered with; for another digest it fails with Conflict. An empty key is never used.
func Once(ctx context.Context, tx *db.Tx, key Key, digest []byte) (answer string, seen bool, err error) {
	if key == "" {
		return "", false, nil
	}
	var old []byte
	seen, err = tx.Row(ctx, `SELECT digest, answer FROM request_keys WHERE town_id = $1 AND key = $2`, string(key)).Maybe(&old, &answer)
	if err != nil {
		return "", false, fmt.Errorf("look up request key: %w", err)
	}
	if seen && !bytes.Equal(old, digest) {
		return "", true, errs.New(errs.Conflict, "error.key_reused")
	}
	return answer, seen, nil
}

// Claim is Once and Remember in one statement, for a request whose answer is known before it is done: a new record. It
// notes the key for event e and answer unless it was used. When it was, it returns the first answer, or Conflict.
func Claim(ctx context.Context, tx *db.Tx, key Key, digest []byte, event, answer string) (first string, seen bool, err error) {
	if key == "" {
		return "", false, nil
	}
	n, err := remember(ctx, tx, key, digest, event, answer, ` ON CONFLICT (town_id, key) DO NOTHING`)
	if err != nil || n == 1 {
		return "", false, err
	}
	return Once(ctx, tx, key, digest)
}

// Remember notes that key was used for digest and answered with a record, by event e. An empty key is not noted.
func Remember(ctx context.Context, tx *db.Tx, key Key, digest []byte, e Entry, answer string) error {
	if key == "" {
		return nil
	}
	_, err := remember(ctx, tx, key, digest, e.ID, answer, "")
	return err
}

func remember(ctx context.Context, tx *db.Tx, key Key, digest []byte, event, answer, conflict string) (int64, error) {
	n, err := tx.Exec(ctx, `INSERT INTO request_keys (town_id, key, digest, event_id, answer, at) VALUES ($1, $2, $3, $4, $5, $6)`+conflict,
		string(key), digest, event, answer, tx.Now.UnixMilli())
	if err != nil {
		return 0, fmt.Errorf("note request key: %w", err)
	}
	return n, nil
}
