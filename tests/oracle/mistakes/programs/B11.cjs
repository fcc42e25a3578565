// nodemailer: the password of the account, which has two steps.
// at: gmail
// shows: Error: Invalid login: 534-5.7.9 Application-specific password required.
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
