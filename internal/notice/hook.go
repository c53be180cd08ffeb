package notice

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/seal"
)

// Hook is a unit's own system that is called. Its secret is shown once and never again.
type Hook struct {
	Unit string
	URL  string
	Rev  int64
	box  []byte
}

// Hooks returns the systems of the town's units. NotFound for whoever does not administer.
func (s *Service) Hooks(ctx context.Context, tx *db.Tx, a actor.Actor) ([]Hook, error) {
	if err := administer(a); err != nil {
		return nil, err
	}
	hs, err := hooks(ctx, tx)
	if err != nil {
		return nil, fmt.Errorf("list units' systems: %w", err)
	}
	return hs, nil
}

// hookRecord is the record whose key the secret of a unit's system is under.
func hookRecord(unit string) string { return "unit_hooks/" + unit }

// SetHook says where a unit's own system is called, and returns a new secret to give to whoever keeps it: as
// "whsec_" and base64, the form of the Standard Webhooks specification. The secret before it is void at once.
// Errors: NotFound for whoever does not administer, Invalid (unit, url), Conflict where nobody is called.
func (s *Service) SetHook(ctx context.Context, a actor.Actor, unit, address string) (secret string, err error) {
	if err := administer(a); err != nil {
		return "", err
	}
	if !s.out.Calls {
		return "", errs.New(errs.Conflict, "notice.hooks.off")
	}
	if address, err = s.out.Allow.ParseURL(address); err != nil {
		return "", err
	}
	var raw [32]byte
	rand.Read(raw[:])
	err = s.Store.Update(ctx, a.Town, func(tx *db.Tx) error {
		dir, err := s.Orgs.Load(ctx, tx)
		if err != nil {
			return err
		}
		if u := dir.Unit(unit); u.ID == "" || !u.Lasts() {
			return errs.Field("unit", "error.choice")
		}
		key, err := s.newHookKey(ctx, tx, unit)
		if err != nil {
			return err
		}
		if err := putHook(ctx, tx, Hook{Unit: unit, URL: address, box: key.Seal("secret", raw[:])}); err != nil {
			return err
		}
		return note(ctx, tx, a, hookRecord(unit), "hook_saved")
	})
	if err != nil {
		return "", fmt.Errorf("set system of unit: %w", err)
	}
	return "whsec_" + base64.StdEncoding.EncodeToString(raw[:]), nil
}

// newHookKey gives the secret a new key: the one before it is destroyed, and with it the old secret in every copy.
func (s *Service) newHookKey(ctx context.Context, tx *db.Tx, unit string) (seal.RecordKey, error) {
	if err := s.Keys.Destroy(ctx, tx, hookRecord(unit)); err != nil {
		return seal.RecordKey{}, err
	}
	return s.Keys.NewKey(ctx, tx, hookRecord(unit))
}

// EndHook stops calling a unit's system. What waits for it is dropped. Errors: NotFound.
func (s *Service) EndHook(ctx context.Context, a actor.Actor, unit string) error {
	if err := administer(a); err != nil {
		return err
	}
	err := s.Store.Update(ctx, a.Town, func(tx *db.Tx) error {
		found, err := removeHook(ctx, tx, unit)
		if err != nil {
			return err
		}
		if !found {
			return errs.Missing()
		}
		if err := s.Keys.Destroy(ctx, tx, hookRecord(unit)); err != nil {
			return err
		}
		return note(ctx, tx, a, hookRecord(unit), "hook_ended")
	})
	if err != nil {
		return fmt.Errorf("end system of unit: %w", err)
	}
	return nil
}

// call is a request to a unit's system, ready to be sent.
type call struct {
	id, url string
	secret  []byte
	body    []byte
}

// callBody is what a unit's system is told: never a word, a place or a name.
type callBody struct {
	Type      string    `json:"type"`      // case.dispatched …
	Timestamp time.Time `json:"timestamp"` // when it happened
	Data      callData  `json:"data"`
}

