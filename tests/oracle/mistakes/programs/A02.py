# Flask-Mail: the variables of user name and password are empty, so it does not log in.
# at: qq
# shows: send: 'mail FROM:<me@qq.com>…reply: b'503 Error: need EHLO and AUTH first !
# shows: send: 'rset
import os

from flask import Flask
from flask_mail import Mail, Message

app = Flask(__name__)
app.config.update(
    MAIL_SERVER=os.environ["FM_HOST"],
    MAIL_PORT=int(os.environ["FM_SUBMISSION"]),
    MAIL_USE_TLS=True,
    MAIL_USERNAME=os.getenv("MAIL_USERNAME"),
    MAIL_PASSWORD=os.getenv("MAIL_PASSWORD"),
    MAIL_DEBUG=True,
)
mail = Mail(app)
with app.app_context():
    mail.send(Message("hello", sender="me@qq.com", recipients=["you@example.test"], body="hello"))
