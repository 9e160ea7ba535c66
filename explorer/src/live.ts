import type { Fetcher } from '@graphiql/toolkit';
import type { Sink } from 'graphql-ws';
import { store } from './store';

/** What GraphiQL calls when its tabs change in any way. */
interface Tabs {
  tabs: readonly { id: string; title: string }[];
  activeTabIndex: number;
}

/** A subscription that was run in a tab. */
interface Live {
  /** GraphiQL's; none while another tab is in view. */
  sink: Sink | null;
  last?: Parameters<Sink['next']>[0];
  /** Tells how it ended, where nobody was told yet. */
  ending?: (sink: Sink) => void;
  stop(): void;
}

// GraphiQL knows one subscription, stops it when another tab comes into view, and writes what it hears into whatever tab
// that is. So they are kept here by the tabs' ids, and GraphiQL only listens to that of the tab in view.
const subscriptions = new Map<string, Live>();
let active = '';
let titles = new Map<string, string>();
/** What GraphiQL let go of a moment ago: because its tab went out of view, or because it was told to stop. */
let released: Live | undefined;
/** That of the tab that came back into view. */
let returning: Live | undefined;
let run = () => {};

/** The names of the tabs that go on unseen. */
export const unseen = store<readonly string[]>([]);

/** How GraphiQL is told to run the operation of the tab in view. */
export function runWith(action: () => void): void {
  run = action;
}

/** A new subscription for the tab in view; `start` opens it and tells how to close it. */
export function subscribed(start: (sink: Sink) => () => void): ReturnType<Fetcher> {
  return observable(sink => {
    const tab = active;
    const live: Live = { sink, stop: () => {} };
    const end = (ending: (sink: Sink) => void) => {
      if (live.sink) {
        subscriptions.delete(tab);
        ending(live.sink);
      } else {
        live.ending = ending;
        tellUnseen();
      }
    };
    subscriptions.set(tab, live);
    live.stop = start({
      next(answer) {
        live.last = answer;
        live.sink?.next(answer);
      },
      error: problem => end(sink => sink.error(problem)),
      complete: () => end(sink => sink.complete()),
    });
    return live;
  });
}

/** The subscription that goes on, where the run is for a tab that came back into view. */
export function resumed(): ReturnType<Fetcher> | undefined {
  const live = returning;
  returning = undefined;
  return live && observable(sink => {
    live.sink = sink;
    if (live.last) sink.next(live.last);
    const { ending } = live;
    if (ending) {
      forget(live);
      // GraphiQL takes note of a subscription only after this.
      queueMicrotask(() => ending(sink));
    }
    return live;
  });
}

function observable(subscribe: (sink: Sink) => Live): ReturnType<Fetcher> {
  return {
    subscribe(sink: Sink) {
      const live = subscribe(sink);
      return { unsubscribe: () => release(live) };
    },
  } as unknown as ReturnType<Fetcher>;
}

/** Waits for what comes with it: a change of tabs follows at once, a click on "stop" stands alone. */
function release(live: Live): void {
  released = live;
  queueMicrotask(() => {
    if (released !== live) return;
    released = undefined;
    stop(live);
  });
}

export function tabsChanged({ tabs, activeTabIndex }: Tabs): void {
  active = tabs[activeTabIndex]?.id ?? '';
  titles = new Map(tabs.map(({ id, title }) => [id, title]));
  for (const [tab, live] of subscriptions) {
    if (!titles.has(tab)) stop(live);
    else if (live.sink && (tab !== active || live === released)) {
      const { sink } = live;
      live.sink = null;
      sink.complete();
    }
  }
  released = undefined;
  if (subscriptions.get(active)?.sink === null) queueMicrotask(resume);
  tellUnseen();
}

function tellUnseen(): void {
  const runs = (tab: string) => tab !== active && subscriptions.has(tab) && !subscriptions.get(tab)?.ending;
  const names = [...titles].filter(([tab]) => runs(tab)).map(([, title]) => title);
  if (names.join() !== unseen.get().join()) unseen.set(names);
}

function resume(): void {
  const live = subscriptions.get(active);
  // The run itself changes the tab.
  if (!live || live.sink || returning) return;
  returning = live;
  run();
  // Variables that can't be read keep it from running, and are what the tab shows now.
  if (returning) stop(live);
  returning = undefined;
}

function stop(live: Live): void {
  forget(live);
  live.stop();
}

function forget(live: Live): void {
  for (const [tab, other] of subscriptions) if (other === live) subscriptions.delete(tab);
}
