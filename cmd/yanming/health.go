package main

import (
	"context"
	"encoding/json"
	"net/http"
	"sync/atomic"
	"time"

	"yanming/internal/i18n"
)

// alive is what the process knows of its own life.
type alive struct {
	started  atomic.Bool // the pages are served
	draining atomic.Bool // told to stop: what is begun is finished, nothing new is wanted
}

// answerIn is how long the database may take to answer before the program counts as not ready.
const answerIn = time.Second

// condition is the answer of /healthz. Why is empty while ready, else one word: starting, stopping, storage, database.
type condition struct {
	Live  bool   `json:"live"`
	Ready bool   `json:"ready"`
	Why   string `json:"why,omitempty"`
	Do    string `json:"do,omitempty"` // what the operator has to do, in English
}

// condition asks no table: whoever asks every second must cost nothing.
func (h *home) condition(ctx context.Context) condition {
	c := condition{Live: true}
	switch {
	case h.alive.draining.Load():
		c.Why = "stopping"
	case !h.alive.started.Load():
		c.Why = "starting"
	case h.db.Fault() != nil:
		c.Why = "storage" // the last write was refused: full, read-only, failing
		c.Do = h.storeAdvice(h.words, i18n.EN)
	default:
		ctx, cancel := context.WithTimeout(ctx, answerIn)
		defer cancel()
		if h.db.Answers(ctx) != nil {
			c.Why = "database"
		}
	}
	c.Ready = c.Why == ""
	return c
}

// health handles GET /healthz, which is 503 while not ready, /healthz/live, which is 200 as long as the process
// answers, and /healthz/ready. /healthz?live is the same as /healthz/live.
func (h *home) health(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	c := condition{Live: true}
	if live := r.URL.Query().Has("live") || r.URL.Path == "/healthz/live"; !live {
		if c = h.condition(r.Context()); !c.Ready {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		json.NewEncoder(w).Encode(c) // a client that went away is its own affair
		return
	}
	json.NewEncoder(w).Encode(map[string]bool{"live": c.Live})
}

// healthOn adds the routes.
func (h *home) healthOn(mux *http.ServeMux) {
	for _, path := range []string{"/healthz", "/healthz/live", "/healthz/ready"} {
		mux.HandleFunc("GET "+path, h.health)
	}
}
