package job

import (
	"encoding/json"
	"fmt"

	"yanming/internal/errs"
	"yanming/internal/i18n"
)

// failure is one error as it is stored: message keys, never sentences.
type failure struct {
	Kind  errs.Kind `json:"kind"`
	Field string    `json:"field,omitempty"`
	Key   string    `json:"key"`
	Args  []arg     `json:"args,omitempty"`
}

// arg is an argument of a message: a translated one, a pair, or anything else as it prints.
type arg struct {
	Key  i18n.Key   `json:"key,omitempty"`
	Pair *i18n.Pair `json:"pair,omitempty"`
	Text string     `json:"text,omitempty"`
}

// encodeFailure keeps what a person may read of err. Of what is nobody's fault that is the job's id.
func encodeFailure(err error, key string) string {
	all := errs.All(err)
	if errs.Is(err, errs.Internal) || len(all) == 0 {
		all = []*errs.Error{{Kind: errs.Internal, Key: "error.internal", Args: []any{key}}}
	}
	fs := make([]failure, len(all))
	for i, e := range all {
		fs[i] = failure{Kind: e.Kind, Field: e.Field, Key: e.Key}
		for _, a := range e.Args {
			switch a := a.(type) {
			case i18n.Key:
				fs[i].Args = append(fs[i].Args, arg{Key: a})
			case i18n.Pair:
				fs[i].Args = append(fs[i].Args, arg{Pair: &a})
			default:
				fs[i].Args = append(fs[i].Args, arg{Text: fmt.Sprint(a)})
			}
		}
	}
	b, err := json.Marshal(fs)
	if err != nil {
		panic(err) // strings and numbers only
	}
	return string(b)
}

func decodeFailure(text string) error {
	if text == "" {
		return nil
	}
	var fs []failure
	if err := json.Unmarshal([]byte(text), &fs); err != nil {
		return fmt.Errorf("read failure of job: %w", err)
	}
	var list errs.List
	for _, f := range fs {
		e := &errs.Error{Kind: f.Kind, Field: f.Field, Key: f.Key}
		for _, a := range f.Args {
			switch {
			case a.Key != "":
				e.Args = append(e.Args, a.Key)
			case a.Pair != nil:
				e.Args = append(e.Args, *a.Pair)
			default:
				e.Args = append(e.Args, a.Text)
			}
		}
		list = append(list, e)
	}
	if len(list) == 1 {
		return list[0]
	}
	return list.Err()
}
