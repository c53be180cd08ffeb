//go:build linux

package main

import (
	"context"
	"encoding/binary"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"yanming/internal/db"
	"yanming/internal/id"
	"yanming/internal/loadtest"
)

// tiny mounts a file system of some megabytes and moves the county's folder there.
func (c *county) tiny(megabytes string) (dir string) {
	c.Helper()
	dir = c.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+megabytes+"m"); err != nil {
		if os.Getenv("CI") != "true" {
			c.Skip("mounting a small file system needs root")
		}
		c.Fatal(err)
	}
	c.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			c.Error(err)
		}
	})
	to := filepath.Join(dir, "data")
	copyData(c.T, c.data, to)
	c.data = to
	return dir
}

// fill takes what room is left and returns what gives it back.
func fill(t *testing.T, dir string) (empty func()) {
	t.Helper()
	name := filepath.Join(dir, "ballast")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	for size := 1 << 20; size >= 1; size /= 2 {
		for {
			if _, err = f.Write(make([]byte, size)); err != nil {
				break
			}
		}
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk does not get full: %v", err)
	}
	f.Close()
	return func() {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAFullDiskRecordsNothingAndSaysSo fills the disk of the data folder while residents speak: who is refused is told
// so, keeps what was typed and gets no receipt; the operator is told what to do; and when there is room again, the
// program goes on by itself.
func TestAFullDiskRecordsNothingAndSaysSo(t *testing.T) {
	c := fillCounty(t, "")
	dir := c.tiny("48")
	s := c.serve()
	r := loadtest.Resident{Base: s.Base, Town: c.town(), Client: loadtest.Clients(8)}
	var receipts []loadtest.Receipt
	say := func() error {
		rc, err := r.Say(t.Context(), "the lamp is broken")
		if rc != nil {
			receipts = append(receipts, *rc)
		}
		return err
	}
	for range 20 {
		if err := say(); err != nil {
			t.Fatal(err)
		}
	}
	empty := fill(t, dir)
	var refusal error
	for i := 0; i < 5000 && refusal == nil; i++ { // until the room that the log already has is used up
		refusal = say()
	}
	if !errors.Is(refusal, loadtest.ErrRefused) {
		t.Fatalf("never refused on a full disk: %v", refusal)
	}
	form := url.Values{"key": {id.Token()}, "town": {r.Town}, "who": {""}, "kind": {"opinion"}, "category": {""}, "text": {"桥栏杆断了，孩子过桥危险。"},
		"where": {"u"}, "reply": {"none"}}
	for lang, want := range map[string][]string{"zh-CN": {"没有记录下来", "存储空间满了", "也可以打电话"}, "en": {"Nothing was recorded", "disk is full", "You can also call"}} {
		body, kind := loadtest.Multipart(form)
		p, err := r.Do(t.Context(), http.MethodPost, "/say/send", kind, strings.NewReader(string(body)), "lang="+lang)
		if err != nil {
			t.Fatal(err)
		}
		if p.Status != http.StatusServiceUnavailable || p.Header.Get("Retry-After") == "" || p.Header.Get("Location") != "" || len(p.Header.Values("Set-Cookie")) > 0 {
			t.Errorf("%s: %d %v", lang, p.Status, p.Header)
		}
		for _, w := range append(want, "桥栏杆断了，孩子过桥危险。", `action="/say/send"`, form.Get("key")) {
			if !strings.Contains(p.Body, w) {
				t.Errorf("%s: the page does not hold %q: %s", lang, w, p.Says())
			}
		}
	}
	p, err := r.Get(t.Context(), "/healthz", "")
	if err != nil || p.Status != http.StatusServiceUnavailable || !strings.Contains(p.Body, "free some space") {
		t.Errorf("health: %d %s %v", p.Status, p.Body, err)
	}
	if log := s.Log(); !strings.Contains(log, "free some space") || strings.Contains(log, "桥栏杆") {
		t.Errorf("the log does not say what to do, or says what was typed:\n%s", log)
	}
	photo := bigPhoto(t, 800, 600)
	if rc, err := r.Say(t.Context(), "with a photo", photo); rc != nil || !errors.Is(err, loadtest.ErrRefused) {
		t.Errorf("a photo on a full disk: %v %v", rc, err)
	}
	empty()
	for i := 0; ; i++ {
		if err := say(); err == nil {
			break
		} else if i == 50 {
			t.Fatalf("still refused with room on the disk: %v\n%s", err, s.Log())
		}
		time.Sleep(100 * time.Millisecond)
	}
	rc, err := r.Say(t.Context(), "with a photo", photo)
	if err != nil {
		t.Fatal(err)
	}
	receipts = append(receipts, *rc)
	if p, err := r.Get(t.Context(), "/healthz", ""); err != nil || p.Status != http.StatusOK {
		t.Errorf("health with room on the disk: %d %s %v", p.Status, p.Body, err)
	}
	c.found(s, receipts)
	c.checked(s)
}

// TestADamagedDatabaseIsNotServed lays a broken copy of a killed program's folder before it.
func TestADamagedDatabaseIsNotServed(t *testing.T) {
	c := fillCounty(t, "")
	s := c.serve()
	r := loadtest.Resident{Base: s.Base, Town: c.town(), Client: loadtest.Clients(1)}
	var receipts []loadtest.Receipt
	for range 12 {
		rc, err := r.Say(t.Context(), "the well is dry")
		if err != nil {
			t.Fatal(err)
		}
		receipts = append(receipts, *rc)
	}
	s.Kill()
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(c.data, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	file, log := read("yanming.db"), read("yanming.db-wal")
	put := func(file, log []byte) {
		t.Helper()
		for name, b := range map[string][]byte{"yanming.db": file, "yanming.db-wal": log} {
			if err := os.WriteFile(filepath.Join(c.data, name), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Remove(filepath.Join(c.data, "yanming.db-shm")); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	frame := int(binary.BigEndian.Uint32(log[8:])) + 24
	torn := append([]byte(nil), log...)
	torn[32+2*frame+100] ^= 1
	page := append([]byte(nil), file...)
	for i := range frame - 24 {
		page[len(page)-1-i] = 0xa5
	}
	for _, x := range []struct {
		name, says string
		file, log  []byte
	}{
		{"a log that is damaged before its end", "restore the last good backup", file, torn},
		{"a page that is damaged", "restore the last good backup", page, log},
	} {
		put(x.file, x.log)
		s, err := loadtest.Try(loadtest.Command(nil, c.args("serve", "--listen", "127.0.0.1:0")...))
		if err == nil {
			s.Kill()
			t.Errorf("%s: served", x.name)
		} else if !strings.Contains(s.Log(), x.says) {
			t.Errorf("%s: %v\n%s", x.name, err, s.Log())
		}
	}
	put(file, append(log[:len(log):len(log)], "what a torn write leaves behind the end"...))
	s = c.serve()
	c.found(s, receipts)
	c.checked(s)
}

// TestASlowDiskIsSharedByThoseWhoWait makes every commit take 20 ms and lets 200 residents send at once: they share few
// commits, all get their receipts, and who reads meanwhile does not wait.
func TestASlowDiskIsSharedByThoseWhoWait(t *testing.T) {
	c := fillCounty(t, "")
	var h *home
	var commits, reads atomic.Int64
	d, err := db.Open(t.Context(), filepath.Join(c.data, "yanming.db"), db.Options{Synced: func() {
		commits.Add(1)
		if _, err := h.orgs.AllTowns(t.Context()); err == nil { // a reader during the very commit
			reads.Add(1)
		}
		time.Sleep(20 * time.Millisecond)
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if h, err = over(t.Context(), c.data, d); err != nil {
		t.Fatal(err)
	}
	handler, err := h.site(t.Context(), siteConfig{base: "http://127.0.0.1", log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	defer server.Close()
	crowd := c.crowd(server.URL)
	crowd.Client = loadtest.Clients(crowd.Size)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var wg sync.WaitGroup
	began := time.Now()
	for range crowd.Size {
		wg.Go(func() {
			if _, err := crowd.Say(ctx, "the road is full of holes"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	t.Logf("200 receipts in %s with %d commits of 20 ms", time.Since(began).Round(time.Millisecond), commits.Load())
	if n := commits.Load(); n == 0 || n > 100 {
		t.Errorf("%d commits for 200 words", n)
	}
	if reads.Load() != commits.Load() {
		t.Errorf("%d reads during %d commits", reads.Load(), commits.Load())
	}
}
