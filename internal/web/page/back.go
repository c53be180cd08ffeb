package page

import (
	"net"
	"net/http"
	"net/url"
)

// A page that answers a form has no address to be fetched from again. Under no-store the browser has nothing to show when
// its back key leads there, and says that the form must be sent anew. So such a page may be kept for that key alone, as
// long as the browser can be told to forget it.

// KeepForBack lets this browser keep the answer for its back and forward keys; whoever goes there by a link or types the
// address asks the server. Where the browser would not obey Forget, because its connection is in clear, nothing is kept.
func (s *Site) KeepForBack(w http.ResponseWriter, r *http.Request) {
	if s.forgets(r) {
		w.Header().Set("Cache-Control", "private, no-cache")
	}
}

// Forget tells the browser to drop every page of this site that it holds, those held ready for its back key among them.
func Forget(w http.ResponseWriter) { w.Header().Set("Clear-Site-Data", `"cache"`) }

// forgets reports whether the visitor's browser obeys Forget: browsers do on https and on their own machine.
func (s *Site) forgets(r *http.Request) bool {
	return s.Secure() || loopback(s.base.Host) && loopback(r.Host)
}

func loopback(host string) bool {
	u := url.URL{Host: host}
	return u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback()
}
