package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"yanming/internal/blob"
	"yanming/internal/db"
)

// load brings an archive into an empty database: its schema first as it was when the archive was made, then the rows,
// then the schema as it is now. open is called for one more reading of the archive; file is given the stored files.
func load(ctx context.Context, d *db.DB, schema int64, open func() (io.ReadCloser, error), file func(digest string, r io.Reader) error) error {
	if _, err := d.MigrateTo(ctx, schema); err != nil {
		return err
	}
	err := d.Refill(ctx, func(to *db.Refill) error {
		r, err := open()
		if err != nil {
			return err
		}
		defer r.Close()
		_, _, err = Read(ctx, r, Visitor{
			Manifest: func(m Manifest) error { return fits(m, to.Has) },
			Rows: func(head Head, rows iter.Seq2[[]any, error]) error {
				_, err := to.Put(ctx, head.Name, head.Columns, rows)
				return err
			},
			File: file,
		})
		return err
	})
	if err == nil {
		_, err = d.Migrate(ctx)
	}
	if err != nil {
		return fmt.Errorf("load archive: %w", err)
	}
	return nil
}

// keep stores a file of an archive unless it is there, whole, already.
func keep(ctx context.Context, to *blob.Store, digest string, r io.Reader) error {
	if _, err := to.GetBytes(digest); err == nil {
		return nil
	}
	got, _, err := to.Put(ctx, r, maxFile)
	if err == nil && got != digest {
		err = errors.New("its content is another")
	}
	if err != nil {
		return fmt.Errorf("store file %s: %w", digest, err)
	}
	return nil
}

const maxFile = 1 << 40 // bytes: what is in an archive was let in once

// errStop ends a reading whose reader wants no more.
var errStop = errors.New("no more is wanted")

// stream yields the rows of a table of a snapshot and adds them up. A text that the other engine cannot hold fails
// there, with the table's name.
func stream(ctx context.Context, snap *db.Snapshot, head Head, sum *tally) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		var line []byte
		err := eachRow(ctx, snap, head, func(row []any, _ func(string) any) (err error) {
			if line, err = appendRow(line[:0], head.Columns, row); err != nil {
				return fmt.Errorf("table %s: %w", head.Name, err)
			}
			sum.add(line)
			if !yield(slices.Clone(row), nil) {
				return errStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(nil, err)
		}
	}
}

// sumsOf adds up every table of a database as it stands.
func sumsOf(ctx context.Context, d *db.DB) (out []Sum, err error) {
	err = d.Snapshot(ctx, func(snap *db.Snapshot) error {
		out = nil
		for _, head := range heads(snap) {
			var sum tally
			for _, err := range stream(ctx, snap, head, &sum) {
				if err != nil {
					return err
				}
			}
			out = append(out, sum.of(head.Name))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("add tables up: %w", err)
	}
	return out, nil
}
