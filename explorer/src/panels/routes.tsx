import { useGraphiQL, useGraphiQLActions, type GraphiQLPlugin } from '@graphiql/react';
import { useState } from 'react';
import { type Context, type Operation, variablesText } from '../context';

/** Every legacy route; a click opens the operation behind it in a tab of its own. */
export function routesPanel({ apis }: Context): GraphiQLPlugin {
  function Routes() {
    const [filter, setFilter] = useState('');
    const { addTab } = useGraphiQLActions();
    const { queryEditor, variableEditor } = useGraphiQL(({ queryEditor, variableEditor }) => ({
      queryEditor,
      variableEditor,
    }));
    const open = (operation: Operation) => {
      addTab();
      queryEditor?.setValue(operation.query);
      variableEditor?.setValue(variablesText(operation));
      // Where the panel stands above the editor, that would be out of view.
      document.querySelector('.graphiql-sessions')?.scrollIntoView();
    };
    const matches = ({ name, routes }: Operation) => `${name} ${routes.join(' ')}`.toLowerCase().includes(filter.toLowerCase());
    const found = apis
      .map(api => ({ ...api, operations: api.operations.filter(matches) }))
      .filter(({ operations }) => operations.length > 0);
    return (
      <section className="gerbang-panel" aria-label="Legacy routes">
        <h2>Legacy routes</h2>
        <p>What a legacy client asks for, as the GraphQL operation that answers it.</p>
        <label>
          Filter
          <input type="search" value={filter} onChange={event => setFilter(event.target.value)} />
        </label>
        {found.length === 0 && <p role="status">No route matches.</p>}
        {found.map(({ slug, title, operations }) => (
          <div key={slug}>
            <h3>
              {title} <a href={`/${slug}/docs`}>reference</a>
            </h3>
            <ul>
              {operations.map(operation => (
                <li key={operation.name}>
                  <button type="button" onClick={() => open(operation)}>
                    {operation.name}
                  </button>
                  <small>{operation.routes.join(', ')}</small>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </section>
    );
  }
  return { title: 'Legacy routes', icon: Icon, content: Routes };
}

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.8" aria-hidden="true">
      <path d="M4 21V12a8 8 0 0 1 16 0v9h-5v-9a3 3 0 0 0-6 0v9z" />
    </svg>
  );
}
