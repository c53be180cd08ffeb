package seal

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// Ticket returns payload with its end and a proof that this installation wrote it, fit for a cookie: who unlocked a
// receipt holds one for a short while. It hides nothing: payload must be no secret. purpose keeps tickets of different
// doors apart.
func (k *Keyring) Ticket(purpose, payload string, until time.Time) string {
	end := strconv.FormatInt(until.Unix(), 10)
	body := base64.RawURLEncoding.EncodeToString([]byte(payload))
	return end + "." + body + "." + hex.EncodeToString(mac(k.lookup, "ticket", purpose, end, body))
}

// ReadTicket returns the payload of a ticket that this installation wrote for purpose and that has not ended; ok is
// false for anything else.
func (k *Keyring) ReadTicket(purpose, ticket string, now time.Time) (payload string, ok bool) {
	parts := strings.Split(ticket, ".")
	if len(parts) != 3 {
		return "", false
	}
	sum, err := hex.DecodeString(parts[2])
	if err != nil || !hmac.Equal(sum, mac(k.lookup, "ticket", purpose, parts[0], parts[1])) {
		return "", false
	}
	end, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil || now.Unix() >= end {
		return "", false
	}
	b, err := base64.RawURLEncoding.DecodeString(parts[1])
	return string(b), err == nil
}

// Mark returns the 32 hex digits under which something is found again that must not be read or guessed from them: without
// the lookup key nobody can try out names. purpose keeps marks of different kinds apart.
func (k *Keyring) Mark(purpose, town, payload string) string {
	return hex.EncodeToString(mac(k.lookup, "mark", purpose, town, payload)[:16])
}
