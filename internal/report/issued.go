package report

import (
	"context"
	"encoding/json"
	"fmt"

	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/figures"
	"yanming/internal/i18n"
	"yanming/internal/journal"
)

// Show returns the report of a week as it is shown: the newest issue with its frozen values, or, while there is none
// and where live is asked for, the values of now with the text of the draft on its way.
func (s *Service) Show(ctx context.Context, tx *db.Tx, p calendar.Period, live bool, lang i18n.Lang, sight Sight) (Report, error) {
	all, err := ofPeriod(ctx, tx, p)
	if err != nil {
		return Report{}, err
	}
	text := ""
	for _, rec := range all {
		switch {
		case rec.State == Issued && !live:
			return s.Issued(ctx, tx, rec, sight)
		case rec.State != Issued && text == "":
			text = rec.Narrative
		}
	}
	return s.live(ctx, tx, p, text, lang, sight)
}

// Issued returns an issue: its figures as they were frozen, what became of its lines since, and its overdue cases as
// their records stand now, as far as the asker may see them.
func (s *Service) Issued(ctx context.Context, tx *db.Tx, rec Record, sight Sight) (Report, error) {
	body, _, err := issued(ctx, tx, rec.ID)
	if err != nil {
		return Report{}, err
	}
	var r Report
	if err := json.Unmarshal([]byte(body), &r); err != nil {
		return Report{}, fmt.Errorf("read issue %s: %v", rec.ID, err)
	}
	set, err := figures.LoadSet(ctx, tx, rec.Set)
	if err != nil {
		return Report{}, fmt.Errorf("read issue %s: %w", rec.ID, err)
	}
	if err := r.take(set); err != nil {
		return Report{}, err
	}
	r.Issue, r.Since = &rec, map[string]figures.Change{}
	// All in one pass; the comparisons below then find what their definitions count, unless a wording is newer.
	if _, err := s.cat.Compute(ctx, tx, cohorts(), figures.Scope{}, r.Whole); err != nil {
		return Report{}, fmt.Errorf("compare issue %s with now: %w", rec.ID, err)
	}
	for _, code := range cohorts() {
		f, ok := set.Find(r.Line(code).Total.Item)
		if !ok {
			continue
		}
		if r.Since[code], err = s.cat.Since(ctx, tx, f); err != nil {
			return Report{}, fmt.Errorf("compare issue %s with now: %w", rec.ID, err)
		}
	}
	dir, err := s.orgs.Load(ctx, tx)
	if err != nil {
		return Report{}, err
	}
	r.Signers = signers(dir, rec)
	b := breaker{tx: tx, cat: s.cat, dir: dir, whole: r.Whole}
	if err := b.shapes(ctx, &r); err != nil {
		return Report{}, err
	}
	return r, s.lateThen(ctx, tx, &r, set, sight)
}

// lateThen lists the cases that were overdue when the report was issued.
func (s *Service) lateThen(ctx context.Context, tx *db.Tx, r *Report, set figures.FrozenSet, sight Sight) error {
	f, ok := set.Find(r.Line(overdue).Total.Item)
	if !ok || len(f.Defs) == 0 {
		return fmt.Errorf("issue %s has no overdue cases frozen", r.Issue.ID)
	}
	p, err := s.cat.FrozenRows(ctx, tx, f, sight(f.Defs[0]), "", lateShown)
	if err != nil {
		return err
	}
	r.Late = figures.Page{Def: f.Defs[0], Value: f.Value, Columns: p.Columns, Rows: p.Rows, Listed: int64(len(p.Rows)), Unlisted: int64(p.Hidden), Next: p.Next}
	r.Names, err = dimNames(ctx, tx, s.cat, f.Defs[0].Source, p.Columns)
	return err
}

// Gained returns how much a figure of an issue gained since, and its value now.
func (r Report) Gained(code string) (now figures.Value, gained int64, ok bool) {
	c, ok := r.Since[code]
	return c.Now, c.Now.Value - r.Line(code).Total.Value.Value, ok
}

// PaperOf returns the paper of an issue, byte for byte as it was issued.
func PaperOf(ctx context.Context, tx *db.Tx, rec Record) ([]byte, error) {
	_, docx, err := issued(ctx, tx, rec.ID)
	return docx, err
}

// Verify compares an issue with the journal: the hash of its body and paper, and every frozen figure. It returns what
// does not agree, nothing when all is well.
func (s *Service) Verify(ctx context.Context, tx *db.Tx, rec Record) ([]figures.Problem, error) {
	body, docx, err := issued(ctx, tx, rec.ID)
	if err != nil {
		return nil, err
	}
	note, err := noteOf(ctx, tx, rec.ID)
	if err != nil {
		return nil, err
	}
	problems, err := s.cat.Verify(ctx, tx, rec.Set)
	if err != nil {
		return nil, err
	}
	if note.Body != sumOf([]byte(body)) || note.Paper != sumOf(docx) || note.Set != rec.Set || note.Hash != rec.Hash ||
		rec.Hash != hashOf(note.Figs, note.Body, note.Paper) || note.No != rec.No || note.Year != rec.Year {
		problems = append(problems, figures.Problem{Code: rec.Period.String(), Key: "report.check.hash", Args: []any{rec.Year, rec.No}})
	}
	return problems, nil
}

// noteOf returns what the journal keeps of an issue.
func noteOf(ctx context.Context, tx *db.Tx, id string) (note published, err error) {
	events, err := journal.History(ctx, tx, id)
	if err != nil {
		return published{}, err
	}
	for _, e := range events {
		if e.Type == string(Published) {
			err = e.Decode(&note)
			return note, err
		}
	}
	return published{}, errs.Missing()
}
