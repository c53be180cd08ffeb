package doctor

import (
	"context"
	"errors"
	"os"
	"runtime"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/i18n"
)

const (
	lowBytes  = 1 << 30 // free on a disk: below, something is to be done
	lowShare  = 20      // one twentieth free
	fewInodes = 10_000
	lowMemory = 256 << 20
)

// Disk looks how much is free where dir lies, and whether dir takes a file.
func Disk(dir string) Check {
	return Check{"disk", func(context.Context) Finding {
		f, err := os.CreateTemp(dir, ".doctor-*")
		if err != nil {
			return todo("doctor.disk.refuses", dir)
		}
		_, err = f.Write([]byte("yanming"))
		err = errors.Join(err, f.Sync(), f.Close(), os.Remove(f.Name()))
		if err != nil {
			return todo("doctor.disk.refuses", dir)
		}
		return room(dir, diskOf)
	}}
}

// disk is how much room a file system has.
type disk struct {
	free, total uint64 // bytes
	inodes      uint64 // free; 0 where the file system has no such limit
	limited     bool   // inodes counts
}

func room(dir string, of func(string) (disk, error)) Finding {
	d, err := of(dir)
	switch {
	case err != nil:
		return broken(err)
	case d.free < lowBytes || d.free < d.total/lowShare:
		return todo("doctor.disk.low", i18n.Size(d.free), dir)
	case d.limited && d.inodes < fewInodes:
		return todo("doctor.disk.inodes", d.inodes, dir)
	case d.free < d.total/10:
		return look("doctor.disk.filling", i18n.Size(d.free))
	}
	return well("doctor.disk.well", i18n.Size(d.free))
}

// Folder looks who may read the data folder.
func Folder(dir string) Check {
	return Check{"folder", func(context.Context) Finding {
		info, err := os.Stat(dir)
		if err != nil {
			return broken(err)
		}
		if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
			return todo("doctor.folder.open", dir)
		}
		return well("doctor.folder.well")
	}}
}

// Clock compares the clock with what was written last, which cannot lie in the future, and lets it run for a moment.
// newest may be nil; the zero time says that nothing was written.
func Clock(now func() time.Time, newest func(context.Context) (time.Time, error), files ...string) Check {
	return Check{"clock", func(ctx context.Context) Finding {
		at := now()
		var last time.Time
		if newest != nil {
			var err error
			if last, err = newest(ctx); err != nil {
				return broken(err)
			}
		}
		for _, name := range files {
			if info, err := os.Stat(name); err == nil && info.ModTime().After(last) {
				last = info.ModTime()
			}
		}
		switch {
		case last.After(at.Add(time.Minute)):
			return todo("doctor.clock.back", last.Sub(at).Round(time.Second).String())
		case at.Year() < 2026:
			return todo("doctor.clock.early", at.Format(time.DateOnly))
		}
		return well("doctor.clock.well", at.In(calendar.Zone()).Format(time.DateTime))
	}}
}

// Memory looks how much the machine has left.
func Memory() Check {
	return Check{"memory", func(context.Context) Finding { return left(memory()) }}
}

func left(free uint64, known bool) Finding {
	switch {
	case !known:
		return well("doctor.memory.unknown")
	case free < lowMemory:
		return todo("doctor.memory.low", i18n.Size(free))
	}
	return well("doctor.memory.well", i18n.Size(free))
}
