package batch

import (
	"net/http"
	"net/url"
	"strconv"

	"yanming/internal/casework"
	"yanming/internal/i18n"
	"yanming/internal/importer"
	"yanming/internal/journal"
	"yanming/internal/register"
	"yanming/internal/web/page"
)

// planPage asks what each column of a file means.
type planPage struct {
	page.Head
	Form     *page.Form
	File     string
	Plan     register.Plan
	Before   []journal.Batch // imports of this very sheet that stand
	Sheets   []page.Choice   // those that can be read
	Columns  []column
	Fields   []page.Choice
	Systems  []page.Choice
	Channels []page.Choice
	Samples  bool // the actor may see what stands in the cells
}

// column is one line of the table of columns.
type column struct {
	register.ColumnPlan
	Input string // name of its field in the form
	Title any    // as for say
	Value string
}

// askMapping handles GET /office/import/file/{file}.
func (s *Server) askMapping(w http.ResponseWriter, r *http.Request) error {
	p, err := s.plan(r, r.URL.Query().Get("sheet"))
	if err != nil {
		return err
	}
	m := p.Plan.Mapping
	p.Form = page.NewForm()
	p.Form.Set("system", m.System)
	p.Form.Set("channel", string(m.Channel))
	if m.Year != 0 {
		p.Form.Set("year", strconv.Itoa(m.Year))
	}
	if m.DateRequired {
		p.Form.Set("date_required", "1")
	}
	for _, c := range p.Columns {
		p.Form.Set(c.Input, string(c.Field))
	}
	return s.showPlan(w, r, http.StatusOK, p)
}

// plan reads the file's structure for a page.
func (s *Server) plan(r *http.Request, sheet string) (p planPage, err error) {
	a := page.Actor(r)
	p = planPage{Head: s.head(r, "import.plan.title"), File: r.PathValue("file")}
	f, err := s.Imports.Kept(r.Context(), a, p.File)
	if err != nil {
		return p, err
	}
	p.Samples = f.Reads(a)
	if p.Plan, err = s.Imports.Inspect(r.Context(), a, f, sheet); err != nil {
		return p, err
	}
	if p.Before, err = s.Imports.Before(r.Context(), a, p.Plan); err != nil {
		return p, err
	}
	for _, sp := range p.Plan.Sheets {
		if sp.Why.Readable() {
			p.Sheets = append(p.Sheets, page.Choice{Value: sp.Name, Label: sp.Name})
		}
	}
	for i, c := range p.Plan.Columns {
		line := column{ColumnPlan: c, Input: "c" + strconv.Itoa(i), Title: c.Name}
		if c.Name == "" {
			line.Title = i18n.Key("import.plan.no_name")
		}
		p.Columns = append(p.Columns, line)
	}
	p.Fields = []page.Choice{{Value: "", Label: i18n.Key("import.plan.skip")}}
	for _, f := range register.Fields() {
		p.Fields = append(p.Fields, page.Choice{Value: string(f), Label: f.Key()})
	}
	p.Systems = page.Keyed("import.system.", register.Systems()...)
	for _, c := range casework.Channels() {
		if c != casework.Confidence {
			p.Channels = append(p.Channels, page.Choice{Value: string(c), Label: c.Name()})
		}
	}
	return p, nil
}

func (s *Server) showPlan(w http.ResponseWriter, r *http.Request, status int, p planPage) error {
	for i := range p.Columns {
		p.Columns[i].Value = p.Form.Value(p.Columns[i].Input)
	}
	p.Wrong = p.Form.Err() != nil
	return s.pages.Show(w, r, status, "plan", p)
}

// startImport handles POST /office/import/file/{file}: a rehearsal, or the import itself, behind the page.
func (s *Server) startImport(w http.ResponseWriter, r *http.Request) error {
	f, err := page.ReadForm(r, nil)
	if err != nil {
		return err
	}
	p, err := s.plan(r, f.Value("sheet"))
	if err != nil {
		return err
	}
	p.Form = f
	m := register.Mapping{Sheet: p.Plan.Sheet, Columns: map[string]register.Field{}}
	m.System = f.Choice("system", register.Systems()...)
	m.Channel = casework.Channel(f.Value("channel"))
	m.Year, _ = f.Int("year", 1949, 2149)
	m.DateRequired = f.Bool("date_required")
	for _, c := range p.Columns {
		m.Columns[c.Key] = register.Field(f.Value(c.Input))
	}
	if f.Err() == nil {
		job, err := s.Imports.Start(r.Context(), page.Actor(r), importer.Begin{Key: f.Key, File: p.File, Mapping: m, Dry: f.Value("go") != "import"})
		if err == nil {
			return page.SeeOther(w, r, root+"/job/"+url.PathEscape(job))
		}
		if f.Clashes(err, "import.plan.sent_before") {
			return s.showPlan(w, r, http.StatusConflict, p)
		}
		if !f.Refused(err) {
			return err
		}
	}
	return s.showPlan(w, r, http.StatusUnprocessableEntity, p)
}
