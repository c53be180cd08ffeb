package sheet

import "yanming/internal/errs"

const maxComments = 16 << 20 // bytes of all comments of a sheet

// readComments reads what people wrote beside the cells of a sheet, by row.
func (x *xlsx) readComments(tab *xlsxTab) error {
	rels, err := x.archive.relations(tab.part)
	if err != nil {
		return err
	}
	for _, r := range rels {
		if r.kind != "comments" {
			continue
		}
		row, held := 0, 0
		var text richText
		err := x.archive.walk(r.part, func(s *scanner, t token) error {
			switch {
			case t == tokenOpen && string(s.name) == "comment":
				_, row, _ = parseRef(s.attr("ref"))
				text.reset()
			case t == tokenClose && string(s.name) == "comment":
				said := Text(text.String())
				if held += len(said); held > maxComments {
					return errs.New(errs.Invalid, "sheet.bomb")
				}
				if row > 0 && said != "" {
					if tab.comments == nil {
						tab.comments = map[int][]string{}
					}
					tab.comments[row] = append(tab.comments[row], said)
				}
			default:
				if !text.take(s, t, 4*x.limits.Cell) {
					return errs.New(errs.Invalid, "sheet.text_too_long", x.limits.Cell)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
