package sheet

import (
	"bytes"
	"errors"
	"io"
	"math"
	"path"
	"sort"
	"strconv"
	"strings"

	"yanming/internal/errs"
)

// xlsx is an opened workbook. Its sheets are read as streams; only names, formats, merges and shared strings are held.
type xlsx struct {
	archive *archive
	limits  Limits
	tabs    []xlsxTab
	styles  []style
	strings pool
	from    epoch
	macros  bool
}

// xlsxTab is one worksheet with what had to be known before its first row is read.
type xlsxTab struct {
	info     SheetInfo
	part     string
	merges   []merge
	comments map[int][]string // by row
	width    int              // columns up to the last one that holds anything or lies under a merge
}

// merge is a merged range, all ends inclusive, rows from 1, columns from 0.
type merge struct{ top, bottom, left, right int }

const maxMerges = 200_000

// openXLSX reads the workbook and passes over every sheet once, so that each limit is checked before any row is used.
func openXLSX(file io.ReaderAt, size int64, l Limits) (_ *xlsx, err error) {
	a, err := openArchive(file, size, l)
	if err != nil {
		return nil, err
	}
	x := &xlsx{archive: a, limits: l}
	defer func() {
		if err != nil {
			x.Close()
		}
	}()
	book, err := x.findWorkbook()
	if err != nil {
		return nil, err
	}
	targets, err := a.relations(book)
	if err != nil {
		return nil, err
	}
	if err = x.readWorkbook(book, targets); err != nil {
		return nil, err
	}
	if len(x.tabs) == 0 {
		return nil, errs.New(errs.Invalid, "sheet.empty")
	}
	for _, t := range targets {
		switch t.kind {
		case "styles":
			err = x.readStyles(t.part)
		case "sharedStrings":
			err = x.strings.load(a, t.part)
		case "vbaProject":
			x.macros = true
		}
		if err != nil {
			return nil, err
		}
	}
	for i := range x.tabs {
		if err = x.survey(&x.tabs[i]); err != nil {
			return nil, err
		}
		if err = x.readComments(&x.tabs[i]); err != nil {
			return nil, err
		}
	}
	return x, nil
}

func (x *xlsx) Close() error { return x.strings.Close() }

func (x *xlsx) sheets() []SheetInfo {
	infos := make([]SheetInfo, len(x.tabs))
	for i, t := range x.tabs {
		infos[i] = t.info
	}
	return infos
}

// relation is one entry of a .rels part; kind is the last word of its type.
type relation struct{ id, kind, part string }

