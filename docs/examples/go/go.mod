module fakemail.test/examples

go 1.19
