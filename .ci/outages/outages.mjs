// Cycles of outages: see `run`.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, PASSWORD, address } from '../replicas/client.mjs';
import { check, finish, holds } from '../replicas/report.mjs';
import { demoDatabase, freePort, secret, start, startGateway, until, work } from '../replicas/servers.mjs';
import { Users } from './users.mjs';

const [program, cycles] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const ports = { store: await freePort(), mail: await freePort(), redis: await freePort(), server: await freePort() };
const mailbox = join(work, 'mailbox');

/** What the server leans on: how it is started, which users need it. */
const PARTS = {
  store: { command: [process.execPath, join(here, 'store.mjs'), ports.store, join(work, 'bucket')], needed: ['upload', 'uploadByRest', 'fetch'] },
  mail: { command: [process.execPath, join(here, 'mail.mjs'), ports.mail, mailbox], needed: [] },
  redis: { command: ['redis-server', '--port', ports.redis, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], needed: [] },
};
for (const [name, part] of Object.entries(PARTS)) {
  const [command, ...args] = part.command.map(String);
  part.start = () => {
    part.process = start(name, command, args);
  };
  part.stop = async () => {
    part.process.child.kill('SIGKILL');
    await part.process.ended;
  };
  part.start();
}

const database = await demoDatabase(program);
const server = await startGateway(program, 'server', {
  DATABASE_URL: database.url,
  GERBANG_SERVER__LISTEN: `127.0.0.1:${ports.server}`,
  GERBANG_SERVER__TRUSTED_PROXIES: '["127.0.0.1"]',
  GERBANG_AUTH__JWT_KEYS: `[{ kid = "ci", secret = "${secret()}" }]`,
  GERBANG_LIMITS__REDIS_URL: `redis://127.0.0.1:${ports.redis}`,
  GERBANG_FILES__STORE: 's3',
  GERBANG_FILES__S3__ENDPOINT: `http://127.0.0.1:${ports.store}`,
  GERBANG_FILES__S3__BUCKET: 'uploads',
  GERBANG_FILES__S3__ACCESS_KEY_ID: 'gerbang',
  GERBANG_FILES__S3__SECRET_ACCESS_KEY: secret(),
  GERBANG_MAIL__SMTP_URL: `smtp://127.0.0.1:${ports.mail}`,
  GERBANG_SMS__TRANSPORT: 'file',
  GERBANG_OUTBOX__FOLDER: join(work, 'outbox'),
  GERBANG_REPORTS__CACHE_FOLDER: join(work, 'reports'),
  GERBANG_LOG__FILTER: 'warn',
});
const client = new Client(server.url);
const staff = await client.logIn('STAFF', 'admin@staff.test', PASSWORD);
const users = new Users(client, staff);
users.start();

