package importer_test

import (
	"testing"
	"time"

	"yanming/internal/casework"
	"yanming/internal/importer"
)

// every is how many real messages there are.
const every = 4326

func TestTheRealMessagesComeInOnceWhateverTheirFormat(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		start := time.Now()
		told := 0
		first, err := w.imports.Run(ctx, w.intake, messages(t, "messages.xlsx"), nil, importer.Options{Progress: func(done, total int) {
			if done < told || done > total || total != every+1 {
				t.Errorf("%d of %d after %d", done, total, told)
			}
			told = done
		}})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d rows in %s", first.Read, time.Since(start).Round(time.Millisecond))
		w.whole(first)
		w.counts(first, every, every, 0, 0)
		if first.Cases != every || told != every+1 {
			t.Errorf("%d cases, %d rows told", first.Cases, told)
		}
		dry, err := w.imports.Run(ctx, w.intake, messages(t, "messages.csv"), nil, importer.Options{DryRun: true})
		if err != nil {
			t.Fatal(err)
		}
		second := w.run(messages(t, "messages.csv"), nil)
		w.counts(second, every, 0, 0, every)
		if len(second.Groups) != 1 || dry.Counts != second.Counts {
			t.Errorf("not the same cells: %v; rehearsal %+v", second.Groups, dry.Counts)
		}
		cs := w.all()
		if len(cs) != every {
			t.Fatalf("%d cases", len(cs))
		}
		for _, c := range cs {
			if !c.Backfilled || c.State != casework.Registered || c.Due.Set() || c.Channel != casework.Web || c.Registered.Year() > 2020 {
				t.Fatalf("case %+v", c)
			}
		}
	})
}
