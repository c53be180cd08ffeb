package main

import "yanming/internal/notice"

// outside says how the program reaches the world outside: a mail server, and units' own systems.
type outside struct {
	SMTPHost     string   `help:"Mail server; no mail without it. / 发信服务器，不填不发邮件。" name:"smtp-host" env:"YANMING_SMTP_HOST"`
	SMTPPort     int      `help:"Its port; 587, or 465 for tls, 25 for none. / 端口。" name:"smtp-port" env:"YANMING_SMTP_PORT"`
	SMTPUser     string   `help:"Name to sign in with. / 用户名。" name:"smtp-user" env:"YANMING_SMTP_USER"`
	SMTPPassword string   `help:"Password to sign in with; better by environment or file. / 密码，宜放环境变量或配置文件。" name:"smtp-password" env:"YANMING_SMTP_PASSWORD"`
	SMTPFrom     string   `help:"Sender's address. / 发信地址。" name:"smtp-from" env:"YANMING_SMTP_FROM"`
	SMTPTLS      string   `help:"starttls, tls, or none to this machine only. / 加密方式。" name:"smtp-tls" default:"starttls" env:"YANMING_SMTP_TLS"`
	WebhookAllow []string `help:"Hosts, addresses and networks of the inner network where units' systems may be. / 允许通知的内网主机、地址、网段。" name:"webhook-allow" env:"YANMING_WEBHOOK_ALLOW"`
}

// out checks the options. Errors: Invalid, naming the option.
func (o outside) out() (out notice.Outside, err error) {
	if out.Mail, err = o.mailer(); err != nil {
		return out, err
	}
	out.Calls = true
	out.Allow, err = notice.ParseAllowlist(o.WebhookAllow)
	return out, err
}

// mailer is who sends mail; nil where no server is named.
func (o outside) mailer() (*notice.Mailer, error) {
	return notice.NewMailer(notice.MailOptions{Host: o.SMTPHost, Port: o.SMTPPort, User: o.SMTPUser, Password: o.SMTPPassword, From: o.SMTPFrom, TLS: o.SMTPTLS})
}
