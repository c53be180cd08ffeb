package seal

import (
	"context"
	"fmt"
	"time"

	"yanming/internal/db"
)

const (
	freeTries = 3
	maxWait   = time.Minute
	forgetAge = 24 * time.Hour
)

// Wait returns how long a code for number will not be looked at, after the wrong ones before: nothing after three,
// then 1 s, 2 s, 4 s … up to a minute. It slows a number down and never locks it, and counts for numbers that do not
// exist as well. It is for any number that passed ParseNumber.
func Wait(ctx context.Context, tx *db.Tx, number Number) (time.Duration, error) {
	var fails, last int64
	_, err := tx.Row(ctx, `SELECT fails, last_at FROM code_tries WHERE town_id = $1 AND number = $2`, string(number)).Maybe(&fails, &last)
	if err != nil {
		return 0, fmt.Errorf("read tries of %s: %w", number, err)
	}
	since := tx.Now.Sub(time.UnixMilli(last))
	if since >= forgetAge {
		return 0, nil
	}
	return min(max(0, waitAfter(fails)-since), maxWait), nil // a clock set back makes nobody wait longer
}

// waitAfter is the delay after so many wrong codes.
func waitAfter(fails int64) time.Duration {
	switch n := fails - freeTries; {
	case n <= 0:
		return 0
	case n > 6:
		return maxWait
	default:
		return time.Second << (n - 1)
	}
}

// Tried notes a try that was looked at: a wrong one counts, a right one clears the number. The transaction must commit
// for a wrong code too.
func Tried(ctx context.Context, tx *db.Tx, number Number, ok bool) error {
	var err error
	if ok {
		_, err = tx.Exec(ctx, `DELETE FROM code_tries WHERE town_id = $1 AND number = $2`, string(number))
	} else {
		now := tx.Now.UnixMilli()
		_, err = tx.Exec(ctx, `INSERT INTO code_tries (town_id, number, fails, last_at) VALUES ($1, $2, 1, $3)
			ON CONFLICT (town_id, number) DO UPDATE SET last_at = excluded.last_at,
				fails = CASE WHEN code_tries.last_at <= $4 THEN 1 ELSE code_tries.fails + 1 END`,
			string(number), now, now-forgetAge.Milliseconds())
	}
	if err != nil {
		return fmt.Errorf("note try of %s: %w", number, err)
	}
	return nil
}

// Forget removes the tries of a town that are a day old, and returns how many numbers that were. It is called daily.
func Forget(ctx context.Context, tx *db.Tx) (int64, error) {
	n, err := tx.Exec(ctx, `DELETE FROM code_tries WHERE town_id = $1 AND last_at <= $2`, tx.Now.Add(-forgetAge).UnixMilli())
	if err != nil {
		return 0, fmt.Errorf("forget tries: %w", err)
	}
	return n, nil
}
