// nodemailer: a sender that is not the account.
// at: qq
// shows: 501 Mail from address must be same as authorization user.
const nodemailer = require("nodemailer");
const env = process.env;

const transport = nodemailer.createTransport({
  host: env.FM_HOST,
  port: +env.FM_SUBMISSIONS,
  secure: true,
  auth: { user: env.FM_USER, pass: env.FM_CODE },
});
transport
  .sendMail({ from: "noreply@company.example", to: env.FM_USER, subject: "hello", text: "hello" })
  .catch(console.log);
