import { CloseCode, createClient, type Client } from 'graphql-ws';
import { GRAPHQL_URL } from './gateway';
import { currentSession, refresh } from './session';

/** Listeners to connections that were lost and are there again. What happened meanwhile is for a query to fetch. */
const reconnects = new EventTarget();

export function onReconnect(listener: () => void) {
  reconnects.addEventListener('reconnect', listener);
  return () => reconnects.removeEventListener('reconnect', listener);
}

/** One WebSocket for all subscriptions. When its token ends the gateway closes it with 4403: it is opened again with another. */
export function openSocket(): Client {
  let sent: string | undefined;
  let refused = false;
  return createClient({
    url: GRAPHQL_URL.replace(/^http/, 'ws'),
    connectionParams: () => {
      sent = currentSession()?.token;
      return sent ? { Authorization: `Bearer ${sent}` } : {};
    },
    on: {
      closed: event => (refused = (event as CloseEvent).code === CloseCode.Forbidden),
      connected: (_socket, _payload, wasRetry) => wasRetry && reconnects.dispatchEvent(new Event('reconnect')),
    },
    retryAttempts: Infinity,
    // With a new token at once. Other losses are waited out, ever longer and not by all clients at the same moment.
    retryWait: async attempt => {
      if (refused && (await refresh(sent).then(() => true, () => false))) return;
      await new Promise(resolve => setTimeout(resolve, Math.min(1000 * 2 ** attempt, 30_000) * (0.5 + Math.random())));
    },
  });
}
