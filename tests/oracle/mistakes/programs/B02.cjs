// nodemailer: the password of the web page, in the years of an older answer.
// at: qq@2021
// shows: Error: Invalid login: 535 Login Fail. Please enter your authorization code to login.
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
