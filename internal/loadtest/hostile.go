//go:build linux

package loadtest

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Raw sends bytes over a connection of its own until send has no more or the server ends it, and returns the status of
// the answer (0 for none) and how many bytes were sent. send returns nil at its end; it may sleep.
func Raw(base string, within time.Duration, send func(n int) []byte) (status int, sent int64, err error) {
	c, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		return 0, 0, err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(within))
	answer := make(chan int, 1)
	go func() {
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			answer <- 0
			return
		}
		resp.Body.Close()
		answer <- resp.StatusCode
	}()
	for n := 0; ; n++ {
		select {
		case status = <-answer:
			return status, sent, nil
		default:
		}
		b := send(n)
		if b == nil {
			break
		}
		m, err := c.Write(b)
		sent += int64(m)
		if err != nil { // the server has had enough; its answer may still be under way
			break
		}
	}
	return <-answer, sent, nil
}

// Held opens n connections that send what head says and then nothing, and returns how many the server ended within a
// time.
func Held(base string, n int, head string, within time.Duration) (ended int, err error) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			c, e := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
			if e == nil {
				defer c.Close()
				c.SetDeadline(time.Now().Add(within))
				if _, e = io.WriteString(c, head); e == nil {
					_, e = io.Copy(io.Discard, c)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			var late net.Error
			switch {
			case errors.As(e, &late) && late.Timeout():
				err = fmt.Errorf("a connection was still held after %s", within)
			default:
				ended++ // closed, with an answer or with none
			}
		})
	}
	wg.Wait()
	return ended, err
}

// Bomb is an archive of some kilobytes that holds one sheet of so many megabytes.
func Bomb(megabytes int) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"} {
		w, err := z.Create(name)
		if err != nil {
			return nil, err
		}
		for range megabytes {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				return nil, err
			}
		}
	}
	return b.Bytes(), z.Close()
}

// Others are residents who are served meanwhile.
type Others struct {
	Resident
	mu      sync.Mutex
	times   []time.Duration
	failed  []error
	stop    context.CancelFunc
	running sync.WaitGroup
}

// Begin lets n residents say a word and read a page, over and over.
func (o *Others) Begin(ctx context.Context, n int) {
	ctx, o.stop = context.WithCancel(ctx)
	o.Client = Clients(n)
	for range n {
		o.running.Go(func() {
			for ctx.Err() == nil {
				at := time.Now()
				_, err := o.Say(ctx, "the bus does not come")
				if err == nil {
					var p Page
					if p, err = o.Get(ctx, "/t/"+o.Town, ""); err == nil && p.Status != http.StatusOK {
						err = fmt.Errorf("home: %d", p.Status)
					}
				}
				if ctx.Err() != nil {
					return
				}
				o.mu.Lock()
				o.times = append(o.times, time.Since(at))
				if err != nil {
					o.failed = append(o.failed, err)
				}
				o.mu.Unlock()
			}
		})
	}
}

// End returns how often they were served, the longest they waited, and what failed.
func (o *Others) End() (served int, longest time.Duration, failed []error) {
	o.stop()
	o.running.Wait()
	o.Client.CloseIdleConnections()
	for _, t := range o.times {
		longest = max(longest, t)
	}
	return len(o.times), longest, o.failed
}
