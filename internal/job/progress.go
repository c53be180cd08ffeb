package job

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
)

// report is what a handler tells while it runs. It stays in memory until the runner writes it, so that telling it is
// cheap and may happen inside a transaction.
type report struct {
	mu          sync.Mutex
	done, total int64
	fresh       bool // not yet written
	result      string
}

type reportKey struct{}

// Progress tells how far the work of ctx has come: done of total, or total 0 while it is unknown. It may be called as
// often as one likes, also where no job is running.
func Progress(ctx context.Context, done, total int64) {
	if r, ok := ctx.Value(reportKey{}).(*report); ok {
		r.mu.Lock()
		r.fresh = r.fresh || r.done != done || r.total != total
		r.done, r.total = done, total
		r.mu.Unlock()
	}
}

// SetResult keeps what the job of ctx came to, as JSON, for Job.Result; the last call counts. It is stored when the
// job ends, also when it fails. Where no job is running it does nothing.
func SetResult(ctx context.Context, v any) error {
	r, ok := ctx.Value(reportKey{}).(*report)
	if !ok {
		return nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("keep result: %w", err)
	}
	r.mu.Lock()
	r.result = string(b)
	r.mu.Unlock()
	return nil
}
