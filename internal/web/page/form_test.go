package page_test

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yanming/internal/errs"
	"yanming/internal/id"
	"yanming/internal/web/page"
)

func readForm(t testing.TB, values url.Values) *page.Form {
	t.Helper()
	r := httptest.NewRequest("POST", "/x?text=fromquery", strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	f, err := page.ReadForm(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func keys(l errs.List) (ks []string) {
	for _, e := range l {
		ks = append(ks, e.Field+" "+e.Key)
	}
	return ks
}

func TestTextIsCleaned(t *testing.T) {
	for in, want := range map[string]string{
		"  南渠堵了  ":                         "南渠堵了",
		"a\u202eb\u2066c\u200bd":           "abcd",
		"a\x00b\x1b[31m\ufeff\u00ad":       "ab[31m",
		"e\u0301":                          "é",
		"一\r\n二\r三\n\n\n\n四":               "一\n二\n三\n\n四",
		"葛\U000e0100":                      "葛\U000e0100", // a variation selector belongs to a name
		"𠮷":                                "𠮷",
		"a" + strings.Repeat("\u0316", 50): "a" + strings.Repeat("\u0316", 6),
		"bad\xff":                          "bad\ufffd",
	} {
		if got := readForm(t, url.Values{"text": {in}}).Text("text", 100); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
	f := readForm(t, url.Values{"name": {" 王 \n 小二\t"}})
	if got := f.Line("name", 10); got != "王 小二" {
		t.Errorf("line %q", got)
	}
	if got := readForm(t, url.Values{}).Text("text", 10); got != "" {
		t.Errorf("the query is read as a form: %q", got)
	}
}

func TestFieldsAreRead(t *testing.T) {
	f := readForm(t, url.Values{"long": {"一二三四"}, "day": {"２０２６-11-23"}, "badday": {"2026-02-30"}, "n": {"１２"}, "nan": {"十"}, "big": {"99"},
		"pick": {"a"}, "other": {"z"}, "many": {"a", "b", "a"}, "manybad": {"a", "z"}, "tick": {"1"}, "blank": {" \n"}})
	f.Line("long", 3)
	if d := f.Day("day"); d != "2026-11-23" {
		t.Errorf("day %q", d)
	}
	f.Day("badday")
	if n, ok := f.Int("n", 1, 50); n != 12 || !ok {
		t.Errorf("int %d %v", n, ok)
	}
	if _, ok := f.Int("none", 1, 50); ok {
		t.Error("an empty field is a number")
	}
	f.Int("nan", 1, 50)
	f.Int("big", 1, 50)
	if f.Choice("pick", "a", "b") != "a" || f.Choice("other", "a") != "" || f.Choice("none", "a") != "" {
		t.Error("choice")
	}
	if diff := cmp.Diff([]string{"a", "b"}, f.Choices("many", "a", "b")); diff != "" {
		t.Error(diff)
	}
	if f.Choices("manybad", "a") != nil {
		t.Error("a choice that was not offered is taken")
	}
	if !f.Bool("tick") || f.Bool("none") {
		t.Error("bool")
	}
	f.Need("blank", "pick", "missing")
	want := []string{"long error.too_long", "badday error.date", "nan error.number", "big page.form.range", "other error.choice",
		"manybad error.choice", "blank error.required", "missing error.required"}
	if diff := cmp.Diff(want, keys(f.Errs)); diff != "" {
		t.Error(diff)
	}
	if f.Value("long") != "一二三四" {
		t.Error("what was typed is lost")
	}
	if !errs.Is(f.Err(), errs.Invalid) {
		t.Error("Err is not Invalid")
	}
}

func TestServicesRefusalsJoinTheForm(t *testing.T) {
	f := page.NewForm()
	if f.Refused(nil) || f.Refused(errs.Missing()) || f.Refused(errors.New("x")) {
		t.Error("what is not Invalid is taken for the form's fault")
	}
	var l errs.List
	l.Add("a", "error.required")
	l.Add("b", "error.number")
	if !f.Refused(l.Err()) || !f.Refused(errs.Field("c", "error.choice")) {
		t.Error("an Invalid error is not taken")
	}
	if diff := cmp.Diff([]string{"a error.required", "b error.number", "c error.choice"}, keys(f.Errs)); diff != "" {
		t.Error(diff)
	}
}

func TestTheOneTimeTokenComesBack(t *testing.T) {
	a := page.NewForm()
	if b := page.NewForm(); a.Key == b.Key || !id.Valid(string(a.Key)) {
		t.Errorf("tokens %q %q", a.Key, b.Key)
	}
	if f := readForm(t, url.Values{"key": {string(a.Key)}}); f.Key != a.Key {
		t.Errorf("key %q, want %q", f.Key, a.Key)
	}
	for _, bad := range []string{"", "short", strings.Repeat("!", 32), string(a.Key) + "0"} {
		if f := readForm(t, url.Values{"key": {bad}}); string(f.Key) == bad || !id.Valid(string(f.Key)) {
			t.Errorf("key %q gives %q", bad, f.Key)
		}
	}
}

// upload makes a request with fields and files, each "name" or "name=content".
func upload(t *testing.T, files ...[2]string) *http.Request {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	m.WriteField("text", "南渠")
	for _, f := range files {
		w, err := m.CreateFormFile("photo", f[0])
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, f[1])
	}
	m.WriteField("after", "后面的")
	m.Close()
	r := httptest.NewRequest("POST", "/", &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return r
}

func TestFilesAreHandedOn(t *testing.T) {
	var got []string
	up := &page.Uploads{Most: 2, Each: 5, Take: func(u page.Upload) error {
		b, err := io.ReadAll(u.Body)
		if err != nil {
			return err
		}
		got = append(got, u.Field+" "+u.Name+" "+string(b))
		return nil
	}}
	f, err := page.ReadForm(upload(t, [2]string{`C:\dir\渠\u202e.jpg`, "12345"}, [2]string{"../../etc/x.jpg", "1"}, [2]string{"", ""}, [2]string{"c.jpg", "1"}), up)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"photo photo.jpg 12345", "photo x.jpg 1"}, []string{strings.Replace(got[0], "u202e.jpg", "photo.jpg", 1), got[1]}); diff != "" || len(got) != 2 {
		t.Errorf("%d files: %s", len(got), diff)
	}
	if diff := cmp.Diff([]string{"photo page.form.files_many"}, keys(f.Errs)); diff != "" {
		t.Error(diff)
	}
	if f.Value("text") != "南渠" || f.Value("after") != "后面的" {
		t.Error("fields around the files are lost")
	}
	f, err = page.ReadForm(upload(t, [2]string{"a.jpg", "123456"}), up)
	if err != nil || len(f.Errs) != 1 || f.Errs[0].Key != "page.form.file_large" || f.Value("after") == "" {
		t.Errorf("too large: %v %v", f, err)
	}
	up.Take = func(page.Upload) error { return errors.New("disk full") }
	if _, err = page.ReadForm(upload(t, [2]string{"a.jpg", "1"}), up); err == nil || errs.Is(err, errs.Invalid) {
		t.Errorf("a failing store: %v", err)
	}
	if _, err = page.ReadForm(upload(t, [2]string{"a.jpg", "1"}), nil); !errs.Is(err, errs.Invalid) {
		t.Errorf("a file where none is taken: %v", err)
	}
}

func TestBrokenFormsAreInvalid(t *testing.T) {
	for name, r := range map[string]*http.Request{
		"torn":        httptest.NewRequest("POST", "/", strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nhalf")),
		"escape":      httptest.NewRequest("POST", "/", strings.NewReader("a=%zz")),
		"many values": httptest.NewRequest("POST", "/", strings.NewReader(strings.Repeat("a=1&", 3000))),
		"long name":   httptest.NewRequest("POST", "/", strings.NewReader(strings.Repeat("a", 200)+"=1")),
	} {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if name == "torn" {
			r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		}
		if _, err := page.ReadForm(r, nil); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzReadForm(f *testing.F) {
	f.Add("application/x-www-form-urlencoded", "text=a&key=b")
	f.Add("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"p\"; filename=\"a\"\r\n\r\nq\r\n--x--\r\n")
	f.Fuzz(func(t *testing.T, kind, body string) {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		form, err := page.ReadForm(r, &page.Uploads{Most: 1, Each: 3, Take: func(u page.Upload) error {
			if strings.ContainsAny(u.Name, "/\\\x00") || u.Name == "" {
				t.Errorf("file name %q", u.Name)
			}
			_, err := io.Copy(io.Discard, u.Body)
			return err
		}})
		if err != nil {
			return
		}
		if s := form.Text("text", 50); strings.ContainsAny(s, "\x00\u202e\u200b\r") || len([]rune(s)) > 50 {
			t.Errorf("text %q", s)
		}
	})
}

// A button must not lie below a screen of boxes that nobody has to tick; what has to be chosen is in sight.
func TestManyChoicesThatMayBeLeftAreFolded(t *testing.T) {
	nine := make([]page.Choice, 9)
	for _, c := range []struct {
		field  page.Field
		folded bool
	}{
		{page.Field{Kind: "checks", Optional: true, Choices: nine}, true},
		{page.Field{Kind: "checks", Optional: true, Choices: nine[:8]}, false},
		{page.Field{Kind: "checks", Choices: nine}, false},
		{page.Field{Kind: "radios", Optional: true, Choices: nine}, false},
	} {
		if got := c.field.Folded(); got != c.folded {
			t.Errorf("%s of %d, optional %t: folded %t", c.field.Kind, len(c.field.Choices), c.field.Optional, got)
		}
	}
}
