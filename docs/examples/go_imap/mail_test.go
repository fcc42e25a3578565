// net/smtp sends, go-imap reads, and the tests of a package share a server that TestMain starts.
// Run: go test -count=1 ./... (with `fakemail` on the PATH)
package mail

import (
	"encoding/json"
	"fmt"
	"log"
	"net/smtp"
	"os"
	"os/exec"
	"testing"

	"github.com/emersion/go-imap"
	"github.com/emersion/go-imap/client"
)

// fakemail is what `fakemail ready` prints.
var fakemail struct {
	Ports  map[string]int `json:"ports"`
	CAFile string         `json:"ca_file"`
}

func at(port string) string { return fmt.Sprintf("localhost:%d", fakemail.Ports[port]) }

func TestMain(m *testing.M) {
	os.Exit(besideAServer(m.Run))
}

func besideAServer(run func() int) (code int) {
	data, err := os.MkdirTemp("", "fakemail")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(data)
	os.Setenv("FAKEMAIL_DATA", data)

	server := exec.Command("fakemail", "serve", "--ports", "ephemeral")
	if err = server.Start(); err != nil {
		log.Fatal(err)
	}
	defer server.Wait()
	defer server.Process.Signal(os.Interrupt)
	ready, err := exec.Command("fakemail", "ready", "--wait", "--timeout", "10").Output()
	if err == nil {
		err = json.Unmarshal(ready, &fakemail)
	}
	if err != nil {
		log.Print("fakemail did not start: ", err)
		return 1
	}
	os.Setenv("SSL_CERT_FILE", fakemail.CAFile) // whom crypto/tls trusts, on Linux

	if code = run(); code != 0 { // what was refused, and why
		why, _ := exec.Command("fakemail", "sessions", "--failed").Output()
		os.Stdout.Write(why)
	}
	return code
}

// welcome is the program that is tested.
func welcome(server, to string) error {
	login := smtp.PlainAuth("", "shop@fakemail.test", "any-code-will-do", "localhost")
	message := "To: " + to + "\r\nSubject: Welcome\r\n\r\nHere you are.\r\n"
	return smtp.SendMail(server, login, "shop@fakemail.test", []string{to}, []byte(message))
}

func TestANewCustomerIsWelcome(t *testing.T) {
	if err := welcome(at("submission"), "new@example.com"); err != nil {
		t.Fatal(err)
	}

	// What was accepted is there: nothing to wait for.
	c, err := client.DialTLS(at("imaps"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Logout()
	if err = c.Login("new@example.com", "any-code-will-do"); err != nil {
		t.Fatal(err)
	}
	inbox, err := c.Select("INBOX", true)
	if err != nil {
		t.Fatal(err)
	}
	if inbox.Messages != 1 {
		t.Fatalf("%d messages, not 1", inbox.Messages)
	}
	first, messages := new(imap.SeqSet), make(chan *imap.Message, 1)
	first.AddNum(1)
	if err = c.Fetch(first, []imap.FetchItem{imap.FetchEnvelope}, messages); err != nil {
		t.Fatal(err)
	}
	if subject := (<-messages).Envelope.Subject; subject != "Welcome" {
		t.Fatalf("another message: %q", subject)
	}
}
