package office_test

import (
	"strings"
	"testing"

	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/journal"
	"yanming/internal/seal"
	"yanming/internal/towntest"
)

func (w *world) files(n seal.Number) (fs []journal.File) {
	w.T.Helper()
	err := w.DB.View(ctx, w.people["intake"].Town, func(tx *db.Tx) (err error) {
		fs, err = journal.Files(ctx, tx, string(w.state(n).ID))
		return err
	})
	if err != nil {
		w.T.Fatal(err)
	}
	return fs
}

func TestFilesAreServedToWhoSeesTheCase(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		n, other := w.signed("水塔漏水。"), w.signed("井盖坏了。")
		w.post("handler", "/office/cases/"+string(n)+"/record", form("text", "看过"), upload{"file", "渠<b>.png", photo(t)},
			upload{"file", "检测.pdf", "%PDF-1.4 <script>alert(1)</script>"}).wants(303)
		fs := w.files(n)
		if len(fs) != 2 {
			t.Fatalf("%d files", len(fs))
		}
		shown := w.get("handler", "/office/cases/"+string(n)).wants(200)
		if len(shown.all("img")) != 1 || strings.Contains(shown.body, "渠<b>") {
			t.Error("the picture is missing, or its name is markup")
		}
		for _, f := range fs {
			path := "/file/" + f.ID
			got := w.get("handler", "/office/cases/"+string(n)+path).wants(200)
			if got.header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(got.header.Get("Content-Security-Policy"), "sandbox") ||
				got.header.Get("Cache-Control") != "no-store" || got.header.Get("Content-Type") != f.Media {
				t.Errorf("headers of %s: %v", f.Media, got.header)
			}
			if picture := f.Media == "image/jpeg"; strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") == picture {
				t.Errorf("%s is served as %s", f.Media, got.header.Get("Content-Disposition"))
			}
			if strings.Contains(got.body, "SECRET-PLACE") {
				t.Error("the photo still tells its place")
			}
			w.get("handler", "/office/cases/"+string(other)+path).wants(404)
			w.get("roads", "/office/cases/"+string(n)+path).wants(404)
			w.get("auditor", "/office/cases/"+string(n)+path).wants(404)
		}
		w.get("handler", "/office/cases/"+string(n)+"/file/nonsense").wants(404)
	})
}

func TestFilesOfACaseInConfidenceLieUnderItsKey(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		n := w.say("会计不公开账。", confide)
		w.do("petition", casework.Accept{On: towntest.On(n)})
		if got := w.get("petition", "/office/cases/"+string(n)+"/add-words").wants(200); got.attr("form[data-draft]", "data-draft") != "" {
			t.Error("a form about a case in confidence keeps a draft in the browser")
		}
		pdf := "%PDF-1.4 a receipt of the accountant"
		w.post("petition", "/office/cases/"+string(n)+"/add-words", form("text", "有单据"), upload{"file", "单据.pdf", pdf}).wants(303)
		f := w.files(n)[0]
		stored, err := w.blobs.GetBytes(f.Digest)
		if err != nil || !f.Sealed || strings.Contains(string(stored), "accountant") {
			t.Errorf("stored in clear: %v, sealed %v", err, f.Sealed)
		}
		path := "/office/cases/" + string(n) + "/file/" + f.ID
		if got := w.get("petition", path).wants(200); got.body != pdf {
			t.Errorf("opened as %q", got.body)
		}
		for _, who := range []string{"intake", "leader", "handler", "secretary"} {
			w.get(who, path).wants(404)
		}
	})
}
