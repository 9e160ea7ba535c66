import { StrictMode, useState, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { Provider as UrqlProvider } from 'urql';
import { App } from '../pages/App';
import { makeClient } from './client';
import * as parts from './parts';

function Provider({ children }: { children: ReactNode }) {
  const [client] = useState(makeClient);
  return <UrqlProvider value={client}>{children}</UrqlProvider>;
}

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App Provider={Provider} {...parts} />
  </StrictMode>,
);
