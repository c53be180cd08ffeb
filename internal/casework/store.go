package casework

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/seal"
	"yanming/internal/search"
)

// columns are what a Case is made of, in the order of values.
const columns = `id, number, rev, kind, channel, category, state, outcome, round, visibility, anonymity, title, text, words,
	village_id, grid_id, firm_id, unit_id, handler_id, leader_id, registered_at, accepted_at, dispatched_at, answered_at, closed_at,
	notice_due, due_at, sign_due, provisional, took_ms, on_time, reached, solved, satisfied, returns, extensions, urged, supervised,
	immediate, backfilled, consent, generation, secret_tag, rest`

// columnsOf are the same as scanCase reads them, each behind prefix.
func columnsOf(prefix string) string {
	return prefix + "id, " + together(prefix, "number", "rev", "kind", "channel", "category", "state", "outcome", "round", "visibility", "anonymity", "village_id",
		"grid_id", "firm_id", "unit_id", "handler_id", "leader_id", "solved", "satisfied", "returns", "extensions", "urged", "supervised", "generation") + " AS short, " +
		prefixed(prefix, `title, text, words, registered_at, accepted_at, dispatched_at, answered_at, closed_at, notice_due, due_at, sign_due,
			provisional, took_ms, on_time, reached, immediate, backfilled, consent, secret_tag, rest, answer_due`)
}

// whole are the columns of a case from a relation without a name.
var whole = columnsOf("")

// briefColumns are what a line of a list shows of a case, in the order of scanBrief, from the relation r.
var briefColumns = "r.id, " + together("r.", "number", "kind", "channel", "category", "state", "outcome", "visibility", "anonymity", "village_id", "grid_id",
	"firm_id", "unit_id", "solved", "urged", "supervised") + " AS short, " +
	prefixed("r.", "title, words, registered_at, answered_at, notice_due, due_at, provisional, backfilled, rest, answer_due")

// scanBrief reads briefColumns. What else a case has stays zero.
func scanBrief(r *sql.Rows) (stored, error) {
	var s stored
	var registered, due int64
	var answered, notice sql.NullInt64
	var short string
	var rest []byte
	var more struct { // of storedRest
		DueRule     string `json:"due_rule"`
		NoticeRule  string `json:"notice_rule"`
		Place       string `json:"place"`
		PublicTitle string `json:"public_title"`
	}
	c := &s.Case
	err := r.Scan(&c.ID, &short, &c.Words.Title, &s.box, &registered, &answered, &notice, &due, &c.Due.Provisional, &c.Backfilled, &rest, &s.answerDue)
	if err == nil {
		err = apart(short, (*string)(&c.Number), (*string)(&c.Kind), (*string)(&c.Channel), &c.Category, (*string)(&c.State), (*string)(&c.Outcome),
			(*string)(&c.Visibility), (*string)(&c.Anonymity), &c.Village, &c.Grid, &c.Firm, &c.Unit, (*string)(&c.Solved), &c.Urged, &c.Supervised)
	}
	if err == nil {
		err = json.Unmarshal(rest, &more)
	}
	if err != nil {
		return s, fmt.Errorf("read case %s: %w", c.ID, err)
	}
	if s.box == nil {
		c.Words.Place = more.Place
	}
	c.Notice.Rule, c.Due.Rule, c.PublicTitle = more.NoticeRule, more.DueRule, more.PublicTitle
	c.Registered, c.Answered, c.Notice.At = time.UnixMilli(registered), when(answered), when(notice)
	if due != never {
		c.Due.At = time.UnixMilli(due)
	}
	return s, nil
}

// more reads the rest column.
func (s *stored) more(rest []byte) error {
	var more storedRest
	if err := json.Unmarshal(rest, &more); err != nil {
		return fmt.Errorf("read case %s: %w", s.ID, err)
	}
	c := &s.Case
	c.Rest = more.Rest
	if s.box == nil {
		c.Words.Place, c.Words.Extra = more.Place, more.Extra
	}
	c.Notice.Rule, c.Due.Rule = more.NoticeRule, more.DueRule
	return nil
}

// stored is a case as its row holds it: the words may still be under their key.
type stored struct {
	Case
	box       []byte // the words under the record's key, or nil
	answerDue int64  // as Case.answerDue
}

