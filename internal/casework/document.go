package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/id"
	"yanming/internal/journal"
	"yanming/internal/seal"
)

// Paper is a sort of printed paper. Each is numbered by itself, per town and year.
type Paper string

// The papers.
const (
	NoticePaper      Paper = "notice"      // 受理告知书
	DeclinePaper     Paper = "decline"     // 不予受理告知书
	DispatchPaper    Paper = "dispatch"    // 交办单
	SupervisionPaper Paper = "supervision" // 督办单
	ReplyPaper       Paper = "reply"       // 答复函
	DecisionPaper    Paper = "decision"    // 处理意见书 of a petition, 信访工作条例 Art. 32
)

// Papers lists the papers in the order of a case. The decision on a petition is not among them: it is its reply.
func Papers() []Paper {
	return []Paper{NoticePaper, DeclinePaper, DispatchPaper, SupervisionPaper, ReplyPaper}
}

// Prints returns the events that one of Papers prints.
func (p Paper) Prints() []Type {
	switch p {
	case NoticePaper:
		return []Type{EvAccepted}
	case DeclinePaper:
		return []Type{EvDeclined}
	case DispatchPaper:
		return []Type{EvDispatched}
	case SupervisionPaper:
		return []Type{EvSupervised}
	case ReplyPaper:
		return Answers()
	}
	return nil
}

// PaperOf returns the paper that an event of a kind of case is printed on, "" for none.
func PaperOf(k Kind, t Type) Paper {
	for _, p := range Papers() {
		switch {
		case !slices.Contains(p.Prints(), t):
		case p == ReplyPaper && k == Petition:
			return DecisionPaper
		default:
			return p
		}
	}
	return ""
}

// Document is a paper that was given its number.
type Document struct {
	Paper Paper
	Year  int64
	N     int64
	Event string // the event it prints
	By    string // people.id: who took the number
	At    time.Time
}

// Issue takes the number of a paper that prints one event of a case.
type Issue struct {
	Case  seal.Number
	Event string // Step.ID
}

// MayIssue reports whether an actor who sees a case may take the number of a paper: whoever may do what it prints, and
// for answers also the counter, which hands them over.
func MayIssue(a actor.Actor, c Case, t Type) bool {
	if PaperOf(c.Kind, t) == "" || a.Person == "" {
		return false
	}
	return allowed(a, c, t) || slices.Contains(hands, t) && auth.Can(a, auth.RightAccept)
}

// Issue numbers a paper (〔2026〕12号). The same event keeps its number, whoever asks and however often; numbers run from
// 1 in each town, paper and year, without gaps.
//
// Errors: Invalid for an event that no paper prints; Denied; NotFound, also when the case is not the actor's to see.
func (s *Service) Issue(ctx context.Context, a actor.Actor, cmd Issue) (d Document, err error) {
	err = s.store.Update(ctx, a.Town, func(tx *db.Tx) error {
		d, err = s.IssueIn(ctx, tx, a, cmd)
		return err
	})
	return d, err
}

// IssueIn is Issue within a transaction.
func (s *Service) IssueIn(ctx context.Context, tx *db.Tx, a actor.Actor, cmd Issue) (Document, error) {
	c, ds, err := s.documents(ctx, tx, a, cmd.Case)
	if err != nil {
		return Document{}, err
	}
	es, err := journal.History(ctx, tx, string(c.ID))
	if err != nil {
		return Document{}, err
	}
	at := slices.IndexFunc(es, func(e journal.Entry) bool { return e.ID == cmd.Event })
	if at < 0 || PaperOf(c.Kind, Type(es[at].Type)) == "" {
		return Document{}, errs.Field("event", "error.choice")
	}
	for _, d := range ds {
		if d.Event == cmd.Event {
			return d, nil
		}
	}
	t := Type(es[at].Type)
	if !MayIssue(a, c, t) {
		return Document{}, errs.New(errs.Denied, "error.denied")
	}
	year, _, _ := calendar.DayOf(tx.Now).Date()
	d := Document{Paper: PaperOf(c.Kind, t), Year: int64(year), Event: cmd.Event, By: by(a), At: tx.Now}
	if d.N, err = putDocument(ctx, tx, c.ID, d); err != nil {
		return Document{}, err
	}
	// The event says which number was taken and nothing of the case. Where that is in confidence, so is the paper.
	record := id.New(tx.Now)
	if c.Veiled() {
		readers, err := journal.Readers(ctx, tx, string(c.ID))
		if err != nil {
			return Document{}, err
		}
		if err := journal.Name(ctx, tx, record, by(a), readers...); err != nil {
			return Document{}, err
		}
	}
	_, err = journal.Append(ctx, tx, journal.Event{Kind: "paper", Record: record, N: 1, Type: "paper_issued", Actor: by(a),
		Payload: map[string]any{"paper": d.Paper, "year": d.Year, "n": d.N}})
	if err != nil {
		return Document{}, fmt.Errorf("issue paper of case %s: %w", c.ID, err)
	}
	return d, nil
}

// Documents returns the papers of a case that were given numbers, the oldest first. NotFound as Get.
func (s *Service) Documents(ctx context.Context, tx *db.Tx, a actor.Actor, number seal.Number) ([]Document, error) {
	_, ds, err := s.documents(ctx, tx, a, number)
	return ds, err
}

func (s *Service) documents(ctx context.Context, tx *db.Tx, a actor.Actor, number seal.Number) (Case, []Document, error) {
	st, err := findNumber(ctx, tx, number)
	if err != nil {
		return Case{}, nil, err
	}
	g, err := s.gate(ctx, tx, a, st)
	if err != nil {
		return Case{}, nil, err
	}
	ds, err := documentsOf(ctx, tx, g.c.ID)
	return g.c, ds, err
}
