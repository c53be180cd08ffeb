package daemon

import (
	"os"
	"path/filepath"
	"sync"
)

// The log of a service to which the system gives no output: a file in the data folder, and the one before it.
const (
	logName = "service.log"
	logMost = 10 << 20 // bytes of each of the two
)

// logFile is a log that does not grow for ever.
type logFile struct {
	mu   sync.Mutex
	name string
	most int64
	file *os.File // nil while it cannot be opened
	size int64
}

// openLog opens the log in a folder, to go on where it ended.
func openLog(dir string) (*logFile, error) {
	l := &logFile{name: filepath.Join(dir, logName), most: logMost}
	return l, l.open()
}

func (l *logFile) open() error {
	f, err := os.OpenFile(l.name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return err
	}
	l.file, l.size = f, info.Size()
	return nil
}

// Write adds to the log; before it would grow too long, what it holds takes the place of what was put aside the last time.
func (l *logFile) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file != nil && l.size > 0 && l.size+int64(len(b)) > l.most {
		l.file.Close() // Windows renames no open file
		l.file = nil
		if err := os.Rename(l.name, l.name+".1"); err != nil && os.Remove(l.name) != nil {
			return 0, err
		}
	}
	if l.file == nil {
		if err := l.open(); err != nil {
			return 0, err
		}
	}
	n, err := l.file.Write(b)
	l.size += int64(n)
	return n, err
}

// Close closes the log.
func (l *logFile) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return nil
	}
	return l.file.Close()
}
