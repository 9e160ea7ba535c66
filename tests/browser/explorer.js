import assert from 'node:assert/strict';

/** What the tests do on a page of the explorer. */
export function explorer(page) {
  /** The lines in view of an editor, as one: Monaco wraps long ones and writes spaces as non-breaking ones. */
  async function text(editor) {
    const lines = await page.locator(`${editor} .view-lines`).first().innerText();
    return lines.replaceAll('\u00a0', ' ').replaceAll(/\n */g, '');
  }

  /** Shows a panel of the side bar, which a page that is still starting may do by itself, even before the click. */
  async function panel(name) {
    const section = page.getByRole('region', { name, exact: true });
    const show = page.getByRole('button', { name: `Show ${name}` });
    await section.or(show).first().waitFor();
    if (!(await section.isVisible())) await show.click({ timeout: 3000 }).catch(() => {});
    await section.waitFor();
    return section;
  }

  return {
    text,
    panel,

    async logIn(email) {
      const accounts = await panel('Accounts');
      await accounts.getByRole('button', { name: email }).click();
    },

    tab: name => page.getByRole('button', { name, exact: true }).first(),
    run: () => page.locator('.graphiql-execute-button').click(),

    /** The token of whoever is logged in on the page. */
    token: () => page.evaluate(() => JSON.parse(sessionStorage.getItem('gerbang:session')).token),

    async shows(editor, pattern) {
      const until = Date.now() + 15_000;
      let seen = '';
      while (Date.now() < until) {
        seen = await text(editor).catch(() => '');
        if (pattern.test(seen)) return seen;
        await page.waitForTimeout(100);
      }
      assert.match(seen, pattern);
    },
  };
}
