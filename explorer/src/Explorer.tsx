import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { GraphiQL } from 'graphiql';
import { useMemo, useState } from 'react';
import { Colors } from './Colors';
import { type Context, findOperation, variablesText } from './context';
import { examples } from './examples';
import { fetcher } from './fetcher';
import { Header } from './Header';
import { tabsChanged } from './live';
import { accountsPanel } from './panels/accounts';
import { filesPanel } from './panels/files';
import { routesPanel } from './panels/routes';
import { Tabs } from './Tabs';

/** Before an administrator has logged in, where the explorer is for them alone. */
export function Restricted({ context }: { context: Context }) {
  const Accounts = useMemo(() => accountsPanel(context).content, [context]);
  return (
    <>
      <Header notice="This explorer is for administrators." />
      <main id="graphiql-session" className="graphiql-container gerbang-restricted">
        <Accounts />
      </main>
    </>
  );
}

export function Explorer({ context, search }: { context: Context; search: URLSearchParams }) {
  const wanted = search.get('operation');
  const [operation] = useState(() => (wanted ? findOperation(context, wanted) : undefined));
  const plugins = useMemo(() => [accountsPanel(context), filesPanel, routesPanel(context), HISTORY_PLUGIN], [context]);
  const tabs = useMemo(() => examples(context.accounts.length > 0), [context]);
  const first = operation && { query: operation.query, variables: variablesText(operation) };
  const notice = wanted && !operation ? `There is no operation ${wanted}; the panel "Legacy routes" lists them all.` : '';
  return (
    <>
      <Header notice={notice} />
      <main>
        <GraphiQL
          fetcher={fetcher}
          plugins={plugins}
          visiblePlugin={plugins[0]}
          // Where tabs are kept from an earlier visit, the operation becomes one more of them.
          initialQuery={first?.query}
          initialVariables={first?.variables}
          defaultTabs={first ? [first, ...tabs] : tabs}
          onTabChange={tabsChanged}
          defaultEditorToolsVisibility="variables"
          inputValueDeprecation
          schemaDescription
        >
          <Colors />
          <Tabs />
        </GraphiQL>
      </main>
    </>
  );
}
