package report

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/figures"
	"yanming/internal/i18n"
	"yanming/internal/journal"
	"yanming/internal/org"
)

// Issue issues a reviewed report: its figures are frozen, it gets the next number of the year, and its paper is made.
type Issue struct{ On }

// published is what the journal keeps of an issue, so that an edited paper can be told from the issued one.
type published struct {
	Period calendar.Period `json:"period"`
	Year   int64           `json:"year"`
	No     int64           `json:"no"`
	Set    string          `json:"set"`
	Figs   string          `json:"figures_hash"`
	Body   string          `json:"body_hash"`
	Paper  string          `json:"paper_hash"`
	Hash   string          `json:"hash"`
}

// tries is how often an issue begins again because another one took its number while it was reckoned.
const tries = 4

// Issue issues a report and returns it. Everything is reckoned on one snapshot, and its members laid down, before the
// transaction that stores it: what is recorded meanwhile comes behind the issue's position of the journal. That
// transaction asks whether the report and the next number are what they were; where another issue took the number, it
// begins again. Errors: as Do, and Conflict where it loses the number every time.
func (s *Service) Issue(ctx context.Context, a actor.Actor, c Issue) (Record, error) {
	digest, err := journal.Digest(c)
	if err != nil {
		return Record{}, err
	}
	for range tries {
		p, err := s.prepare(ctx, a, c, digest)
		if err != nil || p.done {
			return p.record, err
		}
		if err := p.taken.Lay(ctx, s.store); err != nil {
			return Record{}, fmt.Errorf("issue report %s: %w", c.ID, err)
		}
		var stale bool
		err = s.store.Update(ctx, a.Town, func(tx *db.Tx) error {
			stale = false
			if old, seen, err := journal.Once(ctx, tx, c.Key, digest); err != nil || seen {
				if err == nil {
					p.record, err = get(ctx, tx, old)
				}
				return err
			}
			no, err := nextNo(ctx, tx, p.record.Year)
			if err != nil {
				return err
			}
			if stale = no != p.record.No; stale {
				return nil
			}
			set, _, err := p.taken.PutIn(ctx, tx, a, "weekly:"+p.record.Period.String())
			if err != nil {
				return err
			}
			out, note := p.record, p.note
			out.Set, note.Set, note.Figs = set.ID, set.ID, set.Hash
			out.Hash = hashOf(set.Hash, note.Body, note.Paper)
			note.Hash = out.Hash
			out.Changed = tx.Now
			if err := s.commit(ctx, tx, a, c.Key, digest, out, Published, p.body, p.docx, note); err != nil {
				return err
			}
			p.record = out
			return nil
		})
		if err != nil || !stale {
			return p.record, err
		}
	}
	return Record{}, errs.New(errs.Conflict, "error.changed")
}

// prepared is an issue before it is stored.
type prepared struct {
	done   bool // the request was answered before
	record Record
	report Report
	taken  figures.Taken
	body   string
	docx   []byte
	note   published
}

// prepare reckons the report, freezes its figures and makes its paper.
func (s *Service) prepare(ctx context.Context, a actor.Actor, c Issue, digest []byte) (p prepared, err error) {
	err = s.store.View(ctx, a.Town, func(tx *db.Tx) error {
		if old, seen, err := journal.Once(ctx, tx, c.Key, digest); err != nil || seen {
			if err == nil {
				p.done = true
				p.record, err = get(ctx, tx, old)
			}
			return err
		}
		r, err := load(ctx, tx, c.On)
		if err != nil {
			return err
		}
		if p.record, err = r.next(a, event{Type: Published}, tx.Now); err != nil {
			return fmt.Errorf("issue report %s: %w", c.ID, err)
		}
		year, _, _ := calendar.DayOf(tx.Now).Date()
		p.record.Year = int64(year)
		if p.record.No, err = nextNo(ctx, tx, p.record.Year); err != nil {
			return err
		}
		if p.report, err = s.live(ctx, tx, p.record.Period, p.record.Narrative, i18n.ZH, SightOf(s.cat, a)); err != nil {
			return err
		}
		dir, err := s.orgs.Load(ctx, tx)
		if err != nil {
			return err
		}
		p.report.Signers = signers(dir, p.record)
		if p.taken, err = s.cat.TakeIn(ctx, tx, p.report.items()); err != nil {
			return fmt.Errorf("freeze report %s: %w", c.ID, err)
		}
		return nil
	})
	if err != nil || p.done {
		return p, err
	}
	if err := p.report.take(p.taken.Set()); err != nil {
		return p, err
	}
	body, err := json.Marshal(p.report)
	if err != nil {
		return p, fmt.Errorf("write report %s: %w", c.ID, err)
	}
	p.body = string(body)
	p.report.Issue = &p.record
	if p.docx, err = s.Paper(p.report, i18n.ZH, Bulletin); err != nil {
		return p, err
	}
	p.note = published{Period: p.record.Period, Year: p.record.Year, No: p.record.No, Body: sumOf(body), Paper: sumOf(p.docx)}
	return p, nil
}

func sumOf(b []byte) string { s := sha256.Sum256(b); return hex.EncodeToString(s[:]) }

// hashOf is the hash of an issue: over the hashes of its figures, its body and its paper.
func hashOf(figs, body, paper string) string {
	return sumOf([]byte(figs + "\n" + body + "\n" + paper + "\n"))
}

// live is the report as of now with a text, or with the shipped one where that is empty.
func (s *Service) live(ctx context.Context, tx *db.Tx, p calendar.Period, text string, lang i18n.Lang, sight Sight) (Report, error) {
	dir, err := s.orgs.Load(ctx, tx)
	if err != nil {
		return Report{}, err
	}
	r, err := Weekly(ctx, tx, s.cat, dir, p, sight)
	if err != nil {
		return Report{}, err
	}
	if text == "" {
		text = s.words.T(lang, "report.narrative")
	}
	return r, r.tell(ctx, tx, s.cat, text)
}

// signers names who wrote, reviewed and issued a report.
func signers(dir *org.Directory, r Record) [3]string {
	return [3]string{dir.Person(r.People.Author).Name, dir.Person(r.People.Reviewer).Name, dir.Person(r.People.Issuer).Name}
}
