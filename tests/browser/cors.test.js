import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { BASE, openBrowser } from './browser.js';

/** The origin that the demo was told of with `--cors-origin`. */
const ALLOWED = process.env.CORS_ORIGIN ?? 'http://127.0.0.1:5173';

const PAGE = `<!doctype html><title>A front end of another origin</title>`;

async function serve(port) {
  const server = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end(PAGE));
  await new Promise(resolve => server.listen(port, '127.0.0.1', resolve));
  return server;
}

/** What a front end does: a header that needs the browser to ask first, and an answer that it reads. */
function ask(base) {
  const headers = { 'Content-Type': 'application/json', Authorization: 'Bearer none' };
  const body = JSON.stringify({ query: '{ services { id } }' });
  return fetch(`${base}/graphql`, { method: 'POST', headers, body })
    .then(response => response.json())
    .then(({ data }) => data.services.length)
    .catch(error => String(error));
}

test('a front end of an allowed origin may call, another may not', async () => {
  const allowed = await serve(Number(new URL(ALLOWED).port));
  const other = await serve(0);
  const browser = await openBrowser();
  try {
    const page = await browser.context.newPage();
    await page.goto(`${ALLOWED}/`);
    assert.ok((await page.evaluate(ask, BASE)) > 0);
    await page.goto(`http://127.0.0.1:${other.address().port}/`);
    assert.match(await page.evaluate(ask, BASE), /TypeError: Failed to fetch/);
  } finally {
    await browser.close();
    allowed.close();
    other.close();
  }
});
