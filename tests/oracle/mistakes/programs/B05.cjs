// nodemailer: the password of the web page instead of the authorization code.
// at: 163
// shows: Error: Invalid login: 535 Error: authentication failed…code: 'EAUTH'
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
