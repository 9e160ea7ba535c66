// A store that speaks as much of S3 as single objects need. What it has acknowledged outlives it: objects are files of a folder.
// usage: node store.mjs PORT FOLDER
import { createReadStream, mkdirSync } from 'node:fs';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createHash } from 'node:crypto';
import { join } from 'node:path';

const [port, folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
let written = 0;

const missing = '<?xml version="1.0" encoding="UTF-8"?><Error><Code>NoSuchKey</Code><Message>There is no such key.</Message></Error>';

/** A body as it was signed: in one piece. */
async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

async function answer(request, response) {
  const { pathname, search } = new URL(request.url, 'http://store');
  const file = join(folder, encodeURIComponent(decodeURIComponent(pathname)));
  if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256')) return response.writeHead(403).end();
  if (search) return response.writeHead(501).end();
  if (request.method === 'PUT') {
    const body = await bodyOf(request);
    const hash = createHash('sha256').update(body).digest('hex');
    if (![hash, 'UNSIGNED-PAYLOAD'].includes(request.headers['x-amz-content-sha256'])) return response.writeHead(400).end();
    const part = `${file}.${process.pid}-${(written += 1)}`;
    await writeFile(part, body);
    await rename(part, file);
    return response.writeHead(200, { etag: `"${createHash('md5').update(body).digest('hex')}"` }).end();
  }
  if (request.method === 'DELETE') {
    await rm(file, { force: true });
    return response.writeHead(204).end();
  }
  const found = await stat(file).catch(() => undefined);
  if (!found) return response.writeHead(404, { 'content-type': 'application/xml' }).end(missing);
  response.writeHead(200, {
    'content-length': found.size,
    'last-modified': found.mtime.toUTCString(),
    etag: `"${createHash('md5').update(await readFile(file)).digest('hex')}"`,
  });
  return request.method === 'HEAD' ? response.end() : createReadStream(file).pipe(response);
}

createServer((request, response) => answer(request, response).catch(() => response.destroy())).listen(port, '127.0.0.1');
