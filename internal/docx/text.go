package docx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Text returns the words of a .docx in reading order, one line for each paragraph or line break: first what stands at
// the top of every page, then the body with the cells of its tables. It is for tests and for checks of what was
// handed out; it reads documents of this package, at most 32 MB of XML.
func Text(file []byte) (string, error) {
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return "", fmt.Errorf("open document: %w", err)
	}
	var out strings.Builder
	for _, name := range []string{"word/header1.xml", "word/document.xml"} {
		f, err := z.Open(name)
		if err != nil {
			if name == "word/document.xml" {
				return "", fmt.Errorf("open document: %w", err)
			}
			continue
		}
		err = words(io.LimitReader(f, 32<<20), &out)
		_ = f.Close() // read only
		if err != nil {
			return "", fmt.Errorf("read %s: %w", name, err)
		}
	}
	return out.String(), nil
}

// words copies the text of w:t, with tabs, breaks and paragraph ends.
func words(r io.Reader, out *strings.Builder) error {
	d := xml.NewDecoder(r)
	in := false
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			switch tok.Name.Local {
			case "t":
				in = true
			case "br":
				out.WriteByte('\n')
			case "tab":
				if len(tok.Attr) == 0 { // a tab stop has attributes
					out.WriteByte('\t')
				}
			}
		case xml.EndElement:
			switch tok.Name.Local {
			case "t":
				in = false
			case "p":
				out.WriteByte('\n')
			}
		case xml.CharData:
			if in {
				out.Write(tok)
			}
		}
	}
}
