package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"regexp"
	"strconv"
	"strings"
)

// session is one connection with its prepared statements. One goroutine uses it at a time.
type session struct {
	pool   *sql.DB
	engine Engine
	attach string // SQLite: the statement by which a new connection sees a second file
	spare  bool   // it does without that file where it must
	away   error  // why the present connection does
	conn   *sql.Conn
	stmts  map[string]*sql.Stmt

	waiting []waiting      // PostgreSQL: what goes with the next statement
	touched map[topic]bool // by the transaction that is open, or those that are committed together
}

// maxStmts is how many prepared statements a connection keeps. A list's filters and the hits of a search make a text of
// their own each, so over the months of a server there is no end of them.
const maxStmts = 500

// connect takes a connection from the pool unless the session holds one. It comes before each transaction, when no rows
// are open, so that is where the prepared statements are given up once they are too many.
func (s *session) connect(ctx context.Context) error {
	if s.conn != nil {
		if len(s.stmts) > maxStmts {
			s.forget()
		}
		return nil
	}
	conn, err := s.pool.Conn(ctx)
	if err != nil {
		return err
	}
	if s.attach != "" {
		_, err := conn.ExecContext(ctx, s.attach)
		if key := trouble(err); s.spare && (key == storeDamaged || key == storeClosed) {
			s.away, err = translate(s.attach, err), nil
		}
		if err != nil {
			conn.Close()
			return err
		}
	}
	s.conn, s.stmts = conn, map[string]*sql.Stmt{}
	return nil
}

// drop gives the connection up, after an error that may have broken it. What was attached must not meet the next user of
// the pool, so the connection is closed for good.
func (s *session) drop() {
	s.forget()
	if s.conn != nil {
		s.conn.Raw(func(any) error { return driver.ErrBadConn })
		s.conn.Close()
	}
	s.conn, s.stmts, s.away, s.waiting = nil, nil, nil, nil
}

// forget closes the prepared statements. An error would say only that the connection is gone, which the next use finds.
func (s *session) forget() {
	for _, st := range s.stmts {
		st.Close()
	}
	clear(s.stmts)
}

// prepare keeps a statement for later transactions on the connection. pgx has a cache of its own.
func (s *session) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	if st := s.stmts[text]; st != nil {
		return st, nil
	}
	asked := text
	if s.engine == SQLite {
		asked = nameless(text)
	}
	st, err := s.conn.PrepareContext(context.WithoutCancel(ctx), asked)
	if err == nil {
		s.stmts[text] = st
	}
	return st, err
}

var numbered = regexp.MustCompile(`\$[0-9]+`)

// nameless takes the numbers from a statement's parameters, but of those that it names twice, where they first stand in
// their order: SQLite keeps $1 as a name, and looks for each by walking all of them.
func nameless(text string) string {
	for i, part := range strings.Split(text, "'") {
		if i%2 == 1 && strings.Contains(part, "$") { // within quotation marks it is no parameter
			return text
		}
	}
	times, last := map[string]int{}, 0
	for _, m := range numbered.FindAllString(text, -1) {
		if times[m]++; times[m] > 1 {
			continue
		}
		if last++; m != "$"+strconv.Itoa(last) {
			return text
		}
	}
	return numbered.ReplaceAllStringFunc(text, func(m string) string {
		if times[m] > 1 {
			return "?" + m[1:]
		}
		return "?"
	})
}

func (s *session) exec(ctx context.Context, text string, args []any) (sql.Result, error) {
	if s.engine == Postgres {
		return s.conn.ExecContext(ctx, text, args...)
	}
	st, err := s.prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	return st.ExecContext(ctx, args...)
}

func (s *session) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	if s.engine == Postgres {
		return s.conn.QueryContext(ctx, text, args...)
	}
	st, err := s.prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

// run executes a statement of the transaction machinery itself.
func (s *session) run(ctx context.Context, text string) error {
	_, err := s.exec(ctx, text, nil)
	return err
}
