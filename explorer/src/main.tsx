// Monaco's workers first: GraphiQL looks for them as soon as it is loaded.
import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './style.css';

import { createRoot } from 'react-dom/client';
import { loadContext } from './context';
import { Explorer, Restricted } from './Explorer';
import { session } from './session';

const place = document.getElementById('explorer');
if (place) {
  const context = await loadContext();
  if (context.restricted) session.changed(() => location.reload());
  const search = new URLSearchParams(location.search);
  createRoot(place).render(context.restricted ? <Restricted context={context} /> : <Explorer context={context} search={search} />);
}
