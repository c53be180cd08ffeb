package casework

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Short texts and counts of a row come out of the database as one text: to hand a value over takes longer than to find it,
// and a case has forty.

// unitSeparator stands between values that come as one. Texts that come so are ids, codes and words of the program.
const unitSeparator = "\x1f"

// together is the expression for columns that are not NULL as one text, each behind prefix.
func together(prefix string, columns ...string) string {
	columns = slices.Clone(columns)
	for i, c := range columns {
		columns[i] = prefix + c
	}
	return joined(unitSeparator, columns...)
}

// joined is the expression for values as one text. SQLite writes it in one go so; with || it copies what it has for each.
func joined(separator string, values ...string) string {
	holes := strings.Repeat(separator+"%s", len(values))[len(separator):]
	return "format('" + holes + "', " + strings.Join(values, ", ") + ")"
}

// apart reads what came together: into *string, *int and *int64.
func apart(text string, into ...any) error {
	for i, dest := range into {
		part, rest, more := strings.Cut(text, unitSeparator)
		if more != (i < len(into)-1) {
			return fmt.Errorf("values that came together are not %d", len(into))
		}
		text = rest
		var err error
		switch dest := dest.(type) {
		case *string:
			*dest = part
		case *int:
			*dest, err = strconv.Atoi(part)
		case *int64:
			*dest, err = strconv.ParseInt(part, 10, 64)
		default:
			err = fmt.Errorf("values that came together do not go into %T", dest)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
