package notice

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"yanming/internal/db"
	"yanming/internal/i18n"
	"yanming/internal/id"
)

const noticeColumns = `id, person_id, kind, record, mark, confided, at, read_at`

func notices(ctx context.Context, tx *db.Tx, text string, args ...any) (out []Notice, err error) {
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var n Notice
		var at int64
		var read sql.NullInt64
		err := r.Scan(&n.ID, &n.Person, &n.Kind, &n.Record, &n.Mark, &n.Confided, &at, &read)
		n.At = time.UnixMilli(at)
		if read.Valid {
			n.Read = time.UnixMilli(read.Int64)
		}
		out = append(out, n)
		return err
	}, text, args...)
	return out, err
}

// addNotice writes a notice unless its mark was told already, and reports whether it did.
func addNotice(ctx context.Context, tx *db.Tx, n Notice) (bool, error) {
	rows, err := tx.Exec(ctx, `INSERT INTO notices (town_id, id, person_id, kind, record, mark, confided, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (town_id, person_id, kind, record, mark) DO NOTHING`,
		id.New(n.At), n.Person, string(n.Kind), n.Record, n.Mark, n.Confided, n.At.UnixMilli())
	return rows == 1, err
}

func unreadOf(ctx context.Context, tx *db.Tx, record string) ([]Notice, error) {
	return notices(ctx, tx, `SELECT `+noticeColumns+` FROM notices WHERE town_id = $1 AND record = $2 AND read_at IS NULL ORDER BY id`, record)
}

func unreadBy(ctx context.Context, tx *db.Tx, person string) ([]Notice, error) {
	return notices(ctx, tx, `SELECT `+noticeColumns+` FROM notices WHERE town_id = $1 AND person_id = $2 AND read_at IS NULL ORDER BY id`, person)
}

// page returns notices of a person, the newest first, behind an id.
func page(ctx context.Context, tx *db.Tx, person, before string, limit int) ([]Notice, error) {
	if before == "" {
		before = id.Behind
	}
	return notices(ctx, tx, `SELECT `+noticeColumns+` FROM notices WHERE town_id = $1 AND person_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4`,
		person, before, limit)
}

// since returns what a person has not read of a stretch of time and may leave the program, the oldest first.
func since(ctx context.Context, tx *db.Tx, person string, from, to time.Time, limit int) ([]Notice, error) {
	return notices(ctx, tx, `SELECT `+noticeColumns+` FROM notices WHERE town_id = $1 AND person_id = $2 AND read_at IS NULL AND NOT confided
		AND at > $3 AND at <= $4 ORDER BY id LIMIT $5`, person, from.UnixMilli(), to.UnixMilli(), limit)
}

// Unread returns how many notices a person has not read: one count over an index.
func Unread(ctx context.Context, tx *db.Tx, person string) (n int64, err error) {
	err = tx.Row(ctx, `SELECT count(*) FROM notices WHERE town_id = $1 AND person_id = $2 AND read_at IS NULL`, person).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count notices: %w", err)
	}
	return n, nil
}

func removeNotice(ctx context.Context, tx *db.Tx, notice string) error {
	_, err := tx.Exec(ctx, `DELETE FROM notices WHERE town_id = $1 AND id = $2`, notice)
	return err
}

func removeNoticesOf(ctx context.Context, tx *db.Tx, record string) error {
	_, err := tx.Exec(ctx, `DELETE FROM notices WHERE town_id = $1 AND record = $2 AND read_at IS NULL`, record)
	return err
}

// markRead puts a notice of a person away; an empty id all of them.
func markRead(ctx context.Context, tx *db.Tx, person, notice string) (int64, error) {
	return tx.Exec(ctx, `UPDATE notices SET read_at = $4 WHERE town_id = $1 AND person_id = $2 AND ($3 = '' OR id = $3) AND read_at IS NULL`,
		person, notice, tx.Now.UnixMilli())
}

func settleRecord(ctx context.Context, tx *db.Tx, record string) error {
	_, err := tx.Exec(ctx, `UPDATE notices SET read_at = $3 WHERE town_id = $1 AND record = $2 AND read_at IS NULL`, record, tx.Now.UnixMilli())
	return err
}

func settleKind(ctx context.Context, tx *db.Tx, k Kind, record string) error {
	_, err := tx.Exec(ctx, `UPDATE notices SET read_at = $4 WHERE town_id = $1 AND kind = $2 AND record = $3 AND read_at IS NULL`,
		string(k), record, tx.Now.UnixMilli())
	return err
}

