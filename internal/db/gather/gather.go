// Package gather lets SQLite write what a commit adds to its write-ahead log with one call of the system instead of two
// for each page.
//
// It is a VFS that stands before the system's own and changes nothing but writes to a log: they are held back while
// each continues the one before, and written together at the frame that ends a transaction, before SQLite flushes the
// log and shows the commit to readers (sqlite.org/walformat.html, 2: a frame whose size of the database is not zero
// ends a transaction). Whatever else is asked of the file writes first what is held back. So a reader, and whoever looks
// after a crash, finds the same bytes in the same order; only frames of a transaction that never ended may be missing.
//
// A connection that uses it must not write pages before it commits (PRAGMA cache_spill=0). Where a transaction spills, SQLite
// writes headers of its frames a second time behind the one that ends it, and what is held back could outlast a rollback.
//
// It speaks the C interface of SQLite through modernc.org/sqlite/lib, because the driver offers none of its own.
package gather

import (
	"fmt"
	"sync"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// Name is the VFS as an SQLite URI names it: vfs=gather.
const Name = "gather"

// Register makes the VFS known to SQLite. Later calls return what the first did.
func Register() error { return once() }

var once = sync.OnceValue(register)

// front is the VFS in C's memory.
type front struct {
	sqlite3.Tsqlite3_vfs
	below uintptr // the VFS of the system
}

func register() error {
	tls := libc.NewTLS() // not closed: SQLite keeps what is made here
	if rc := sqlite3.Xsqlite3_initialize(tls); rc != sqlite3.SQLITE_OK {
		return fmt.Errorf("start SQLite: result %d", rc)
	}
	name, err := libc.CString(Name)
	if err != nil {
		return err
	}
	below := sqlite3.Xsqlite3_vfs_find(tls, 0)
	p := libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(front{})))
	if below == 0 || p == 0 {
		return fmt.Errorf("register VFS %s: none to stand before, or no memory", Name)
	}
	v := at[front](p)
	*v = front{*at[sqlite3.Tsqlite3_vfs](below), below}
	v.FzName, v.FpNext, v.FxOpen = name, 0, pointer(open)
	if rc := sqlite3.Xsqlite3_vfs_register(tls, p, 0); rc != sqlite3.SQLITE_OK {
		return fmt.Errorf("register VFS %s: result %d", Name, rc)
	}
	return nil
}

// at is what lies at an address of C's memory.
func at[T any](p uintptr) *T { return *(**T)(unsafe.Pointer(&p)) }

// pointer is a function as C keeps it, and function the way back. Only functions of a package may become pointers: the
// collector does not see them.
func pointer[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }

func function[F any](p uintptr) F { return *(*F)(unsafe.Pointer(&p)) }
