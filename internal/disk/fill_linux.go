package disk

import (
	"errors"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// block is what a write past the page cache must be made of, in file and in memory: no device or file system in use has
// larger logical blocks.
const block = 4096

// direct is the content's length from which it goes past the page cache: below, a copy costs less than the two changes
// of the file's mode.
const direct = 64 << 10

// Fill writes content into a new, empty file, which the caller then flushes. What is large goes to the disk past the page
// cache where the file system can (open(2), O_DIRECT): content that is flushed at once, and that nobody reads soon, is
// copied there for nothing and pushes out pages of the database.
func Fill(f *os.File, content []byte) error {
	if n := len(content) &^ (block - 1); n >= direct && uintptr(unsafe.Pointer(&content[0]))%block == 0 && setDirect(f, unix.O_DIRECT) == nil {
		wrote, err := f.Write(content[:n])
		if e := setDirect(f, 0); e != nil {
			return e
		}
		if err != nil && !(wrote == 0 && errors.Is(err, unix.EINVAL)) { // EINVAL: its blocks are larger, or it has none
			return err
		}
		content = content[wrote:]
	}
	_, err := f.Write(content)
	return err
}

// setDirect says whether writes go past the page cache: flag is O_DIRECT or 0. It fails where the file system cannot.
func setDirect(f *os.File, flag int) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = conn.Control(func(fd uintptr) {
		has, err := unix.FcntlInt(fd, unix.F_GETFL, 0)
		if err == nil {
			_, err = unix.FcntlInt(fd, unix.F_SETFL, has&^unix.O_DIRECT|flag)
		}
		failed = err
	})
	return errors.Join(err, failed)
}
