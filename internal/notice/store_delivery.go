package notice

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
	"time"

	"yanming/internal/db"
	"yanming/internal/id"
)

const deliveryColumns = `town_id, id, channel, target, kind, record, mark, address, at, since_at, tries, failure, ended_at`

func deliveries(ctx context.Context, tx *db.Tx, text string, args ...any) (out []Delivery, err error) {
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var d Delivery
		var at, since int64
		var ended sql.NullInt64
		err := r.Scan(&d.Town, &d.ID, &d.Channel, &d.Target, &d.Kind, &d.Record, &d.Mark, &d.Address, &at, &since, &d.Tries, &d.Failure, &ended)
		d.At, d.since = time.UnixMilli(at), time.UnixMilli(since)
		if ended.Valid {
			d.Ended = time.UnixMilli(ended.Int64)
		}
		out = append(out, d)
		return err
	}, text, args...)
	return out, err
}

// addDelivery writes what is to be sent, unless the same was written before.
func addDelivery(ctx context.Context, tx *db.Tx, d Delivery) error {
	_, err := tx.Exec(ctx, `INSERT INTO deliveries (town_id, id, channel, target, kind, record, mark, address, at, since_at, state, tries, next_at, lease, failure)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'waiting', 0, $10, '', '') ON CONFLICT (town_id, channel, target, kind, record, mark) DO NOTHING`,
		id.New(tx.Now), string(d.Channel), d.Target, d.Kind, d.Record, d.Mark, d.Address, d.At.UnixMilli(), tx.Now.UnixMilli())
	return err
}

