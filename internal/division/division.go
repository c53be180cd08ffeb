// Package division is the administrative divisions of China: provinces, cities, counties and towns by their codes. It
// refuses to find a place by its name alone: there are many towns of one name.
package division

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the division codes
	"encoding/csv"
	"fmt"
	"io"
	"sync"
)

// Place is a place with its code: 2 digits for a province, 4 for a city, 6 for a county, 9 for a town.
type Place struct {
	Code string
	Name string
}

// The division codes of the National Bureau of Statistics as of 2023-06-30, from the package china-division 2.7.0
// (WTFPL, data/LICENSE.china-division).
var (
	//go:embed data/provinces.csv
	provincesCSV []byte
	//go:embed data/cities.csv
	citiesCSV []byte
	//go:embed data/areas.csv
	areasCSV []byte
	//go:embed data/streets.csv.gz
	streetsGZ []byte
)

// Table looks places up by the code of the place above them. It reads its files when it is first asked; the zero Table
// is ready, and safe for concurrent use.
type Table struct {
	once  sync.Once
	err   error
	under map[string][]Place // code above, "" for provinces → places in the order of their codes
	names map[string]string
}

// Under returns the places directly under code: provinces for "", cities of a province, counties of a city, towns of a
// county; none for a code that is not known. It fails only if the embedded files are damaged.
func (d *Table) Under(code string) ([]Place, error) {
	d.once.Do(d.read)
	return d.under[code], d.err
}

// Name returns the name of a code and whether it is known.
func (d *Table) Name(code string) (string, bool, error) {
	d.once.Do(d.read)
	name, ok := d.names[code]
	return name, ok, d.err
}

func (d *Table) read() {
	d.under, d.names = map[string][]Place{}, map[string]string{}
	streets, err := gzip.NewReader(bytes.NewReader(streetsGZ))
	if err != nil {
		d.err = fmt.Errorf("read embedded divisions: %w", err)
		return
	}
	for _, t := range []struct {
		rows  io.Reader
		digit int // length of the code above
	}{{bytes.NewReader(provincesCSV), 0}, {bytes.NewReader(citiesCSV), 2}, {bytes.NewReader(areasCSV), 4}, {streets, 6}} {
		if err := d.table(t.rows, t.digit); err != nil {
			d.err = fmt.Errorf("read embedded divisions: %w", err)
			return
		}
	}
}

func (d *Table) table(rows io.Reader, above int) error {
	all, err := csv.NewReader(rows).ReadAll()
	if err != nil {
		return err
	}
	for _, row := range all[1:] {
		code, name := row[0], row[1]
		if len(code) <= above {
			return fmt.Errorf("code %q is too short", code)
		}
		d.under[code[:above]] = append(d.under[code[:above]], Place{code, name})
		d.names[code] = name
	}
	return nil
}
