package page

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
)

// Spooled answers with a file that somebody downloads. write makes it and says its name. It waits on disk until it is whole:
// a large one takes no memory, a slow reader holds no transaction, and what goes wrong in the middle is still an error
// page. An error after the first byte means that the visitor has gone, or the disk has.
func Spooled(w http.ResponseWriter, contentType string, write func(out io.Writer) (name string, err error)) error {
	f, err := os.CreateTemp("", "yanming-download-*") // readable by the program alone
	if err != nil {
		return fmt.Errorf("create file for download: %w", err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	out := bufio.NewWriterSize(f, 64<<10)
	name, err := write(out)
	if err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write file for download: %w", err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	Download(w, name, contentType)
	io.Copy(w, f)
	return nil
}
