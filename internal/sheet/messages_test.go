package sheet

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// messages lies beside the repository, not in it: it is real and must never be shipped.
const messages = "../../../shared/data/messages"

var messageColumns = []Column{
	{Field: "id", Synonyms: []string{"留言编号", "msg_id"}},
	{Field: "user", Synonyms: []string{"留言用户", "user"}},
	{Field: "subject", Synonyms: []string{"留言主题", "subject"}},
	{Field: "time", Synonyms: []string{"留言时间", "time"}},
	{Field: "detail", Synonyms: []string{"留言详情", "body"}},
	{Field: "down", Synonyms: []string{"反对数", "downvotes"}},
	{Field: "up", Synonyms: []string{"点赞数", "upvotes"}},
}

// normalised reads one of the two files as an importer would.
func normalised(t *testing.T, name string) [][]string {
	t.Helper()
	path := filepath.Join(messages, name)
	f, err := os.Open(path)
	if os.IsNotExist(err) && os.Getenv("CI") != "true" {
		t.Skipf("no %s here", path)
	}
	must(t, err)
	defer f.Close()
	info, err := f.Stat()
	must(t, err)
	b, err := Open(name, f, info.Size(), Limits{})
	must(t, err)
	defer b.Close()
	whole, err := os.ReadFile(path)
	must(t, err)
	if sum := sha256.Sum256(whole); b.Sum() != hex.EncodeToString(sum[:]) {
		t.Errorf("%s: sum %s", name, b.Sum())
	}
	sheet := b.Sheets()[0].Name
	head, err := b.Head(sheet, 40)
	must(t, err)
	h, ok := FindHeader(head, messageColumns...)
	m := propose(h, messageColumns)
	if !ok || len(m) != len(messageColumns) {
		t.Fatalf("%s: header %+v, mapping %v", name, h, m)
	}
	var out [][]string
	for r, err := range b.Rows(sheet) {
		must(t, err)
		if r.Number <= h.Last {
			continue
		}
		if kind := h.KindOf(r); kind != Data {
			t.Errorf("%s row %d is taken for %s", name, r.Number, kind)
		}
		at, ok := Date(m.value(r, "time"), 0)
		if !ok {
			t.Errorf("%s row %d: no time in %q", name, r.Number, m.value(r, "time"))
		}
		for _, field := range []string{"id", "down", "up"} {
			if _, ok := Number(m.value(r, field)); !ok {
				t.Errorf("%s row %d: no number in %q", name, r.Number, m.value(r, field))
			}
		}
		out = append(out, []string{m.value(r, "id"), Line(m.value(r, "user")), Line(m.value(r, "subject")), at.Format("2006-01-02 15:04"),
			Line(m.value(r, "detail")), m.value(r, "down"), m.value(r, "up")})
	}
	return out
}

func TestTheRealMessagesAreTheSameFromBothFiles(t *testing.T) {
	fromXLSX, fromCSV := normalised(t, "messages.xlsx"), normalised(t, "messages.csv")
	if len(fromXLSX) != 4326 || len(fromCSV) != 4326 {
		t.Fatalf("%d rows from xlsx, %d from csv; want 4326", len(fromXLSX), len(fromCSV))
	}
	differ := 0
	for i := range fromXLSX {
		if d := cmp.Diff(fromCSV[i], fromXLSX[i]); d != "" {
			if differ++; differ <= 5 {
				t.Errorf("record %d (-csv +xlsx):\n%s", i, d)
			}
		}
	}
	if differ > 0 {
		t.Errorf("%d records differ", differ)
	}
	if !strings.Contains(fromXLSX[0][4], "米兰春天") || fromXLSX[0][3] != "2019-02-28 11:25" {
		t.Errorf("first record %q", fromXLSX[0])
	}
}
