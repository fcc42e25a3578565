// go-mail 0.4: AUTH LOGIN that wants "Username:", where the server asks "username:".
// at: aliyun_qiye
// shows: unexpected server response: username:
package main

import (
	"os"
	"strconv"

	"github.com/wneessen/go-mail"
)

func e07() error {
	port, err := strconv.Atoi(os.Getenv("FM_SUBMISSIONS"))
	if err != nil {
		return err
	}
	client, err := mail.NewClient(host, mail.WithPort(port), mail.WithSSL(),
		mail.WithTLSConfig(trust()), mail.WithSMTPAuth(mail.SMTPAuthLogin),
		mail.WithUsername(user), mail.WithPassword(code))
	if err != nil {
		return err
	}
	return client.DialAndSend()
}
