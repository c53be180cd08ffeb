package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
)

// The peer: PocketBase as bench/main.go builds it, with durable commits and one collection that has the fields of our
// form and lets anybody create a record, as our form does.
const (
	peerName     = "PocketBase, FULL"
	peerLogin    = "bench@example.org"
	peerPassword = "bench-of-yanming"
	peerRecords  = "/api/collections/opinions/records"
)

// peer is the peer with an empty collection.
type peer struct {
	*process
	token string
}

// startPeer starts the peer over a new folder and makes its collection.
func (b *bench) startPeer(ctx context.Context) (p peer, err error) {
	dir := filepath.Join(b.Data, "peer")
	if err := os.RemoveAll(dir); err != nil {
		return p, err
	}
	made := exec.CommandContext(ctx, b.Peer, "superuser", "upsert", peerLogin, peerPassword, "--dir", dir)
	if out, err := made.CombinedOutput(); err != nil {
		return p, fmt.Errorf("make superuser of the peer: %w: %s", err, out)
	}
	if p.process, err = b.servePeer(ctx, dir); err != nil {
		return p, err
	}
	if err := p.collection(); err != nil {
		return p, fmt.Errorf("make collection of the peer: %w", err)
	}
	return p, nil
}

func (b *bench) servePeer(ctx context.Context, dir string) (*process, error) {
	return b.start(ctx, b.Peer, "/api/health", func(addr string) []string { return []string{"serve", "--http", addr, "--dir", dir} })
}

func (p *peer) collection() error {
	var auth struct{ Token string }
	if err := p.ask(http.MethodPost, "/api/collections/_superusers/auth-with-password", map[string]any{"identity": peerLogin, "password": peerPassword}, &auth); err != nil {
		return err
	}
	p.token = auth.Token
	fields := []map[string]any{}
	for _, name := range formFields() {
		fields = append(fields, map[string]any{"name": name, "type": "text", "max": 5000})
	}
	fields = append(fields, map[string]any{"name": "photos", "type": "file", "maxSelect": 4, "maxSize": 12 << 20, "mimeTypes": []string{"image/jpeg"}})
	fields = append(fields, map[string]any{"name": "created", "type": "autodate", "onCreate": true})
	return p.ask(http.MethodPost, "/api/collections", map[string]any{"name": "opinions", "type": "base", "createRule": "", "fields": fields}, nil)
}

// count returns how many records the peer has.
func (p *peer) count() (int, error) {
	var list struct{ TotalItems int }
	err := p.ask(http.MethodGet, peerRecords+"?perPage=1", nil, &list)
	return list.TotalItems, err
}

func (p *peer) ask(method, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequest(method, "http://"+p.addr+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if p.token != "" {
		req.Header.Set("Authorization", p.token)
	}
	resp, err := (&http.Client{Timeout: patience}).Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: status %d: %s", method, path, resp.StatusCode, excerpt(text.Bytes()))
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(text.Bytes(), out)
}