func scanCase(r *sql.Rows) (stored, error) {
	var s stored
	var registered int64
	var accepted, dispatched, answered, closed, notice, sign, took sql.NullInt64
	var due int64
	var onTime sql.NullBool
	var short string
	var rest []byte
	c := &s.Case
	err := r.Scan(&c.ID, &short, &c.Words.Title, &c.Words.Text, &s.box, &registered, &accepted, &dispatched, &answered, &closed, &notice, &due, &sign,
		&c.Due.Provisional, &took, &onTime, &c.Reached, &c.Immediate, &c.Backfilled, &c.Consent, &c.SecretTag, &rest, &s.answerDue)
	if err == nil {
		err = apart(short, (*string)(&c.Number), &c.Rev, (*string)(&c.Kind), (*string)(&c.Channel), &c.Category, (*string)(&c.State), (*string)(&c.Outcome),
			&c.Round, (*string)(&c.Visibility), (*string)(&c.Anonymity), &c.Village, &c.Grid, &c.Firm, &c.Unit, &c.Handler, &c.Leader,
			(*string)(&c.Solved), (*string)(&c.Satisfied), &c.Returns, &c.Extensions, &c.Urged, &c.Supervised, &c.Generation)
	}
	if err != nil {
		return s, fmt.Errorf("read case %s: %w", c.ID, err)
	}
	if err := s.more(rest); err != nil {
		return s, err
	}
	c.Registered = time.UnixMilli(registered)
	c.Accepted, c.Dispatched, c.Answered, c.Closed = when(accepted), when(dispatched), when(answered), when(closed)
	c.Notice.At, c.Sign.At = when(notice), when(sign)
	if due != never {
		c.Due.At = time.UnixMilli(due)
	}
	c.Took = time.Duration(took.Int64) * time.Millisecond
	if onTime.Valid {
		c.OnTime = &onTime.Bool
	}
	return s, nil
}

// storedRest is the rest column: Rest, and the words that have no column of their own.
type storedRest struct {
	Rest
	DueRule    string            `json:"due_rule,omitempty"`
	NoticeRule string            `json:"notice_rule,omitempty"`
	Place      string            `json:"place,omitempty"`
	Extra      map[string]string `json:"extra,omitempty"`
}

func when(ms sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return time.UnixMilli(ms.Int64)
}

