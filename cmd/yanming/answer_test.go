package main

import (
	"errors"
	"log/slog"
	"net"
	"testing"
)

// stumbling is a listener whose first connection fails, and which is closed then.
type stumbling struct {
	net.Listener
	accepts int
}

func (s *stumbling) Accept() (net.Conn, error) {
	if s.accepts++; s.accepts == 1 {
		return nil, errors.New("too many open files")
	}
	return nil, net.ErrClosed
}

func (s *stumbling) Close() error { return nil }

func TestTheControlSocketOutlivesAConnectionThatFails(t *testing.T) {
	s := &stumbling{}
	(&home{}).answer(t.Context(), s, nil, slog.New(slog.DiscardHandler))
	if s.accepts != 2 {
		t.Errorf("%d connections were waited for", s.accepts)
	}
}
