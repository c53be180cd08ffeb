package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"
)

// sample is what one contender did in one round.
type sample struct {
	n        int
	rate     float64 // per second
	p50, p99 float64 // milliseconds
	cpu      float64 // microseconds of processor for each, of all servers under test
}

// series are the samples of a contender, one for each round.
type series []sample

func (s series) of(f func(sample) float64) (out Series) {
	for _, x := range s {
		out = append(out, f(x))
	}
	return out
}

func (s series) rates() Series { return s.of(func(x sample) float64 { return x.rate }) }
func (s series) p50s() Series  { return s.of(func(x sample) float64 { return x.p50 }) }
func (s series) p99s() Series  { return s.of(func(x sample) float64 { return x.p99 }) }

func (s series) total() (n int) {
	for _, x := range s {
		n += x.n
	}
	return n
}

// contender is one of the things that take turns.
type contender struct {
	name string
	run  func(ctx context.Context) (sample, error)
}

// rounds lets the contenders take turns, all of them once in each round, with the baseline of the processor, and of the
// disk where it matters, before each round and after the last. It returns what each did and the drift of the baseline
// that drifted more.
func (b *bench) rounds(ctx context.Context, disk bool, cs ...contender) (map[string]series, float64, error) {
	out := map[string]series{}
	base := []func(context.Context) (float64, error){b.spin}
	if disk {
		base = append(base, b.flush)
	}
	bases := make([]Series, len(base))
	for n := range b.Rounds + 1 {
		for i, measure := range base {
			v, err := measure(ctx)
			if err != nil {
				return nil, 0, fmt.Errorf("baseline: %w", err)
			}
			bases[i] = append(bases[i], v)
		}
		if n == b.Rounds {
			break
		}
		for _, c := range cs {
			before := childrenTime()
			s, err := c.run(ctx)
			if err != nil {
				return nil, 0, fmt.Errorf("%s, round %d: %w", c.name, n+1, err)
			}
			s.cpu = float64((childrenTime() - before).Microseconds()) / float64(max(s.n, 1))
			out[c.name] = append(out[c.name], s)
		}
	}
	for _, c := range cs {
		b.say("  %-34s %s/s  p50 %s ms  p99 %s ms  cpu %s µs  n %d", c.name, number(out[c.name].rates().Median()), number(out[c.name].p50s().Median()),
			number(out[c.name].p99s().Median()), number(out[c.name].of(func(x sample) float64 { return x.cpu }).Median()), out[c.name].total())
	}
	drift := 0.0
	for _, s := range bases {
		drift = max(drift, s.drift())
	}
	return out, drift, nil
}

// spin is the baseline of what the processor does: how often a fixed piece of work is done, on every core at once.
func (b *bench) spin(ctx context.Context) (float64, error) {
	return steady(ctx, b.Slice, func() error {
		var wg sync.WaitGroup
		for range runtime.NumCPU() {
			wg.Go(func() { work() })
		}
		wg.Wait()
		return nil
	})
}

// work is about a millisecond of arithmetic and memory.
func work() (sum uint64) {
	var table [4096]uint64
	for i := range uint64(400_000) {
		sum = sum*6364136223846793005 + i
		table[sum>>52] += sum
	}
	return sum + table[7]
}

// flush is the baseline of what the disk does: durable appends of 4 KB.
func (b *bench) flush(ctx context.Context) (float64, error) {
	f, err := os.Create(filepath.Join(b.Data, "baseline"))
	if err != nil {
		return 0, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	page := make([]byte, 4096)
	return steady(ctx, b.Slice, func() error {
		if _, err := f.Write(page); err != nil {
			return err
		}
		return f.Sync()
	})
}

// steady does one thing again and again for a quarter of a slice, and returns the time that it takes in the middle,
// in milliseconds: a hiccup is no drift.
func steady(ctx context.Context, slice time.Duration, do func() error) (float64, error) {
	var took []float64
	for end := time.Now().Add(slice / 4); len(took) < 5 || time.Now().Before(end); {
		start := time.Now()
		if err := do(); err != nil {
			return 0, err
		}
		took = append(took, ms(time.Since(start)))
		if err := ctx.Err(); err != nil {
			return 0, err
		}
	}
	return Series(took).Median(), nil
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// load lets so many workers do op again and again for a slice, at most `most` times in all where most is not 0. The
// first failure ends it.
func (b *bench) load(ctx context.Context, workers, most int, op func(worker int) error) (sample, error) {
	ctx, stop := context.WithTimeout(ctx, b.Slice)
	defer stop()
	took := make([][]float64, workers)
	failed := make([]error, workers)
	left := make(chan struct{}, max(most, 1))
	for range most {
		left <- struct{}{}
	}
	var wg sync.WaitGroup
	start := time.Now()
	for w := range workers {
		wg.Go(func() {
			for ctx.Err() == nil {
				if most > 0 {
					select {
					case <-left:
					default:
						return
					}
				}
				from := time.Now()
				if err := op(w); err != nil {
					failed[w] = err
					stop()
					return
				}
				took[w] = append(took[w], ms(time.Since(from)))
			}
		})
	}
	wg.Wait()
	whole := time.Since(start)
	for _, err := range failed {
		if err != nil {
			return sample{}, err
		}
	}
	return measure(slices.Concat(took...), whole), nil
}

// measure makes a sample of how long each of several things took, and all of them together.
func measure(took []float64, whole time.Duration) sample {
	slices.Sort(took)
	s := sample{n: len(took), rate: float64(len(took)) / whole.Seconds()}
	if len(took) > 0 {
		s.p50, s.p99 = took[len(took)/2], took[min(len(took)-1, len(took)*99/100)]
	}
	return s
}
