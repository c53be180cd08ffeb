package importer_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yanming/internal/casework"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/register"
)

// said is what of a case must come through a sheet unchanged. Names and telephones do not: an export leaves them out.
type said struct {
	Title, Text, Place, Village, Category, Unit, Leader string
	Kind                                                casework.Kind
	Channel                                             casework.Channel
	State                                               casework.State
	Outcome                                             casework.Outcome
	Registered, Due, Notes                              string
}

func (w *town) said() map[string]said {
	out := map[string]said{}
	for _, c := range w.all() {
		sh := w.told(c.Words.Text)
		due := ""
		if c.Due.Set() {
			due = c.Due.At.Format("2006-01-02")
		}
		out[c.Words.Text] = said{c.Words.Title, c.Words.Text, c.Words.Place, w.dir.Village(c.Village).Name, c.Category, w.dir.Unit(c.Unit).Name,
			w.dir.Person(c.Leader).Name, c.Kind, c.Channel, c.State, c.Outcome, c.Registered.Format("2006-01-02 15:04"), due, notes(sh)}
	}
	return out
}

func TestAnExportComesBackAsItWas(t *testing.T) {
	for _, lang := range i18n.Langs() {
		dbtestSQLite(t, func(w *town) {
			w.run(file("意见台账.xlsx", opinions(t)), nil)
			w.run(file("工单.xls", tickets(t)), nil)
			var buf bytes.Buffer
			if err := w.imports.Export(ctx, &buf, w.intake, casework.Filter{View: casework.Every}, lang); err != nil {
				t.Fatal(err)
			}
			f := file("export.xlsx", buf.Bytes())
			n := len(w.all())
			w.counts(w.run(f, nil), n, 0, 0, n) // into the same town: everything is known
			if len(w.all()) != n {
				t.Errorf("%s: the town's own export made new cases", lang)
			}
			c := &dbtest.Clock{}
			other := newTown(t, dbtest.SQLite(t, c.Now))
			other.counts(other.run(f, nil), n, n, 0, 0)
			if d := cmp.Diff(w.said(), other.said()); d != "" {
				t.Errorf("%s: what came back differs:\n%s", lang, d)
			}
		})
	}
}

func TestTheTemplateIsAnEmptyLedger(t *testing.T) {
	for _, lang := range i18n.Langs() {
		dbtestSQLite(t, func(w *town) {
			var buf bytes.Buffer
			if err := w.imports.Template(&buf, lang); err != nil {
				t.Fatal(err)
			}
			p, err := w.imports.Inspect(ctx, w.intake, file("模板.xlsx", buf.Bytes()), "")
			if err != nil {
				t.Fatal(err)
			}
			for i, c := range p.Columns {
				if c.Field != register.Fields()[i] {
					t.Errorf("%s: column %q is taken for %q, not %q", lang, c.Name, c.Field, register.Fields()[i])
				}
			}
			w.counts(w.run(file("模板.xlsx", buf.Bytes()), nil), 0, 0, 0, 0)
			if err := w.imports.Export(ctx, &buf, w.admin, casework.Filter{}, lang); !errs.Is(err, errs.Denied) {
				t.Errorf("the administrator exports: %v", err)
			}
		})
	}
}
