package db

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"yanming/internal/errs"
)

// SQLite reads its write-ahead log up to the first frame that does not fit, and is silent about the rest. After a power
// cut that is right: what was being written had not been acknowledged. But where a frame in the middle was damaged, the
// acknowledged commits behind it would be gone without a word. So the log is looked at before SQLite opens it.
//
// Format: "The Write-Ahead Log" of https://www.sqlite.org/fileformat2.html, section 4. A frame can be checked against
// the one before it, also behind a damaged one, because each carries the running sum.

const (
	walHead   = 32
	frameHead = 24
)

// checkLog refuses a write-ahead log in which whole commits follow a frame that does not fit. One commit may: with
// synchronous=FULL each commit is on the disk before the next begins, so at most the last one can be torn.
// Errors: Unavailable error.store.log with how many commits are out of reach.
func checkLog(path string) error {
	for {
		head, lost, err := surveyLog(path)
		if err != nil || lost < 2 {
			return err
		}
		// Another program may have begun the log anew meanwhile.
		if again, err := logHead(path); err != nil || !bytes.Equal(head, again) {
			if err != nil {
				return err
			}
			continue
		}
		return errs.New(errs.Unavailable, storeLog, lost-1)
	}
}

func logHead(path string) ([]byte, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, walHead)
	if _, err := io.ReadFull(f, head); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	return head, nil
}

// surveyLog counts the commits at and behind the first frame that does not fit. They are of this log and not of the one
// that lay here before it: those have another salt.
func surveyLog(path string) (head []byte, lost int, err error) {
	head, err = logHead(path)
	if err != nil || head == nil {
		return nil, 0, err
	}
	var order binary.ByteOrder = binary.LittleEndian
	if binary.BigEndian.Uint32(head)&1 == 1 {
		order = binary.BigEndian
	}
	size := binary.BigEndian.Uint32(head[8:])
	if magic := binary.BigEndian.Uint32(head); magic&^1 != 0x377f0682 || size < 512 || size > 65536 || size&(size-1) != 0 {
		return head, 0, nil // SQLite does not read it either: begun and never synced
	}
	f, err := os.Open(path)
	if err != nil {
		return head, 0, err
	}
	defer f.Close()
	if _, err := f.Seek(walHead, io.SeekStart); err != nil {
		return head, 0, err
	}
	salt, frame, r := head[16:24], make([]byte, frameHead+int(size)), bufio.NewReaderSize(f, 1<<20)
	sum := sum64{binary.BigEndian.Uint32(head[24:]), binary.BigEndian.Uint32(head[28:])}
	for broken := false; ; {
		if _, err := io.ReadFull(r, frame); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return head, lost, nil
		} else if err != nil {
			return head, 0, fmt.Errorf("read write-ahead log: %w", err)
		}
		kept := sum64{binary.BigEndian.Uint32(frame[16:]), binary.BigEndian.Uint32(frame[20:])}
		ours, ends := bytes.Equal(frame[8:16], salt), binary.BigEndian.Uint32(frame[4:]) != 0
		fits := ours && sum.add(order, frame[:8]).add(order, frame[frameHead:]) == kept
		if ends && (broken && fits || !broken && !fits && ours) {
			lost++
		}
		broken, sum = broken || !fits, kept
	}
}

// sum64 is the log's running checksum.
type sum64 [2]uint32

func (s sum64) add(order binary.ByteOrder, b []byte) sum64 {
	for i := 0; i+8 <= len(b); i += 8 {
		s[0] += order.Uint32(b[i:]) + s[1]
		s[1] += order.Uint32(b[i+4:]) + s[0]
	}
	return s
}

// Unclean reports whether the database was not closed when it was last used, or is in use by another program: its log
// was not folded into the file. On PostgreSQL it is false, because the server looks after itself.
func (d *DB) Unclean() bool { return d.unclean }

// Verify lets SQLite look through the whole file for pages and rows that cannot be right: some seconds for a gigabyte,
// while readers and writers go on. On PostgreSQL it does nothing. Errors: Unavailable error.store.damaged, after which
// nothing is written any more.
func (d *DB) Verify(ctx context.Context) error {
	if d.engine != SQLite {
		return nil
	}
	var found string
	err := d.view(ctx, func(c core) error { w := Wide{c}; return w.Row(ctx, "PRAGMA main.quick_check(1)").Scan(&found) })
	if err == nil && found != "ok" {
		err = fmt.Errorf("%w: %s", errs.New(errs.Unavailable, storeDamaged), found)
		d.note(err)
	}
	return err
}
