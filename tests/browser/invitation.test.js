import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASE, checkAccessibility, graphql, openBrowser } from './browser.js';

const LOGIN = 'mutation ($input: LoginInput!) { login(input: $input) { token { content } } }';
const INVITE = 'mutation ($input: CreateInvitationInput!) { createInvitation(input: $input) { link } }';

const logIn = async (email, password) => {
  const { login } = await graphql(LOGIN, { input: { realm: 'NOTARY', email, password } });
  return login.token.content;
};

/** An invitation to this address, as its mail links it. */
async function invite(email) {
  const { accounts } = await (await fetch(`${BASE}/explorer/context.json`)).json();
  const admin = accounts.find(account => account.email === 'admin@notary.test');
  const input = { realm: 'NOTARY', email, role: 'PPAT', expiresInMinutes: 60 };
  const { createInvitation } = await graphql(INVITE, { input }, await logIn(admin.email, admin.password));
  return createInvitation.link;
}

for (const [colorScheme, width] of [['light', 390], ['dark', 1200]]) {
  test(`an invitation is accepted on a page, ${colorScheme}`, async () => {
    const browser = await openBrowser({ colorScheme, viewport: { width, height: 844 }, bypassCSP: true });
    const email = `guest-${colorScheme}-${Date.now()}@office.test`;
    try {
      const page = await browser.context.newPage();
      const link = await invite(email);
      await page.goto(link);
      await page.getByRole('heading', { name: 'You are invited', level: 1 }).waitFor();
      await page.getByText('invites you to join Notary Office as a land deed official (PPAT).').waitFor();
      assert.equal(await page.getByLabel('E-mail address').inputValue(), email);
      await browser.shot(page, `invitation-${colorScheme}`);
      await checkAccessibility(page);

      const accept = page.getByRole('button', { name: 'Accept the invitation' });
      await page.getByLabel('Full name').fill('Siti Aminah');
      await page.getByLabel('Password').fill('short');
      await accept.click();
      await page.locator('#password-problem', { hasText: 'at least 8' }).waitFor();
      assert.equal(await page.getByLabel('Password').getAttribute('aria-invalid'), 'true');
      await browser.shot(page, `invitation-wrong-${colorScheme}`);
      await checkAccessibility(page);

      await page.getByLabel('Password').fill('rahasia-baru-1');
      await accept.click();
      await page.getByText(`Your account is ready. Log in with ${email} and your password.`).waitFor();
      assert.equal(await accept.isVisible(), false);
      await browser.shot(page, `invitation-accepted-${colorScheme}`);
      await checkAccessibility(page);
      assert.ok(await logIn(email, 'rahasia-baru-1'));
      browser.check();

      // It was accepted once. The console has the 404 of the page, which is meant.
      await page.goto(link);
      await page.getByRole('heading', { name: 'There is nothing here', level: 1 }).waitFor();
      await checkAccessibility(page);
    } finally {
      await browser.close();
    }
  });
}

test('the page works under its own policy', async () => {
  const browser = await openBrowser();
  try {
    const page = await browser.context.newPage();
    await page.goto(await invite(`guest-policy-${Date.now()}@office.test`));
    await page.getByLabel('Full name').fill('Siti');
    await page.getByLabel('Password').fill('rahasia-baru-1');
    await page.getByRole('button', { name: 'Accept the invitation' }).click();
    await page.getByText('Your account is ready.').waitFor();
    browser.check();
  } finally {
    await browser.close();
  }
});

for (const colorScheme of ['light', 'dark']) {
  test(`links that lead nowhere end on a page, ${colorScheme}`, async () => {
    const browser = await openBrowser({ colorScheme, viewport: { width: 390, height: 844 }, bypassCSP: true });
    try {
      const page = await browser.context.newPage();
      for (const [name, path, heading] of [
        ['nothing', '/nothing/here', 'There is nothing here'],
        ['tracking', '/c/nothing', 'This link leads nowhere'],
        ['confirm', '/notary/api/v1/auth/signup/confirm?code=wrong', 'Invalid code'],
        ['invitation', '/invitation?code=wrong', "This invitation can't be accepted"],
      ]) {
        await page.goto(`${BASE}${path}`);
        await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
        assert.equal(await page.title(), heading);
        await browser.shot(page, `message-${name}-${colorScheme}`);
        await checkAccessibility(page);
      }
    } finally {
      await browser.close();
    }
  });
}
