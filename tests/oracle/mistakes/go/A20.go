// A client written by hand (net/textproto): it does not look at what MAIL got.
// at: qq
// known: among others
// shows: 503 "Send command mailfrom first
package main

import (
	"encoding/base64"
	"net/textproto"
)

func a20() error {
	client, err := textproto.Dial("tcp", submission)
	if err != nil {
		return err
	}
	defer client.Close()
	if _, _, err = client.ReadResponse(220); err != nil {
		return err
	}
	login := base64.StdEncoding.EncodeToString([]byte("\x00" + user + "\x00" + code))
	for _, line := range []string{"EHLO laptop.example", "AUTH PLAIN " + login, "MAIL FROM:<noreply@qq.com>"} {
		client.PrintfLine("%s", line)
		client.ReadResponse(0)
	}
	client.PrintfLine("RCPT TO:<you@example.test>")
	_, _, err = client.ReadResponse(250)
	return err
}
