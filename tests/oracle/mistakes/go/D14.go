// go-imap: none but that it counts ten fields in an ENVELOPE.
// at: qq@2015
// serve: --rule visible_after=0 --rule no-envelope_stray_backslash
// explain: session
// shows: ENVELOPE doesn't contain 10 fields
package main

import (
	"strings"
	"time"

	"github.com/emersion/go-imap"
	"github.com/emersion/go-imap/client"
)

func d14() error {
	connection, err := client.DialTLS(imaps, trust())
	if err != nil {
		return err
	}
	defer connection.Terminate()
	if err := connection.Login(user, code); err != nil {
		return err
	}
	message := strings.NewReader("From: me@qq.com\r\nSubject: hello\r\n\r\nhello\r\n")
	if err := connection.Append("INBOX", nil, time.Now(), message); err != nil {
		return err
	}
	if _, err := connection.Select("INBOX", true); err != nil {
		return err
	}
	set, found := new(imap.SeqSet), make(chan *imap.Message, 10)
	set.AddNum(1)
	return connection.Fetch(set, []imap.FetchItem{imap.FetchEnvelope}, found)
}
