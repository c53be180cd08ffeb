package auth

import "strings"

// Device names a browser and its system out of a User-Agent header, without versions: enough for somebody to know his
// own sessions, too little to follow a machine. "" when nothing is recognised.
func Device(userAgent string) string {
	first := func(names [][2]string) string {
		for _, n := range names {
			if strings.Contains(userAgent, n[0]) {
				return n[1]
			}
		}
		return ""
	}
	browser := first([][2]string{{"MicroMessenger", "WeChat"}, {"DingTalk", "DingTalk"}, {"QQBrowser", "QQ"}, {"UCBrowser", "UC"},
		{"MiuiBrowser", "MIUI"}, {"HuaweiBrowser", "Huawei"}, {"Edg", "Edge"}, {"Firefox", "Firefox"}, {"Chrome", "Chrome"}, {"Safari", "Safari"}})
	system := first([][2]string{{"OpenHarmony", "HarmonyOS"}, {"HarmonyOS", "HarmonyOS"}, {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"},
		{"Windows", "Windows"}, {"Mac OS", "macOS"}, {"Linux", "Linux"}})
	return strings.Trim(browser+", "+system, ", ")
}
