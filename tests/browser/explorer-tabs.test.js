import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BASE, graphql, openBrowser } from './browser.js';
import { explorer } from './explorer.js';

let browser;
let page;
let panel, logIn, tab, run, text, token, shows;
let sockets;

before(async () => {
  browser = await openBrowser({ viewport: { width: 1200, height: 800 } });
  page = await browser.context.newPage();
  ({ panel, logIn, tab, run, text, token, shows } = explorer(page));
  sockets = new Set();
  page.on('websocket', socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await page.goto(`${BASE}/explorer`);
  await logIn('affiliate@apex.test');
  await page.getByText('Logged in as John Doe').waitFor();
});
after(() => browser?.close());

const RESULT = '.result-window';
const stopButton = () => page.locator('.graphiql-execute-button[aria-label^="Stop"]');
const runButton = () => page.locator('.graphiql-execute-button[aria-label^="Execute"]');
const unseen = name => page.getByText(`Goes on in its tab: ${name}`);

async function recordClick() {
  const document = 'mutation { recordClick(input: { subId: "user123" }) { click { clickId } } }';
  const { recordClick } = await graphql(document, {}, await token());
  return recordClick.click.clickId;
}

/** Records clicks until the subscription in view hears of one: before its socket is open it hears of none. */
async function hears() {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const id = await recordClick();
    await page.waitForTimeout(200);
    if ((await text(RESULT).catch(() => '')).includes(id)) return;
  }
  assert.fail('no click arrived');
}

async function until(condition, message) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (await condition()) return;
    await page.waitForTimeout(50);
  }
  assert.fail(message);
}

async function isInView(name) {
  const [list, button] = await Promise.all([page.locator('.graphiql-tabs').boundingBox(), tab(name).boundingBox()]);
  return button.x >= list.x - 1 && button.x + button.width <= list.x + list.width + 1;
}

test('a subscription goes on while another tab is in view, and is told of what it heard meanwhile', async () => {
  await tab('WatchClicks').click();
  await run();
  await hears();
  assert.equal(sockets.size, 1);

  await tab('RecordClick').click();
  await unseen('WatchClicks').waitFor();
  await runButton().waitFor();
  await run();
  const [, id] = /"clickId": "([^"]+)"/.exec(await shows(RESULT, /"clickId": "[^"]+"/));
  await page.waitForTimeout(300);
  assert.match(await text(RESULT), /"recordClick"/, 'what another tab hears is not for this one');
  await browser.shot(page, 'explorer-unseen');

  await tab('WatchClicks').click();
  await shows(RESULT, new RegExp(`"clickRecorded": .*${id}`));
  await stopButton().waitFor();
  assert.equal(await unseen('WatchClicks').count(), 0);
  await hears();
  assert.equal(sockets.size, 1, 'the same one');
});

test('a click on the tab that is in view changes nothing for its subscription', async () => {
  await tab('WatchClicks').click();
  await stopButton().waitFor();
  await hears();
  assert.equal(sockets.size, 1);
});

test('a new tab hears nothing of a subscription, which goes on', async () => {
  await page.getByRole('button', { name: 'New tab' }).click();
  await unseen('WatchClicks').waitFor();
  await runButton().waitFor();
  await recordClick();
  await page.waitForTimeout(300);
  assert.equal((await text(RESULT)).trim(), '');
  await tab('WatchClicks').click();
  await stopButton().waitFor();
});

test('a subscription ends when it is stopped, and when its tab is closed', async () => {
  await run();
  await runButton().waitFor();
  await until(() => sockets.size === 0, 'the socket of a stopped subscription is open');

  await run();
  await hears();
  await tab('Services').click();
  await unseen('WatchClicks').waitFor();
  await tab('WatchClicks').hover();
  await page.getByRole('button', { name: 'Close WatchClicks' }).click();
  await until(() => sockets.size === 0, 'the socket of a closed tab is open');
  assert.equal(await unseen('WatchClicks').count(), 0);
});

test('the tab that comes into view is in view of the list', async () => {
  const routes = await panel('Legacy routes');
  for (const name of ['ShowSignUpStatus', 'SignUp']) {
    await routes.getByRole('button', { name, exact: true }).click();
    await page.locator('.graphiql-tab-active', { hasText: name }).waitFor();
    await until(() => page.locator('.graphiql-tabs').evaluate((list, name) => {
      const active = list.querySelector('.graphiql-tab-active');
      const [outer, inner] = [list.getBoundingClientRect(), active.getBoundingClientRect()];
      return active.textContent.includes(name) && inner.left >= outer.left - 1 && inner.right <= outer.right + 1;
    }, name), `${name} is out of view`);
  }
  assert.ok(!(await isInView('WhoAmI')), 'all tabs fit: this shows nothing');
  await page.reload();
  await page.locator('.graphiql-tab-active').waitFor();
  await until(() => isInView('TrackingNumbers').then(seen => !seen), 'the list was not scrolled');
});

test('nothing went wrong on the way: no error in the console, no other host', () => browser.check());