func (a *archive) relations(part string) ([]relation, error) {
	dir, file := path.Split(part)
	var rels []relation
	err := a.walk(dir+"_rels/"+file+".rels", func(s *scanner, t token) error {
		if t == tokenOpen && string(s.name) == "Relationship" && !strings.EqualFold(s.attr("TargetMode"), "External") {
			target := strings.ReplaceAll(s.attr("Target"), `\`, "/")
			if !strings.HasPrefix(target, "/") {
				target = path.Join(dir, target)
			}
			rels = append(rels, relation{s.attr("Id"), path.Base(s.attr("Type")), strings.TrimPrefix(target, "/")})
		}
		return nil
	})
	return rels, err
}

// findWorkbook follows the package's root relation, and says what the file is when it holds no xlsx workbook.
func (x *xlsx) findWorkbook() (string, error) {
	rels, err := x.archive.relations("")
	if err != nil {
		return "", err
	}
	for _, r := range rels {
		if r.kind == "officeDocument" && x.archive.part(r.part) != nil {
			switch {
			case strings.HasSuffix(r.part, ".bin"):
				return "", errs.New(errs.Invalid, "sheet.other_format")
			case strings.HasPrefix(r.part, "word/"):
				return "", errs.New(errs.Invalid, "sheet.word")
			case strings.HasPrefix(r.part, "ppt/"):
				return "", errs.New(errs.Invalid, "sheet.not_a_table")
			}
			return r.part, nil
		}
	}
	switch {
	case x.archive.part("xl/workbook.xml") != nil:
		return "xl/workbook.xml", nil
	case x.archive.part("content.xml") != nil:
		return "", errs.New(errs.Invalid, "sheet.other_format") // OpenDocument
	}
	for name := range x.archive.parts {
		switch path.Ext(name) {
		case ".xlsx", ".xls", ".et", ".csv", ".txt", ".docx", ".doc", ".wps", ".ods":
			return "", errs.New(errs.Invalid, "sheet.zipped")
		}
	}
	return "", errs.New(errs.Invalid, "sheet.not_a_table")
}

func (x *xlsx) readWorkbook(part string, rels []relation) error {
	return x.archive.walk(part, func(s *scanner, t token) error {
		if t != tokenOpen {
			return nil
		}
		switch string(s.name) {
		case "workbookPr":
			if v := s.attr("date1904"); v == "1" || v == "true" {
				x.from = epoch1904
			}
		case "sheet":
			for _, r := range rels {
				if r.id == s.attr(":id") && r.kind == "worksheet" {
					x.tabs = append(x.tabs, xlsxTab{part: r.part,
						info: SheetInfo{Name: s.attr("name"), Hidden: strings.HasSuffix(strings.ToLower(s.attr("state")), "hidden")}})
				}
			}
		}
		return nil
	})
}

// readStyles learns of each cell format whether it shows a date and whether its font is struck through.
func (x *xlsx) readStyles(part string) error {
	formats := map[int]string{}
	var struck []bool
	section := ""
	return x.archive.walk(part, func(s *scanner, t token) error {
		if t != tokenOpen {
			return nil
		}
		switch name := string(s.name); name {
		case "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "extLst":
			section = name
		case "numFmt":
			if section == "numFmts" {
				formats[atoi(s.attr("numFmtId"))] = s.attr("formatCode")
			}
		case "font":
			if section == "fonts" {
				struck = append(struck, false)
			}
		case "strike":
			if v := s.attr("val"); section == "fonts" && len(struck) > 0 && v != "0" && v != "false" {
				struck[len(struck)-1] = true
			}
		case "xf":
			if section != "cellXfs" {
				return nil
			}
			if len(x.styles) > maxTag {
				return damaged()
			}
			id, font := atoi(s.attr("numFmtId")), atoi(s.attr("fontId"))
			code, custom := formats[id]
			x.styles = append(x.styles, style{format: formatOf(id, code, custom), struck: font >= 0 && font < len(struck) && struck[font]})
		}
		return nil
	})
}

// survey passes over a sheet for its size and merges, which stand behind the rows.
func (x *xlsx) survey(tab *xlsxTab) error {
	var cells, lastRow int64
	col, filled, inRow, inValue := -1, false, false, false
	err := x.archive.walkCells(tab.part, x.limits, tab.info.Name, func(s *scanner, t token) error {
		if t == tokenText {
			if !inValue || len(bytes.TrimSpace(s.text)) == 0 {
				return nil
			}
			filled = true
			if col >= x.limits.Columns {
				return errs.New(errs.Invalid, "sheet.too_many_columns", tab.info.Name, lastRow, x.limits.Columns)
			}
			tab.info.Columns = max(tab.info.Columns, col+1)
			return nil
		}
		inValue = false
		switch name := string(s.name); {
		case t == tokenClose && name == "row":
			if filled {
				tab.info.Rows++
			}
			col, inRow = -1, false
		case t == tokenClose:
		case name == "row":
			col, filled, inRow = -1, false, !s.empty
			n := lastRow + 1
			if r := s.attr("r"); r != "" {
				n = int64(atoi(r))
			}
			if n <= lastRow || n > math.MaxInt32 {
				return damaged()
			}
			lastRow = n
		case name == "c" && inRow:
			if cells++; cells > x.limits.Cells {
				return errs.New(errs.Invalid, "sheet.too_many_cells", x.limits.Cells/10_000)
			}
			next, ok := cellColumn(s, col)
			if !ok {
				return damaged()
			}
			col = next
		case name == "v" || name == "t":
			inValue = !s.empty && col >= 0
		case name == "mergeCell":
			m, ok := parseMerge(s.attr("ref"))
			if !ok || len(tab.merges) >= maxMerges {
				return damaged()
			}
			if m.right = min(m.right, x.limits.Columns-1); m.left <= m.right {
				tab.merges = append(tab.merges, m)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	tab.width = tab.info.Columns
	for _, m := range tab.merges {
		if m.left < tab.info.Columns {
			tab.width = max(tab.width, m.right+1)
		}
	}
	sort.SliceStable(tab.merges, func(i, j int) bool { return tab.merges[i].top < tab.merges[j].top })
	return nil
}

// walkCells scans a worksheet with the limit of a cell's length.
func (a *archive) walkCells(part string, l Limits, sheet string, fn func(s *scanner, t token) error) error {
	r, err := a.open(part)
	if err != nil {
		return err
	}
	defer r.Close()
	s := newScanner(r, 4*l.Cell+maxTag)
	row := 0
	for {
		t, err := s.next()
		switch {
		case errors.Is(err, errLongText):
			return errs.New(errs.Invalid, "sheet.cell_too_long", sheet, row, l.Cell)
		case err != nil:
			return err
		case t == tokenEOF:
			return nil
		}
		if t == tokenOpen && string(s.name) == "row" {
			if row++; s.attr("r") != "" {
				row = atoi(s.attr("r"))
			}
		}
		if err := fn(s, t); err != nil {
			return err
		}
	}
}

// cellColumn returns the column of the <c> at hand; without a reference it is the one after last. Columns must rise.
func cellColumn(s *scanner, last int) (int, bool) {
	ref := s.attr("r")
	if ref == "" {
		return last + 1, last < 1<<14
	}
	col, _, ok := parseRef(ref)
	return col, ok && col > last
}

// parseRef reads "AB12" as column 27 (from 0) and row 12.
func parseRef(ref string) (col, row int, ok bool) {
	i := 0
	for i < len(ref) && i < 4 && ref[i]|0x20 >= 'a' && ref[i]|0x20 <= 'z' {
		col = col*26 + int(ref[i]|0x20-'a') + 1
		i++
	}
	row, err := strconv.Atoi(ref[i:])
	return col - 1, row, i > 0 && i < 4 && err == nil && row > 0 && col <= 1<<14
}

func parseMerge(ref string) (m merge, ok bool) {
	from, to, found := strings.Cut(ref, ":")
	if !found {
		to = from
	}
	var ok1, ok2 bool
	m.left, m.top, ok1 = parseRef(from)
	m.right, m.bottom, ok2 = parseRef(to)
	return m, ok1 && ok2 && m.left <= m.right && m.top <= m.bottom
}

// columnName returns the letters of a column counted from 0.
func columnName(col int) string {
	s := ""
	for col++; col > 0; col = (col - 1) / 26 {
		s = string(rune('A'+(col-1)%26)) + s
	}
	return s
}

// atoi returns the number or -1.
func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}
