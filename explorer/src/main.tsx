// Monaco's workers first: GraphiQL looks for them as soon as it is loaded.
import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './style.css';

import { createRoot } from 'react-dom/client';
import { loadContext } from './context';
import { Explorer } from './Explorer';

const place = document.getElementById('explorer');
if (place) {
  createRoot(place).render(<Explorer context={await loadContext()} search={new URLSearchParams(location.search)} />);
}
