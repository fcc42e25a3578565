module fakemail.test/examples/go_imap

go 1.19

require github.com/emersion/go-imap v1.2.1

require (
	github.com/emersion/go-sasl v0.0.0-20200509203442-7bfe0ed36a21 // indirect
	golang.org/x/text v0.3.7 // indirect
)
