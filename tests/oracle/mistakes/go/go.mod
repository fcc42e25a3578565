module fakemail.test/mistakes

go 1.19

require (
	github.com/emersion/go-imap v1.2.1
	github.com/wneessen/go-mail v0.4.1
)

require (
	github.com/emersion/go-sasl v0.0.0-20200509203442-7bfe0ed36a21 // indirect
	golang.org/x/text v0.19.0 // indirect
)
