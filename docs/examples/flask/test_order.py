"""Flask with Flask-Mail. Run: pytest test_order.py."""

import pytest
from flask import Flask
from flask_mail import Mail, Message


@pytest.fixture
def app(fakemail):
    """The program that is tested: each order is confirmed by mail."""
    app = Flask("shop")
    app.config.update(fakemail.flask_mail_settings())
    mail = Mail(app)

    @app.post("/order/<int:number>")
    def order(number):
        mail.send(Message(f"Order {number}", recipients=["buyer@example.com"], body="Thank you."))
        return "", 204

    return app


def test_an_order_is_confirmed(app, fakemail):
    assert app.test_client().post("/order/7").status_code == 204

    assert fakemail.wait(to="buyer@example.com").subject == "Order 7"
