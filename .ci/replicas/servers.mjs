// Servers of our own, each on a port of its own, and what they leave behind: all of it is gone when the script ends.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const work = mkdtempSync(join(tmpdir(), 'gerbang-replicas-'));
const children = new Set();
const afterwards = [];

process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  for (const last of afterwards) last();
  rmSync(work, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

export function need(variable) {
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} names no server`);
  return value;
}

export function secret() {
  return randomBytes(32).toString('hex');
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export async function until(what, seconds, probe) {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (performance.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await sleep(10);
  }
}

/** Starts a program; `log` is what it writes. */
export function start(name, command, args, settings = {}) {
  const log = join(work, `${name}.log`);
  const out = openSync(log, 'a');
  const child = spawn(command, args, { stdio: ['ignore', out, out], env: { PATH: process.env.PATH, HOME: work, ...settings } });
  children.add(child);
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      children.delete(child);
      resolve(signal ?? code);
    });
  });
  return { child, ended, log: () => readFileSync(log, 'utf8') };
}

export const isReady = (url) => fetch(`${url}/readyz`).then((answer) => answer.ok, () => false);

/** Starts a server, and waits until it is ready. */
export async function startGateway(program, name, settings) {
  const url = `http://${settings.GERBANG_SERVER__LISTEN}`;
  const server = start(name, program, ['serve'], settings);
  let code;
  server.ended.then((ended) => (code = ended));
  try {
    await until(`${name} is ready`, 30, () => code !== undefined || isReady(url));
    if (code !== undefined) throw new Error(`${name} ended with ${code}`);
  } catch (error) {
    throw new Error(`${error.message}\n${server.log()}`);
  }
  return { ...server, url };
}

/** A database with the demo's rows, and its files in `files`. */
export async function demoDatabase(program) {
  const server = need('GERBANG_TEST_POSTGRES_URL');
  const name = `gerbang_replicas_${process.pid}`;
  const ask = (url, text) => execFileSync('psql', [url, '-qXAtc', text], { encoding: 'utf8' }).trim();
  afterwards.push(() => ask(`${server}/postgres`, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  ask(`${server}/postgres`, `CREATE DATABASE ${name} ENCODING 'UTF8' TEMPLATE template0`);
  const url = `${server}/${name}`;
  execFileSync(program, ['migrate'], { env: { DATABASE_URL: url, GERBANG_LOG__FILTER: 'error' } });
  const data = join(work, 'demo');
  const listen = `127.0.0.1:${await freePort()}`;
  const demo = start('demo', program, ['demo', '--listen', listen, '--data', data]);
  await until('the demo is ready', 60, () => isReady(`http://${listen}`));
  demo.child.kill();
  await demo.ended;
  execFileSync(join(ROOT, 'deploy/sqlite-to-postgres'), [join(data, 'gerbang.db'), url], { stdio: 'ignore' });
  cpSync(join(data, 'files'), join(work, 'files'), { recursive: true });
  return { url, ask: (text) => ask(url, text) };
}

/** Starts nginx as `deploy/nginx.conf` has it, which it reads as it is first; then with the servers' addresses and without TLS. */
export async function startNginx(addresses) {
  const folder = join(work, 'nginx');
  mkdirSync(folder);
  // Its workers are nobody.
  chmodSync(work, 0o711);
  chmodSync(folder, 0o755);
  const certificate = ['-keyout', `${folder}/key.pem`, '-out', `${folder}/certificate.pem`];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=gerbang', ...certificate], { stdio: 'ignore' });
  const shipped = readFileSync(join(ROOT, 'deploy/nginx.conf'), 'utf8');
  const main = (site) => {
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`);
    writeFileSync(`${folder}/site.conf`, site);
    writeFileSync(
      `${folder}/nginx.conf`,
      `worker_processes 2; daemon off; pid ${folder}/pid; error_log stderr warn;
       events { worker_connections 1024; }
       http { access_log off; ${paths.join(' ')} include ${folder}/site.conf; }`,
    );
    return ['-e', 'stderr', '-p', folder, '-c', `${folder}/nginx.conf`];
  };
  const encrypted = shipped.replace(/\/etc\/ssl\/\S+\.pem/, `${folder}/certificate.pem`).replace(/\/etc\/ssl\/\S+\.key/, `${folder}/key.pem`);
  execFileSync('nginx', ['-t', ...main(encrypted)], { stdio: 'pipe' });
  const listen = `127.0.0.1:${await freePort()}`;
  const servers = addresses[Symbol.iterator]();
  const plain = shipped
    .replace(/^\s*ssl_.*\n/gm, '')
    .replace(/listen 443 ssl http2;/, `listen ${listen};`)
    .replace(/10\.0\.0\.1[12]:8080(?= )/g, () => servers.next().value);
  const server = start('nginx', 'nginx', main(plain));
  const url = `http://${listen}`;
  await until('nginx is ready', 10, () => isReady(url)).catch((error) => {
    throw new Error(`${error.message}\n${server.log()}`);
  });
  return { ...server, url };
}