func millis(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

// never is the due moment where no clock runs, so that lists by due moment need no rule for NULL.
const never = 1<<53 - 1

func (c Case) dueMillis() int64 {
	if !c.Due.Set() {
		return never
	}
	return c.Due.At.UnixMilli()
}

// answerDue is the place of a case in lists: when its answer is due, and behind all that are owed one those that have it, the
// one that waits longest for the resident's word first.
func (c Case) answerDue() int64 {
	if c.State != Answered && c.State != FollowUp {
		return c.dueMillis()
	}
	due := int64(never) + 1
	if !c.Answered.IsZero() {
		due += c.Answered.UnixMilli()
	}
	return due
}

// pending names what waits for somebody's decision.
func (c Case) pending() string {
	switch {
	case c.State == ReturnPending:
		return "return"
	case c.Extending != 0 && c.State.Unanswered():
		return "extension"
	}
	return ""
}

// values are the arguments for columns. box is the words under the key, nil for words in clear.
func (c Case) values(box []byte) ([]any, error) {
	words := c.Words
	more := storedRest{Rest: c.Rest, Place: words.Place, Extra: words.Extra}
	if box != nil {
		words, more.Place, more.Extra = Words{}, "", nil
	}
	more.DueRule, more.NoticeRule = c.Due.Rule, c.Notice.Rule
	rest, err := json.Marshal(more)
	if err != nil {
		return nil, err
	}
	var onTime any
	if c.OnTime != nil {
		onTime = *c.OnTime
	}
	var took any
	if !c.Answered.IsZero() {
		took = c.Took.Milliseconds()
	}
	return []any{string(c.ID), string(c.Number), c.Rev, string(c.Kind), string(c.Channel), c.Category, string(c.State), string(c.Outcome),
		int64(c.Round), string(c.Visibility), string(c.Anonymity), words.Title, words.Text, box, c.Village, c.Grid, c.Firm, c.Unit,
		c.Handler, c.Leader, c.Registered.UnixMilli(), millis(c.Accepted), millis(c.Dispatched), millis(c.Answered), millis(c.Closed),
		millis(c.Notice.At), c.dueMillis(), millis(c.Sign.At), c.Due.Provisional, took, onTime, c.Reached, string(c.Solved),
		string(c.Satisfied), int64(c.Returns), int64(c.Extensions), int64(c.Urged), int64(c.Supervised), c.Immediate, c.Backfilled,
		c.Consent, int64(c.Generation), c.SecretTag, string(rest)}, nil
}

// updateCase writes a case over its revision before. Conflict when somebody else changed it meanwhile.
func updateCase(ctx context.Context, tx *db.Tx, c Case, box []byte, before int64) error {
	args, err := c.values(box)
	if err == nil {
		args = append(args, c.State.Live(), c.Veiled(), c.Confirmed(), c.pending(), string(c.LinkedTo), c.answerDue(), before)
		var n int64
		n, err = tx.Exec(ctx, `UPDATE cases SET number = $3, rev = $4, kind = $5, channel = $6, category = $7, state = $8, outcome = $9,
			round = $10, visibility = $11, anonymity = $12, title = $13, text = $14, words = $15, village_id = $16, grid_id = $17,
			firm_id = $18, unit_id = $19, handler_id = $20, leader_id = $21, registered_at = $22, accepted_at = $23, dispatched_at = $24,
			answered_at = $25, closed_at = $26, notice_due = $27, due_at = $28, sign_due = $29, provisional = $30, took_ms = $31,
			on_time = $32, reached = $33, solved = $34, satisfied = $35, returns = $36, extensions = $37, urged = $38, supervised = $39,
			immediate = $40, backfilled = $41, consent = $42, generation = $43, secret_tag = $44, rest = $45, live = $46, veiled = $47,
			confirmed = $48, pending = $49, linked_to = $50, answer_due = $51
			WHERE town_id = $1 AND id = $2 AND rev = $52`, args...)
		if err == nil && n == 0 {
			err = errs.New(errs.Conflict, "error.changed")
		}
	}
	if err != nil {
		return fmt.Errorf("update case %s: %w", c.ID, err)
	}
	return nil
}

// getCase reads a case by its id, whatever its visibility: the gate decides who gets to see it.
func getCase(ctx context.Context, tx *db.Tx, id ID) (stored, error) {
	return oneCase(ctx, tx, `SELECT `+whole+` FROM cases WHERE town_id = $1 AND id = $2`, string(id))
}

// getCases reads cases by their ids, in the order of those. NotFound where one is none.
func getCases(ctx context.Context, tx *db.Tx, ids []ID) ([]stored, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = string(id)
	}
	found, err := someCases(ctx, tx, `SELECT `+whole+` FROM cases WHERE town_id = $1 AND id `+tx.OneOf(2), db.Texts(list))
	if err != nil {
		return nil, fmt.Errorf("get %d cases: %w", len(ids), err)
	}
	byID := make(map[ID]stored, len(found))
	for _, st := range found {
		byID[st.ID] = st
	}
	out := make([]stored, len(ids))
	for i, id := range ids {
		st, ok := byID[id]
		if !ok {
			return nil, fmt.Errorf("get case %s: %w", id, errs.Missing())
		}
		out[i] = st
	}
	return out, nil
}

// findNumber reads a case by its receipt's number.
func findNumber(ctx context.Context, tx *db.Tx, n seal.Number) (stored, error) {
	return oneCase(ctx, tx, `SELECT `+whole+` FROM cases WHERE town_id = $1 AND number = $2`, string(n))
}

// findSecret reads a case by the tag of its one secret.
func findSecret(ctx context.Context, tx *db.Tx, tag []byte) (stored, error) {
	return oneCase(ctx, tx, `SELECT `+whole+` FROM cases WHERE town_id = $1 AND secret_tag = $2`, tag)
}

func oneCase(ctx context.Context, tx *db.Tx, text string, args ...any) (stored, error) {
	ss, err := someCases(ctx, tx, text, args...)
	if err == nil && len(ss) == 0 {
		err = errs.Missing()
	}
	if err != nil {
		return stored{}, fmt.Errorf("get case: %w", err)
	}
	return ss[0], nil
}

