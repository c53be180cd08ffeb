package desk

import (
	"fmt"
	"net/http"
	"strconv"

	"yanming/internal/docx"
	"yanming/internal/web/page"
)

// document sets a paper in the layout of GB/T 9704.
func (v *visit) document(p paper, demo bool) docx.Document {
	var d docx.Document
	if demo {
		d.Mark = v.T("page.demo")
	}
	if p.Form {
		d.Head = docx.Form{Title: p.Title, Left: p.Number, Right: p.Date}
		var rows docx.Fields
		for _, r := range p.Rows {
			var fs []docx.Field
			for _, x := range r {
				fs = append(fs, docx.Field{Label: x.Label, Value: x.Value, Lines: x.Lines, Sign: x.Sign})
			}
			rows = append(rows, fs)
		}
		d.Body = []docx.Block{rows, docx.Signature{Unit: p.Unit, Date: p.Date}}
		return d
	}
	d.Head = docx.Letter{Number: p.Number, Title: p.Title, To: p.To}
	for _, x := range p.Paras {
		if x.Head != "" {
			d.Body = append(d.Body, docx.Heading{Level: 1, Text: x.Head})
		}
		d.Body = append(d.Body, docx.Paragraph{Text: x.Text})
	}
	d.Body = append(d.Body, docx.Signature{Unit: p.Unit, Date: p.Date})
	return d
}

// sendPaper answers with the Word file of a paper.
func (s *Server) sendPaper(w http.ResponseWriter, v *visit, p paper) error {
	b, err := v.document(p, s.Site.Head(v.R, "").Demo).Bytes()
	if err != nil {
		return fmt.Errorf("set paper: %w", err)
	}
	page.Download(w, p.Title+" "+p.Number+".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	_, err = w.Write(b)
	return err
}
