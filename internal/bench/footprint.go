package bench

import (
	"context"
	"os"
	"path/filepath"
	"time"
)

// footprint measures the cold start with the large corpus against that of the empty peer, memory at rest, and the size
// of the program. Each round starts both anew.
func footprint(ctx context.Context, b *bench) error {
	c, err := b.corpus(ctx, b.Scale)
	if err != nil {
		return err
	}
	dir := filepath.Join(b.Data, "peer-empty")
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	rest := map[string]Series{}
	cold := func(name string, start func() (*process, error)) contender {
		return contender{name, func(ctx context.Context) (sample, error) {
			p, err := start()
			if err != nil {
				return sample{}, err
			}
			select { // what is done once at a start is over
			case <-time.After(max(b.Slice, 200*time.Millisecond)):
			case <-ctx.Done():
				return sample{}, ctx.Err()
			}
			mb, err := memory(p.cmd.Process.Pid, "VmRSS")
			if err != nil {
				return sample{}, err
			}
			rest[name] = append(rest[name], mb)
			b.stopAll()
			return measure([]float64{ms(p.up)}, p.up), nil
		}}
	}
	cs := []contender{cold("ours", func() (*process, error) { return b.serve(ctx, c.world) })}
	if b.Peer != "" {
		if _, err := b.servePeer(ctx, dir); err != nil { // its first start makes its tables, which is no cold start
			return err
		}
		b.stopAll()
		cs = append(cs, cold("peer", func() (*process, error) { return b.servePeer(ctx, dir) }))
	}
	out, drift, err := b.rounds(ctx, true, cs...)
	if err != nil {
		return err
	}
	start := Row{What: "cold start to the first answer", Unit: "ms", Ours: out["ours"].p50s(), Drift: drift}
	idle := Row{What: "memory at rest", Unit: "MB", Ours: rest["ours"], Drift: drift}
	if p, ok := out["peer"]; ok {
		start.Floor, start.Against, start.Goal = p.p50s(), peerName+", empty", atMost(3)
		idle.Floor, idle.Against, idle.Goal = rest["peer"], peerName+", empty", atMost(1.5)
	}
	b.add(start)
	b.add(idle)
	info, err := os.Stat(b.Program)
	if err != nil {
		return err
	}
	b.add(Row{What: "size of the program", Unit: "MB", Ours: Series{float64(info.Size()) / (1 << 20)}, Goal: atMost(45)})
	return nil
}
