// Package metric counts what an operator watches, and prints it as Prometheus reads it: requests, commits, waits, jobs,
// derivers, figures, sizes.
//
// It holds numbers only. It refuses labels that name more than a route's pattern, a kind of work, a figure's code or a
// town: no address, no person, no unit, no village, no number of a case, and no value of a figure, because a count that
// is read every few seconds would tell when a word in confidence came in. It counts no log-ins and no visits of anybody.
package metric

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"yanming/internal/db"
	"yanming/internal/job"
)

// Registry holds the counters of one running program. It is safe for concurrent use.
type Registry struct {
	set     *metrics.Set
	flight  *metrics.Gauge
	commit  *metrics.PrometheusHistogram
	batch   *metrics.PrometheusHistogram
	queued  *metrics.PrometheusHistogram
	read    *metrics.PrometheusHistogram
	retries *metrics.Counter
	broken  *metrics.Counter
	writes  *metrics.Counter
}

// seconds are the bounds of durations: from half a millisecond, what a commit on a good disk takes, to half a minute.
func seconds() []float64 {
	return []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}
}

// New returns a registry with everything at zero. version and commit are of the program.
func New(version, commit string) *Registry {
	set := metrics.NewSet()
	r := &Registry{set: set,
		flight:  set.NewGauge("yanming_http_in_flight", nil),
		commit:  set.NewPrometheusHistogramExt("yanming_commit_seconds", seconds()),
		batch:   set.NewPrometheusHistogramExt("yanming_commit_requests", []float64{1, 2, 4, 8, 16, 32, 64, 128}),
		queued:  set.NewPrometheusHistogramExt("yanming_write_wait_seconds", seconds()),
		read:    set.NewPrometheusHistogramExt("yanming_read_wait_seconds", seconds()),
		retries: set.NewCounter("yanming_commit_retries_total"),
		broken:  set.NewCounter("yanming_commits_failed_total"),
		writes:  set.NewCounter("yanming_writes_total"),
	}
	set.NewGauge(name("yanming_info", "version", version, "commit", commit), func() float64 { return 1 })
	return r
}

// Database returns the hooks to open the database with.
func (r *Registry) Database() db.Watch {
	return db.Watch{
		Committed: func(c db.Commit) {
			r.commit.Update(c.Took.Seconds())
			r.batch.Update(float64(c.Requests))
			r.retries.Add(max(0, c.Tries-1))
			r.writes.Add(c.Requests)
			if c.Failed {
				r.broken.Inc()
			}
		},
		Queued: func(wait time.Duration) { r.queued.Update(wait.Seconds()) },
		Read:   func(wait time.Duration) { r.read.Update(wait.Seconds()) },
	}
}

// Job is the hook to run jobs with.
func (r *Registry) Job(e job.End) {
	how := "done"
	if e.Failed {
		how = "failed"
	}
	r.set.GetOrCreateCounter(name("yanming_job_runs_total", "kind", e.Kind, "end", how)).Inc()
	r.set.GetOrCreateFloatCounter(name("yanming_job_seconds_total", "kind", e.Kind)).Add(e.Took.Seconds())
}

// Figure is the hook of the catalogue of figures: how long a question about one took.
func (r *Registry) Figure(code string, took time.Duration) {
	r.set.GetOrCreateCounter(name("yanming_figure_questions_total", "figure", code)).Inc()
	r.set.GetOrCreateFloatCounter(name("yanming_figure_seconds_total", "figure", code)).Add(took.Seconds())
}

// Sample is a number that is read when somebody asks, with its labels as pairs of name and value.
type Sample struct {
	Name   string
	Labels []string
	Value  float64
}

// Write prints everything counted, then the samples, then what Go and the system say of the process.
func (r *Registry) Write(w io.Writer, samples []Sample) {
	r.set.WritePrometheus(w)
	for _, s := range samples {
		fmt.Fprintf(w, "%s %s\n", name(s.Name, s.Labels...), strconv.FormatFloat(s.Value, 'g', -1, 64))
	}
	metrics.WriteProcessMetrics(w)
}

// name is a metric's name with labels.
func name(base string, labels ...string) string {
	if len(labels) == 0 {
		return base
	}
	out := base + "{"
	for i := 0; i+1 < len(labels); i += 2 {
		if i > 0 {
			out += ","
		}
		out += labels[i] + "=" + strconv.Quote(labels[i+1])
	}
	return out + "}"
}
