// Trusted documents: the server knows what this client asks, and is sent ids alone. It is told of the files that the tools
// write: `gerbang demo --documents src/generated/persisted-documents.json`, or `[graphql] documents` in the settings.
import { readFile } from 'node:fs/promises';
import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { generatePersistedQueryIdsFromManifest } from '@apollo/persisted-query-lists';
import { graphql } from './generated/index.js';

const Texts = graphql(`
  query Texts {
    settings { id key value }
  }
`);

const url = `${process.argv[2] ?? 'http://127.0.0.1:8080'}/graphql`;
const sent: string[] = [];
const watched: typeof fetch = (input, init) => {
  sent.push(`${String(input)} ${String(init?.body ?? '')}`);
  return fetch(input, init);
};

// Apollo Client, with the manifest of `generate-persisted-query-manifest`.
const manifest = new URL('../../src/generated/persisted-query-manifest.json', import.meta.url);
const ids = generatePersistedQueryIdsFromManifest({
  loadManifest: async () => JSON.parse(await readFile(manifest, 'utf8')),
});
const client = new ApolloClient({
  link: new PersistedQueryLink({ ...ids, useGETForHashedQueries: true }).concat(new HttpLink({ uri: url, fetch: watched })),
  cache: new InMemoryCache(),
});
const { data } = await client.query({ query: Texts });
if (!data?.settings.length) throw new Error('no texts');
if (sent.length !== 1 || sent[0]?.includes('settings')) throw new Error(`more than an id was sent: ${sent.join(', ')}`);
console.log(`Apollo Client: ${data.settings.length} texts by the id of their query`);

// graphql-codegen's hash, without a library. What is the same for everybody may be kept, and is asked for by its validator.
const hash = (Texts as { __meta__?: { hash: string } }).__meta__?.hash;
const byHash = `${url}?documentId=${hash}`;
const first = await fetch(byHash);
const { data: texts } = (await first.json()) as { data?: { settings: unknown[] } };
const [etag, kept] = [first.headers.get('ETag'), first.headers.get('Cache-Control')];
const again = await fetch(byHash, { headers: { 'If-None-Match': etag ?? '' }, cache: 'no-store' });
if (texts?.settings.length !== data.settings.length || !etag || again.status !== 304) {
  throw new Error(`HTTP ${first.status} ${etag}, then ${again.status}`);
}
console.log(`graphql-codegen: the same by its hash (${kept}), then ${again.status} by ${etag}`);
