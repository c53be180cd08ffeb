// Package docx writes Word documents in the layout of Chinese offices: the official letter of GB/T 9704-2012, the
// bulletin with its red head, and the internal form. A document is a head and a list of blocks; the same document
// gives the same bytes.
//
// The page is A4 with margins of 37, 26, 35 and 28 mm, 22 lines of 28 characters of 仿宋 16 pt, page numbers "— 1 —"
// outside. The fonts are named with substitutes and not embedded, because they are not free. It refuses templates,
// macros, links to the outside and any text that is not handed to it: words come from the caller, only the numbers of
// headings are its own.
package docx

import (
	"archive/zip"
	"bytes"
	"fmt"
	"time"
)

// Document is one .docx file.
type Document struct {
	Head Head    // Letter, Bulletin or Form; nil for none
	Body []Block // in reading order
	Mark string  // printed in red at the top of every page, such as 演示; empty for none
}

// Head is the top of the first page.
type Head interface {
	head(w *writer)
	title() string
}

// Block is a piece of the body.
type Block interface{ block(w *writer) }

// part is one file of the package.
type part struct {
	name string
	data []byte
}

// Bytes returns the file. Errors: a block that cannot be set, such as a table whose rows differ in length.
func (d Document) Bytes() ([]byte, error) {
	w := &writer{}
	title := ""
	if d.Head != nil {
		title = d.Head.title()
		d.Head.head(w)
	}
	for i, b := range d.Body {
		w.last = i == len(d.Body)-1
		w.next = nil
		if !w.last {
			w.next = d.Body[i+1]
		}
		b.block(w)
		if w.err != nil {
			return nil, fmt.Errorf("set block %d: %w", i+1, w.err)
		}
	}
	if w.b.Len() == 0 || w.tableEnd { // Word wants a paragraph, also after a table
		w.paragraph(para{style: "Tiny"})
	}
	return pack(parts(w, d.Mark, title))
}

// pack zips the parts in their order with one fixed date, the earliest that a zip can hold.
func pack(parts []part) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, p := range parts {
		f, err := z.CreateHeader(&zip.FileHeader{
			Name: p.name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC),
		})
		if err != nil {
			return nil, fmt.Errorf("pack %s: %w", p.name, err)
		}
		if _, err := f.Write(p.data); err != nil {
			return nil, fmt.Errorf("pack %s: %w", p.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("pack document: %w", err)
	}
	return out.Bytes(), nil
}
