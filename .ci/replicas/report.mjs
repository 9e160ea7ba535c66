// What was promised, and what was measured of it.
import { until } from './servers.mjs';

let broken = 0;

function row(mark, promise, measured) {
  console.log(`${mark} ${promise.padEnd(84)} ${measured}`);
}

/** Tries a promise, which gives what was measured of it. */
export async function holds(promise, attempt) {
  try {
    row('ok    ', promise, await attempt());
  } catch (error) {
    broken += 1;
    row('BROKEN', promise, error.message);
  }
}

/** How long it takes until the probe is true, which must be within a second. */
export async function withinASecond(probe) {
  const began = performance.now();
  await until('it did not come about', 1, probe);
  return `${Math.round(performance.now() - began)} ms`;
}

export function check(that, otherwise) {
  if (!that) throw new Error(otherwise);
}

export function finish() {
  console.log(broken ? `${broken} promises are broken` : `all of it holds (${Math.round(process.uptime())} s)`);
  process.exit(broken ? 1 : 0);
}
