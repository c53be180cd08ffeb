package config

import "yanming/internal/i18n"

func pair(zh, en string) i18n.Pair { return i18n.Pair{ZH: zh, EN: en} }

// table holds every option, in the order of the papers.
var table = []Option{
	{Name: "data", Default: "yanming-data", ways: everyWay, check: notEmpty,
		Says: pair("数据目录：数据库、密钥、附件都在里面。", "Folder of the installation: database, keys, files.")},
	{Name: "db", Instead: "`DATA/yanming.db`", ways: everyWay, check: notEmpty,
		Says: pair("数据库：SQLite 文件的路径，或 postgres://…。", "Database: path of an SQLite file, or postgres://….")},
	{Name: "config", Instead: "none", ways: byFlag | byEnv, check: notEmpty,
		Says: pair("配置文件（TOML），可写这里的任何选项。", "TOML file with any of these options.")},
	{Name: "listen", Default: "127.0.0.1:8080", ways: everyWay, check: address,
		Says: pair("监听地址。", "Address to listen on.")},
	{Name: "base-url", Instead: "scheme and `--listen`", ways: everyWay, check: site,
		Says: pair("对外网址。", "Address under which people reach the pages.")},
	{Name: "listen-http", Instead: "none", ways: everyWay, check: address,
		Says: pair("另一个明文地址，只转到 HTTPS，并给出信任说明页。", "Second address without TLS, which only leads to HTTPS and shows the page about trust.")},
	{Name: "tls-cert", Instead: "none", ways: everyWay, check: notEmpty,
		Says: pair("HTTPS 证书文件（PEM，含中间证书），换了会自动重读。", "File of the certificate with its chain (PEM); read again when it changes.")},
	{Name: "tls-key", Instead: "none", ways: everyWay, check: notEmpty,
		Says: pair("HTTPS 私钥文件（PEM）。", "File of its private key (PEM).")},
	{Name: "tls-town-ca", Default: "false", ways: everyWay, check: yesNo,
		Says: pair("用本单位自己的证书，/trust 说明怎样信任。", "HTTPS with a certificate authority of the installation's own; /trust explains it.")},
	{Name: "tls-names", Instead: "the host of `--base-url`", ways: everyWay, check: hosts,
		Says: pair("自有证书还管哪些主机名或 IP，用逗号分开。", "Further host names and addresses for the own certificate, by commas.")},
	{Name: "acme-domain", Instead: "none", ways: everyWay, check: hosts,
		Says: pair("用 ACME 自动申请证书的域名，用逗号分开。", "Host names for which ACME gets a certificate, by commas.")},
	{Name: "acme-email", Instead: "none", ways: everyWay, check: mailbox,
		Says: pair("给 ACME 机构的联系邮箱。", "Mail address that the ACME authority may write to.")},
	{Name: "acme-directory", Instead: "Let's Encrypt", ways: everyWay, check: link,
		Says: pair("ACME 机构的目录网址，可以是内网的。", "Directory of the ACME authority, which may be one of the own network.")},
	{Name: "acme-root", Instead: "the system's", ways: everyWay, check: notEmpty,
		Says: pair("内网 ACME 服务自己的根证书（PEM）。", "Certificate by which an ACME server of the own network is known (PEM).")},

	{Name: "smtp-host", Instead: "none: no mail", ways: everyWay, check: hosts,
		Says: pair("发信服务器。", "Mail server that sends.")},
	{Name: "smtp-port", Default: "587", ways: everyWay, check: number(1, 65535),
		Says: pair("发信服务器的端口。", "Its port.")},
	{Name: "smtp-tls", Default: "starttls", ways: everyWay, check: oneOf("starttls", "tls", "none"),
		Says: pair("发信的加密方式：starttls、tls 或 none。", "How mail is encrypted on the way: starttls, tls or none.")},
	{Name: "smtp-user", Instead: "none", ways: everyWay, check: notEmpty,
		Says: pair("发信账号。", "Account at the mail server.")},
	{Name: "smtp-password", Instead: "none", ways: byEnv | byFile, check: notEmpty,
		Says: pair("发信密码，不能写在命令行上。", "Its password; never on the command line.")},
	{Name: "smtp-from", Instead: "none", ways: everyWay, check: mailbox,
		Says: pair("发信人地址。", "Address that mails come from.")},

	{Name: "backup-dir", Instead: "`DATA/backup`", ways: everyWay, check: notEmpty,
		Says: pair("备份放在哪里，最好是另一块盘。", "Folder of the backups, best on another disk.")},
	{Name: "backup-at", Default: "02:30", ways: everyWay, check: hour,
		Says: pair("每天备份的时间（北京时间）。", "Hour of the nightly backup, in UTC+8.")},
	{Name: "backup-keep", Default: "14", ways: everyWay, check: number(1, 3650),
		Says: pair("保留最近多少份备份。", "How many backups are kept.")},
	{Name: "backup-recipient", Instead: "none: not encrypted", ways: everyWay, check: recipients,
		Says: pair("备份加密给哪些 age 公钥，用逗号分开。", "age public keys that backups are encrypted to, by commas.")},

	{Name: "passphrase", Instead: "asked for", ways: byEnv, check: notEmpty,
		Says: pair("导出、导入密钥的口令。", "Passphrase of exported keys.")},
	{Name: "lang", Instead: "`LC_ALL`, `LC_MESSAGES`, `LANG`, else Chinese", ways: byEnv, check: notEmpty,
		Says: pair("命令行说哪种语言：zh 或 en。", "Language of the command line: zh or en.")},
}
