// nodemailer: secure: true on port 587.
// at: generic
// known: among others
// shows: Error: …wrong version number…code: 'ESOCKET'…command: 'CONN'
const nodemailer = require("nodemailer");
const env = process.env;

const transport = nodemailer.createTransport({
  host: env.FM_HOST,
  port: +env.FM_SUBMISSION,
  secure: true,
  auth: { user: env.FM_USER, pass: env.FM_CODE },
});
transport
  .sendMail({ from: env.FM_USER, to: env.FM_USER, subject: "hello", text: "hello" })
  .catch(console.log);