const held = () => ({
  files: readdirSync(`/proc/${server.child.pid}/fd`).length,
  megabytes: Math.round(Number(readFileSync(`/proc/${server.child.pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1]) / 1024),
});
/** When mails came, by recipient. */
const arrived = () => {
  const mails = new Map();
  for (const line of readFileSync(mailbox, 'utf8').trim().split('\n')) {
    const [to, at] = line.split(' ');
    mails.set(to, [...(mails.get(to) ?? []), Number(at)]);
  }
  return mails;
};
const median = (all) => all.toSorted((one, other) => one - other)[Math.floor(all.length / 2)];
const ms = (time) => `${Math.round(time)} ms`;

/** Waits until a user of each kind who began after `since` was served. */
const served = (kinds, since) => until(`no ${kinds} is served`, 30, () =>
  kinds.every((kind) => users.told.some((one) => one.kind === kind && one.how === 'well' && one.began > since)));

/** Waits until a mail arrives that came after `since`, by the clock. */
const mailArrives = (since) => until('no mail arrives', 30, () => [...arrived().values()].flat().some((at) => at > since));

await sleep(3_000);
const before = held();
const ALL = ['upload', 'uploadByRest', 'fetch', 'invite', 'read', 'logIn'];
for (const [name, part] of Object.entries(PARTS)) {
  const counts = { well: 0, unavailable: 0 };
  const wrong = [];
  const recoveries = [];
  let slowest = 0;
  for (let cycle = 0; cycle < Number(cycles); cycle += 1) {
    const down = performance.now();
    await part.stop();
    await sleep(500 + Math.random() * 1_000);
    part.start();
    const [up, started] = [performance.now(), Date.now()];
    await served(ALL, up);
    if (part === PARTS.mail) await mailArrives(started);
    const well = performance.now();
    recoveries.push(well - up);
    await sleep(700);
    for (const { kind, how, began, ended } of users.told.filter((one) => one.ended >= down)) {
      counts[how] = (counts[how] ?? 0) + 1;
      slowest = Math.max(slowest, ended - began);
      // What was refused must lean on this part, and have begun before all was well again.
      if (how === 'well' || (how === 'unavailable' && part.needed.includes(kind) && began < well)) continue;
      // A file that was on its way when the store was killed breaks off, and is seen to.
      if (kind === 'fetch' && how === 'UND_ERR_SOCKET' && began < up) continue;
      wrong.push(`${kind} ${how}`);
    }
    users.told = [];
  }
  await holds(`${name}, killed and started ${cycles} times: callers are served, or told`, () => {
    check(!wrong.length, `${wrong.length} of ${Object.values(counts).reduce((sum, one) => sum + one)}: ${[...new Set(wrong)].slice(0, 5).join('; ')}`);
    check(!part.needed.length || counts.unavailable, 'nobody has noticed');
    return `${counts.well} served, ${counts.unavailable} UNAVAILABLE, slowest ${ms(slowest)}`;
  });
  await holds(`${name}: all is well within 5 s after the start`, () => {
    check(Math.max(...recoveries) < 5_000, ms(Math.max(...recoveries)));
    return `median ${ms(median(recoveries))}, worst ${ms(Math.max(...recoveries))}`;
  });
}
await holds('the 6th failed log-in is refused while Redis is away', async () => {
  await PARTS.redis.stop();
  const visitor = client.from(address());
  const codes = [];
  while (codes.length < 6) codes.push((await visitor.tryToLogIn('STAFF', 'admin@staff.test', 'wrong')).code);
  PARTS.redis.start();
  check(codes.lastIndexOf('UNAUTHENTICATED') === 4 && codes[5] === 'RATE_LIMITED', codes.join(', '));
  return codes[5];
});
await users.stop();

await holds('each file that was acknowledged has its bytes', async () => {
  for (const path of users.files.keys()) {
    const how = await users.fetch(path);
    check(how === 'well', `${path}: ${how}`);
  }
  return `${users.files.size} files`;
});
await holds('each mail that was acknowledged arrives', async () => {
  const missing = () => {
    const mails = arrived();
    return [...users.invited.keys()].filter((one) => !mails.has(one));
  };
  await until('not all came', 60, async () => (await sleep(500), !missing().length)).catch(() => {});
  check(!missing().length, `${missing().length} of ${users.invited.size} did not`);
  const mails = arrived();
  const waits = [...users.invited].map(([one, at]) => mails.get(one)[0] - at);
  check(Math.max(...waits) < 10_000, `one waited ${ms(Math.max(...waits))}, and no outage is longer than some seconds`);
  const again = [...users.invited.keys()].filter((one) => mails.get(one).length > 1);
  return `${users.invited.size} mails, after ${ms(median(waits))}, worst ${ms(Math.max(...waits))}; ${again.length} came twice`;
});
await holds('the server holds what it held before', async () => {
  const after = await until('it has settled', 20, async () => (await sleep(500), held().files <= before.files + 8 && held())).catch(held);
  const measured = `${before.files} to ${after.files} files, ${before.megabytes} to ${after.megabytes} MB`;
  check(after.files <= before.files + 8, measured);
  check(after.megabytes < before.megabytes * 1.5 + 20, measured);
  return measured;
});
finish();
