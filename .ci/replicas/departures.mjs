// A server that goes away under load, and comes back.
import { setTimeout as sleep } from 'node:timers/promises';
import { Load } from './load.mjs';
import { check, holds, withinASecond } from './report.mjs';

/** How each signal is called, and how what is open ends by it: told, or broken off. */
const WAYS = {
  SIGTERM: { name: 'stopped', ends: [1001, 'complete'], code: 0 },
  SIGKILL: { name: 'killed', ends: [1006, 'broken'], code: 'SIGKILL' },
};
/** Workers of each kind. */
const EACH = 4;

/** Opens subscriptions through nginx, some on each server, and notes when and how they end. */
async function watchers({ proxy, affiliate }, count) {
  const all = [];
  for (let number = 0; number < count; number += 1) {
    const open = await proxy.as(affiliate)[number % 2 ? 'listen' : 'watch']('subscription { clickRecorded { clickId } }');
    open.ended.then((how) => Object.assign(open, { how, at: performance.now() }));
    all.push(open);
  }
  await sleep(300);
  return all;
}

/** Those whose server went away were told, come again, and hear of what happens, as the others do. */
async function areTold(world, open, { ends }, at) {
  const gone = open.filter(({ how }) => how !== undefined);
  check(gone.length && gone.length < open.length, `${gone.length} of ${open.length} have ended`);
  const hows = [...new Set(gone.map(({ how }) => how))];
  check(hows.every((how) => ends.includes(how)), `ended with ${hows}`);
  const slowest = Math.max(...gone.map((one) => one.at - at));
  check(slowest < 1_000, `after ${slowest} ms`);
  const again = await watchers(world, gone.length);
  const id = await world.proxy.click();
  const watching = [...again, ...open.filter(({ how }) => how === undefined)];
  const took = await withinASecond(() => watching.every(({ heard }) => JSON.stringify(heard).includes(id)));
  for (const one of again) one.close();
  return `${gone.length} of ${open.length} by ${hows.join(', ')} in ${Math.round(slowest)} ms; all hear in ${took}`;
}

/** What was acknowledged is in the database. */
function isThere({ database }, { acknowledged }) {
  const rows = (query) => new Set(database.ask(query).split('\n'));
  const there = {
    questions: rows('SELECT question FROM faqs'),
    clicks: rows("SELECT replace(click_id::text, '-', '') FROM clicks"),
    leads: rows("SELECT replace(clicks.click_id::text, '-', '') FROM leads JOIN clicks ON clicks.id = leads.click_id"),
  };
  const told = Object.entries(acknowledged).map(([kind, all]) => {
    const lost = all.filter((one) => !there[kind].has(one));
    check(all.length && !lost.length, `${lost.length} of ${all.length} ${kind} are lost, such as ${lost[0]}`);
    return `${all.length} ${kind}`;
  });
  return `all of ${told.join(', ')}`;
}

export async function goesAway(world, name, signal) {
  const way = WAYS[signal];
  const { servers, startServer, proxy, staff, networkSecret } = world;
  const open = await watchers(world, 12);
  const load = new Load(proxy, proxy.as(staff), networkSecret, way.name).start(EACH);
  await sleep(1_500);
  const at = performance.now();
  servers[name].child.kill(signal);
  await sleep(2_000);
  await holds(`${way.name}: subscriptions of that server are told`, () => areTold(world, open, way, at));
  await holds(`${way.name}: it ends`, async () => {
    const code = await Promise.race([servers[name].ended, sleep(6_000, 'not')]);
    check(code === way.code, `${code}`);
    return `${code}`;
  });
  servers[name] = await startServer(name);
  await sleep(500);
  await load.stop();
  for (const one of open) one.close();
  await holds(`${way.name}: what was acknowledged is there`, () => isThere(world, load));
  const measured = () => `${load.told()} of ${load.answers}, slowest ${Math.round(load.slowest)} ms`;
  if (signal === 'SIGTERM') {
    await holds(`${way.name}: no request fails`, () => {
      check(!load.failed.length, measured());
      return measured();
    });
  } else {
    await holds(`${way.name}: only writes on their way to it fail, with 502`, () => {
      const isExpected = ({ kind, how, began }) => ['question', 'lead'].includes(kind) && how === 502 && began < at + 1_000;
      const wrong = load.failed.filter((one) => !isExpected(one));
      check(!wrong.length, load.told(wrong));
      check(load.failed.length <= 2 * EACH, `${load.failed.length} failed, with ${2 * EACH} at a time`);
      return measured();
    });
  }
}
