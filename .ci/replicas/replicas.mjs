// Two servers behind nginx: see `run`.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, PASSWORD } from './client.mjs';
import { goesAway } from './departures.mjs';
import { heardOf, locksOut } from './people.mjs';
import { TRUSTED, follows, showsEverywhere } from './states.mjs';
import { finish, holds } from './report.mjs';
import { demoDatabase, freePort, need, secret, startGateway, startNginx, work } from './servers.mjs';

const [program] = process.argv.slice(2);

const database = await demoDatabase(program);
const ends = new Date(Date.now() + 12_000);
writeFileSync(join(work, 'documents.json'), JSON.stringify({ trusted: TRUSTED }));
const keys = { old: secret(), new: secret() };

/** Writes the settings that a server reads again when it is told to. */
function writeKeys(name, ...kids) {
  const list = kids.map((kid) => `{ kid = "${kid}", secret = "${keys[kid]}" }`);
  const end = `[apis.staff.sunset]\nall = "${ends.toISOString()}"`;
  writeFileSync(join(work, `${name}.toml`), `[auth]\njwt_keys = [${list.join(', ')}]\n${end}\n`);
}

const settings = {};
for (const name of ['a', 'b']) {
  writeKeys(name, 'old', 'new');
  settings[name] = {
    DATABASE_URL: database.url,
    GERBANG_CONFIG: join(work, `${name}.toml`),
    GERBANG_SERVER__LISTEN: `127.0.0.1:${await freePort()}`,
    GERBANG_SERVER__TRUSTED_PROXIES: '["127.0.0.1"]',
    GERBANG_SERVER__DRAIN_SECONDS: '5',
    GERBANG_LIMITS__REDIS_URL: need('GERBANG_TEST_REDIS_URL'),
    GERBANG_FILES__FOLDER: join(work, 'files'),
    GERBANG_MAIL__TRANSPORT: 'file',
    GERBANG_SMS__TRANSPORT: 'file',
    GERBANG_OUTBOX__FOLDER: join(work, 'outbox'),
    GERBANG_REPORTS__CACHE_FOLDER: join(work, `reports-${name}`),
    GERBANG_GRAPHQL__DOCUMENTS: JSON.stringify([join(work, 'documents.json')]),
  };
}
const startServer = (name) => startGateway(program, name, settings[name]);
const [one, other] = await Promise.all([startServer('a'), startServer('b')]);
const servers = { a: one, b: other };
const nginx = await startNginx([settings.a.GERBANG_SERVER__LISTEN, settings.b.GERBANG_SERVER__LISTEN]);
const [a, b, proxy] = [one, other, nginx].map(({ url }) => new Client(url));

const world = {
  database,
  servers,
  startServer,
  ends,
  a,
  b,
  proxy,
  ways: [['A to B', a, b], ['B to A', b, a]],
  staff: await a.logIn('STAFF', 'admin@staff.test', PASSWORD),
  affiliate: await a.logIn('APEXTRACK', 'affiliate@apex.test', PASSWORD),
  /** Gives a server these keys, and tells it. */
  exchangeKeys(name, ...kids) {
    writeKeys(name, ...kids);
    servers[name].child.kill('SIGHUP');
  },
};
await locksOut(world);
await heardOf(world);
await follows(world);
await goesAway(world, 'a', 'SIGTERM');
await goesAway(world, 'b', 'SIGKILL');
await holds('both show what is written on the other afterwards', async () => {
  const shown = await Promise.all(world.ways.map(([, near, far]) => showsEverywhere(world, near, far)));
  return shown.join('; ');
});
finish();
