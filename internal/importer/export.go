package importer

import (
	"context"
	"fmt"
	"io"
	"iter"
	"time"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/register"
	"yanming/internal/sheet"
)

// Template writes an empty sheet with the columns of an import, for offices that have no ledger of their own yet.
func (s *Service) Template(w io.Writer, lang i18n.Lang) error {
	return sheet.Write(w, sheet.Workbook{Title: s.Catalogue.T(lang, "import.template"), Sheets: []sheet.Page{s.page(lang, nil)}})
}

// page is the sheet of template and export: the same columns, so that one can be brought in as the other.
func (s *Service) page(lang i18n.Lang, rows iter.Seq2[[]sheet.Cell, error]) sheet.Page {
	p := sheet.Page{Name: s.Catalogue.T(lang, "import.template"), Rows: rows}
	for _, f := range register.Fields() {
		h := sheet.Heading{Name: s.Catalogue.T(lang, string(f.Key())), Width: 14}
		switch f {
		case register.Text, register.Answer, register.Handling, register.Note:
			h.Width, h.Wrap = 40, true
		}
		p.Columns = append(p.Columns, h)
	}
	return p
}

// Export writes the open cases of a list that the actor sees, with the columns of an import. Who spoke is left out:
// names are shown one by one, for a reason that is written down.
//
// Errors: Denied.
func (s *Service) Export(ctx context.Context, w io.Writer, a actor.Actor, f casework.Filter, lang i18n.Lang) error {
	if !auth.Can(a, auth.RightSeeAllOpen) {
		return errs.New(errs.Denied, "error.denied")
	}
	rows := func(yield func([]sheet.Cell, error) bool) {
		f.Newest, f.After, f.Limit = true, "", chunk
		for {
			var out [][]sheet.Cell
			next := ""
			err := s.Store.View(ctx, a.Town, func(tx *db.Tx) error {
				dir, err := s.Orgs.Load(ctx, tx)
				if err != nil {
					return err
				}
				var told []casework.LedgerRow
				told, next, err = s.Cases.Ledger(ctx, tx, a, f)
				out = nil
				for _, r := range told {
					out = append(out, exportRow(names{dir, lang}, r))
				}
				return err
			})
			if err != nil {
				yield(nil, fmt.Errorf("export cases: %w", err))
				return
			}
			for _, r := range out {
				if !yield(r, nil) {
					return
				}
			}
			if f.After = next; next == "" {
				return
			}
		}
	}
	return sheet.Write(w, sheet.Workbook{Title: s.Catalogue.T(lang, "import.template"), Created: s.Store.Now(), Sheets: []sheet.Page{s.page(lang, rows)}})
}

// exportRow writes a case under the columns of register.Fields, with words that an import reads again.
func exportRow(n names, r casework.LedgerRow) []sheet.Cell {
	c := r.Case
	number := string(c.Number)
	if len(r.Externals) > 0 {
		number = r.Externals[0].Number
	}
	var note, handling, answer string
	for _, st := range r.Steps {
		switch st.Type {
		case casework.EvAccepted:
			note = st.Words.Text
		case casework.EvActionRecorded:
			handling = st.Words.Text
		case casework.EvAnsweredResolved, casework.EvAnsweredOther, casework.EvAnsweredScheduled:
			answer = st.Words.Text
		}
	}
	status := ""
	switch {
	case c.Outcome != "":
		status = c.Outcome.Name().In(n.lang)
		if c.State == casework.Closed {
			status += " " + casework.Closed.Name().In(n.lang)
		}
	case c.State.Final():
		status = c.State.Name().In(n.lang)
	}
	at := func(t time.Time) sheet.Cell {
		if t.IsZero() {
			return sheet.String("")
		}
		return sheet.Minute(t)
	}
	due := sheet.String("")
	if c.Due.Set() {
		due = sheet.Day(c.Due.At)
	}
	return []sheet.Cell{sheet.String(number), sheet.String(c.Words.Text), sheet.String(c.Words.Title), at(c.Registered),
		sheet.String(""), sheet.String(""), sheet.String(""), sheet.String(n.dir.Village(c.Village).Name), sheet.String(n.dir.Grid(c.Grid).Name),
		sheet.String(c.Words.Place), sheet.String(n.dir.Category(c.Category).Name.In(n.lang)), sheet.String(c.Kind.Name().In(n.lang)),
		sheet.String(c.Channel.Name().In(n.lang)), sheet.String(n.dir.Unit(c.Unit).Name), sheet.String(n.dir.Person(c.Leader).Name),
		sheet.String(handling), sheet.String(answer), at(c.Answered), due, sheet.String(status), sheet.String(note)}
}

// names says what ids stand for.
type names struct {
	dir  *org.Directory
	lang i18n.Lang
}
