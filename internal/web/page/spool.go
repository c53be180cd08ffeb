package page

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
)

// Spool is a file that somebody downloads, while it is made. It waits on disk: a large one takes no memory, a slow reader
// holds no transaction, and what goes wrong in the middle is still an error page. Close takes it away.
type Spool struct {
	*bufio.Writer
	f *os.File
}

// NewSpool makes an empty one in the system's folder for temporary files, readable by the program alone.
func NewSpool() (*Spool, error) {
	f, err := os.CreateTemp("", "yanming-download-*")
	if err != nil {
		return nil, fmt.Errorf("create file for download: %w", err)
	}
	return &Spool{bufio.NewWriterSize(f, 64<<10), f}, nil
}

// Send answers with what was written. An error after the first byte means that the visitor has gone, or the disk has.
func (s *Spool) Send(w http.ResponseWriter, name, contentType string) error {
	if err := s.Flush(); err != nil {
		return fmt.Errorf("write file for download: %w", err)
	}
	if _, err := s.f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	Download(w, name, contentType)
	io.Copy(w, s.f)
	return nil
}

// Close takes the file away.
func (s *Spool) Close() {
	s.f.Close()
	os.Remove(s.f.Name())
}
