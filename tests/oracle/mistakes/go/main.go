// Each known mistake is a function in a file of its own: ./program A20.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
)

var (
	host = os.Getenv("FM_HOST")
	user = os.Getenv("FM_USER")
	code = os.Getenv("FM_CODE")

	submission  = net.JoinHostPort(host, os.Getenv("FM_SUBMISSION"))
	submissions = net.JoinHostPort(host, os.Getenv("FM_SUBMISSIONS"))
	imaps       = net.JoinHostPort(host, os.Getenv("FM_IMAPS"))
)

var mistakes = map[string]func() error{
	"A20": a20, "B04": b04, "B18": b18, "D14": d14, "E06": e06, "E07": e07,
}

func trust() *tls.Config {
	roots := x509.NewCertPool()
	if pem, err := os.ReadFile(os.Getenv("FM_CA")); err != nil || !roots.AppendCertsFromPEM(pem) {
		panic("no CA")
	}
	return &tls.Config{ServerName: host, RootCAs: roots}
}

func main() {
	if err := mistakes[os.Args[1]](); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
