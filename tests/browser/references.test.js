import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASE, checkAccessibility, openBrowser } from './browser.js';

const APIS = ['talentsmapping', 'apextrack', 'notary', 'scholarship', 'staff'];
// The library's headings skip a level, and its parts are no landmarks.
const SERIOUS = ['serious', 'critical'];

for (const colorScheme of ['light', 'dark']) {
  test(`the references read well to a screen reader, ${colorScheme}`, async () => {
    const browser = await openBrowser({ colorScheme, viewport: { width: 1200, height: 900 }, bypassCSP: true });
    try {
      const page = await browser.context.newPage();
      for (const api of APIS) {
        await page.goto(`${BASE}/${api}/docs`);
        await page.locator('.opblock').first().waitFor();
        // Routes as they are read and as they are tried; the methods' colors are seen without.
        for (const method of api === 'notary' ? ['get', 'put'] : []) {
          const route = page.locator(`.opblock-${method}`).first();
          await route.locator('.opblock-summary-control').click();
          await route.getByRole('button', { name: 'Try it out' }).click();
        }
        await browser.shot(page, `reference-${api}-${colorScheme}`);
        await checkAccessibility(page, SERIOUS);
      }
      const background = await page.locator('html').evaluate(html => getComputedStyle(html).backgroundColor);
      const [red] = background.match(/\d+/g).map(Number);
      assert.equal(background !== 'rgba(0, 0, 0, 0)' && red < 64, colorScheme === 'dark', background);
      browser.check();
    } finally {
      await browser.close();
    }
  });
}
