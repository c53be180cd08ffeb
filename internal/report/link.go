package report

import (
	"net/url"
	"slices"
	"strings"

	"yanming/internal/calendar"
	"yanming/internal/errs"
	"yanming/internal/figures"
)

// noCode stands for records without a value in addresses, where an empty one would be lost. No code is written so.
const noCode = "-"

// Path returns the address of a figure's evidence: its period and scope are in it. set names the frozen set that the
// number comes from, or is "" for the value of now.
func Path(i figures.Item, set string) string {
	return "/f/" + i.Code + "?" + Query(i, set).Encode()
}

// Query returns the query of Path.
func Query(i figures.Item, set string) url.Values {
	q := url.Values{"period": {i.Period.String()}}
	for dim, codes := range i.Scope.Dims {
		written := make([]string, len(codes))
		for n, c := range codes {
			if written[n] = c; c == "" {
				written[n] = noCode
			}
		}
		q.Set(dim, strings.Join(written, ","))
	}
	if set != "" {
		q.Set("frozen", set)
	}
	return q
}

// ReadQuery reads what Query wrote: the period, all time where none is given, and one scope for each of dims that is
// named. Errors: Invalid for a period that cannot be read or a scope that is too long.
func ReadQuery(code string, dims []string, q url.Values) (figures.Item, error) {
	i := figures.Item{Code: code}
	if p := q.Get("period"); p != "" {
		var err error
		if i.Period, err = calendar.ParsePeriod(p); err != nil {
			return figures.Item{}, err
		}
	}
	for _, dim := range dims {
		text := q.Get(dim)
		if text == "" {
			continue
		}
		codes := strings.Split(text, ",")
		if len(codes) > maxCodes || strings.ContainsRune(text, 0) {
			return figures.Item{}, errs.Field(dim, "error.choice")
		}
		for n, c := range codes {
			if c == noCode {
				codes[n] = ""
			}
		}
		slices.Sort(codes)
		i.Scope = i.Scope.With(dim, slices.Compact(codes)...)
	}
	return i, nil
}

// maxCodes bounds how many codes of one dimension an address may name.
const maxCodes = 200
