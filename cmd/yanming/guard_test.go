package main

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"
)

func TestWhatTheStartNeededIsGivenBack(t *testing.T) {
	held := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapSys - m.HeapReleased
	}
	const much = 64 << 20
	b := make([]byte, much)
	for i := 0; i < len(b); i += 4096 {
		b[i] = 1
	}
	before := held()
	runtime.KeepAlive(b)
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { giveBack(ctx, func() {}) })
	for begin := time.Now(); held() > before-much/2; time.Sleep(10 * time.Millisecond) {
		if time.Since(begin) > 20*started {
			t.Fatalf("%d MB are held, %d before", held()>>20, before>>20)
		}
	}
	stop()
	wg.Wait()
}
