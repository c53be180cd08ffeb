package desk

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/sheet"
)

// pasted is one word out of a pasted block, before somebody has looked at it.
type pasted struct {
	Text, Name, Phone string
	Where, Category   string // as written
	Said              calendar.Day
	Unread            string // what stands for the day, where it could not be read as one
	External          string
	Lossy             bool // digits of External were lost before it came here
}

// A chat, copied, has a line with sender and time above each message, or the two the other way round.
var (
	senderFirst = regexp.MustCompile(`^(.{1,24}?)[:：]?\s+(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}[-/月]\d{1,2}日?|今天|昨天|前天)?\s*(?:上午|下午|晚上|凌晨|早上|中午)?\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?$`)
	timeFirst   = regexp.MustCompile(`^\[?(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}[-/月]\d{1,2}日?|今天|昨天|前天)?\s*(?:上午|下午|晚上|凌晨|早上|中午)?\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?\]?\s*(.{1,24}?)[:：]?$`)
	onlyMedia   = regexp.MustCompile(`^[\[［](?:图片|表情|动画表情|语音|视频|照片|文件)[^\]］]*[\]］]$`)
	contact     = regexp.MustCompile(`(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}|0\d{2,3}[- ]?[2-8]\d{6,7}`)
	wordToday   = regexp.MustCompile(`^今天$`)
	wordLast    = regexp.MustCompile(`^昨天$`)
	wordBefore  = regexp.MustCompile(`^前天$`)
	shortDay    = regexp.MustCompile(`^\d{1,2}[-/]\d{1,2}$`)
)

// readMessages divides a copied chat into words: one for each run of messages by the same sender. A text without
// senders is one word, or several where it numbers them.
func readMessages(block string, now time.Time) (list []pasted) {
	var lines []string
	name, said, head := "", calendar.Day(""), "" // head: the sender's line, until something follows it
	flush := func() {
		text := strings.TrimSpace(strings.Join(lines, "\n"))
		if lines = nil; text == "" {
			text = head // nobody said anything: it was no sender's line
		}
		if text == "" {
			return
		}
		if n := len(list); n > 0 && name != "" && list[n-1].Name == name && list[n-1].Said == said {
			list[n-1].Text += "\n" + text
			return
		}
		list = append(list, pasted{Name: name, Said: said, Text: text})
	}
	for line := range strings.Lines(sheet.Text(block)) {
		line = strings.TrimSpace(line)
		if who, day, ok := sender(line); ok {
			flush()
			name, said, head = who, chatDay(day, now), line
			continue
		}
		if line != "" {
			head = ""
		}
		if !onlyMedia.MatchString(line) {
			lines = append(lines, line)
		}
	}
	flush()
	if len(list) == 1 {
		list = splitOne(list[0])
	}
	for i := range list {
		list[i].takePhone()
	}
	return list
}

// sender reads a line of sender and time.
func sender(line string) (name, day string, ok bool) {
	if m := senderFirst.FindStringSubmatch(line); m != nil {
		return strings.TrimSpace(m[1]), m[2], true
	}
	// A bare time begins many a sentence (23:00还在施工): with a day, in brackets or before a colon it is a sender's.
	if m := timeFirst.FindStringSubmatch(line); m != nil && (m[1] != "" || strings.HasPrefix(line, "[") || strings.HasSuffix(line, ":") || strings.HasSuffix(line, "：")) {
		return strings.TrimSpace(m[2]), m[1], true
	}
	return "", "", false
}

// chatDay reads the day of a chat's line; "" for today, for a day that does not exist and for one to come.
func chatDay(s string, now time.Time) calendar.Day {
	today := calendar.DayOf(now)
	switch {
	case s == "" || wordToday.MatchString(s):
		return ""
	case wordLast.MatchString(s):
		return today.AddDays(-1)
	case wordBefore.MatchString(s):
		return today.AddDays(-2)
	}
	year, _, _ := today.Date()
	for _, y := range []int{year, year - 1} { // a day without its year, before New Year, is last year's
		full := s
		if shortDay.MatchString(s) {
			full = strconv.Itoa(y) + "-" + strings.ReplaceAll(s, "/", "-")
		}
		if t, ok := sheet.Date(full, y); ok && calendar.DayOf(t) <= today {
			if d := calendar.DayOf(t); d < today {
				return d
			}
			return ""
		}
	}
	return ""
}

// splitOne divides a text that numbers what it says.
func splitOne(p pasted) (list []pasted) {
	for _, item := range sheet.SplitNumbered(p.Text) {
		q := p
		q.Text = item
		list = append(list, q)
	}
	return list
}

// takePhone moves the first telephone number out of the text to the person, and puts marks where numbers stood.
func (p *pasted) takePhone() {
	if p.Phone == "" {
		if phone, ok := sheet.Phone(contact.FindString(p.Text)); ok {
			p.Phone = phone
		}
	}
	p.Text, _ = sheet.RedactContacts(p.Text)
}
