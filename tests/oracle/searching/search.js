// imapflow asks with SEARCH RETURN, OLDER and YOUNGER where the server announces them.
'use strict';
const { ImapFlow } = require('imapflow');

async function main() {
    const client = new ImapFlow({
        host: process.env.FM_HOST,
        port: Number(process.env.FM_IMAPS),
        secure: true,
        auth: { user: process.env.FM_USER, pass: process.env.FM_CODE },
        logger: false
    });
    await client.connect();
    for (const subject of ['beta', 'Re: alpha', 'gamma']) {
        await client.append('INBOX', `Subject: ${subject}\r\n\r\ntext\r\n`, [], new Date(Date.now() - 864e5));
    }
    const lock = await client.getMailboxLock('INBOX');
    const results = [];
    const ask = async (query, options) => results.push(await client.search(query, options));
    await ask({ all: true }, { uid: true, returnOptions: ['MIN', 'MAX', 'COUNT', 'ALL'] });
    await ask({ subject: 'nothing' }, { uid: true, returnOptions: ['MIN', 'COUNT'] });
    await ask({ since: new Date(Date.now() - 2 * 864e5) }, { uid: true });
    await ask({ before: new Date(Date.now() - 2 * 864e5) }, { uid: true });
    lock.release();
    await client.logout();
    console.log(JSON.stringify(results));
}

main().catch(error => {
    console.error(error);
    process.exit(1);
});
