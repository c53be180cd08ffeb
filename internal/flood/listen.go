package flood

import (
	"net"
	"sync"
)

// Listen bounds how many connections of l are open at once: the next is accepted when one has ended. Each may be in the
// middle of a request that is held in memory, so the bound is one of memory too.
func Listen(l net.Listener, most int) net.Listener {
	return &listener{Listener: l, room: make(chan struct{}, most), done: make(chan struct{})}
}

type listener struct {
	net.Listener
	room chan struct{}
	done chan struct{}
	once sync.Once
}

// Accept waits for room and then for a connection.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case l.room <- struct{}{}:
	case <-l.done:
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.room
		return nil, err
	}
	return &conn{Conn: c, leave: sync.OnceFunc(func() { <-l.room })}, nil
}

// Close ends the listening, also of an Accept that waits for room.
func (l *listener) Close() error {
	l.once.Do(func() { close(l.done) })
	return l.Listener.Close()
}

type conn struct {
	net.Conn
	leave func()
}

// Close ends the connection and makes room for another.
func (c *conn) Close() error {
	err := c.Conn.Close()
	c.leave()
	return err
}
