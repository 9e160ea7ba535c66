import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { BASE, checkAccessibility, graphql, openBrowser } from '../browser.js';

/** Where `examples/web` is served: not where the gateway is. Tokens live for a few seconds there. */
const ORIGIN = process.env.CORS_ORIGIN ?? 'http://127.0.0.1:5173';
const APPLICANT = 'applicant@yiss.test';
const PASSWORD = 'rahasia-demo-123';
/** One byte more than `[limits] file_bytes`. */
const TOO_LARGE = 5 * 1024 * 1024 + 1;

const LOG_IN = `mutation ($realm: Realm!, $login: String!, $password: String!) {
  login(input: { realm: $realm, account: { login: $login }, password: $password }) { token { content } }
}`;

async function tokenOf(realm, login) {
  const { login: session } = await graphql(LOG_IN, { realm, login, password: PASSWORD });
  return session.token.content;
}

/** When a JSON Web Token ends, in milliseconds. */
function expiry(token) {
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).exp * 1000;
}

/** What somebody else does so that the applicant is told: sends a document back, with a note. */
async function reviewer() {
  const admin = await tokenOf('STAFF', 'admin@staff.test');
  const applicant = await tokenOf('SCHOLARSHIP', APPLICANT);
  const { documents } = await graphql('{ documents(first: 1) { nodes { id } } }', {}, applicant);
  const query = 'mutation ($input: ReviewDocumentInput!) { reviewDocument(input: $input) { document { id } } }';
  return async () => {
    const note = `Note ${randomUUID()}`;
    await graphql(query, { input: { id: documents.nodes[0].id, status: 'REJECTED', note } }, admin);
    return note;
  };
}

