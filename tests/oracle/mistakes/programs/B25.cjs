// imapflow: AUTHENTICATE PLAIN with an authorization identity.
// at: icloud
// shows: Authentication Failed
const { ImapFlow } = require("imapflow");
const env = process.env;

const client = new ImapFlow({
  host: env.FM_HOST,
  port: +env.FM_IMAPS,
  secure: true,
  auth: {
    user: env.FM_USER,
    pass: env.FM_CODE,
    loginMethod: "AUTH=PLAIN",
    authzid: env.FM_USER,
  },
  logger: false,
});
client.connect().catch(console.log);