func someCases(ctx context.Context, tx *db.Tx, text string, args ...any) (ss []stored, err error) {
	return readCases(ctx, tx, scanCase, text, args...)
}

func readCases(ctx context.Context, tx *db.Tx, scan func(*sql.Rows) (stored, error), text string, args ...any) (ss []stored, err error) {
	err = tx.Each(ctx, func(r *sql.Rows) error {
		s, err := scan(r)
		ss = append(ss, s)
		return err
	}, text, args...)
	return ss, err
}

// numberTaken reports whether a receipt of the town has the number, or a printed slip is waiting with it.
func numberTaken(ctx context.Context, tx *db.Tx, n seal.Number) (bool, error) {
	var x int64
	return tx.Row(ctx, `SELECT 1 FROM cases WHERE town_id = $1 AND number = $2
		UNION ALL SELECT 1 FROM paper_numbers WHERE town_id = $1 AND number = $2 LIMIT 1`, string(n)).Maybe(&x)
}

// signOverdue returns the cases that nobody signed in time.
func signOverdue(ctx context.Context, tx *db.Tx, limit int) ([]stored, error) {
	return someCases(ctx, tx, `SELECT `+whole+` FROM cases WHERE town_id = $1 AND sign_due IS NOT NULL AND sign_due < $2
		AND state = 'dispatched' ORDER BY sign_due LIMIT $3`, tx.Now.UnixMilli(), limit)
}

// plannedBy returns the scheduled cases whose planned day has passed.
func plannedBy(ctx context.Context, tx *db.Tx, limit int) ([]stored, error) {
	return someCases(ctx, tx, `SELECT `+whole+` FROM cases WHERE town_id = $1 AND state IN ('answered', 'follow_up') AND outcome = 'scheduled'
		AND due_at < $2 ORDER BY due_at LIMIT $3`, tx.Now.UnixMilli(), limit)
}

// casesOf returns every case of the town behind an id, for Check.
func casesOf(ctx context.Context, tx *db.Tx, after ID, limit int) ([]stored, error) {
	return someCases(ctx, tx, `SELECT `+whole+` FROM cases WHERE town_id = $1 AND id > $2 ORDER BY id LIMIT $3`, string(after), limit)
}

// joinedTo returns the cases that were linked to one.
func joinedTo(ctx context.Context, tx *db.Tx, id ID) ([]stored, error) {
	return someCases(ctx, tx, `SELECT `+whole+` FROM cases WHERE town_id = $1 AND linked_to = $2 AND linked_to <> '' ORDER BY id`, string(id))
}

// searchable returns what cases are found by, in the order of ids: of one in confidence, under a key or void, that it is
// not to be found.
func searchable(ctx context.Context, tx *db.Tx, ids []string) ([]search.Doc, error) {
	place := make(map[string]int, len(ids))
	for i, id := range ids {
		place[id] = i
	}
	out := make([]search.Doc, len(ids))
	err := tx.Each(ctx, func(r *sql.Rows) error {
		var d search.Doc
		var number, title, text, rest string
		var state State
		var v Visibility
		if err := r.Scan(&d.Record, &number, &state, &v, &title, &text, &rest, &d.At); err != nil {
			return err
		}
		if d.Gone = v.UnderKey() || state == Void; !d.Gone {
			var more struct { // of storedRest
				Place string `json:"place"`
			}
			if err := json.Unmarshal([]byte(rest), &more); err != nil {
				return fmt.Errorf("read case %s: %w", d.Record, err)
			}
			d.Text = title + "\n" + text + "\n" + more.Place + "\n" + number
		}
		out[place[d.Record]] = d
		return nil
	}, `SELECT id, number, state, visibility, title, text, rest, registered_at FROM cases WHERE town_id = $1 AND id `+tx.OneOf(2), db.Texts(ids))
	if err != nil {
		return nil, fmt.Errorf("read cases to index: %w", err)
	}
	for i, d := range out {
		if d.Record == "" {
			return nil, fmt.Errorf("read cases to index: %s has events and no row", ids[i])
		}
	}
	return out, nil
}
