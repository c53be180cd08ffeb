package gather

import (
	"encoding/binary"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	frameHeader = 24
	held        = 0x1ffff // bytes held back at most: the VFS of Unix writes no more at once (seekAndWriteFd)
)

// log is what a file of a write-ahead log has for methods, and what is held back of it, in C's memory. One connection
// uses it, one call at a time.
type log struct {
	sqlite3.Tsqlite3_io_methods
	below uintptr    // the methods of the VFS below
	at    int64      // where in the file buf belongs
	n     int32      // bytes in buf
	last  bool       // the frame being written ends a transaction
	buf   [held]byte // not seen by Go's collector, as everything here
}

// The methods as SQLite calls them (sqlite.org/c3ref/io_methods.html).
type (
	openFunc   = func(tls *libc.TLS, vfs, name, f uintptr, flags int32, out uintptr) int32
	closeFunc  = func(tls *libc.TLS, f uintptr) int32
	moveFunc   = func(tls *libc.TLS, f, buf uintptr, n int32, off int64) int32 // xRead and xWrite
	lengthFunc = func(tls *libc.TLS, f uintptr, size int64) int32
	syncFunc   = func(tls *libc.TLS, f uintptr, flags int32) int32
	sizeFunc   = func(tls *libc.TLS, f, out uintptr) int32
)

// open opens a file of the VFS below and puts our methods before those of a log. Where there is no memory for that, the
// log is written as ever.
func open(tls *libc.TLS, vfs, name, f uintptr, flags int32, out uintptr) int32 {
	below := at[front](vfs).below
	rc := function[openFunc](at[sqlite3.Tsqlite3_vfs](below).FxOpen)(tls, below, name, f, flags, out)
	if rc != sqlite3.SQLITE_OK || flags&sqlite3.SQLITE_OPEN_WAL == 0 {
		return rc
	}
	p := libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(log{})))
	if p == 0 {
		return rc
	}
	file, l := at[sqlite3.Tsqlite3_file](f), at[log](p)
	l.Tsqlite3_io_methods = *at[sqlite3.Tsqlite3_io_methods](file.FpMethods)
	l.below, l.at, l.n, l.last = file.FpMethods, 0, 0, false
	l.FxClose, l.FxRead, l.FxWrite = pointer(shut), pointer(read), pointer(write)
	l.FxTruncate, l.FxSync, l.FxFileSize = pointer(truncate), pointer(flush), pointer(size)
	file.FpMethods = p
	return rc
}

func logOf(f uintptr) *log { return at[log](at[sqlite3.Tsqlite3_file](f).FpMethods) }

func (l *log) methods() *sqlite3.Tsqlite3_io_methods { return at[sqlite3.Tsqlite3_io_methods](l.below) }

// write holds back what continues what is held back, up to the end of a transaction.
func write(tls *libc.TLS, f, buf uintptr, n int32, off int64) int32 {
	l := logOf(f)
	if l.n > 0 && (off != l.at+int64(l.n) || l.n+n > held) {
		if rc := l.out(tls, f); rc != sqlite3.SQLITE_OK {
			return rc
		}
	}
	if n > held {
		return function[moveFunc](l.methods().FxWrite)(tls, f, buf, n, off)
	}
	if l.n == 0 {
		l.at = off
	}
	given := unsafe.Slice(at[byte](buf), n)
	copy(l.buf[l.n:], given)
	l.n += n
	if n == frameHeader {
		l.last = binary.BigEndian.Uint32(given[4:]) != 0
		return sqlite3.SQLITE_OK
	}
	if l.last {
		l.last = false
		return l.out(tls, f)
	}
	return sqlite3.SQLITE_OK
}

// out writes what is held back. Where that fails the transaction has failed, and nothing of it is kept.
func (l *log) out(tls *libc.TLS, f uintptr) int32 {
	n := l.n
	if l.n = 0; n == 0 {
		return sqlite3.SQLITE_OK
	}
	return function[moveFunc](l.methods().FxWrite)(tls, f, uintptr(unsafe.Pointer(&l.buf)), n, l.at)
}

func read(tls *libc.TLS, f, buf uintptr, n int32, off int64) int32 {
	l := logOf(f)
	if rc := l.out(tls, f); rc != sqlite3.SQLITE_OK {
		return rc
	}
	return function[moveFunc](l.methods().FxRead)(tls, f, buf, n, off)
}

func truncate(tls *libc.TLS, f uintptr, size int64) int32 {
	l := logOf(f)
	if rc := l.out(tls, f); rc != sqlite3.SQLITE_OK {
		return rc
	}
	return function[lengthFunc](l.methods().FxTruncate)(tls, f, size)
}

func flush(tls *libc.TLS, f uintptr, flags int32) int32 {
	l := logOf(f)
	if rc := l.out(tls, f); rc != sqlite3.SQLITE_OK {
		return rc
	}
	return function[syncFunc](l.methods().FxSync)(tls, f, flags)
}

func size(tls *libc.TLS, f, out uintptr) int32 {
	l := logOf(f)
	if rc := l.out(tls, f); rc != sqlite3.SQLITE_OK {
		return rc
	}
	return function[sizeFunc](l.methods().FxFileSize)(tls, f, out)
}

func shut(tls *libc.TLS, f uintptr) int32 {
	file := at[sqlite3.Tsqlite3_file](f)
	p := file.FpMethods
	l := at[log](p)
	rc := l.out(tls, f)
	file.FpMethods = l.below
	if e := function[closeFunc](l.methods().FxClose)(tls, f); rc == sqlite3.SQLITE_OK {
		rc = e
	}
	libc.Xfree(tls, p)
	return rc
}
