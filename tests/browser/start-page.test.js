import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASE, checkAccessibility, openBrowser } from './browser.js';

for (const colorScheme of ['light', 'dark']) {
  test(`the start page reads well on a phone and to a screen reader, ${colorScheme}`, async () => {
    const browser = await openBrowser({ colorScheme, viewport: { width: 320, height: 640 }, bypassCSP: true });
    try {
      const page = await browser.context.newPage();
      const response = await page.goto(`${BASE}/`);
      assert.ok((await response.body()).length < 50_000);
      const { width, height } = await page.evaluate(() => ({
        width: document.documentElement.scrollWidth,
        height: document.documentElement.scrollHeight,
      }));
      assert.ok(width <= 320, `scrolls sideways at 320 pixels: ${width}`);
      assert.ok(height > 640);
      await browser.shot(page, `start-page-${colorScheme}`);
      await checkAccessibility(page);
      browser.check();
    } finally {
      await browser.close();
    }
  });
}

test('the start page needs no script and stands under its own policy', async () => {
  const browser = await openBrowser({ javaScriptEnabled: false });
  try {
    const page = await browser.context.newPage();
    await page.goto(`${BASE}/`);
    await page.getByRole('heading', { name: 'Gerbang', level: 1 }).waitFor();
    const background = await page.locator('.deeds li:first-child a').evaluate(link => getComputedStyle(link).backgroundColor);
    assert.notEqual(background, 'rgba(0, 0, 0, 0)', 'the style is not applied');
    await browser.shot(page, 'start-page');
    await page.getByRole('link', { name: 'Read the schema' }).click();
    await page.getByText('type Query').first().waitFor();
    browser.check();
  } finally {
    await browser.close();
  }
});
