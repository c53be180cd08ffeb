package backup

import (
	"archive/tar"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"yanming/internal/db"
	"yanming/internal/job"
	"yanming/internal/journal"
)

const (
	stretch  = 1 << 20 // bytes of rows in one entry of the archive
	askFiles = 500     // files asked for at once whether some record has them
)

// Write writes the archive of this instant. withFiles leaves the stored files out when it is false: before an upgrade,
// which touches none. Memory does not grow with the installation.
func (s *Service) Write(ctx context.Context, w io.Writer, withFiles bool) (m Manifest, sums Sums, err error) {
	err = s.Store.Snapshot(ctx, func(snap *db.Snapshot) error {
		m, sums, err = s.write(ctx, w, snap, withFiles)
		return err
	})
	if err != nil {
		return m, sums, fmt.Errorf("write archive: %w", err)
	}
	return m, sums, nil
}

func (s *Service) write(ctx context.Context, w io.Writer, snap *db.Snapshot, withFiles bool) (m Manifest, sums Sums, err error) {
	if m, err = s.manifest(ctx, snap, withFiles); err != nil {
		return m, sums, err
	}
	out := newSealed(w)
	z, err := zstd.NewWriter(out, zstd.WithEncoderCRC(true), zstd.WithEncoderConcurrency(2), zstd.WithWindowSize(4<<20))
	if err != nil {
		return m, sums, err
	}
	defer z.Close() // after an error: gives its goroutines up
	a := &archive{t: tar.NewWriter(z), at: m.At}
	if err := a.json("manifest.json", m); err != nil {
		return m, sums, err
	}
	faults := &faultList{s: s, seen: map[string]bool{}}
	keks := map[string]bool{}
	for _, head := range m.Tables {
		sum, err := a.table(ctx, snap, head, func(of func(string) any) {
			switch head.Name {
			case "record_keys":
				if k, ok := of("kek_id").(string); ok {
					keks[k] = true
				}
			case "record_files":
				if d, ok := of("digest").(string); ok && withFiles {
					faults.look(d)
				}
			}
			a.rows++
		})
		if err != nil {
			return m, sums, err
		}
		sums.Tables = append(sums.Tables, sum)
	}
	if withFiles {
		if sums.Files, sums.Bytes, err = s.files(ctx, a, snap, faults); err != nil {
			return m, sums, err
		}
	}
	sums.KEKs, sums.Faults = slices.Sorted(maps.Keys(keks)), faults.list
	err = a.json("sums.json", sums)
	if err == nil {
		err = a.t.Close()
	}
	if err == nil {
		err = z.Close()
	}
	if err == nil {
		err = out.finish()
	}
	return m, sums, err
}

// manifest says what the archive will hold.
func (s *Service) manifest(ctx context.Context, snap *db.Snapshot, withFiles bool) (m Manifest, err error) {
	m = Manifest{Format: format, Program: s.Program, Engine: snap.Engine(), At: snap.Now.UTC().Truncate(time.Millisecond), Keys: s.Keys.Fingerprint(), Files: withFiles}
	if m.Schema, err = snap.Version(ctx); err != nil {
		return m, err
	}
	m.Tables = heads(snap)
	m.Towns, err = towns(ctx, snap)
	return m, err
}

// heads lists the tables that an archive holds, with their columns in order of name: engines may keep them in another.
func heads(snap *db.Snapshot) (out []Head) {
	for _, t := range snap.Tables() {
		if left[t.Name] != "" {
			continue
		}
		cs := slices.Clone(t.Columns)
		slices.SortFunc(cs, func(a, b db.Column) int { return strings.Compare(a.Name, b.Name) })
		out = append(out, Head{Name: t.Name, Columns: cs})
	}
	return out
}

// archive is the tar that is being written.
type archive struct {
	t    *tar.Writer
	at   time.Time
	rows int64
}

type progressKey struct{}

// watched is a context under which tell, which may be nil, hears how many rows are written.
func watched(ctx context.Context, tell func(rows int64)) context.Context {
	if tell == nil {
		return ctx
	}
	return context.WithValue(ctx, progressKey{}, tell)
}

