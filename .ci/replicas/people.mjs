// Who may no longer, who may not so often, and who watches: what one server knows of them, the other does.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PASSWORD, address } from './client.mjs';
import { check, holds, withinASecond } from './report.mjs';
import { until, work } from './servers.mjs';

const ANOTHER = 'kata-sandi-lain-456';
let people = 0;

/** A new user, who is logged in at this server. */
export async function somebody({ staff }, at, realm, role) {
  const email = `replica-${(people += 1)}@example.com`;
  const { user } = await at.as(staff).change('createUser', { realm, role, name: 'Siti', email, password: PASSWORD }, 'user { id }');
  return { email, realm, id: user.id, token: await at.logIn(realm, email, PASSWORD) };
}

/** Both servers know the token; then something happens, and the far one refuses it, and ends what is open. */
async function isLockedOut(person, near, far, happens) {
  const there = far.as(person.token);
  check((await near.as(person.token).isKnown()) && (await there.isKnown()), 'the token is not known before');
  const socket = await there.watch('subscription { notificationReceived { id } }');
  const stream = await there.listen('subscription { notificationReceived { id } }');
  await happens();
  const refused = await withinASecond(async () => !(await there.isKnown()));
  const closed = await Promise.race([socket.ended, sleep(1_000, 'open')]);
  check(closed === 4403, `the socket is ${closed}`);
  check((await Promise.race([stream.ended, sleep(1_000, 'open')])) === 'complete', 'the event stream goes on');
  check(stream.heard.at(-1)?.errors?.[0].extensions.code === 'UNAUTHENTICATED', 'the event stream ended without a reason');
  return refused;
}

async function isRefused(at, { realm, email }) {
  const { code, text } = await at.tryToLogIn(realm, email, PASSWORD);
  check(code === 'UNAUTHENTICATED', `the log-in is answered with ${text}`);
}

/** Log-outs, resets, suspensions, roles. */
export async function locksOut(world) {
  for (const [way, near, far] of world.ways) {
    const admin = near.as(world.staff);
    for (const [realm, role] of [['NOTARY', 'NOTARY'], ['APEXTRACK', 'AFFILIATE']]) {
      await holds(`${way}: a log-out (${realm}) ends token, socket and stream`, async () => {
        const person = await somebody(world, near, realm, role);
        return isLockedOut(person, near, far, () => near.as(person.token).must('mutation { logout { user { id } } }'));
      });
    }
    await holds(`${way}: a password reset ends token, socket and stream`, async () => {
      const person = await somebody(world, near, 'NOTARY', 'PPAT');
      const { email, realm } = person;
      await far.change('requestPasswordReset', { realm, email });
      const outbox = join(work, 'outbox');
      const mails = () => readdirSync(outbox).map((file) => JSON.parse(readFileSync(join(outbox, file))));
      const { code } = await until('the mail', 10, () => mails().find((mail) => mail.to === email && mail.code));
      const reset = () => near.change('resetPassword', { realm, email, token: code, password: ANOTHER });
      const took = await isLockedOut(person, near, far, reset);
      await far.logIn(realm, email, ANOTHER);
      await isRefused(far, person);
      return took;
    });
    await holds(`${way}: a suspension ends token, socket and stream`, async () => {
      const person = await somebody(world, near, 'SCHOLARSHIP', 'APPLICANT');
      const turn = (field) => admin.change(field, { id: person.id }, '__typename', 'UserIdInput');
      const took = await isLockedOut(person, near, far, () => turn('suspendUser'));
      await isRefused(far, person);
      await turn('reinstateUser');
      await far.logIn(person.realm, person.email, PASSWORD);
      return took;
    });
    await holds(`${way}: another role counts`, async () => {
      const person = await somebody(world, near, 'NOTARY', 'NOTARY');
      const role = async () => (await far.as(person.token).ask('{ me { role } }')).data?.me.role;
      check((await role()) === 'NOTARY', 'the role is another before');
      await admin.change('updateUser', { id: person.id, role: 'PPAT' });
      return withinASecond(async () => (await role()) === 'PPAT');
    });
  }
}

/** Limits, and events. */
export async function heardOf({ a, b, proxy, ways, affiliate }) {
  await holds('failed log-ins are counted together: 3 on A, 2 on B, the 6th nowhere', async () => {
    const visitor = address();
    const attempt = async (at) => (await at.from(visitor).tryToLogIn('STAFF', 'budi@staff.test', 'wrong')).code;
    for (const at of [a, b, a, b, a]) check((await attempt(at)) === 'UNAUTHENTICATED', 'one of the first five is refused otherwise');
    const codes = [await attempt(a), await attempt(b)];
    check(codes.every((code) => code === 'RATE_LIMITED'), `the 6th is ${codes}`);
    return 'RATE_LIMITED on both';
  });
  await holds('requests of a route are counted together, whichever server nginx takes', async () => {
    const visitor = proxy.from(address());
    const report = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"message":"m"}' };
    const statuses = {};
    let wait;
    for (let count = 0; count < 40; count += 1) {
      const answer = await visitor.fetch('/talentsmapping/api/log-client-error', report);
      await answer.text();
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      if (answer.status === 429) wait = answer.headers.get('retry-after');
    }
    check(statuses[429] === 10 && wait, `statuses ${JSON.stringify(statuses)}, Retry-After ${wait}`);
    return `30 of 40 taken, then 429 and Retry-After: ${wait}`;
  });
  for (const [way, near, far] of ways) {
    for (const [kind, name] of [['watch', 'socket'], ['listen', 'stream']]) {
      await holds(`${way}: a click is told to a ${name}`, async () => {
        const open = await far.as(affiliate)[kind]('subscription { clickRecorded { clickId } }');
        await sleep(200);
        const id = await near.click();
        const took = await withinASecond(() => JSON.stringify(open.heard).includes(id));
        open.close();
        return took;
      });
    }
  }
}
