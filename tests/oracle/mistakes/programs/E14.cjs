// nodemailer 0.3: each line of EHLO's reply, come by itself, is the answer to a further command.
// So the reply to AUTH stands after RCPT, and the recipient is what is called wrong. The nodemailer
// of the report of 2015, with an old simplesmtp; the code is wrong, or nothing would be refused.
// at: zoho
// serve: --fault 'smtp ehlo drip'
// shows: AUTH PLAIN…SERVER 1: └──250-AUTH LOGIN PLAIN CLIENT 1: └──MAIL FROM
// shows: RCPT TO:<me@zoho.com> SERVER 1: └──535 Authentication Failed
// shows: Error [RecipientError]: Can't send mail - all recipients were rejected
const nodemailer = require("nodemailer-0.3");
const env = process.env;

const transport = nodemailer.createTransport("SMTP", {
  host: env.FM_HOST,
  port: +env.FM_SUBMISSIONS,
  secureConnection: true,
  debug: true,
  auth: { user: env.FM_USER, pass: "not-the-code" },
});
transport.sendMail(
  { from: env.FM_USER, to: env.FM_USER, subject: "hello", text: "hello" },
  (error) => {
    console.log(error);
    transport.close();
  },
);
