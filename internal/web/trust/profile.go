package trust

import (
	"encoding/base64"
	"fmt"

	"yanming/internal/markup"
)

// profile is a configuration profile of Apple's with one root certificate in it.
func profile(name string, der []byte) []byte {
	inner, outer := uuid([]byte("root"), der), uuid([]byte("profile"), der)
	return fmt.Appendf(nil, `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>PayloadType</key><string>Configuration</string>
<key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>yanming.trust.%[3]s</string>
<key>PayloadUUID</key><string>%[3]s</string>
<key>PayloadDisplayName</key><string>%[1]s</string>
<key>PayloadContent</key><array><dict>
<key>PayloadType</key><string>com.apple.security.root</string>
<key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>yanming.trust.%[2]s</string>
<key>PayloadUUID</key><string>%[2]s</string>
<key>PayloadDisplayName</key><string>%[1]s</string>
<key>PayloadContent</key><data>%[4]s</data>
</dict></array>
</dict></plist>
`, markup.Escape(name), inner, outer, base64.StdEncoding.EncodeToString(der))
}
