// net/smtp sends, the HTTP API says when it is there. Run: go test -count=1 ./...
package mail

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net"
	"net/http"
	"net/smtp"
	"net/url"
	"os"
	"testing"
)

// send is the program that is tested; smtp.SendMail does the same where the system trusts the CA.
func send(to, message string) error {
	host, user := os.Getenv("SMTP_HOST"), os.Getenv("SMTP_USER")
	ca, err := os.ReadFile(os.Getenv("FAKEMAIL_CA_FILE"))
	if err != nil {
		return err
	}
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(ca)

	client, err := smtp.Dial(net.JoinHostPort(host, os.Getenv("SMTP_PORT")))
	if err != nil {
		return err
	}
	defer client.Close()
	if err = client.StartTLS(&tls.Config{ServerName: host, RootCAs: trusted}); err != nil {
		return err
	}
	if err = client.Auth(smtp.PlainAuth("", user, os.Getenv("SMTP_PASSWORD"), host)); err != nil {
		return err
	}
	if err = client.Mail(user); err != nil {
		return err
	}
	if err = client.Rcpt(to); err != nil {
		return err
	}
	data, err := client.Data()
	if err != nil {
		return err
	}
	if _, err = data.Write([]byte(message)); err != nil {
		return err
	}
	if err = data.Close(); err != nil {
		return err
	}
	return client.Quit()
}

func TestANewCustomerIsWelcome(t *testing.T) {
	to := "new@example.com"
	if err := send(to, "To: "+to+"\r\nSubject: Welcome\r\n\r\nHere you are.\r\n"); err != nil {
		t.Fatal(err)
	}

	query := url.Values{"to": {to}, "subject": {"Welcome"}, "timeout": {"5"}}
	answer, err := http.Get(os.Getenv("FAKEMAIL_URL") + "/api/v1/wait?" + query.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("no mail: %s", answer.Status)
	}
	var arrived struct {
		Messages []struct{ Subject string } `json:"messages"`
	}
	if err = json.NewDecoder(answer.Body).Decode(&arrived); err != nil {
		t.Fatal(err)
	}
	if len(arrived.Messages) != 1 || arrived.Messages[0].Subject != "Welcome" {
		t.Fatalf("another message: %+v", arrived)
	}
}
