// net/smtp: PlainAuth, which Outlook does not offer.
// at: office365
// shows: 504 "5.7.4 Unrecognized authentication type
package main

import "net/smtp"

func e06() error {
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
