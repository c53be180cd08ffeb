package bench

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

//go:embed sample.csv
var sampleText string

//go:embed names.txt
var nameText string

// names are made up: each surname with each given name.
func names() []string { return strings.Fields(nameText) }

// texts are what residents say in a run: messages cut into sentences, from which other messages are put together.
type texts struct {
	from     string // where they are from
	messages []message
}

type message struct {
	subject   string
	sentences []string
}

// codes are the letters by which published messages hide their places.
var codes = regexp.MustCompile(`[A-Z][0-9]{0,2}(市|区|县|镇)`)

// sentence matches one with its mark.
var sentence = regexp.MustCompile(`[^。！？!?\n]+[。！？!?]*`)

// readTexts reads a CSV with the columns subject and body, or the sample, which is our own invention.
func readTexts(path string) (t texts, err error) {
	var in io.Reader = strings.NewReader(sampleText)
	t.from = "made-up words"
	if path != "" {
		f, err := os.Open(path)
		if err != nil {
			return t, err
		}
		defer f.Close()
		in, t.from = f, "words of "+filepath.Base(path)
	}
	r := csv.NewReader(in)
	r.FieldsPerRecord = -1
	head, err := r.Read()
	if err != nil {
		return t, fmt.Errorf("read %s: %w", t.from, err)
	}
	subject, body := slices.Index(head, "subject"), slices.Index(head, "body")
	if subject < 0 || body < 0 {
		return t, fmt.Errorf("read %s: no columns subject and body", t.from)
	}
	for {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return t, fmt.Errorf("read %s: %w", t.from, err)
		}
		if len(row) <= max(subject, body) {
			continue
		}
		m := message{subject: clip(tidy(row[subject]), 60)}
		for _, s := range sentence.FindAllString(tidy(row[body]), -1) {
			if s = strings.TrimSpace(s); s != "" {
				m.sentences = append(m.sentences, clip(s, 300))
			}
		}
		if m.subject != "" && len(m.sentences) > 0 {
			t.messages = append(t.messages, m)
		}
	}
	if len(t.messages) == 0 {
		return t, fmt.Errorf("read %s: no messages", t.from)
	}
	t.from = fmt.Sprintf("%d messages, %s, varied", len(t.messages), t.from)
	return t, nil
}

// tidy takes out the letter codes and what no text of ours holds.
func tidy(s string) string {
	s = codes.ReplaceAllString(strings.ToValidUTF8(s, ""), "$1")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' {
			return ' '
		}
		return r
	}, s))
}

func clip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

// pick makes the n-th message of a kind: a subject, and sentences of the same message, sometimes of two, in an order
// that depends on n alone. Seven in ten are one or two sentences long, as notes of a call are; one in twenty is whole.
func (t texts) pick(r *rand.Rand) (subject, body string) {
	m := t.messages[r.IntN(len(t.messages))]
	var b strings.Builder
	most := 1 + r.IntN(2)
	switch x := r.IntN(20); {
	case x == 0:
		most = len(m.sentences)
	case x < 6:
		most = 2 + r.IntN(4)
	}
	first := 0
	if len(m.sentences) > most {
		first = r.IntN(len(m.sentences) - most + 1)
	}
	for _, s := range m.sentences[first:min(first+most, len(m.sentences))] {
		b.WriteString(s)
	}
	if r.IntN(3) == 0 {
		other := t.messages[r.IntN(len(t.messages))]
		b.WriteString(other.sentences[r.IntN(len(other.sentences))])
	}
	fmt.Fprintf(&b, " %d-%d", 1+r.IntN(30), 1+r.IntN(400))
	return m.subject, clip(b.String(), 1900)
}
