// A mail server that takes every mail. What it has acknowledged outlives it: the recipients are lines of a file, with
// when.
// usage: node mail.mjs PORT FILE
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

const [port, file] = process.argv.slice(2);

createServer((socket) => {
  const say = (line) => socket.write(`${line}\r\n`);
  let recipients = [];
  let isData = false;
  socket.on('error', () => {});
  say('220 mail.test ESMTP');
  const lines = createInterface({ input: socket, crlfDelay: Infinity });
  lines.on('error', () => {});
  lines.on('line', (line) => {
    if (isData) {
      if (line !== '.') return;
      isData = false;
      appendFileSync(file, recipients.map((one) => `${one} ${Date.now()}\n`).join(''));
      recipients = [];
      return say('250 taken');
    }
    const [verb] = line.toUpperCase().split(/[ :]/);
    if (verb === 'EHLO' || verb === 'HELO') return say('250 mail.test');
    if (verb === 'RCPT') recipients.push(line.match(/<(.*?)>/)[1]);
    if (verb === 'RSET' || verb === 'MAIL') recipients = [];
    if (verb === 'DATA') {
      isData = true;
      return say('354 go on');
    }
    if (verb === 'QUIT') return socket.end('221 bye\r\n');
    return say('250 well');
  });
}).listen(port, '127.0.0.1');
