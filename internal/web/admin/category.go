package admin

import (
	"net/http"
	"strings"

	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

type categoryRow struct {
	org.Category
	Indent string
	Unit   string
}

type categoriesPage struct {
	frame
	Rows []categoryRow
}

// tree returns the categories, each one followed by its own.
func tree(dir *org.Directory) (out []categoryRow) {
	for _, c := range dir.CategoryTree(i18n.ZH) { // the row says its own name in the visitor's language
		out = append(out, categoryRow{c.Category, strings.Repeat("— ", c.Depth), dir.Unit(c.Unit).Name})
	}
	return out
}

// listCategories handles GET /admin/categories.
func (s *Server) listCategories(w http.ResponseWriter, v *visit) (err error) {
	data := categoriesPage{frame: s.frame(v, nil, "admin.categories"), Rows: tree(v.dir)}
	if data.Steps, err = s.pending(v); err != nil {
		return err
	}
	return s.pages.Show(w, v.r, http.StatusOK, "categories", data)
}

type categoryPage struct {
	frame
	Code    string
	Parents []page.Choice
	Units   []page.Choice
}

// showCategory handles GET /admin/categories/{code}: of one that is, or of one to be made.
func (s *Server) showCategory(w http.ResponseWriter, v *visit) error {
	form := page.NewForm()
	if err := s.categoryValues(v, form); err != nil {
		return err
	}
	return s.showCategoryForm(w, v, http.StatusOK, form)
}

func (s *Server) categoryValues(v *visit, form *page.Form) error {
	code := v.r.PathValue("code")
	if code == fresh {
		return nil
	}
	c := v.dir.Category(code)
	if c.Code == "" || c.Retired {
		return errs.Missing()
	}
	fill(form, "code", c.Code, "name", c.Name.ZH, "name_en", c.Name.EN, "parent", c.Parent, "unit", c.Unit, "ord", number(c.Ord), "rev", number(c.Rev))
	if c.Chip {
		form.Set("chip", "1")
	}
	if c.Confide {
		form.Set("confide", "1")
	}
	return nil
}

func (s *Server) showCategoryForm(w http.ResponseWriter, v *visit, status int, form *page.Form) error {
	code := v.r.PathValue("code")
	c := v.dir.Category(code)
	data := categoryPage{frame: s.frame(v, form, "admin.category.new"), Code: code, Parents: []page.Choice{{Label: nothing}}, Units: town.UnitChoices(nothing, v.dir.Units())}
	if code != fresh {
		data.Title = c.Name.In(s.Site.Lang(v.r))
	}
	for _, row := range tree(v.dir) {
		if row.Code != code {
			data.Parents = append(data.Parents, page.Choice{Value: row.Code, Label: row.Indent + row.Name.In(s.Site.Lang(v.r))})
		}
	}
	if status == http.StatusConflict {
		form.Set("rev", number(c.Rev))
		data.Now = []page.Row{{Label: i18n.Key("admin.category.name"), Value: c.Name}, {Label: i18n.Key("admin.category.unit"), Value: v.dir.Unit(c.Unit).Name}}
	}
	return s.pages.Show(w, v.r, status, "category", data)
}

// saveCategory handles POST /admin/categories/{code}.
func (s *Server) saveCategory(w http.ResponseWriter, v *visit) error {
	form, err := page.ReadForm(v.r, nil)
	if err != nil {
		return err
	}
	cmd := org.SaveCategory{Key: form.Key, Code: v.r.PathValue("code"), Parent: form.Value("parent"), Name: i18n.Pair{ZH: form.Line("name", 60), EN: form.Line("name_en", 60)},
		Chip: form.Bool("chip"), Confide: form.Bool("confide"), Unit: form.Value("unit")}
	if cmd.Code == fresh {
		cmd.Code = form.Line("code", 30)
		if cmd.Code == fresh { // its own page would be this one
			form.Fail("code", "org.category.code")
		}
	} else if c := v.dir.Category(cmd.Code); c.Code == "" || c.Retired {
		return errs.Missing()
	} else {
		cmd.Rev = form.Rev()
	}
	if n, ok := form.Int("ord", 0, 9999); ok {
		cmd.Ord = int64(n)
	}
	if form.Err() == nil {
		_, err = s.Orgs.SaveCategory(v.r.Context(), v.a, cmd)
	}
	return s.settle(w, v, form, err, done("/admin/categories"), func(status int) error { return s.showCategoryForm(w, v, status, form) })
}