type callData struct {
	Delivery string       `json:"delivery"` // as in webhook-id: what came twice is the same
	Number   string       `json:"number"`
	State    string       `json:"state"`         // as it stands when it is sent
	Due      calendar.Day `json:"due,omitempty"` // in UTC+8
	Unit     string       `json:"unit"`
}

// prepare makes the request of a delivery; nil where the unit does not handle or assist the case any more, the case is
// in confidence, or the unit has no system any more.
func (s *Service) prepare(ctx context.Context, tx *db.Tx, d Delivery) (*call, error) {
	h, found, err := hook(ctx, tx, d.Target)
	if err != nil || !found {
		return nil, err
	}
	c, err := s.Cases.Concern(ctx, tx, casework.ID(d.Record))
	if errs.Is(err, errs.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	// The unit's own people, and nobody else, are asked for: its handler sees what the unit leads or assists.
	its := actor.Actor{Town: tx.Town, Person: "-", Posts: []actor.Post{{Unit: d.Target, Role: actor.Handler}}}
	if c.Veiled() || !c.Admits(its) {
		return nil, nil
	}
	key, err := s.Keys.Key(ctx, tx, hookRecord(d.Target))
	if err != nil {
		return nil, err
	}
	secret, err := key.Open("secret", h.box)
	if err != nil {
		return nil, err
	}
	body := callBody{Type: d.Kind, Timestamp: d.At.In(calendar.Zone()), Data: callData{Delivery: "msg_" + d.ID, Number: string(c.Number),
		State: string(c.State), Unit: d.Target, Due: dueOf(Dispatched, c.Case)}}
	b, err := json.Marshal(body)
	return &call{id: body.Data.Delivery, url: h.URL, secret: secret, body: b}, err
}

// callTimeout is how long a unit's system may take altogether.
const callTimeout = 10 * time.Second

// Sign is the signature of a call after the Standard Webhooks specification: HMAC-SHA256 over id, Unix seconds and body,
// joined by dots.
func Sign(secret []byte, id string, at time.Time, body []byte) string {
	m := hmac.New(sha256.New, secret)
	fmt.Fprintf(m, "%s.%d.", id, at.Unix())
	m.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(m.Sum(nil))
}

// client calls units' systems. It follows no redirect and no proxy of the environment.
func (a Allowlist) client() *http.Client {
	return &http.Client{Timeout: callTimeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{Proxy: nil, DialContext: a.dial, DisableKeepAlives: true, TLSHandshakeTimeout: 5 * time.Second,
			MaxResponseHeaderBytes: 16 << 10, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}}}
}

// send makes the call. Any answer of 2xx is a success; 410 says that it is not wanted any more.
func (c *call) send(ctx context.Context, client *http.Client, now time.Time) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(c.body))
	if err != nil {
		return &failure{key: "notice.fail.address", final: true, cause: err}
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "yanming")
	r.Header.Set("webhook-id", c.id)
	r.Header.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
	r.Header.Set("webhook-signature", Sign(c.secret, c.id, now, c.body))
	answer, err := client.Do(r)
	var cert *tls.CertificateVerificationError
	switch {
	case errors.Is(err, errWithin):
		return &failure{key: "notice.fail.within", final: true, cause: err}
	case errors.As(err, &cert):
		return &failure{key: "notice.fail.tls", cause: err}
	case err != nil:
		return &failure{key: "notice.fail.unreachable", cause: err}
	}
	defer answer.Body.Close()
	io.Copy(io.Discard, io.LimitReader(answer.Body, 4<<10)) // what it says is nobody's to keep
	status := fmt.Errorf("status %d", answer.StatusCode)
	switch code := answer.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code >= 300 && code < 400:
		return &failure{key: "notice.fail.redirect", cause: status}
	case code == http.StatusGone:
		return &failure{key: "notice.fail.gone", final: true, cause: status}
	}
	return &failure{key: "notice.fail.answer", cause: status}
}
