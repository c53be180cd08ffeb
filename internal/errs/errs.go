// Package errs names the five kinds of failure a person can do something about. Everything else is Internal:
// it is logged once, by the wrapper at the edge, and shown only as an error number.
//
// An error carries a catalogue key, never a sentence, so that it is said in the reader's language at the edge.
package errs

import (
	"errors"
	"strings"
)

// Kind says what the caller can do about an error.
type Kind int

// The kinds. The zero value is Internal, so that a forgotten kind is never shown as the user's fault.
const (
	Internal    Kind = iota // nothing the user did
	Invalid                 // the input is wrong: Field and Key say where and how
	Denied                  // signed in, may see it, may not do it
	NotFound                // not there, or not yours to see: the two are never told apart
	Conflict                // changed meanwhile, or a request key used for another request
	Unavailable             // the installation cannot do it now: try again, and the operator has to look (full disk, no database)
)

// String returns the kind's name for logs.
func (k Kind) String() string {
	return [...]string{"internal", "invalid", "denied", "not_found", "conflict", "unavailable"}[k]
}

// Error is a failure of a known kind. Key is a message of the catalogue and Args its values; Field names the form
// field, column or option it belongs to, or is empty.
type Error struct {
	Kind  Kind
	Field string
	Key   string
	Args  []any
}

// Error returns kind, field and key; people read the catalogue's text instead.
func (e *Error) Error() string {
	s := e.Kind.String() + ": " + e.Key
	if e.Field != "" {
		s += " (" + e.Field + ")"
	}
	return s
}

// New returns an error of a kind that belongs to no field.
func New(k Kind, key string, args ...any) error { return &Error{Kind: k, Key: key, Args: args} }

// Field returns an Invalid error that belongs to one field.
func Field(field, key string, args ...any) error {
	return &Error{Kind: Invalid, Field: field, Key: key, Args: args}
}

// Missing is the one NotFound: the same for what does not exist and for what is not the caller's to see.
func Missing() error { return &Error{Kind: NotFound, Key: "error.not_found"} }

// List is several Invalid errors of one form, in the order of its fields.
type List []*Error

// Error joins the members.
func (l List) Error() string {
	s := make([]string, len(l))
	for i, e := range l {
		s[i] = e.Error()
	}
	return strings.Join(s, "; ")
}

// Add appends an Invalid error for field.
func (l *List) Add(field, key string, args ...any) {
	*l = append(*l, &Error{Kind: Invalid, Field: field, Key: key, Args: args})
}

// Short keeps what somebody typed or pasted by mistake from filling the message that names it.
func Short(s string) string {
	if r := []rune(s); len(r) > 20 {
		return string(r[:20]) + "…"
	}
	return s
}

// Err returns nil for an empty list, else the list.
func (l List) Err() error {
	if len(l) == 0 {
		return nil
	}
	return l
}

// KindOf returns the kind of err: that of the first Error in its chain, Invalid for a List, else Internal.
func KindOf(err error) Kind {
	var l List
	if errors.As(err, &l) {
		return Invalid
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Is reports whether err is of kind k. A nil error is of no kind.
func Is(err error, k Kind) bool { return err != nil && KindOf(err) == k }

// All returns the Errors that err carries: the members of a List, or the one Error in its chain, or none.
func All(err error) []*Error {
	var l List
	if errors.As(err, &l) {
		return l
	}
	var e *Error
	if errors.As(err, &e) {
		return []*Error{e}
	}
	return nil
}

// Rename gives the Invalid errors of one field the name that a form has for it. Any other error it returns as it is.
func Rename(err error, from, to string) error {
	if !Is(err, Invalid) {
		return err
	}
	var list List
	for _, e := range All(err) {
		one := *e
		if one.Field == from {
			one.Field = to
		}
		list = append(list, &one)
	}
	return list
}
