// go-imap: the password of the account.
// at: yahoo
// shows: LOGIN Invalid credentials
package main

import (
	"os"

	"github.com/emersion/go-imap/client"
)

func b18() error {
	connection, err := client.DialTLS(imaps, trust())
	if err != nil {
		return err
	}
	defer connection.Terminate()
	return connection.Login(user, os.Getenv("FM_PASSWORD"))
}
