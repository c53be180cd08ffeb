package main

import (
	"context"
	"net/http"
	"sync"
	"time"

	"yanming/internal/job"
	"yanming/internal/journal"
	"yanming/internal/metric"
)

// measured is what is too dear to be read at each question.
type measured struct {
	mu          sync.Mutex
	at          time.Time // when the samples were read
	samples     []metric.Sample
	filesAt     time.Time
	files, size int64
	looking     bool
}

const (
	freshFor = 5 * time.Second // how long samples are given again: a hasty watcher costs nothing
	filesFor = time.Hour       // how long the measure of the folder of files is good
)

// writeMetrics prints all there is to know in numbers.
func (h *home) writeMetrics(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	h.metrics.Write(w, h.samples(r.Context()))
}

// samples returns what is read when somebody asks. What could not be read is left out, and yanming_ready is 0.
func (h *home) samples(ctx context.Context) []metric.Sample {
	m := &h.measured
	m.mu.Lock()
	defer m.mu.Unlock()
	ready := 0.0
	if h.condition(ctx).Ready {
		ready = 1
	}
	l := h.db.Load()
	out := []metric.Sample{{Name: "yanming_ready", Value: ready}, {Name: "yanming_write_queue", Value: float64(l.Queue)},
		{Name: "yanming_readers", Value: float64(l.Readers)}, {Name: "yanming_readers_busy", Value: float64(l.Busy)}}
	if time.Since(m.at) > freshFor && ready == 1 {
		limited, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		m.samples, m.at = h.stored(limited), time.Now()
	}
	if ready == 1 {
		out = append(out, m.samples...)
	}
	h.measureFiles()
	if !m.filesAt.IsZero() {
		out = append(out, metric.Sample{Name: "yanming_files", Value: float64(m.files)}, metric.Sample{Name: "yanming_files_bytes", Value: float64(m.size)})
	}
	return out
}

// stored reads what stands in the database.
func (h *home) stored(ctx context.Context) (out []metric.Sample) {
	add := func(name string, v float64, labels ...string) {
		out = append(out, metric.Sample{Name: name, Labels: labels, Value: v})
	}
	if data, wal, err := h.db.Size(ctx); err == nil {
		add("yanming_database_bytes", float64(data))
		add("yanming_database_wal_bytes", float64(wal))
	}
	if lags, err := journal.Lags(ctx, h.db, derivers()...); err == nil {
		for _, l := range lags {
			add("yanming_deriver_lag_events", float64(l.Events), "deriver", l.Deriver, "town", l.Town)
			add("yanming_deriver_lag_seconds", l.Behind.Seconds(), "deriver", l.Deriver, "town", l.Town)
		}
	}
	if waiting, dead, err := h.notices.Counts(ctx); err == nil {
		add("yanming_deliveries", float64(waiting), "state", "waiting")
		add("yanming_deliveries", float64(dead), "state", "dead")
	}
	counts, err := job.Counts(ctx, h.db)
	if err != nil {
		return out
	}
	oldest := 0.0
	for _, c := range counts {
		add("yanming_jobs", float64(c.Jobs), "kind", c.Kind, "state", string(c.State))
		if !c.Oldest.IsZero() {
			oldest = max(oldest, h.db.Now().Sub(c.Oldest).Seconds())
		}
	}
	add("yanming_job_oldest_waiting_seconds", oldest)
	return out
}

// measureFiles starts to measure the folder of files when the last measure is old. m.mu is held.
func (h *home) measureFiles() {
	m := &h.measured
	if m.looking || time.Since(m.filesAt) < filesFor {
		return
	}
	m.looking = true
	go func() {
		files, size, err := h.blobs.Usage(context.Background())
		m.mu.Lock()
		defer m.mu.Unlock()
		m.looking = false
		if err == nil {
			m.files, m.size, m.filesAt = files, size, time.Now()
		}
	}()
}
