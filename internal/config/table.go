package config

import "yanming/internal/i18n"

func pair(zh, en string) i18n.Pair { return i18n.Pair{ZH: zh, EN: en} }

func same(s string) i18n.Pair { return pair(s, s) }

// none is what holds of an option that does nothing when it is not given.
var none = pair("无", "none")

// table holds every option, in the order of the papers.
var table = []Option{
	{Name: "data", Default: "yanming-data", ways: everyWay, check: notEmpty,
		Says: pair("数据目录：数据库、密钥、附件都在里面。", "Folder of the installation: database, keys, files.")},
	{Name: "db", Instead: same("`DATA/yanming.db`"), ways: everyWay, check: notEmpty,
		Says: pair("数据库：SQLite 文件的路径，或 postgres://…。", "Database: path of an SQLite file, or postgres://….")},
	{Name: "config", Instead: none, ways: byFlag | byEnv, check: notEmpty,
		Says: pair("配置文件（TOML），可写这里的任何选项。", "TOML file with any of these options.")},
	{Name: "listen", Default: "127.0.0.1:8080", ways: everyWay, check: address,
		Says: pair("监听地址。", "Address to listen on.")},
	{Name: "base-url", Instead: pair("由 `--listen` 推出", "scheme and `--listen`"), ways: everyWay, check: site,
		Says: pair("对外网址。", "Address under which people reach the pages.")},
	{Name: "listen-http", Instead: none, ways: everyWay, check: address,
		Says: pair("另一个明文地址，只转到 HTTPS，并给出信任说明页。", "Second address without TLS, which only leads to HTTPS and shows the page about trust.")},
	{Name: "tls-cert", Instead: none, ways: everyWay, check: notEmpty,
		Says: pair("HTTPS 证书文件（PEM，含中间证书），换了会自动重读。", "File of the certificate with its chain (PEM); read again when it changes.")},
	{Name: "tls-key", Instead: none, ways: everyWay, check: notEmpty,
		Says: pair("HTTPS 私钥文件（PEM）。", "File of its private key (PEM).")},
	{Name: "tls-town-ca", Default: "false", ways: everyWay, check: yesNo,
		Says: pair("用本单位自己的证书，/trust 说明怎样信任。", "HTTPS with a certificate authority of the installation's own; /trust explains it.")},
	{Name: "tls-names", Instead: pair("`--base-url` 里的主机名", "the host of `--base-url`"), ways: everyWay, check: hosts,
		Says: pair("自有证书还管哪些主机名或 IP，用逗号分开。", "Further host names and addresses for the own certificate, by commas.")},
	{Name: "acme-domain", Instead: none, ways: everyWay, check: hosts,
		Says: pair("用 ACME 自动申请证书的域名，用逗号分开。", "Host names for which ACME gets a certificate, by commas.")},
	{Name: "acme-email", Instead: none, ways: everyWay, check: mailbox,
		Says: pair("给 ACME 机构的联系邮箱。", "Mail address that the ACME authority may write to.")},
	{Name: "acme-directory", Instead: same("Let's Encrypt"), ways: everyWay, check: link,
		Says: pair("ACME 机构的目录网址，可以是内网的。", "Directory of the ACME authority, which may be one of the own network.")},
	{Name: "acme-root", Instead: pair("系统自带的", "the system's"), ways: everyWay, check: notEmpty,
		Says: pair("内网 ACME 服务自己的根证书（PEM）。", "Certificate by which an ACME server of the own network is known (PEM).")},

	{Name: "trusted-proxy", Instead: none, ways: everyWay, check: networks,
		Says: pair("别的机器上的代理，信它的 X-Forwarded-For，写成 10.0.0.5 或 10.0.0.0/24，用逗号分开；只用于按网络限速。", "Proxies on other machines whose X-Forwarded-For is believed, as 10.0.0.5 or 10.0.0.0/24, by commas; only limits per network use it.")},

	{Name: "log-format", Default: "text", ways: everyWay, check: oneOf("text", "json"),
		Says: pair("日志的格式：text 或 json。", "Lines of the log: text or json.")},
	{Name: "log-level", Default: "info", ways: everyWay, check: oneOf("debug", "info", "warn", "error"),
		Says: pair("日志记到哪一级：debug、info、warn 或 error。", "Least weight of a line: debug, info, warn or error.")},
	{Name: "log-requests", Default: "false", ways: everyWay, check: yesNo,
		Says: pair("每个请求也记一行：路由、结果、耗时，没有地址和路径。", "A line for each request too: route, status class and time, no address and no path.")},
	{Name: "metrics-listen", Instead: none, ways: everyWay, check: address,
		Says: pair("/metrics 和 /healthz 的专用监听地址，给监控的机器用。", "Address of its own for /metrics and /healthz, for machines that watch.")},
	{Name: "metrics-token", Instead: none, ways: byEnv | byFile, check: notEmpty,
		Says: pair("在页面的地址上读 /metrics 的令牌，不能写在命令行上。", "Bearer token with which /metrics may be read at the address of the pages; never on the command line.")},

	{Name: "smtp-host", Instead: pair("无，不发邮件", "none: no mail"), ways: everyWay, check: host,
		Says: pair("发信服务器。", "Mail server that sends.")},
	{Name: "smtp-port", Instead: pair("587；tls 用 465，none 用 25", "587; 465 for tls, 25 for none"), ways: everyWay, check: number(1, 65535),
		Says: pair("发信服务器的端口。", "Its port.")},
	{Name: "smtp-tls", Default: "starttls", ways: everyWay, check: oneOf("starttls", "tls", "none"),
		Says: pair("发信的加密方式：starttls、tls，发到本机时也可以是 none。", "How mail is encrypted on the way: starttls, tls, or none to this machine only.")},
	{Name: "smtp-user", Instead: none, ways: everyWay, check: notEmpty,
		Says: pair("发信账号。", "Account at the mail server.")},
	{Name: "smtp-password", Instead: none, ways: byEnv | byFile, check: notEmpty,
		Says: pair("发信密码，不能写在命令行上。", "Its password; never on the command line.")},
	{Name: "smtp-from", Instead: none, ways: everyWay, check: mailbox,
		Says: pair("发信人地址。", "Address that mails come from.")},
	{Name: "webhook-allow", Instead: none, ways: everyWay, check: places,
		Says: pair("可以通知的内网主机、地址、网段，用逗号分开。", "Hosts, addresses and networks of the inner network where units' systems may be, by commas.")},

	{Name: "backup-dir", Instead: same("`DATA/backups`"), ways: everyWay, check: notEmpty,
		Says: pair("备份放在哪里，最好是另一块盘。", "Folder of the backups, best on another disk.")},
	{Name: "backup-at", Default: "02:30", ways: everyWay, check: hour,
		Says: pair("每天备份的时间（北京时间）。", "Hour of the nightly backup, in UTC+8.")},
	{Name: "backup-keep", Default: "7,4,12", ways: everyWay, check: keep,
		Says: pair("每天的备份保留几天、几周、几个月的，用逗号分开。", "Of how many days, weeks and months nightly backups stay, by commas.")},
	{Name: "backup-recipient", Instead: pair("无，不加密", "none: not encrypted"), ways: everyWay, check: recipients,
		Says: pair("每天的备份加密给哪些 age 公钥，用逗号分开。", "age public keys that nightly backups are encrypted to, by commas.")},

	{Name: "no-backup", Default: "false", ways: byFlag, check: yesNo,
		Says: pair("升级数据库之前不备份。", "Bring the schema forward without the backup before it.")},

	{Name: "passphrase", Instead: pair("运行时输入", "asked for"), ways: byEnv, check: notEmpty,
		Says: pair("导出、导入密钥的口令，备份用口令加密时也是它。", "Passphrase of exported keys, and of backups encrypted under one.")},
	{Name: "lang", Instead: pair("`LC_ALL`、`LC_MESSAGES`、`LANG`，都没有就用中文", "`LC_ALL`, `LC_MESSAGES`, `LANG`, else Chinese"), ways: byEnv, check: notEmpty,
		Says: pair("命令行说哪种语言：zh 或 en。", "Language of the command line: zh or en.")},
}
