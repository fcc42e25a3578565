// nodemailer: a connection, and a login, for every message.
// at: gmail
// serve: --rule logins_limit=5/10min
// sessions: 6
// shows: Invalid login: 454 4.7.0 Too many login attempts, please try again later.
const nodemailer = require("nodemailer");
const env = process.env;

async function send(subject) {
  const transport = nodemailer.createTransport({
    host: env.FM_HOST,
    port: +env.FM_SUBMISSION,
    auth: { user: env.FM_USER, pass: env.FM_CODE },
  });
  await transport.sendMail({ from: env.FM_USER, to: env.FM_USER, subject, text: "hello" });
}

(async () => {
  for (let number = 1; number <= 6; number++) await send(`hello ${number}`);
})().catch(console.log);