// forget deletes what was read long ago, and what nobody will read any more.
func forget(ctx context.Context, tx *db.Tx) error {
	// A notice that was read a month ago is older than a month: the index by age finds both.
	_, err := tx.Exec(ctx, `DELETE FROM notices WHERE town_id = $1 AND at < $2 AND (read_at < $2 OR at < $3)`,
		tx.Now.Add(-readFor).UnixMilli(), tx.Now.Add(-unreadFor).UnixMilli())
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM deliveries WHERE town_id = $1 AND ended_at < $2 AND (state <> 'dead' OR ended_at < $3)`,
			tx.Now.Add(-readFor).UnixMilli(), tx.Now.Add(-unreadFor).UnixMilli())
	}
	return err
}

// clock says up to which due moments a town's clock has told.
type clock struct {
	soon, over, digest time.Time
	kept               bool // it stands in the database
}

// getClock returns the clock; a new one announces what is due soon, and what ran out within the last day.
func getClock(ctx context.Context, tx *db.Tx) (c clock, err error) {
	var soon, over, digest int64
	found, err := tx.Row(ctx, `SELECT soon_to, over_to, digest_to FROM notice_clocks WHERE town_id = $1`).Maybe(&soon, &over, &digest)
	if !found {
		return clock{soon: tx.Now, over: tx.Now.Add(-fresh), digest: tx.Now}, err
	}
	return clock{time.UnixMilli(soon), time.UnixMilli(over), time.UnixMilli(digest), true}, err
}

func putClock(ctx context.Context, tx *db.Tx, c clock) error {
	_, err := tx.Exec(ctx, `INSERT INTO notice_clocks (town_id, soon_to, over_to, digest_to) VALUES ($1, $2, $3, $4)
		ON CONFLICT (town_id) DO UPDATE SET soon_to = excluded.soon_to, over_to = excluded.over_to, digest_to = excluded.digest_to`,
		c.soon.UnixMilli(), c.over.UnixMilli(), c.digest.UnixMilli())
	return err
}

const wishColumns = `person_id, address, pending, pace, muted, lang`

func scanWish(scan func(...any) error) (w Wish, err error) {
	var muted, lang string
	if err = scan(&w.person, &w.Address, &w.Pending, &w.Pace, &muted, &lang); err != nil {
		return w, err
	}
	w.Lang = i18n.Lang(lang)
	return w, json.Unmarshal([]byte(muted), &w.Muted)
}

// wishes returns what every person of the town wished, by person.
func wishes(ctx context.Context, tx *db.Tx) (map[string]Wish, error) {
	out := map[string]Wish{}
	err := tx.Each(ctx, func(r *sql.Rows) error {
		w, err := scanWish(r.Scan)
		out[w.person] = w
		return err
	}, `SELECT `+wishColumns+` FROM notice_wishes WHERE town_id = $1`)
	return out, err
}

// wish returns what a person wished; what holds for who never wished anything.
func wish(ctx context.Context, tx *db.Tx, person string) (Wish, error) {
	w := Wish{person: person, Pace: Daily, Lang: i18n.ZH}
	found := false
	err := tx.Each(ctx, func(r *sql.Rows) (err error) { w, err = scanWish(r.Scan); found = true; return err },
		`SELECT `+wishColumns+` FROM notice_wishes WHERE town_id = $1 AND person_id = $2`, person)
	if !found {
		w.Pace = Daily
	}
	return w, err
}

func putWish(ctx context.Context, tx *db.Tx, w Wish) error {
	muted, err := json.Marshal(append([]Kind{}, w.Muted...))
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO notice_wishes (town_id, person_id, address, pending, pace, muted, lang) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (town_id, person_id) DO UPDATE SET address = excluded.address, pending = excluded.pending, pace = excluded.pace,
			muted = excluded.muted, lang = excluded.lang`,
		w.person, w.Address, w.Pending, string(w.Pace), string(muted), string(w.Lang))
	return err
}

// setToken keeps the hash of the link that confirms a pending address; nil for none.
func setToken(ctx context.Context, tx *db.Tx, person string, hash []byte, until time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE notice_wishes SET token_hash = $3, token_until = $4 WHERE town_id = $1 AND person_id = $2`,
		person, hash, until.UnixMilli())
	return err
}

// tokenFits reports whether hash confirms the pending address of a person now.
func tokenFits(ctx context.Context, tx *db.Tx, person string, hash []byte) (bool, error) {
	var one int64
	return tx.Row(ctx, `SELECT 1 FROM notice_wishes WHERE town_id = $1 AND person_id = $2 AND token_hash = $3 AND token_until > $4 AND pending <> ''`,
		person, hash, tx.Now.UnixMilli()).Maybe(&one)
}
