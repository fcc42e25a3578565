"""pytest: the fixture comes with fakemail. Run: pytest test_sign_up.py."""

import smtplib
from email.message import EmailMessage


def sign_up(address, host, port, user, code):
    """The program that is tested."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = user, address, "Welcome"
    message.set_content("Confirm: https://shop.example/confirm?token=42\n")
    with smtplib.SMTP(host, port) as smtp:
        smtp.login(user, code)
        smtp.send_message(message)


def test_a_new_customer_gets_a_link(fakemail):
    port = fakemail.submission
    sign_up("new@example.com", port.host, port.port, fakemail.address, fakemail.code)

    message = fakemail.wait(to="new@example.com", subject="Welcome")

    assert message.links == ["https://shop.example/confirm?token=42"]
