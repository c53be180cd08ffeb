package doctor

import (
	"golang.org/x/sys/windows"
)

func diskOf(dir string) (d disk, err error) {
	name, err := windows.UTF16PtrFromString(dir)
	if err == nil {
		err = windows.GetDiskFreeSpaceEx(name, &d.free, &d.total, nil)
	}
	return d, err
}

// memory is not asked for on Windows, whose own tools show it.
func memory() (free uint64, known bool) { return 0, false }
