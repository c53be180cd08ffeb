package main

import "yanming/internal/notice"

// outside says how the program reaches the world outside: a mail server, and units' own systems.
type outside struct {
	SMTPHost     string   `option:"" name:"smtp-host"`
	SMTPPort     int      `option:"" name:"smtp-port"`
	SMTPTLS      string   `option:"" name:"smtp-tls"`
	SMTPUser     string   `option:"" name:"smtp-user"`
	SMTPFrom     string   `option:"" name:"smtp-from"`
	WebhookAllow []string `option:"" name:"webhook-allow"`
}

// out checks the options. Errors: Invalid, naming the option.
func (o outside) out(sh shell) (out notice.Outside, err error) {
	if out.Mail, err = o.mailer(sh); err != nil {
		return out, err
	}
	out.Calls = true
	out.Allow, err = notice.ParseAllowlist(o.WebhookAllow)
	return out, err
}

// mailer is who sends mail; nil where no server is named.
func (o outside) mailer(sh shell) (*notice.Mailer, error) {
	password, err := sh.secret("smtp-password")
	if err != nil {
		return nil, err
	}
	return notice.NewMailer(notice.MailOptions{Host: o.SMTPHost, Port: o.SMTPPort, User: o.SMTPUser, Password: password, From: o.SMTPFrom, TLS: o.SMTPTLS})
}
