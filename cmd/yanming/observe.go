package main

import (
	"context"
	"crypto/subtle"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"yanming/internal/config"
	"yanming/internal/errs"
	"yanming/internal/metric"
	"yanming/internal/web/page"
)

// observing says what an operator is shown of the running program.
type observing struct {
	LogFormat     string `option:"" name:"log-format"`
	LogLevel      string `option:"" name:"log-level"`
	LogRequests   bool   `option:"" name:"log-requests"`
	MetricsListen string `option:"" name:"metrics-listen"`
	MetricsToken  string `kong:"-"` // by environment or file alone
}

// logger returns the program's log. It goes to one place and is also what packages log to that were given none.
func (o observing) logger(w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(o.LogLevel)); err != nil {
		level = slog.LevelInfo // the demo gives none
	}
	opts := &slog.HandlerOptions{Level: level}
	if o.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}

// requestLog returns what logs each request, nil where nobody asked for it.
func (o observing) requestLog(log *slog.Logger) func(metric.Served) {
	if !o.LogRequests {
		return nil
	}
	return func(s metric.Served) {
		log.Info("request", slog.String("method", s.Method()), slog.String("route", s.Route), slog.String("class", s.Class),
			slog.Int64("ms", s.Took.Milliseconds()))
	}
}

// metricsOn adds GET /metrics to the pages. It is read with the token; without one only by this machine itself, and
// only where nobody from outside is meant to come, because a proxy on this machine is this machine too. To everybody
// else it is not there.
func (h *home) metricsOn(mux *http.ServeMux, site *page.Site) {
	inside := loopbackURL(site.Link(""))
	mux.Handle("GET /metrics", site.Handle(func(w http.ResponseWriter, r *http.Request) error {
		if !h.seen.mayRead(r, inside) {
			return errs.Missing()
		}
		h.writeMetrics(w, r)
		return nil
	}))
}

func (o observing) mayRead(r *http.Request, inside bool) bool {
	if o.MetricsToken != "" {
		got, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		return ok && subtle.ConstantTimeCompare([]byte(got), []byte(o.MetricsToken)) == 1
	}
	for _, forwarded := range []string{"X-Forwarded-For", "Forwarded", "Via", "X-Real-Ip"} {
		if r.Header.Get(forwarded) != "" {
			return false
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	return inside && err == nil && net.ParseIP(host).IsLoopback()
}

func loopbackURL(base string) bool {
	u, err := url.Parse(base)
	return err == nil && config.Loopback(u.Hostname())
}

// watching serves /metrics and /healthz at an address of their own until the returned function is called, which is
// after the pages have ended: so a machine that watches sees the program stop.
func (h *home) watching(log *slog.Logger) (end func(), err error) {
	if h.seen.MetricsListen == "" {
		return func() {}, nil
	}
	socket, err := net.Listen("tcp", h.seen.MetricsListen)
	if err != nil {
		return nil, notListening("--metrics-listen", h.seen.MetricsListen, err)
	}
	mux := http.NewServeMux()
	h.healthOn(mux)
	mux.HandleFunc("GET /metrics", h.writeMetrics)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 8 << 10, ErrorLog: complaints(log)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Serve(socket); !errors.Is(err, http.ErrServerClosed) {
			log.Error("serve metrics", "error", err)
		}
	}()
	log.Info("watching", "listen", socket.Addr().String())
	return func() {
		grace, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		server.Shutdown(grace)
		<-done
	}, nil
}
