package bench

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/xuri/excelize/v2"

	"yanming/internal/calendar"
	"yanming/internal/sheet"
)

// intake measures the import of a large ledger as CSV against the sum of its parts, and as .xlsx against reading that
// and the import of the CSV. The parts are timed in the same rounds: reading the CSV, writing the rows that came of it
// into empty tables of the same schema, and an index of each character and each pair of neighbours. Every round
// imports into a world of its own.
func intake(ctx context.Context, b *bench) error {
	table, book, err := b.ledgerFiles(ctx)
	if err != nil {
		return err
	}
	peak := map[string]float64{}
	var last world
	bring := func(name, file string) contender {
		return contender{name, func(ctx context.Context) (sample, error) {
			w, err := b.newWorld(ctx, "intake-"+name)
			if err != nil {
				return sample{}, err
			}
			last = w
			x, err := b.importFile(ctx, w, file, b.Scale)
			peak[name] = max(peak[name], x.peak)
			return measure([]float64{ms(x.took)}, x.took), err
		}}
	}
	part := func(name string, do func(context.Context) (time.Duration, error)) contender {
		return contender{name, func(ctx context.Context) (sample, error) {
			took, err := do(ctx)
			return measure([]float64{ms(took)}, took), err
		}}
	}
	out, drift, err := b.rounds(ctx, true,
		bring("csv", table),
		part("read csv", func(context.Context) (time.Duration, error) { return readCSV(table) }),
		part("rows", func(ctx context.Context) (time.Duration, error) { return b.copyRows(ctx, last) }),
		part("index", func(ctx context.Context) (time.Duration, error) { return b.buildIndex(ctx, last) }),
		bring("xlsx", book),
		part("read xlsx", func(context.Context) (time.Duration, error) { return readBook(book) }))
	if err != nil {
		return err
	}
	parts, both := Series{}, Series{}
	for i := range b.Rounds {
		at := func(name string) float64 { return out[name][i].p50 }
		parts = append(parts, at("read csv")+at("rows")+at("index"))
		both = append(both, at("read xlsx")+at("csv"))
	}
	b.add(Row{What: fmt.Sprintf("import of %d rows of CSV", b.Scale), Unit: "ms", Ours: out["csv"].p50s(), Floor: parts, Against: "the sum of its parts", Goal: atMost(2), Drift: drift,
		Note: fmt.Sprintf("reading %s, rows %s, index %s", number(out["read csv"].p50s().Median()), number(out["rows"].p50s().Median()), number(out["index"].p50s().Median()))})
	b.add(Row{What: "most memory of the import of CSV", Unit: "MB", Ours: Series{peak["csv"]}, Goal: atMost(300)})
	b.add(Row{What: "import of the same as .xlsx", Unit: "ms", Ours: out["xlsx"].p50s(), Floor: both, Against: "reading it and the import of CSV", Goal: atMost(1.5), Drift: drift})
	b.add(Row{What: "most memory of the import of .xlsx", Unit: "MB", Ours: Series{peak["xlsx"]}})
	cases, indexed, err := importedCases(ctx, last.source)
	if err != nil {
		return err
	}
	b.count("cases that came of the ledger", "cases", cases, b.Scale)
	b.count("of these that the search knows", "cases", indexed, b.Scale)
	return nil
}

// ledgerFiles writes the ledger in both formats, once for the run.
func (b *bench) ledgerFiles(ctx context.Context) (table, book string, err error) {
	w, err := b.newWorld(ctx, "intake")
	if err != nil {
		return "", "", err
	}
	l, err := b.ledger(ctx, w, calendar.DayOf(time.Now()).Start().Add(-time.Minute))
	if err != nil {
		return "", "", err
	}
	table, book = filepath.Join(w.dir, "ledger.csv"), filepath.Join(w.dir, "ledger.xlsx")
	if err := writeLedger(table, l, 0, b.Scale); err != nil {
		return "", "", err
	}
	return table, book, writeBook(book, l, b.Scale)
}

