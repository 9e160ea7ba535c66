import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BASE, graphql, openBrowser } from './browser.js';
import { explorer } from './explorer.js';

const PDF = Buffer.from('%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n');

let browser;
let page;
let panel, logIn, tab, run, text, token, shows;

before(async () => {
  browser = await openBrowser({ viewport: { width: 1400, height: 900 } });
  page = await browser.context.newPage();
  ({ panel, logIn, tab, run, text, token, shows } = explorer(page));
});
after(() => browser?.close());

test('a browser that opens the endpoint comes to the explorer, with examples as tabs', async () => {
  const response = await page.goto(`${BASE}/graphql`);
  assert.equal(new URL(page.url()).pathname, '/explorer');
  assert.match(response.headers()['content-security-policy'], /script-src 'self';/);
  for (const name of ['WhoAmI', 'PartnersWithClients', 'TrackingNumbers', 'Services', 'MyScholarship', 'SiteContent']) {
    await tab(name).waitFor();
  }
});

test('an account of the demo is one click away, and a query runs as it', async () => {
  await logIn('affiliate@apex.test');
  await page.getByText('Logged in as John Doe, AFFILIATE of APEXTRACK').waitFor();
  await tab('TrackingNumbers').click();
  await run();
  await shows('.result-window', /"clicksToday": \d+/);
  await browser.shot(page, 'explorer-query');
});

test('a subscription shows what happens', async () => {
  await tab('WatchClicks').click();
  await run();
  await page.locator('.graphiql-execute-button[aria-label^="Stop"]').waitFor();
  // What happens before the socket is open is not for this watcher: click until it hears of one.
  let heard = '';
  for (let attempt = 0; attempt < 50 && !heard; attempt += 1) {
    await graphql('mutation { recordClick(input: { subId: "user123" }) { click { clickId } } }', {}, await token());
    await page.waitForTimeout(200);
    heard = /"clickId": "([^"]+)"/.exec(await text('.result-window').catch(() => ''))?.[1] ?? '';
  }
  assert.notEqual(heard, '', 'no click arrived');
  await browser.shot(page, 'explorer-subscription');
  await run();
});

test('a document is uploaded', async () => {
  await logIn('applicant@yiss.test');
  await page.getByText('APPLICANT of SCHOLARSHIP').first().waitFor();
  await tab('HandInDocument').click();
  const files = await panel('Files');
  await files.getByLabel('file').setInputFiles({ name: 'kartu.pdf', mimeType: 'application/pdf', buffer: PDF });
  await files.getByText(`kartu.pdf, ${PDF.length} bytes`).waitFor();
  await run();
  const answer = await shows('.result-window', /"filePath": ?"[^"]+\.pdf"/);
  await browser.shot(page, 'explorer-upload');
  const { documents } = await graphql('{ documents(last: 1) { nodes { filePath size } } }', {}, await token());
  const [{ filePath, size }] = documents.nodes;
  assert.ok(answer.includes(filePath), `${filePath} in ${answer}`);
  assert.equal(size, PDF.length);
});

test('the operation behind a legacy route opens with its variables', async () => {
  const routes = await panel('Legacy routes');
  await routes.getByLabel('Filter').fill('signup/status');
  await routes.getByRole('button', { name: 'ShowSignUpStatus' }).click();
  await shows('.graphiql-query-editor', /ShowSignUpStatus\(\$token: String!\)/);

  await page.goto(`${BASE}/explorer?operation=SignUp`);
  await shows('.graphiql-query-editor', /mutation SignUp\(\$name: String!/);
  await shows('[aria-label="Variables"]', /"email": ""/);
  await browser.shot(page, 'explorer-operation');
});

test('the schema is documented', async () => {
  await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
  await page.locator('.graphiql-doc-explorer').getByText('Query', { exact: true }).first().click();
  await page.locator('.graphiql-doc-explorer').getByText('assessmentDictionary').first().waitFor();
});

test('nothing went wrong on the way: no error in the console, no other host', () => browser.check());
