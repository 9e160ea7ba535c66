// How things stand, and what is kept in memory of it: a change on one server is seen on the other.
import { setTimeout as sleep } from 'node:timers/promises';
import { address } from './client.mjs';
import { somebody } from './people.mjs';
import { check, holds, withinASecond } from './report.mjs';
import { until } from './servers.mjs';

export const TRUSTED = 'query Trusted { faqsConnection(last: 100) { nodes { question } } }';
const SERVICES = '/notary/api/v1/office/service';

/** Everywhere that a question shows, from memory. */
const PLACES = {
  'in GraphQL': async (at) => (await at.ask(TRUSTED.replace('Trusted', 'Another'))).text,
  'at a route': async (at) => (await at.from(address()).get('/scholarship/api/faqs')).text,
  'in a trusted document': async (at) => (await at.get('/graphql?documentId=trusted')).text,
};
let asked = 0;

/** Both have read the questions; then one is added here, and shows there. */
export async function showsEverywhere({ staff }, near, far) {
  const question = `Question ${(asked += 1)}?`;
  for (const look of Object.values(PLACES)) await look(far);
  await near.as(staff).change('createFaq', { question, answer: 'a' });
  const took = [];
  for (const look of Object.values(PLACES)) took.push(await withinASecond(async () => (await look(far)).includes(question)));
  return took.join(', ');
}

export async function follows(world) {
  const { a, b, ways, staff, database, ends, exchangeKeys } = world;
  for (const [way, near, far] of ways) {
    const admin = near.as(staff);
    await holds(`${way}: an offer that takes no clicks any more, and then does`, async () => {
      const leads = async () => (await far.click('blog-sidebar')) !== undefined;
      check(await leads(), 'the link is not followed before');
      await admin.change('updateOffer', { id: '2', active: false });
      const off = await withinASecond(async () => !(await leads()));
      await admin.change('updateOffer', { id: '2', active: true });
      return `${off}, ${await withinASecond(leads)}`;
    });
    await holds(`${way}: a service that is added, is closed, and its list's ETag`, async () => {
      const id = `dokumen-${(asked += 1)}`;
      const list = () => far.get(SERVICES);
      const etag = { 'if-none-match': (await list()).headers.get('etag') };
      check((await far.get(SERVICES, etag)).status === 304, 'not 304 before');
      const fees = [{ name: 'Biaya', amount: 1 }];
      await admin.change('createService', { id, name: id, description: 'd', fees, tasks: ['t'] });
      const shown = await withinASecond(async () => (await far.get(SERVICES, etag)).text.includes(id));
      const before = (await list()).text;
      await admin.change('closeService', { id });
      return `${shown}, ${await withinASecond(async () => (await list()).text !== before)}`;
    });
    await holds(`${way}: a question ${Object.keys(PLACES).join(', ')}`, () => showsEverywhere(world, near, far));
  }
  await holds('A to B: a network whose secret is exchanged', async () => {
    const rotate = async () => (await a.as(staff).change('rotateNetworkSecret', { id: '1' }, 'secret')).secret;
    const report = async (secret) =>
      (await b.get(`/apextrack/api/postback/conversion?clickid=${await a.click()}&payout=1&secret=${secret}`)).status;
    const old = await rotate();
    check((await report(old)) === 201, 'the first secret is not taken');
    world.networkSecret = await rotate();
    const took = await withinASecond(async () => (await report(old)) === 403);
    check((await report(world.networkSecret)) === 201, 'the new secret is not taken');
    return took;
  });
  await holds('a new key of tokens signs on A, B knows it, and the old one goes', async () => {
    const old = await somebody(world, a, 'NOTARY', 'NOTARY');
    exchangeKeys('a', 'new', 'old');
    const person = await until('A signs with the new key', 1, async () => {
      const somebodyNew = await somebody(world, a, 'NOTARY', 'NOTARY');
      const { kid } = JSON.parse(Buffer.from(somebodyNew.token.split('.')[0], 'base64url'));
      return kid === 'new' && somebodyNew;
    });
    const knows = (at, { token }) => at.as(token).isKnown();
    check((await knows(b, person)) && (await knows(b, old)), 'B refuses one of them');
    exchangeKeys('a', 'new');
    exchangeKeys('b', 'new');
    const took = await withinASecond(async () => !(await knows(a, old)) && !(await knows(b, old)));
    check(await knows(b, person), 'B refuses the token of the new key');
    return took;
  });
  await holds('a question and a log-out, with the connections cut by which servers tell each other', async () => {
    // What listens has asked for this last, since it looks whether it is still connected.
    const cut = () => database.ask(`SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
      WHERE datname = current_database() AND (query ILIKE 'LISTEN%' OR query = 'select 1')`);
    const person = await somebody(world, a, 'NOTARY', 'NOTARY');
    check(await b.as(person.token).isKnown(), 'the token is not known before');
    const count = cut();
    check(Number(count) >= 2, `${count} connections were cut`);
    const shown = await showsEverywhere(world, a, b);
    cut();
    await a.as(person.token).must('mutation { logout { user { id } } }');
    return `${shown}; ${await withinASecond(async () => !(await b.as(person.token).isKnown()))}`;
  });
  await holds('an API ends by the clock on both', async () => {
    const look = () => Promise.all([a, b].map((at) => at.get('/staff/api/v1/auth/profile')));
    const [one, other] = (await look()).map(({ headers }) => headers.get('deprecation'));
    check(one && one === other, `announced since ${one} and ${other}`);
    check((await look()).every(({ status }) => Date.now() > ends || status !== 410), 'gone too early');
    await sleep(Math.max(0, ends - Date.now()));
    return withinASecond(async () => (await look()).every(({ status }) => status === 410));
  });
}
