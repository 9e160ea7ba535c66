import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

/** Where the demo is served; it is started by whoever runs the tests. */
export const BASE = process.env.DEMO_URL ?? 'http://127.0.0.1:8080';
/** A folder for screenshots, if somebody wants to look at them. */
const SHOTS = process.env.SCREENSHOTS;

/**
 * A browser that reaches no host but the demo's, and its pages ask for nothing but the demo and these origins. `check()` tells
 * whether one did all the same, or wrote an error to its console that is not one of the expected.
 */
export async function openBrowser({ origins = [], expected = [], ...options } = {}) {
  const profile = await mkdtemp(join(tmpdir(), 'gerbang-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE ${new URL(BASE).hostname}`,
    ],
    ...options,
  });
  const problems = [];
  context.on('request', request => {
    const { protocol, origin } = new URL(request.url());
    const known = ['data:', 'blob:'].includes(protocol) || [new URL(BASE).origin, ...origins].includes(origin);
    if (!known) problems.push(`asked for ${request.url()}`);
  });
  context.on('console', message => {
    if (message.type() !== 'error' || expected.some(pattern => pattern.test(message.text()))) return;
    problems.push(`console: ${message.text()} (${message.location().url})`);
  });
  context.on('weberror', error => problems.push(`uncaught: ${error.error().stack}`));
  return {
    context,
    check: () => assert.deepEqual(problems, []),
    shot: (page, name) => SHOTS && page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true }),
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/**
 * Asserts that axe finds nothing on the page as it is, or nothing of these impacts. The rules are looked at from inside the
 * page, whose own policy would keep them out: open its browser with `bypassCSP`.
 */
export async function checkAccessibility(page, impacts = ['minor', 'moderate', 'serious', 'critical']) {
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const found = violations.filter(({ impact }) => impacts.includes(impact));
  assert.deepEqual(found.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 5).map(node => node.html).join(' ')}`), []);
}

/** Runs an operation beside the browser. */
export async function graphql(query, variables = {}, token = undefined) {
  const response = await fetch(`${BASE}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data;
}
