package db

import (
	"context"
	"errors"
	"strconv"
	"strings"
)

// tuples is how many rows one statement of Insert writes at most. It is a power of two: what is left over goes in halves
// of it, so that each head has seven texts and no more, which stay prepared.
const tuples = 64

// Insert writes many rows with few statements. head names the table and its columns, town_id first, and ends in VALUES;
// tail is what follows the rows, as ON CONFLICT …, or "". args holds the rows one behind the other, each of width
// values without the town, which is bound for every row. They are written Later.
func (tx *Tx) Insert(ctx context.Context, head, tail string, width int, args []any) error {
	for n := tuples; len(args) > 0; {
		for n*width > len(args) {
			n /= 2
		}
		if n == 0 {
			return errRagged
		}
		if err := tx.Later(ctx, head+tx.rows(n, width)+tail, args[:n*width]...); err != nil {
			return err
		}
		args = args[n*width:]
	}
	return nil
}

var errRagged = errors.New("insert: the last row is not whole")

// rows writes the placeholders of n rows. SQLite looks a numbered parameter up by walking all of them, so there only
// the town has a number.
func (tx *Tx) rows(n, width int) string {
	if tx.db.engine == SQLite {
		return " " + strings.Repeat(", (?1"+strings.Repeat(", ?", width)+")", n)[2:] + " "
	}
	b := make([]byte, 0, n*(8+7*width))
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, " ($1"...)
		for j := range width {
			b = append(b, ", $"...)
			b = strconv.AppendInt(b, int64(2+i*width+j), 10)
		}
		b = append(b, ')')
	}
	return string(append(b, ' '))
}

// Listed writes values as the rows of a VALUES with one column, whose first parameter is $from, and returns them as
// arguments. The last is repeated up to a power of two, so that lists of all lengths have few texts. There must be one.
//
// A statement asks for each of them with a subquery of its own: joined, PostgreSQL would walk the whole of a table that
// it believes to be small, as it does of one that has just begun to grow.
func Listed(from int, values []string) (rows string, args []any) {
	n := 1
	for n < len(values) {
		n *= 2
	}
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("($" + strconv.Itoa(from+i) + ")")
		args = append(args, values[min(i, len(values)-1)])
	}
	return b.String(), args
}