// writeBook writes the rows of a ledger as a workbook with one sheet.
func writeBook(file string, l ledger, rows int) error {
	x := excelize.NewFile()
	defer x.Close()
	s, err := x.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	put := func(n int, cells []string) error {
		line := make([]any, len(cells))
		for i, c := range cells {
			line[i] = c
		}
		return s.SetRow(fmt.Sprintf("A%d", n), line)
	}
	if err := put(1, ledgerHeads()); err != nil {
		return err
	}
	for n := range rows {
		if err := put(n+2, l.row(n)); err != nil {
			return err
		}
	}
	if err := s.Flush(); err != nil {
		return err
	}
	return x.SaveAs(file)
}

// readCSV reads and decodes a file, cell by cell, and does nothing with it.
func readCSV(file string) (time.Duration, error) {
	start := time.Now()
	f, err := os.Open(file)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	r := csv.NewReader(bufio.NewReaderSize(f, 1<<20))
	r.ReuseRecord = true
	for {
		if _, err := r.Read(); err == io.EOF {
			return time.Since(start), nil
		} else if err != nil {
			return 0, err
		}
	}
}

// readBook reads a workbook with the program's own reader, which is faster than the library's, and does nothing with it.
func readBook(file string) (time.Duration, error) {
	start := time.Now()
	f, err := os.Open(file)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	book, err := sheet.Open(filepath.Base(file), f, info.Size(), sheet.Limits{File: max(info.Size(), 1)})
	if err != nil {
		return 0, err
	}
	defer book.Close()
	for _, err := range book.Rows(book.Sheets()[0].Name) {
		if err != nil {
			return 0, err
		}
	}
	return time.Since(start), nil
}

// perCommit is how many rows a bare load commits together.
const perCommit = 500

// copyRows writes every row that an import made into empty tables of the same schema and returns how long the writing
// took: prepared statements, perCommit rows in a durable transaction, indexes in place, nothing asked and nothing
// checked.
func (b *bench) copyRows(ctx context.Context, from world) (took time.Duration, err error) {
	to := world{dir: filepath.Join(b.Data, "intake-rows")}
	if err := os.RemoveAll(to.dir); err != nil {
		return 0, err
	}
	if to.source, err = b.newDatabase(to.dir, "intake-rows", ""); err != nil {
		return 0, err
	}
	args := append([]string{"town", "open", "--name", "Rows", "--admin", "Nobody", "--login", "rows"}, to.flags()...)
	if _, err := b.command(ctx, append(args, "999999")...); err != nil {
		return 0, err
	}
	in, err := openSource(from.source)
	if err != nil {
		return 0, err
	}
	defer in.Close()
	out, err := openForWriting(to.source)
	if err != nil {
		return 0, err
	}
	defer out.Close()
	for _, t := range importTables() {
		d, err := copyTable(ctx, in, out, t)
		if err != nil {
			return 0, fmt.Errorf("copy %s: %w", t, err)
		}
		took += d
	}
	return took, nil
}

// buildIndex makes a full-text index of all texts in a database of its own and returns how long it took.
func (b *bench) buildIndex(ctx context.Context, from world) (took time.Duration, err error) {
	dir := filepath.Join(b.Data, "intake-index")
	if err := os.RemoveAll(dir); err != nil {
		return 0, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return 0, err
	}
	source, err := b.newDatabase(dir, "intake-index", "")
	if err != nil {
		return 0, err
	}
	in, err := openSource(from.source)
	if err != nil {
		return 0, err
	}
	defer in.Close()
	out, err := openForWriting(source)
	if err != nil {
		return 0, err
	}
	defer out.Close()
	w, err := newIndexWriter(ctx, out, b.Postgres != "")
	if err != nil {
		return 0, err
	}
	var waiting []string
	flush := func() error {
		start := time.Now()
		defer func() { took += time.Since(start); waiting = waiting[:0] }()
		return w.write(ctx, waiting)
	}
	err = eachText(ctx, in, func(t openText) error {
		waiting = append(waiting, t.title+"\n"+t.text+"\n"+t.place+"\n"+t.number)
		if len(waiting) < perCommit {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	return took, err
}

// closeRows closes rows and keeps the first error.
func closeRows(rows *sql.Rows, err error) error {
	if e := rows.Close(); err == nil {
		err = e
	}
	return err
}
