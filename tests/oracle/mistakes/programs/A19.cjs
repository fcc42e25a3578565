// nodemailer 6.4.0: a line of the reply to EHLO that comes alone is the whole, and AUTH not in it.
// Zoho sends line by line; here they come in pieces that are smaller still.
// at: zoho
// serve: --fault 'smtp ehlo drip'
// shows: Error: Mail command failed: 530 5.5.1 Authentication Required.
const nodemailer = require("nodemailer-6.4");
const env = process.env;

const transport = nodemailer.createTransport({
  host: env.FM_HOST,
  port: +env.FM_SUBMISSIONS,
  secure: true,
  auth: { user: env.FM_USER, pass: env.FM_CODE },
});
transport
  .sendMail({ from: env.FM_USER, to: env.FM_USER, subject: "hello", text: "hello" })
  .catch(console.log);
