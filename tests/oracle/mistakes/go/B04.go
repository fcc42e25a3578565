// net/smtp (as in Harbor): SMTP was never switched on.
// at: exmail
// account: --off smtp
// shows: 535 "Error: authentication failed, system busy
package main

import "net/smtp"

func b04() error {
	client, err := smtp.Dial(submission)
	if err != nil {
		return err
	}
	defer client.Close()
	if err := client.StartTLS(trust()); err != nil {
		return err
	}
	return client.Auth(smtp.PlainAuth("", user, code, host))
}