for (const client of ['apollo', 'urql']) {
  test(`a front end with ${client}`, async context => {
    // A browser writes down what was refused: for its token, before it was sent again, or for what is wrong with it.
    const browser = await openBrowser({ bypassCSP: true, origins: [ORIGIN], expected: [/status of 40[01]/] });
    const page = await browser.context.newPage();
    const review = await reviewer();
    const refused = [];
    const exchanged = [];
    page.on('response', response => {
      if (response.url().startsWith(BASE) && response.status() === 401) refused.push(response);
    });
    page.on('request', request => {
      const sent = request.method() === 'POST' && request.postData()?.includes('refreshToken(') && request.postDataJSON();
      if (sent) exchanged.push(sent.variables.input.token);
    });
    const button = name => page.getByRole('button', { name });
    const form = name => page.getByRole('form', { name });
    const rows = name => page.getByRole('list', { name }).getByRole('listitem');
    const wrong = async name => {
      const field = page.locator(`input[name="${name}"][aria-invalid=true]`);
      return page.locator(`[id="${await field.getAttribute('aria-describedby')}"] [data-rule]`);
    };
    const token = () => page.evaluate(() => JSON.parse(localStorage.getItem('session') ?? '{}').token);
    const open = () => page.goto(`${ORIGIN}/${client}.html`);
    const logIn = async (email, password) => {
      await page.getByLabel('E-mail address').fill(email);
      await page.getByLabel('Password').fill(password);
      await button('Log in').click();
    };
    /**
     * Reviews documents until the page tells of two: it hears of nothing before its socket is open, and one may come with the list
     * that it asks for then.
     */
    const hears = async () => {
      let heard = 0;
      for (let attempt = 0; attempt < 50; attempt += 1) {
        const row = rows('notifications').filter({ hasText: await review() });
        heard += await row.waitFor({ timeout: 500 }).then(() => 1, () => 0);
        if (heard === 2) return;
      }
      assert.fail('no notification arrived');
    };
    const step = (name, run) => context.test(name, run);

    try {
      await step('pages through a list that everybody may read', async () => {
        await open();
        await rows('questions').nth(2).waitFor();
        assert.equal(await rows('questions').count(), 3);
        await button('More questions').click();
        await rows('questions').nth(4).waitFor();
        assert.equal(await button('More questions').count(), 0);
        await checkAccessibility(page);
      });

      await step('says what is wrong with a log-in', async () => {
        await logIn('', PASSWORD);
        assert.equal(await (await wrong('account.login')).getAttribute('data-rule'), 'REQUIRED');
        await logIn(APPLICANT, 'a wrong one');
        await form('Log in').getByRole('alert').getByText('credentials').waitFor();
      });

      await step('logs in and pages through a list', async () => {
        await logIn(APPLICANT, PASSWORD);
        await page.getByRole('heading', { name: 'My scholarship' }).waitFor();
        await rows('notifications').nth(4).waitFor();
        for (const last of [9, 14]) {
          await button('More notifications').click();
          await rows('notifications').nth(last).waitFor();
        }
        const texts = await rows('notifications').allInnerTexts();
        assert.equal(texts.length, 15);
        await checkAccessibility(page);
      });

      await step('shows errors at their fields, by rule', async () => {
        await page.getByLabel('Date of birth').fill('15.5.2005');
        await page.getByLabel('Address').fill('');
        await button('Save').click();
        const date = await wrong('birthDate');
        assert.equal(await date.getAttribute('data-rule'), 'DATE');
        assert.match(await date.innerText(), /^Write the date as \d{4}-\d\d-\d\d\.$/);
        assert.equal(await (await wrong('address')).getAttribute('data-rule'), 'REQUIRED');
        await page.getByLabel('Date of birth').fill('2005-05-15');
        await page.getByLabel('Address').fill('Jl. Merdeka No. 123');
        await button('Save').click();
        await form('Profile').getByText('Saved.').waitFor();
        assert.equal(await page.locator('[aria-invalid=true]').count(), 0);
      });

      await step('uploads a file, but none that is too large', async () => {
        await page.getByLabel('What it is').fill('Rapor');
        const file = page.getByLabel('PDF, JPEG or PNG');
        const pdf = size => ({ name: 'rapor.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(size, '%PDF-1.7\n') });
        await file.setInputFiles(pdf(TOO_LARGE));
        await button('Hand in').click();
        assert.equal(await (await wrong('file')).getAttribute('data-rule'), 'FILE_SIZE');
        await file.setInputFiles(pdf(900));
        await button('Hand in').click();
        await form('Documents').getByText('Rapor arrived, 900 bytes.').waitFor();
      });

      await step('hears of what happens, and goes on with a new token when its own has ended', async () => {
        await hears();
        const before = await token();
        await page.waitForFunction(old => JSON.parse(localStorage.getItem('session')).token !== old, before);
        await hears();
      });

      await step('exchanges an expired token once, whatever was refused for it', async () => {
        const before = await token();
        await page.goto('about:blank');
        await page.waitForTimeout(expiry(before) - Date.now() + 100);
        [refused.length, exchanged.length] = [0, 0];
        await open();
        await rows('notifications').nth(4).waitFor();
        await page.getByLabel('Date of birth').waitFor();
        assert.deepEqual(exchanged, [before]);
        assert.ok(refused.length >= 2, `${refused.length} requests were refused`);
        await hears();
      });

      await step('logs out', async () => {
        const before = await token();
        await button('Log out').click();
        await button('Log in').waitFor();
        assert.equal(await token(), undefined);
        assert.equal(await page.getByText('Your session has ended.').count(), 0);
        await assert.rejects(graphql('{ me { id } }', {}, before), /UNAUTHENTICATED/);
      });

      await step('says so when its session has ended elsewhere', async () => {
        await logIn(APPLICANT, PASSWORD);
        await hears();
        await graphql('mutation { logoutEverywhere { user { id } } }', {}, await token());
        await page.getByText('Your session has ended.').waitFor();
      });

      assert.equal(new Set(exchanged).size, exchanged.length, 'a token was exchanged twice');
      browser.check();
    } finally {
      await browser.close();
    }
  });
}
