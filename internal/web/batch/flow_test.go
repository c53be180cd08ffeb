package batch_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/id"
	"yanming/internal/importer"
	"yanming/internal/job"
	"yanming/internal/sheet"
	"yanming/internal/uitest"
)

// ledger has three rows to take, one that says nothing, and a total.
const ledger = "村,反映人,电话,意见内容,登记时间,是否销号\n" +
	"柳岸村,王某,13800000001,路灯不亮,2025-03-05,√\n" +
	"柳岸村,李某,,路面积水找13912345678,2025-03-06,\n" +
	"云里村,赵某,,垃圾清运,上周三,\n" +
	"柳岸村,孙某,,,2025-03-07,\n" +
	"合计,,,4,,\n"

func (w *world) standing() (n int) {
	w.T.Helper()
	err := w.DB.View(ctx, dbtest.Town, func(tx *db.Tx) error {
		p, err := w.Cases.List(ctx, tx, w.people["intake"], casework.Filter{View: casework.Every})
		n = len(p.Cases)
		return err
	})
	if err != nil {
		w.T.Fatal(err)
	}
	return n
}

func TestALedgerGoesThroughThePages(t *testing.T) {
	w := newWorld(t)
	plan := w.upload("intake", "台账.csv", ledger)
	if plan.status != http.StatusOK || !strings.HasPrefix(plan.path, "/office/import/file/") {
		t.Fatalf("upload leads to %d %s", plan.status, plan.path)
	}
	form := plan.form("plan")
	if form.Get("c3") != "text" || form.Get("c2") != "phone" || form.Get("c5") != "status" {
		t.Errorf("proposed %v", form)
	}
	if strings.Contains(plan.body, "13912345678") || !strings.Contains(plan.body, "路灯不亮") {
		t.Error("the samples are missing, or show a telephone")
	}
	bad := url.Values{}
	for k, v := range form {
		bad[k] = v
	}
	bad.Set("c3", "")
	if got := w.post("intake", plan.path, bad); got.status != http.StatusUnprocessableEntity || len(got.all("a", "href", "#f-columns")) != 1 || got.form("plan").Get("c5") != "status" {
		t.Errorf("without a text: %d", got.status)
	}
	form.Set("go", "dry")
	wait := w.post("intake", plan.path, form)
	if !strings.HasPrefix(wait.path, "/office/import/job/") || wait.header.Get("Refresh") == "" {
		t.Fatalf("the rehearsal leads to %s, refresh %q", wait.path, wait.header.Get("Refresh"))
	}
	w.drain()
	dry := w.get("intake", wait.path)
	if got := dry.counts(); got != "[4 3 1 0 3 1]" || w.standing() != 0 || dry.header.Get("Refresh") != "" {
		t.Errorf("rehearsal: %s, %d cases", got, w.standing())
	}
	commit := dry.form("commit")
	commit.Set("go", "import")
	wait = w.post("intake", plan.path, commit)
	w.drain()
	done := w.get("intake", wait.path)
	if got := done.counts(); got != "[4 3 1 0 3 1]" || w.standing() != 3 || !strings.HasPrefix(done.path, "/office/import/batch/") {
		t.Errorf("import: %s at %s, %d cases", got, done.path, w.standing())
	}
	if rows := done.all("tr", "class", "warned"); len(rows) == 0 {
		t.Error("no row is to be looked at")
	}

	back := w.get("intake", done.path+"/returned")
	if back.status != http.StatusOK || !strings.Contains(back.header.Get("Content-Disposition"), "attachment") {
		t.Fatalf("returned sheet: %d %v", back.status, back.header)
	}
	b, err := sheet.Open("x", bytes.NewReader([]byte(back.body)), int64(len(back.body)), sheet.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for row, err := range b.Rows(b.Sheets()[0].Name) {
		if err != nil {
			t.Fatal(err)
		}
		if marked := len(row.Cells) > 6 && row.Cells[6] != ""; marked != (row.Number == 1 || row.Number == 5) {
			t.Errorf("row %d: %q", row.Number, row.Cells)
		}
	}

	if got := w.post("intake", done.path+"/undo", url.Values{}); got.status != http.StatusUnprocessableEntity || len(got.all("input", "id", "f-reason")) != 1 {
		t.Errorf("undo without a reason: %d", got.status)
	}
	wait = w.post("intake", done.path+"/undo", url.Values{"reason": {"导错了"}})
	w.drain()
	undone := w.get("intake", wait.path)
	if w.standing() != 0 || len(undone.all("p", "id", "undone")) != 1 {
		t.Errorf("undone: %d cases, %s", w.standing(), undone.path)
	}
	if got := w.post("intake", done.path+"/undo", url.Values{"reason": {"再来"}}); got.status != http.StatusConflict {
		t.Errorf("undone twice: %d", got.status)
	}
	if list := w.get("intake", "/office/import"); len(list.all("table", "id", "batches")) != 1 {
		t.Error("the list of imports is missing")
	}
	for _, path := range []string{"/office/import/template", "/office/import/export"} {
		if got := w.get("intake", path); got.status != http.StatusOK || !strings.HasPrefix(got.body, "PK") {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}

func TestAnImportThatWasCutOffIsToldFromAFinishedOne(t *testing.T) {
	w := newWorld(t)
	cut, stop := context.WithCancel(ctx)
	f := importer.File{Name: "台账.csv", Body: strings.NewReader(ledger), Size: int64(len(ledger))}
	_, err := w.imports.Run(cut, w.people["intake"], f, nil, importer.Options{Progress: func(int, int) { stop() }})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if got := w.get("intake", "/office/import"); !strings.Contains(got.body, "还没有结果") {
		t.Error("the list says nothing of an import that was cut off")
	}
	if _, err = w.imports.Run(ctx, w.people["intake"], f, nil, importer.Options{}); err != nil {
		t.Fatal(err)
	}
	if got := w.get("intake", "/office/import"); strings.Contains(got.body, "还没有结果") {
		t.Error("the list says of a finished one that it has come to nothing yet")
	}
}

func TestAFileThatWasImportedBeforeSaysSo(t *testing.T) {
	w := newWorld(t)
	plan := w.upload("intake", "台账.csv", ledger)
	form := plan.form("plan")
	form.Set("go", "import")
	wait := w.post("intake", plan.path, form)
	w.drain()
	done := w.get("intake", wait.path)
	if len(plan.all("div", "id", "before")) != 0 || len(done.all("a", "href", plan.path)) != 1 {
		t.Error("a new file was imported before, or there is no way back to it")
	}
	again := w.upload("intake", "另存.csv", ledger)
	if len(again.all("div", "id", "before")) != 1 || len(again.all("a", "href", done.path)) != 1 {
		t.Error("the plan says nothing of the import before")
	}
	rehearse := func(p got) got {
		form := p.form("plan")
		form.Set("go", "dry")
		wait := w.post("intake", p.path, form)
		w.drain()
		return w.get("intake", wait.path)
	}
	if dry := rehearse(again); len(dry.all("div", "id", "before")) != 1 || len(dry.all("form", "id", "commit")) != 1 {
		t.Error("the rehearsal says nothing of it, or keeps what is returned to itself")
	}
	// The same rows in another file, less the one that is returned: nothing is left to import.
	known := strings.ReplaceAll(ledger, "柳岸村,孙某,,,2025-03-07,\n", "")
	if dry := rehearse(w.upload("intake", "又一份.csv", known)); len(dry.all("div", "id", "before")) != 0 || len(dry.all("form", "id", "commit")) != 0 ||
		len(dry.all("p", "id", "nothing")) != 1 {
		t.Errorf("what is known already can be imported: %s", dry.counts())
	}
	w.post("intake", done.path+"/undo", url.Values{"reason": {"导错了"}})
	w.drain()
	if got := w.get("intake", again.path); len(got.all("div", "id", "before")) != 0 {
		t.Error("an import that was undone is named")
	}
	w.Clock.Add(importer.KeepFor + time.Hour)
	w.drain()
	if got := w.get("intake", done.path); got.status != http.StatusOK || len(got.all("a", "href", plan.path)) != 0 {
		t.Errorf("the way to a file that was forgotten: %d", got.status)
	}
}

func TestAnImportThatFailedIsSaidToBeTriedAgain(t *testing.T) {
	w := newWorld(t)
	plan := w.upload("intake", "台账.csv", ledger)
	form := plan.form("plan")
	form.Set("go", "import")
	wait := w.post("intake", plan.path, form)
	if len(wait.all("p", "id", "retry")) != 0 {
		t.Error("a new one is said to have failed")
	}
	broken := job.NewRunner(w.DB, job.Options{})
	for _, k := range importer.JobKinds() {
		broken.Handle(k, func(context.Context, job.Job) error { return errors.New("the disk was full") })
	}
	if _, err := broken.Drain(ctx); err != nil {
		t.Fatal(err)
	}
	if got := w.get("intake", wait.path); len(got.all("p", "id", "retry")) != 1 || got.header.Get("Refresh") == "" {
		t.Errorf("it waits in silence: %.300s", got.body)
	}
	if again := w.post("intake", plan.path, form); again.path != wait.path {
		t.Errorf("pressed again it leads to %s", again.path)
	}
}

func TestADoubleClickBeginsOneImport(t *testing.T) {
	w := newWorld(t)
	plan := w.upload("intake", "台账.csv", ledger)
	form := plan.form("plan")
	form.Set("go", "import")
	first, second := w.post("intake", plan.path, form), w.post("intake", plan.path, form)
	if first.path != second.path {
		t.Errorf("two clicks lead to %s and %s", first.path, second.path)
	}
	w.drain()
	third := w.post("intake", plan.path, form) // the page of before, gone back to
	if done := w.get("intake", first.path); third.path != done.path || third.counts() != "[4 3 1 0 3 1]" {
		t.Errorf("afterwards it leads to %s: %s", third.path, third.counts())
	}
	form.Set("year", "2020")
	clash := w.post("intake", plan.path, form)
	if clash.status != http.StatusConflict || clash.form("plan").Get("year") != "2020" {
		t.Fatalf("with another year: %d", clash.status)
	}
	again := clash.form("plan")
	again.Set("go", "import")
	w.post("intake", plan.path, again)
	w.drain()
	if rows := w.get("intake", "/office/import").all("td", "class", "n"); len(rows) != 2*4 {
		t.Errorf("%d figures in the list of imports", len(rows))
	}
	undo := w.get("intake", third.path+"/undo")
	if len(undo.all("input", "name", "key")) != 1 {
		t.Error("an undo has no token")
	}
}

func TestTheAdministratorImportsUnseen(t *testing.T) {
	w := newWorld(t)
	plan := w.upload("admin", "台账.csv", ledger)
	if plan.status != http.StatusOK || strings.Contains(plan.body, "路灯") || strings.Contains(plan.body, "王某") {
		t.Fatalf("%d, or the administrator sees what stands in the cells", plan.status)
	}
	form := plan.form("plan")
	form.Set("go", "import")
	wait := w.post("admin", plan.path, form)
	w.drain()
	done := w.get("admin", wait.path)
	if got := done.counts(); got != "[4 3 1 0 3 1]" || strings.Contains(done.body, "returned") && len(done.all("a", "href", done.path+"/returned")) > 0 {
		t.Errorf("import: %s", got)
	}
	for _, path := range []string{done.path + "/returned", "/office/import/export"} {
		if got := w.get("admin", path); got.status != http.StatusNotFound {
			t.Errorf("the administrator fetches %s: %d", path, got.status)
		}
	}
}

// TestALedgerIsReadByItsSenderAndWhoMayOpenNames: whoever else may import sees what came of it and no cell.
func TestALedgerIsReadByItsSenderAndWhoMayOpenNames(t *testing.T) {
	w := newWorld(t)
	imported := func(who string) (plan, done string) {
		t.Helper()
		p := w.upload(who, who+".csv", strings.ReplaceAll(ledger, "路灯不亮", who+"说路灯不亮"))
		form := p.form("plan")
		form.Set("go", "import")
		wait := w.post(who, p.path, form)
		w.drain()
		return p.path, w.get(who, wait.path).path
	}
	plan, done := imported("intake")
	if got := w.get("general", plan); got.status != http.StatusOK || strings.Contains(got.body, "王某") || strings.Contains(got.body, "路灯") {
		t.Errorf("another reads the samples: %d", got.status)
	}
	if got := w.get("general", done); got.counts() != "[4 3 1 0 3 1]" || len(got.all("a", "href", done+"/returned")) != 0 {
		t.Errorf("another sees of the result %s, and is offered the sheet", got.counts())
	}
	if got := w.get("general", done+"/returned"); got.status != http.StatusNotFound {
		t.Errorf("another fetches the sheet: %d", got.status)
	}
	plan, done = imported("general")
	for _, who := range []string{"general", "intake"} {
		if got := w.get(who, plan); !strings.Contains(got.body, "王某") {
			t.Errorf("%s does not see the samples: %d", who, got.status)
		}
		if got := w.get(who, done+"/returned"); got.status != http.StatusOK {
			t.Errorf("%s does not fetch the sheet: %d", who, got.status)
		}
	}
}

func TestWhereNothingWasReturnedThereIsNoSheet(t *testing.T) {
	w := newWorld(t)
	plan := w.upload("intake", "台账.csv", strings.Replace(ledger, "孙某,,,", "孙某,,桥栏坏了,", 1))
	form := plan.form("plan")
	form.Set("go", "import")
	wait := w.post("intake", plan.path, form)
	w.drain()
	done := w.get("intake", wait.path)
	if got := w.get("intake", done.path+"/returned"); done.counts() != "[4 4 0 0 4 1]" || got.status != http.StatusNotFound {
		t.Errorf("of %s a sheet is returned: %d", done.counts(), got.status)
	}
}

func TestWhoMayNotImportFindsNoPages(t *testing.T) {
	w := newWorld(t)
	nowhere := w.get("handler", "/nowhere").body
	file := strings.TrimPrefix(w.upload("intake", "台账.csv", ledger).path, "/office/import/file/")
	for _, path := range []string{"", "/template", "/file/" + file, "/job/" + file, "/batch/" + file, "/batch/" + file + "/undo"} {
		if got := w.get("handler", "/office/import"+path); got.status != http.StatusNotFound || got.body != nowhere {
			t.Errorf("%s: %d", path, got.status)
		}
	}
	if got := w.upload("handler", "a.csv", ledger); got.status != http.StatusNotFound {
		t.Errorf("upload: %d", got.status)
	}
	for name, content := range map[string]string{"old.xls": "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 old", "note.pdf": "%PDF-1.7"} {
		if got := w.upload("intake", name, content); got.status != http.StatusUnprocessableEntity || len(got.all("input", "id", "f-file")) != 1 {
			t.Errorf("%s: %d", name, got.status)
		}
	}
	if got := w.get("intake", "/office/import/file/"+id.New(time.Now())); got.status != http.StatusNotFound {
		t.Errorf("no such file: %d", got.status)
	}
}

func TestALedgerIsImportedInTheBrowser(t *testing.T) {
	p := uitest.New(t).Page()
	w := newWorld(t)
	path := filepath.Join(t.TempDir(), "意见台账.csv")
	if err := os.WriteFile(path, []byte(ledger), 0o600); err != nil {
		t.Fatal(err)
	}
	look := func(name string) {
		p.MustBeSound()
		p.Screenshot("import-" + name)
	}
	p.SetCookie(w.base, "ym", "intake")
	p.NoScript()
	p.Open(w.base + "/office/import")
	look("list-empty")
	p.Upload("#f-file", path)
	p.Submit(".stack button")
	look("plan")
	p.Submit(`#plan button[value="dry"]`)
	look("wait")
	w.drain()
	p.Open(p.URL())
	look("rehearsed")
	p.Submit("#commit button")
	w.drain()
	p.Open(p.URL())
	look("result")
	if got := p.Texts("#counts b"); len(got) != 6 || got[1] != "3" {
		t.Errorf("counts %q", got)
	}
	p.Follow(`a[href$="/undo"]`)
	look("undo")
	p.Type("#f-reason", "导错了")
	p.Submit(".stack button")
	w.drain()
	p.Open(p.URL())
	look("undone")
	p.Open(w.base + "/office/import")
	look("list")
}
