import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASE, checkAccessibility, openBrowser } from '../browser.js';
import { explorer } from '../explorer.js';

// The server of these tests has `[server] explorer` and `[graphql] introspection` for admins.
test('an explorer for admins begins with their log-in', async () => {
  const browser = await openBrowser({ bypassCSP: true });
  try {
    const page = await browser.context.newPage();
    await page.goto(`${BASE}/explorer`);
    const { shows, run } = explorer(page);
    await page.getByRole('alert').getByText('This explorer is for administrators.').waitFor();
    assert.equal(await page.locator('.graphiql-query-editor').count(), 0);
    await checkAccessibility(page);
    await browser.shot(page, 'explorer-restricted');

    const logIn = async email => {
      await page.getByLabel('User base').selectOption('TALENTS_MAPPING');
      await page.getByLabel('E-mail address, phone or user name').fill(email);
      await page.getByLabel('Password').fill('rahasia-demo-123');
      await page.getByRole('button', { name: 'Log in' }).click();
    };
    await logIn('partner@talents.test');
    await page.getByText('Logged in as').waitFor();
    await page.getByRole('alert').getByText('This explorer is for administrators.').waitFor();

    await logIn('admin@talents.test');
    await shows('.graphiql-query-editor', /query WhoAmI/);
    await run();
    await shows('.result-window', /"role": "ADMIN"/);
    browser.check();
  } finally {
    await browser.close();
  }
});
