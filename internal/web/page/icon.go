package page

import (
	"fmt"
	"html/template"
)

// icons are drawn on a square of 24 with a line of 1.9; they decorate words and never stand alone without a label.
var icons = map[string]string{
	"geese":    `<path d="M3 9l5 3 5-3M11 4.5l4 2.4 4-2.4M12.5 15.5l4 2.4 4-2.4"/>`,
	"speaker":  `<path d="M4 9.5v5h3.5L12 19V5L7.5 9.5z"/><path d="M15.5 9a4.5 4.5 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11"/>`,
	"say":      `<path d="M4 5h16v11H10l-4 4v-4H4z"/><path d="M8 9h8M8 12.5h5"/>`,
	"search":   `<circle cx="11" cy="11" r="6"/><path d="M20 20l-4.5-4.5"/>`,
	"phone":    `<path d="M6 3h3l2 5-2.5 1.8a12 12 0 0 0 5.7 5.7L16 13l5 2v3a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3z"/>`,
	"back":     `<path d="M14.5 5l-7 7 7 7"/>`,
	"next":     `<path d="M9.5 5l7 7-7 7"/>`,
	"check":    `<path d="M4.5 12.5l5 5 10-11"/>`,
	"cross":    `<path d="M6 6l12 12M18 6L6 18"/>`,
	"plus":     `<path d="M12 5v14M5 12h14"/>`,
	"camera":   `<path d="M4 8h3l2-3h6l2 3h3v11H4z"/><circle cx="12" cy="13" r="3.4"/>`,
	"mic":      `<rect x="9" y="3" width="6" height="11" rx="3"/><path d="M5 11a7 7 0 0 0 14 0M12 18v3"/>`,
	"download": `<path d="M12 3v11M7.5 10l4.5 4.5 4.5-4.5M4 20h16"/>`,
	"upload":   `<path d="M12 21V10M7.5 14L12 9.5l4.5 4.5M4 4h16"/>`,
	"print":    `<path d="M7 8V3h10v5M7 17H4V8h16v9h-3"/><path d="M7 14h10v7H7z"/>`,
	"inbox":    `<path d="M4 13l2.5-8h11L20 13v6H4z"/><path d="M4 13h5l1 2.5h4L15 13h5"/>`,
	"walk":     `<circle cx="13" cy="4.5" r="1.7"/><path d="M9 21l2.5-6-2-3 1-4.5 3.5 2 3 1M13.5 15l2 6M10.5 7.5L7.5 10v3"/>`,
	"calendar": `<rect x="4" y="5.5" width="16" height="14.5" rx="1.5"/><path d="M4 10h16M8.5 3v4M15.5 3v4"/>`,
	"book":     `<path d="M5 4h10a4 4 0 0 1 4 4v12H8a3 3 0 0 1-3-3z"/><path d="M5 17a3 3 0 0 1 3-3h11"/>`,
	"eye":      `<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z"/><circle cx="12" cy="12" r="2.8"/>`,
	"chart":    `<path d="M4 20V4M4 20h16M8.5 16v-5M13 16V8M17.5 16v-3"/>`,
	"gear":     `<circle cx="12" cy="12" r="3"/><path d="M12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.2 2.2M16.2 16.2l2.2 2.2M5.6 18.4l2.2-2.2M16.2 7.8l2.2-2.2"/>`,
	"person":   `<circle cx="12" cy="8" r="4"/><path d="M4 21a8 8 0 0 1 16 0"/>`,
	"people":   `<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20a6.5 6.5 0 0 1 13 0M16 5a3.5 3.5 0 0 1 0 6.5M17.5 14.5a6.5 6.5 0 0 1 4 5.5"/>`,
	"out":      `<path d="M10 4H5v16h5M14 8l4 4-4 4M18 12H9"/>`,
	"lock":     `<rect x="5" y="11" width="14" height="9" rx="1.5"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>`,
	"clock":    `<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2"/>`,
	"pin":      `<path d="M12 21s7-6.4 7-11.5a7 7 0 0 0-14 0C5 14.6 12 21 12 21z"/><circle cx="12" cy="9.5" r="2.5"/>`,
	"file":     `<path d="M6 3h8l4 4v14H6z"/><path d="M14 3v4h4M9 12h6M9 16h6"/>`,
	"edit":     `<path d="M4 20l1-4L16 5l3 3L8 19z"/><path d="M14 7l3 3"/>`,
	"copy":     `<rect x="8" y="8" width="12" height="12" rx="1.5"/><path d="M16 8V4H4v12h4"/>`,
	"link":     `<path d="M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-5.6-5.7L12 7.2M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 5.6 5.7l1.4-1.4"/>`,
	"bell":     `<path d="M6 17V11a6 6 0 0 1 12 0v6l1.5 2h-15zM10 21h4"/>`,
	"flag":     `<path d="M6 21V4h11l-2 4 2 4H6"/>`,
	"undo":     `<path d="M8 5L4 9l4 4"/><path d="M4 9h10a5.5 5.5 0 0 1 0 11H9"/>`,
	"warn":     `<path d="M12 4l9 16H3z"/><path d="M12 10v4.5M12 17.3v.2"/>`,
	"grid":     `<path d="M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z"/>`,
	"home":     `<path d="M4 11l8-7 8 7v9h-5v-6H9v6H4z"/>`,
	"shield":   `<path d="M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6z"/>`,
	"list":     `<path d="M8 6h12M8 12h12M8 18h12M4 6h.1M4 12h.1M4 18h.1"/>`,
}

// icon returns one icon. It is hidden from screen readers: the words beside it say the same.
func icon(name string) (template.HTML, error) {
	d, ok := icons[name]
	if !ok {
		return "", fmt.Errorf("icon %q is unknown", name)
	}
	return template.HTML(`<svg class="i" viewBox="0 0 24 24" aria-hidden="true" focusable="false">` + d + `</svg>`), nil
}
