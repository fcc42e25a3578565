// nodemailer: a password, where only OAuth logs in.
// at: hotmail
// serve: --rule auth_failure_delay=0
// shows: Error: Invalid login: 535 5.7.139 Authentication unsuccessful, basic authentication is disabled.
const nodemailer = require("nodemailer");
const env = process.env;

const transport = nodemailer.createTransport({
  host: env.FM_HOST,
  port: +env.FM_SUBMISSION,
  secure: false,
  auth: { user: env.FM_USER, pass: env.FM_CODE },
});
transport
  .sendMail({ from: env.FM_USER, to: env.FM_USER, subject: "hello", text: "hello" })
  .catch(console.log);
