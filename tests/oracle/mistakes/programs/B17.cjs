// nodemailer: the password of the account instead of an app password.
// at: yahoo
// shows: Error: Invalid login: 535 5.7.0 (#AUTH005) Too many bad auth attempts.
const nodemailer = require("nodemailer");
const env = process.env;

const transport = nodemailer.createTransport({
  host: env.FM_HOST,
  port: +env.FM_SUBMISSIONS,
  secure: true,
  auth: { user: env.FM_USER, pass: env.FM_PASSWORD },
});
transport
  .sendMail({ from: env.FM_USER, to: env.FM_USER, subject: "hello", text: "hello" })
  .catch(console.log);
