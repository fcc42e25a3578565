// nodemailer: an attachment that is too large once it is in base64.
// at: gmail
// shows: code: 'EMESSAGE'
// shows: 552
const nodemailer = require("nodemailer");
const env = process.env;

const transport = nodemailer.createTransport({
  host: env.FM_HOST,
  port: +env.FM_SUBMISSIONS,
  secure: true,
  auth: { user: env.FM_USER, pass: env.FM_CODE },
});
transport
  .sendMail({
    from: env.FM_USER,
    to: env.FM_USER,
    subject: "hello",
    attachments: [{ filename: "film.bin", content: Buffer.alloc(27_000_000) }],
  })
  .catch(console.log);
