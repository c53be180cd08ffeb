package bench

import (
	"context"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"time"
)

// Floors lists the programs that do nothing but the unavoidable part of a workload.
func Floors() []string { return []string{"hello", "table"} }

// Floor serves a floor program on an address until ctx ends: hello answers one word, table fills an html/template with
// 50 rows of seven cells for each answer.
func Floor(ctx context.Context, name, addr string) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /hello", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "hello") })
	page, err := template.New("table").Parse(tablePage)
	if err != nil {
		return err
	}
	mux.HandleFunc("GET /table", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		page.Execute(w, tableRows()) // a client that went away is its own affair
	})
	socket, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(socket) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		return server.Close()
	}
}

const tablePage = `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{{.Title}}</title></head><body><table>
<thead><tr>{{range .Heads}}<th>{{.}}</th>{{end}}</tr></thead><tbody>
{{range .Rows}}<tr class="{{.Class}}"><td><a href="/cases/{{.Number}}">{{.Number}}</a></td><td>{{.Title}}</td><td>{{.Place}}</td><td>{{.Unit}}</td><td>{{.State}}</td><td>{{.Due}}</td><td>{{.Channel}}</td></tr>
{{end}}</tbody></table></body></html>`

type tableData struct {
	Title string
	Heads []string
	Rows  []tableRow
}

type tableRow struct{ Class, Number, Title, Place, Unit, State, Due, Channel string }

// tableRows makes the rows anew, as a query would.
func tableRows() tableData {
	d := tableData{Title: "50 rows", Heads: []string{"number", "title", "place", "unit", "state", "due", "channel"}}
	for i := range 50 {
		d.Rows = append(d.Rows, tableRow{"y", fmt.Sprintf("%012d", 100_000_000+i*7919), fmt.Sprintf("The lamp at the corner of lane %d is out & nobody came <again>", i),
			fmt.Sprintf("Village %d, group %d", i%20, i%9), "Water station", "in progress", time.Unix(1_790_000_000+int64(i)*3600, 0).UTC().Format("2006-01-02 15:04"), "web"})
	}
	return d
}

// floor starts a floor program in a process of its own.
func (b *bench) floor(ctx context.Context, name string) (*process, error) {
	return b.start(ctx, b.Program, "/healthz", func(addr string) []string { return []string{"bench-floor", name, addr} })
}
