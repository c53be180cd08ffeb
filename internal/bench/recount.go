package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// recheck measures `yanming check`, which folds every case again out of the journal and counts every figure again,
// against one pass over the journal: every column of every event, in order, read and its payload parsed.
func recheck(ctx context.Context, b *bench) error {
	c, err := b.corpus(ctx, b.Scale)
	if err != nil {
		return err
	}
	d, err := openSource(c.source)
	if err != nil {
		return err
	}
	defer d.Close()
	peak, cases, faults := 0.0, 0, 0
	check := contender{"check", func(ctx context.Context) (sample, error) {
		x, err := b.command(ctx, append([]string{"check", "--json"}, c.flags()...)...)
		if err != nil {
			return sample{}, err
		}
		var towns []struct {
			Cases  int
			Faults []string
		}
		if err := json.Unmarshal(x.out, &towns); err != nil {
			return sample{}, fmt.Errorf("read what check said: %w", err)
		}
		cases, faults, peak = 0, 0, max(peak, x.peak)
		for _, t := range towns {
			cases += t.Cases
			faults += len(t.Faults)
		}
		return measure([]float64{ms(x.took)}, x.took), nil
	}}
	events := 0
	pass := contender{"pass", func(ctx context.Context) (sample, error) {
		start := time.Now()
		n, err := passJournal(ctx, d)
		events = n
		return measure([]float64{ms(time.Since(start))}, time.Since(start)), err
	}}
	out, drift, err := b.rounds(ctx, false, check, pass)
	if err != nil {
		return err
	}
	b.add(Row{What: "yanming check", Unit: "ms", Ours: out["check"].p50s(), Floor: out["pass"].p50s(), Against: "one pass over the journal", Goal: atMost(3), Drift: drift,
		Note: fmt.Sprintf("%d cases, %d events", cases, events)})
	b.add(Row{What: "most memory of yanming check", Unit: "MB", Ours: Series{peak}, Goal: atMost(256)})
	b.count("what yanming check found wrong", "faults", faults, 0)
	if cases < b.Scale {
		return fmt.Errorf("check saw %d cases of more than %d", cases, b.Scale)
	}
	return nil
}