func (a *archive) entry(name string, size int64) error {
	return a.t.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: a.at, Format: tar.FormatPAX})
}

func (a *archive) put(name string, content []byte) error {
	if err := a.entry(name, int64(len(content))); err != nil {
		return err
	}
	_, err := a.t.Write(content)
	return err
}

func (a *archive) json(name string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return a.put(name, append(b, '\n'))
}

// table writes the rows of a table and shows each to see.
func (a *archive) table(ctx context.Context, snap *db.Snapshot, head Head, see func(of func(column string) any)) (Sum, error) {
	var sum tally
	buf, n := make([]byte, 0, stretch+stretch/4), 0
	flush := func() error {
		if len(buf) == 0 {
			return nil
		}
		n++
		job.Progress(ctx, a.rows, 0)
		if tell, ok := ctx.Value(progressKey{}).(func(int64)); ok {
			tell(a.rows)
		}
		err := a.put(fmt.Sprintf("tables/%s/%06d.jsonl", head.Name, n), buf)
		buf = buf[:0]
		return err
	}
	err := eachRow(ctx, snap, head, func(row []any, of func(string) any) error {
		see(of)
		start := len(buf)
		var err error
		if buf, err = appendRow(buf, head.Columns, row); err != nil {
			return fmt.Errorf("table %s: %w", head.Name, err)
		}
		sum.add(buf[start:])
		if len(buf) >= stretch {
			return flush()
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	return sum.of(head.Name), err
}

// eachRow reads the rows of a table that an archive holds.
func eachRow(ctx context.Context, snap *db.Snapshot, head Head, fn func(row []any, of func(column string) any) error) error {
	var now []any
	of := func(column string) any {
		for i, c := range head.Columns {
			if c.Name == column {
				return now[i]
			}
		}
		return nil
	}
	return snap.Rows(ctx, db.Table{Name: head.Name, Columns: head.Columns}, func(row []any) error {
		if now = row; skips(head.Name, of) {
			return nil
		}
		return fn(row, of)
	})
}

// files writes every stored file that a record of the snapshot has.
func (s *Service) files(ctx context.Context, a *archive, snap *db.Snapshot, faults *faultList) (files, size int64, err error) {
	var ask []string
	flush := func() error {
		used, err := journal.Used(ctx, snap.Wide, ask)
		if err != nil {
			return err
		}
		for _, digest := range ask {
			if !used[digest] {
				continue
			}
			content, err := s.Blobs.GetBytes(digest)
			if err != nil {
				if errors.Is(err, fs.ErrPermission) || ctx.Err() != nil {
					return err
				}
				faults.add(digest, s.what(digest))
				continue
			}
			if err := a.put("files/"+digest, content); err != nil {
				return err
			}
			files, size = files+1, size+int64(len(content))
		}
		ask = ask[:0]
		return nil
	}
	err = s.Blobs.Each(ctx, func(digest string) error {
		if ask = append(ask, digest); len(ask) == askFiles {
			return flush()
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	return files, size, err
}

// what is wrong with a file that could not be read whole.
func (s *Service) what(digest string) string {
	if !s.Blobs.Has(digest) {
		return "missing"
	}
	return "damaged"
}

// faultList collects the files that could not be taken, each once.
type faultList struct {
	s    *Service
	seen map[string]bool
	list []Fault
}

// look notes a file that a record names and that is not there.
func (f *faultList) look(digest string) {
	if !f.s.Blobs.Has(digest) {
		f.add(digest, "missing")
	}
}

func (f *faultList) add(digest, what string) {
	if !f.seen[digest] {
		f.seen[digest] = true
		f.list = append(f.list, Fault{digest, what})
	}
}

// towns lists the tenants with their journals' heads. It is in the words of every schema there ever was.
func towns(ctx context.Context, snap *db.Snapshot) (out []Town, err error) {
	err = readTowns(ctx, snap.Wide, func(r *sql.Rows) error {
		var t Town
		err := r.Scan(&t.Code, &t.Name, &t.Head)
		out = append(out, t)
		return err
	})
	return out, err
}
