package resident_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"strings"
	"testing"

	"yanming/internal/db/dbtest"
)

// jpegWithPlace is a photo of 60 × 40 with an EXIF segment that says where it was taken and that it lies on its side.
func jpegWithPlace(t testing.TB) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 60, 40))
	for x := range 60 {
		for y := range 40 {
			m.Set(x, y, color.RGBA{uint8(x * 4), uint8(y * 6), 90, 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	tiff := []byte("MM\x00\x2a\x00\x00\x00\x08\x00\x02" + // big-endian, directory at 8, two entries
		"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00" + // Orientation 6: turn right
		"\x88\x25\x00\x04\x00\x00\x00\x01\x00\x00\x00\x26" + // GPSInfo at 38
		"\x00\x00\x00\x00" +
		"\x00\x01\x00\x02\x00\x02\x00\x00\x00\x08GPSPLACE\x00\x00\x00\x00")
	app1 := append([]byte("Exif\x00\x00"), tiff...)
	n := len(app1) + 2
	out := append([]byte{0xff, 0xd8, 0xff, 0xe1, byte(n >> 8), byte(n)}, app1...)
	return append(out, b.Bytes()[2:]...)
}

func TestAPhotoLosesItsPlaceAndStandsUpright(t *testing.T) {
	w := sqlite(t)
	v := w.visitor(t).upToCheck("/say/what", "路灯不亮。", "where", "u")
	photo := jpegWithPlace(t)
	if !bytes.Contains(photo, []byte("GPSPLACE")) {
		t.Fatal("the test's photo knows no place")
	}
	v.upload("/say/send", v.form("/say/send"), photo)
	n := v.number()
	f := w.track(dbtest.Town, n).Files[0]
	if strings.Contains(f.Name, "家门口") {
		t.Errorf("the name on the phone is kept: %s", f.Name)
	}
	v.get("/r/" + string(n) + "/file/" + f.ID)
	v.is(200)
	if strings.Contains(v.body, "GPSPLACE") || strings.Contains(v.body, "Exif") {
		t.Error("the photo still knows where it was taken")
	}
	c, err := jpeg.DecodeConfig(strings.NewReader(v.body))
	if err != nil || c.Width != 40 || c.Height != 60 {
		t.Errorf("%d × %d, %v", c.Width, c.Height, err)
	}
	if p := v.header.Get("Content-Security-Policy"); !strings.Contains(p, "sandbox") || v.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("served without a sandbox: %q", p)
	}
}

func TestAPhotoThatIsNoneIsSaidBesideItsField(t *testing.T) {
	w := sqlite(t)
	v := w.visitor(t).upToCheck("/say/what", "路灯不亮。", "where", "u", "name", "赵一")
	for name, photos := range map[string][][]byte{
		"a script":    {[]byte("<script>alert(1)</script>")},
		"a torn one":  {jpegWithPlace(t)[:200]},
		"five":        {jpegWithPlace(t), jpegWithPlace(t), jpegWithPlace(t), jpegWithPlace(t), jpegWithPlace(t)},
		"a large one": {make([]byte, 12<<20+1)},
	} {
		v.upload("/say/send", v.form("/say/send"), photos...)
		if v.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, v.status)
		}
		v.shows("路灯不亮。", "赵一", "请重新选一遍")
		if v.id("f-photos-e") == "" {
			t.Errorf("%s: nothing beside the field", name)
		}
	}
	if n := w.held(dbtest.Town); n != 0 {
		t.Errorf("%d cases", n)
	}
	v.upload("/say/send", v.form("/say/send"), make([]byte, 65<<20))
	v.is(http.StatusRequestEntityTooLarge)
}

func TestAFullDiskKeepsNoReceiptBack(t *testing.T) {
	w := sqlite(t)
	w.full = true
	v := w.visitor(t).upToCheck("/say/what", "路灯不亮。", "where", "u")
	v.upload("/say/send", v.form("/say/send"), jpegWithPlace(t))
	v.is(200)
	v.shows("收到了", "照片没有存上")
	if n := v.number(); len(w.track(dbtest.Town, n).Files) != 0 {
		t.Error("a file without its content")
	}
}

// Whoever chose no photo is not told that theirs is gone.
func TestOnlyWhoSentPhotosIsToldToChooseThemAgain(t *testing.T) {
	w := sqlite(t)
	v := w.visitor(t)
	n := v.say("/say/what", "路灯不亮。", "where", "u")
	path := "/r/" + string(n) + "/words"
	v.get(path).upload(path, v.form(path))
	v.is(http.StatusUnprocessableEntity)
	v.hides("刚才选的照片")
}

func TestPhotosOfAnOpenCaseComeInOneCommitWithItsWord(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		other := jpegWithPlace(t)
		other[len(other)-20] ^= 1
		for who, steps := range map[string]int{"": 1, "confide": 2} { // under a key they come after it
			v := w.visitor(t).upToCheck("/say/what", "路灯不亮。", "who", who, "where", "v:"+w.east)
			v.upload("/say/send", v.form("/say/send"), jpegWithPlace(t), other)
			track := w.track(dbtest.Town, v.number())
			if len(track.Steps) != steps || len(track.Files) != 2 {
				t.Fatalf("who %q: %d steps, %d photos", who, len(track.Steps), len(track.Files))
			}
			for i, f := range track.Files {
				if f.Event != track.Files[0].Event || f.Sealed != (who != "") || f.Name != fmt.Sprintf("photo-%d.jpg", i+1) {
					t.Errorf("who %q: %+v", who, f)
				}
			}
		}
	})
}

func TestPhotosThatWereLostAreAddedOnceWhenTheFormIsSentAgain(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		for _, who := range []string{"", "confide"} {
			v := w.visitor(t).upToCheck("/say/what", "路灯不亮。", "who", who, "where", "v:"+w.east)
			form := v.form("/say/send")
			w.full = true
			v.upload("/say/send", form, jpegWithPlace(t))
			v.shows("照片没有存上")
			n := v.number()
			w.full = false
			for range 2 {
				again := w.visitor(t).upload("/say/send", form, jpegWithPlace(t))
				again.hides("照片没有存上")
				if got := again.number(); got != n {
					t.Errorf("who %q: %s, then %s", who, n, got)
				}
				if got := len(w.track(dbtest.Town, n).Files); got != 1 {
					t.Errorf("who %q: %d photos", who, got)
				}
			}
		}
	})
}
