import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { build } from 'esbuild';
import { BASE, openBrowser } from './browser.js';

/** The origin that the demo was told of with `--cors-origin`. */
const ALLOWED = process.env.CORS_ORIGIN ?? 'http://127.0.0.1:5173';

const PAGE = '<!doctype html><title>A front end of another origin</title>';

/** Apollo Client as a front end has it: one file that leaves what it needs on the page. */
const APOLLO = `
  import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
  globalThis.apollo = { ApolloClient, HttpLink, InMemoryCache, gql };
`;

/** Headers of common SDKs and tracers, none of which a browser sends without asking. */
const TRACED = {
  baggage: 'user=1',
  'cache-control': 'no-cache',
  'graphql-client-name': 'web',
  'last-event-id': '7',
  'sentry-trace': '4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  'x-apollo-operation-id': '1',
  'x-csrf-token': 'none',
  'x-socket-id': '1.2',
};

/** The header of somebody who is logged in: browsers ask before they send it. */
async function authorization() {
  const query = `mutation {
    login(input: { realm: NOTARY, login: "admin@notary.test", password: "rahasia-demo-123" }) { token { content } }
  }`;
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(`${BASE}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
  const { data } = await answer.json();
  return `Bearer ${data.login.token.content}`;
}

async function serve(port) {
  const server = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end(PAGE));
  await new Promise(resolve => server.listen(port, '127.0.0.1', resolve));
  return server;
}

async function bundled(source) {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    format: 'iife',
    define: { 'globalThis.__DEV__': 'false' },
    logLevel: 'error',
  });
  return outputFiles[0].text;
}

/** What a front end does: a header that needs the browser to ask first, and an answer that it reads. */
function ask({ base, authorization }) {
  const headers = { 'Content-Type': 'application/json', Authorization: authorization };
  const body = JSON.stringify({ query: '{ servicesConnection { nodes { id } } }' });
  return fetch(`${base}/graphql`, { method: 'POST', headers, body })
    .then(response => response.json())
    .then(({ data }) => data.servicesConnection.nodes.length)
    .catch(error => String(error));
}

/** The same with Apollo Client, which says who it is. */
async function askWithApollo({ base, headers }) {
  const { ApolloClient, HttpLink, InMemoryCache, gql } = globalThis.apollo;
  const client = new ApolloClient({
    link: new HttpLink({ uri: `${base}/graphql`, headers }),
    cache: new InMemoryCache(),
    clientAwareness: { name: 'web', version: '1.2.3' },
  });
  const { data } = await client.query({ query: gql`query Services { servicesConnection { nodes { id } } }` });
  return data.servicesConnection.nodes.length;
}

test('a front end of an allowed origin may call, another may not', async () => {
  const allowed = await serve(Number(new URL(ALLOWED).port));
  const other = await serve(0);
  const browser = await openBrowser();
  try {
    const page = await browser.context.newPage();
    const asked = { base: BASE, authorization: await authorization() };
    await page.goto(`${ALLOWED}/`);
    assert.ok((await page.evaluate(ask, asked)) > 0);
    await page.goto(`http://127.0.0.1:${other.address().port}/`);
    assert.match(await page.evaluate(ask, asked), /TypeError: Failed to fetch/);
  } finally {
    await browser.close();
    allowed.close();
    other.close();
  }
});

test('Apollo Client of an allowed origin says who it is, and carries what SDKs and tracers add', async () => {
  const allowed = await serve(Number(new URL(ALLOWED).port));
  const browser = await openBrowser();
  try {
    const page = await browser.context.newPage();
    await page.goto(`${ALLOWED}/`);
    await page.addScriptTag({ content: await bundled(APOLLO) });
    const sent = page.waitForRequest(request => request.method() === 'POST' && request.url() === `${BASE}/graphql`);
    assert.ok((await page.evaluate(askWithApollo, { base: BASE, headers: {} })) > 0);
    const headers = await (await sent).allHeaders();
    assert.equal(headers['apollographql-client-name'], 'web');
    assert.equal(headers['apollographql-client-version'], '1.2.3');
    const traced = { ...TRACED, authorization: await authorization() };
    assert.ok((await page.evaluate(askWithApollo, { base: BASE, headers: traced })) > 0);
  } finally {
    await browser.close();
    allowed.close();
  }
});
