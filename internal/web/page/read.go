package page

import (
	"bufio"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"strings"

	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/id"
	"yanming/internal/journal"
)

// Upload is one file of a form, as it arrives. Body ends with Invalid page.form.file_large past the limit.
type Upload struct {
	Field string
	Name  string // its last element, cleaned; for showing only
	Body  io.Reader
}

// Uploads says which files a form takes and who takes them. Files are handed on while they arrive; nothing is kept in
// memory or on disk here.
type Uploads struct {
	Most int   // files of one form
	Each int64 // bytes of one file
	Take func(Upload) error
}

// The bounds of a form without its files.
const (
	maxFields = 1000
	maxName   = 100
	maxTyped  = 4 << 20 // bytes of all fields together, unless Typed says less
)

// ReadForm reads the fields of a request, cleaned, and hands its files to up. The size of the whole is bounded by the
// route (Body). Without up a file is Invalid. A file's refusal that is Invalid is noted in the form at the file's
// field, and the rest is still read, so that the form can be shown again. Errors: Invalid for what is no form.
func ReadForm(r *http.Request, up *Uploads) (*Form, error) {
	f := NewForm()
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err == nil && kind == "multipart/form-data" {
		err = f.multipart(r, up)
	} else if err = f.encoded(r); err == nil {
		for name, values := range r.PostForm {
			for _, v := range values {
				if err = f.add(name, v); err != nil {
					break
				}
			}
		}
	}
	if err != nil {
		var large *http.MaxBytesError
		var known *errs.Error
		var taking *takeError
		if errors.As(err, &taking) {
			return nil, taking.error
		}
		if errors.As(err, &large) || errors.As(err, &known) || errors.Is(err, os.ErrDeadlineExceeded) {
			return nil, err
		}
		return nil, errs.New(errs.Invalid, "page.form.broken")
	}
	if k := f.Value(keyField); id.Valid(k) {
		f.Key = journal.Key(k)
	}
	delete(f.values, keyField)
	keep(r, f)
	return f, nil
}

// encoded reads a form without files. What a route allows for files is not for a text: it is held in memory, twice.
func (f *Form) encoded(r *http.Request) error {
	most := typed(r)
	if r.ContentLength > most {
		return &http.MaxBytesError{Limit: most}
	}
	if r.Body != nil {
		r.Body = http.MaxBytesReader(nil, r.Body, most)
	}
	return r.ParseForm()
}

// add takes one field.
func (f *Form) add(name, value string) error {
	if len(name) > maxName || len(f.values) >= maxFields || len(f.values[name]) >= maxFields {
		return errs.New(errs.Invalid, "page.form.broken")
	}
	f.values[name] = append(f.values[name], clean(value))
	return nil
}

// multipart reads a form with files, part by part.
func (f *Form) multipart(r *http.Request, up *Uploads) error {
	if r.Body != nil { // the reader of parts asks for 5 KB at a time, and each time is a call to the system
		r.Body = &struct {
			io.Reader
			io.Closer
		}{bufio.NewReaderSize(r.Body, 16<<10), r.Body}
	}
	mr, err := r.MultipartReader()
	if err != nil {
		return err
	}
	files, parts, left := 0, 0, typed(r)
	for {
		p, err := mr.NextPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if parts++; parts > 2*maxFields {
			return errs.New(errs.Invalid, "page.form.broken")
		}
		if _, isFile := fileName(p); !isFile {
			b, err := io.ReadAll(io.LimitReader(p, left+1))
			if err != nil {
				return err
			}
			if left -= int64(len(b)); left < 0 {
				return &http.MaxBytesError{Limit: typed(r)}
			}
			if err := f.add(p.FormName(), string(b)); err != nil {
				return err
			}
			continue
		}
		took, err := f.file(p, up, files)
		if err != nil {
			return err
		}
		if took {
			files++
		}
	}
}

// file hands one file on. A field in which no file was chosen arrives as an empty file without a name.
func (f *Form) file(p *multipart.Part, up *Uploads, before int) (took bool, err error) {
	name, _ := fileName(p)
	if name == "" {
		return false, nil
	}
	field := p.FormName()
	if len(field) > maxName {
		return false, errs.New(errs.Invalid, "page.form.broken")
	}
	if up == nil || up.Take == nil {
		return false, errs.New(errs.Invalid, "page.form.no_files")
	}
	if before >= up.Most {
		if f.Wrong(field) == nil {
			f.Fail(field, "page.form.files_many", up.Most)
		}
		return false, nil
	}
	err = up.Take(Upload{Field: field, Name: name, Body: &bounded{r: p, left: up.Each, limit: up.Each}})
	var e *errs.Error
	if errors.As(err, &e) && e.Kind == errs.Invalid {
		f.Fail(field, e.Key, e.Args...)
		return true, nil
	}
	if err != nil {
		return true, &takeError{err}
	}
	return true, nil
}

// takeError is what the taker of a file says, other than that the file is wrong. It is not the form's fault.
type takeError struct{ error }

// fileName returns the name of a part's file, and whether the part is a file at all.
func fileName(p *multipart.Part) (string, bool) {
	_, params, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
	if err != nil {
		return "", false
	}
	name, isFile := params["filename"]
	if !isFile {
		return "", false
	}
	name = path.Base(strings.ReplaceAll(line(clean(name)), `\`, "/"))
	if name == "." || name == "/" || name == ".." {
		return "", true
	}
	if r := []rune(name); len(r) > 120 { // the end holds the kind of file
		name = string(r[len(r)-120:])
	}
	return name, true
}

// bounded reads at most limit bytes and then fails, where io.LimitReader would call a torn file whole.
type bounded struct {
	r           io.Reader
	left, limit int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, &errs.Error{Kind: errs.Invalid, Key: "page.form.file_large", Args: []any{i18n.Size(b.limit)}}
	}
	return n, err
}
