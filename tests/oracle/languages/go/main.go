// Sends by submission (STARTTLS) and submissions (implicit TLS), reads both messages by POP3S and
// IMAPS. Trusts the CA in FM_CA if there is one, else whatever this machine trusts.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/smtp"
	"net/textproto"
	"os"
	"strings"

	"github.com/emersion/go-imap"
	imapclient "github.com/emersion/go-imap/client"
)

var (
	host = os.Getenv("FM_HOST")
	user = os.Getenv("FM_USER")
	code = os.Getenv("FM_CODE")
)

func address(port string) string { return net.JoinHostPort(host, os.Getenv(port)) }

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func trust() *tls.Config {
	config := &tls.Config{ServerName: host}
	if file := os.Getenv("FM_CA"); file != "" {
		pem, err := os.ReadFile(file)
		must(err)
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			must(fmt.Errorf("no certificate in %s", file))
		}
	}
	return config
}

func send(client *smtp.Client, subject string) {
	must(client.Auth(smtp.PlainAuth("", user, code, host)))
	must(client.Mail(user))
	must(client.Rcpt(user))
	data, err := client.Data()
	must(err)
	_, err = fmt.Fprintf(data, "From: <%s>\r\nTo: <%s>\r\nSubject: %s\r\n\r\nfrom Go\r\n", user, user, subject)
	must(err)
	must(data.Close())
	must(client.Quit())
}

func readByPOP3(subjects []string) {
	secured, err := tls.Dial("tcp", address("FM_POP3S"), trust())
	must(err)
	client := textproto.NewConn(secured)
	ask := func(format string, words ...any) {
		if format != "" {
			must(client.PrintfLine(format, words...))
		}
		line, err := client.ReadLine()
		must(err)
		if !strings.HasPrefix(line, "+OK") {
			must(fmt.Errorf("POP3: %s", line))
		}
	}
	ask("")
	ask("USER %s", user)
	ask("PASS %s", code)
	for number, subject := range subjects {
		ask("RETR %d", number+1)
		octets, err := client.ReadDotBytes()
		must(err)
		if !strings.Contains(string(octets), "Subject: "+subject) {
			must(fmt.Errorf("POP3: message %d is not %q", number+1, subject))
		}
	}
	ask("QUIT")
}

func readByIMAP(subjects []string) {
	client, err := imapclient.DialTLS(address("FM_IMAPS"), trust())
	must(err)
	must(client.Login(user, code))
	box, err := client.Select("INBOX", false)
	must(err)
	if int(box.Messages) != len(subjects) {
		must(fmt.Errorf("IMAP: %d messages", box.Messages))
	}
	set, section := new(imap.SeqSet), &imap.BodySectionName{}
	set.AddRange(1, box.Messages)
	found := make(chan *imap.Message, len(subjects))
	must(client.Fetch(set, []imap.FetchItem{imap.FetchEnvelope, section.FetchItem()}, found))
	for message := range found {
		subject := subjects[message.SeqNum-1]
		body, err := io.ReadAll(message.GetBody(section))
		must(err)
		if message.Envelope.Subject != subject || !strings.HasSuffix(string(body), "from Go\r\n") {
			must(fmt.Errorf("IMAP: message %d is not %q", message.SeqNum, subject))
		}
	}
	must(client.Logout())
}

func main() {
	plain, err := smtp.Dial(address("FM_SUBMISSION"))
	must(err)
	must(plain.StartTLS(trust()))
	send(plain, "STARTTLS")

	secured, err := tls.Dial("tcp", address("FM_SUBMISSIONS"), trust())
	must(err)
	implicit, err := smtp.NewClient(secured, host)
	must(err)
	send(implicit, "implicit TLS")

	readByPOP3([]string{"STARTTLS", "implicit TLS"})
	readByIMAP([]string{"STARTTLS", "implicit TLS"})
	fmt.Println("ok")
}
