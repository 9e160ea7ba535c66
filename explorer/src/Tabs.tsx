import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect } from 'react';
import { runWith } from './live';

/** What GraphiQL leaves to do for its tabs; shows nothing of its own. */
export function Tabs() {
  const { run } = useGraphiQLActions();
  const { tabs, activeTabIndex } = useGraphiQL(({ tabs, activeTabIndex }) => ({ tabs, activeTabIndex }));
  // A title comes after its tab, and makes it wider.
  const titles = tabs.map(({ title }) => title).join();
  useEffect(() => runWith(run), [run]);
  useEffect(() => {
    const list = document.querySelector('.graphiql-tabs');
    const current = list?.querySelector('.graphiql-tab-active');
    if (!list || !current) return;
    describe(list);
    // The list only: on a phone the page scrolls, too, and stays where it is.
    const [outer, inner] = [list.getBoundingClientRect(), current.getBoundingClientRect()];
    list.scrollLeft += Math.min(0, inner.left - outer.left) + Math.max(0, inner.right - outer.right);
  }, [titles, activeTabIndex]);
  return null;
}

/**
 * GraphiQL calls the items tabs, which must hold no buttons, and hold two: one to show and one to close. To assistive
 * technology they are a list of buttons, one of which is current.
 */
function describe(list: Element): void {
  list.setAttribute('role', 'list');
  for (const item of list.children) {
    item.removeAttribute('role');
    item.removeAttribute('aria-selected');
    const [show, close] = item.querySelectorAll('button');
    show?.setAttribute('aria-current', String(item.classList.contains('graphiql-tab-active')));
    close?.setAttribute('aria-label', `Close ${show?.textContent ?? 'tab'}`);
  }
  document.getElementById('graphiql-session')?.setAttribute('role', 'region');
}
