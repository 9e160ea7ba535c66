import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASE, checkAccessibility, openBrowser } from './browser.js';
import { explorer } from './explorer.js';

const PHONE = { width: 390, height: 844 };

/** Opens the explorer, as it is in the demo or as `context` changes what the gateway tells it. */
async function open(options, context = given => given) {
  const browser = await openBrowser({ bypassCSP: true, ...options });
  const page = await browser.context.newPage();
  await page.route('**/explorer/context.json', async route => {
    const response = await route.fetch();
    await route.fulfill({ response, json: context(await response.json()) });
  });
  await page.goto(`${BASE}/explorer`);
  const on = explorer(page);
  await on.shows('.graphiql-query-editor', /query WhoAmI/);
  return { browser, page, ...on };
}

for (const colorScheme of ['light', 'dark']) {
  for (const viewport of [{ width: 1400, height: 900 }, PHONE]) {
    test(`axe finds nothing in the explorer, ${colorScheme}, ${viewport.width} pixels wide`, async () => {
      const { browser, page, panel, tab, run, shows } = await open({ colorScheme, viewport });
      const shot = name => browser.shot(page, `explorer-${name}-${colorScheme}-${viewport.width}`);
      try {
        await page.getByRole('heading', { name: 'Gerbang explorer', level: 1 }).waitFor();
        await page.getByRole('main').waitFor();
        await shot('start');
        await checkAccessibility(page);

        await tab('Services').click();
        await run();
        await shows('.result-window', /"servicesConnection": \{/);
        await panel('Legacy routes');
        const height = await page.evaluate(() => document.documentElement.scrollHeight);
        assert.ok(height <= 2 * viewport.height, `much of the page is empty: ${height}`);
        await shot('result');
        await checkAccessibility(page);

        await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
        const schema = page.locator('.graphiql-doc-explorer');
        await schema.getByText('Query', { exact: true }).first().waitFor();
        await checkAccessibility(page);
        await schema.getByText('Query', { exact: true }).first().click();
        await schema.getByText('assessmentDictionary').first().waitFor();
        await shot('schema');
        await checkAccessibility(page);
        browser.check();
      } finally {
        await browser.close();
      }
    });
  }
}

test('on a phone panel, editor and result stand one above the other, as wide as the page', async () => {
  const { browser, page, panel, shows } = await open({ viewport: PHONE, hasTouch: true });
  try {
    const boxes = [];
    for (const part of ['.graphiql-sidebar', '.graphiql-plugin', '.graphiql-editors', '.graphiql-response']) {
      boxes.push(await page.locator(part).boundingBox());
    }
    for (const [index, { x, y, width }] of boxes.entries()) {
      assert.ok(x >= 0 && x + width <= PHONE.width && width > 0.9 * PHONE.width, `${index}: ${x}, ${width}`);
      if (index) assert.ok(y >= boxes[index - 1].y + boxes[index - 1].height - 1, `${index} beside another`);
    }
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), PHONE.width);

    const routes = await panel('Legacy routes');
    await routes.getByRole('button', { name: 'ListClients', exact: true }).or(routes.getByRole('button')).first().click();
    await shows('.graphiql-query-editor', /^1?.*(query|mutation)/);
    const { y } = await page.locator('.graphiql-editors').boundingBox();
    assert.ok(y >= 0 && y < PHONE.height / 2, `what was opened is out of view: ${y}`);
    browser.check();
  } finally {
    await browser.close();
  }
});

test('the keyboard skips to the editor', async () => {
  const { browser, page } = await open();
  try {
    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name: 'Skip to the editor' });
    assert.ok(await skip.evaluate(link => link === document.activeElement));
    assert.ok((await skip.boundingBox()).width > 50, 'it is not seen');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    assert.ok(await page.evaluate(() => document.querySelector('#graphiql-session').contains(document.activeElement)));
    browser.check();
  } finally {
    await browser.close();
  }
});

test('a wrong password is told at the form, and no longer once it was right', async () => {
  const { browser, page, panel } = await open();
  try {
    const form = (await panel('Accounts')).locator('form');
    await form.getByLabel('User base').selectOption('APEXTRACK');
    await form.getByLabel('E-mail address').fill('affiliate@apex.test');
    await form.getByLabel('Password').fill('wrong');
    await form.getByRole('button', { name: 'Log in' }).click();
    const problem = form.getByRole('alert');
    await problem.waitFor();
    assert.notEqual((await problem.innerText()).trim(), '');
    assert.equal(await form.getByLabel('Password').getAttribute('aria-describedby'), await problem.getAttribute('id'));
    await browser.shot(page, 'explorer-wrong-password');
    await checkAccessibility(page);
    await form.getByLabel('Password').fill('rahasia-demo-123');
    await form.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('Logged in as John Doe').waitFor();
    assert.equal(await problem.count(), 0);
    browser.check();
  } finally {
    await browser.close();
  }
});

test('the filter of the routes leaves no heading without a route', async () => {
  const { browser, panel } = await open();
  try {
    const routes = await panel('Legacy routes');
    const headings = () => routes.getByRole('heading', { level: 3 }).count();
    assert.equal(await headings(), 5);
    await routes.getByLabel('Filter').fill('signup/status');
    assert.equal(await headings(), 1);
    await routes.getByLabel('Filter').fill('no such route');
    assert.equal(await headings(), 0);
    await routes.getByText('No route matches').waitFor();
    browser.check();
  } finally {
    await browser.close();
  }
});

test('hints that are for the demo are only there', async () => {
  for (const demo of [true, false]) {
    const { browser, page, tab, panel, text } = await open({}, given => (demo ? given : { ...given, accounts: [] }));
    try {
      let seen = await (await panel('Accounts')).innerText();
      for (const name of ['PartnersWithClients', 'WatchClicks', 'RecordClick', 'HandInDocument', 'Payments']) {
        await tab(name).click();
        seen += await text('.graphiql-query-editor');
      }
      assert.equal(/\.test\b/.test(seen), demo, seen);
      assert.equal(/The demo's accounts/.test(seen), demo, seen);
      assert.doesNotMatch(seen, /(demo|elsewhere):/);
      browser.check();
    } finally {
      await browser.close();
    }
  }
});