// claim takes the lease of what is due: at most hooks calls, of as many units, none of which is in busy, and at most mails
// mails: urgent ones first, those of the day last.
func claim(ctx context.Context, tx *db.Tx, lease string, busy []string, hooks, mails int) (out []Delivery, err error) {
	args, skip := []any{tx.Now.UnixMilli(), 4 * (hooks + 1)}, ""
	if len(busy) > 0 {
		marks := make([]string, len(busy))
		for i, b := range busy {
			args = append(args, b)
			marks[i] = "$" + strconv.Itoa(len(args)+1)
		}
		skip = ` AND target NOT IN (` + strings.Join(marks, ", ") + `)`
	}
	called := map[string]bool{}
	if hooks > 0 {
		list, err := deliveries(ctx, tx, `SELECT `+deliveryColumns+` FROM deliveries WHERE town_id = $1 AND channel = 'hook' AND next_at <= $2`+skip+`
			ORDER BY next_at, id LIMIT $3`, args...)
		if err != nil {
			return nil, err
		}
		for _, d := range list {
			if !called[d.Target] && len(called) < hooks {
				called[d.Target] = true
				out = append(out, d)
			}
		}
	}
	if mails > 0 {
		list, err := deliveries(ctx, tx, `SELECT `+deliveryColumns+` FROM deliveries WHERE town_id = $1 AND channel = 'mail' AND next_at <= $2
			ORDER BY CASE WHEN kind IN `+urgent+` THEN 0 WHEN kind = 'digest' THEN 2 ELSE 1 END, next_at, id LIMIT $3`, tx.Now.UnixMilli(), mails)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	for i := range out {
		out[i].Tries++
		_, err := tx.Exec(ctx, `UPDATE deliveries SET lease = $3, tries = $4, next_at = $5 WHERE town_id = $1 AND id = $2`,
			out[i].ID, lease, out[i].Tries, tx.Now.Add(leased).UnixMilli())
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// finish ends a delivery, if its lease is still held.
func finish(ctx context.Context, tx *db.Tx, d Delivery, lease, state, failure string) error {
	_, err := tx.Exec(ctx, `UPDATE deliveries SET state = $4, next_at = NULL, lease = '', failure = $5, ended_at = $6 WHERE town_id = $1 AND id = $2 AND lease = $3`,
		d.ID, lease, state, failure, tx.Now.UnixMilli())
	return err
}

// putOff has a delivery tried later, and whatever else waits for the same receiver not before it.
func putOff(ctx context.Context, tx *db.Tx, d Delivery, lease, failure string, until time.Time) error {
	n, err := tx.Exec(ctx, `UPDATE deliveries SET next_at = $4, lease = '', failure = $5 WHERE town_id = $1 AND id = $2 AND lease = $3`,
		d.ID, lease, until.UnixMilli(), failure)
	if err != nil || n == 0 || d.Channel != ByHook {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE deliveries SET next_at = $4 WHERE town_id = $1 AND channel = $2 AND target = $3 AND next_at < $4 AND lease = ''`,
		string(d.Channel), d.Target, until.UnixMilli())
	return err
}

func dead(ctx context.Context, tx *db.Tx, before string, limit int) ([]Delivery, error) {
	if before == "" {
		before = id.Behind
	}
	return deliveries(ctx, tx, `SELECT `+deliveryColumns+` FROM deliveries WHERE town_id = $1 AND state = 'dead' AND id < $2 ORDER BY id DESC LIMIT $3`, before, limit)
}

// revive has a dead letter tried again from the beginning.
func revive(ctx context.Context, tx *db.Tx, delivery string) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE deliveries SET state = 'waiting', tries = 0, next_at = $3, lease = '', ended_at = NULL, since_at = $3
		WHERE town_id = $1 AND id = $2 AND state = 'dead'`, delivery, tx.Now.UnixMilli())
	return n == 1, err
}

func bury(ctx context.Context, tx *db.Tx, delivery string) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE deliveries SET state = 'dropped', ended_at = $3 WHERE town_id = $1 AND id = $2 AND state = 'dead'`, delivery, tx.Now.UnixMilli())
	return n == 1, err
}

func countDeliveries(ctx context.Context, tx *db.Tx) (waiting, dead int64, err error) {
	if err = tx.Row(ctx, `SELECT count(*) FROM deliveries WHERE town_id = $1 AND next_at IS NOT NULL`).Scan(&waiting); err == nil {
		err = tx.Row(ctx, `SELECT count(*) FROM deliveries WHERE town_id = $1 AND state = 'dead'`).Scan(&dead)
	}
	return waiting, dead, err
}

// countAll counts over the towns, each by its own index.
func countAll(ctx context.Context, w *db.Wide) (waiting, dead int64, err error) {
	err = w.Row(ctx, `SELECT CAST(COALESCE(sum((SELECT count(*) FROM deliveries d WHERE d.town_id = t.town_id AND d.next_at IS NOT NULL)), 0) AS BIGINT),
		CAST(COALESCE(sum((SELECT count(*) FROM deliveries d WHERE d.town_id = t.town_id AND d.state = 'dead')), 0) AS BIGINT) FROM towns t`).Scan(&waiting, &dead)
	return waiting, dead, err
}

// urgent are the kinds of mails that somebody waits for, or that guard an account or the keys. They leave first, whatever
// else waits.
const urgent = `('confirm', 'lost', 'keys_taken', 'password_reset', 'password_set', 'vouched', 'address_set')`

// dueTowns returns the towns that have something to send: those with something urgent first, then whoever waits longest,
// so that no town always comes before another.
func dueTowns(ctx context.Context, w *db.Wide) (towns []string, err error) {
	err = w.Each(ctx, func(r *sql.Rows) error {
		var t string
		err := r.Scan(&t)
		towns = append(towns, t)
		return err
	}, `SELECT x.town_id FROM (SELECT t.town_id,
			(SELECT min(d.next_at) FROM deliveries d WHERE d.town_id = t.town_id AND d.next_at <= $1) AS waits,
			(SELECT min(d.next_at) FROM deliveries d WHERE d.town_id = t.town_id AND d.next_at <= $1 AND d.channel = 'mail' AND d.kind IN `+urgent+`) AS first
		FROM towns t) x WHERE x.waits IS NOT NULL ORDER BY x.first NULLS LAST, x.waits, x.town_id`, w.Now.UnixMilli())
	return towns, err
}
