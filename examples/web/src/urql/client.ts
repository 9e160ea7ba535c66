import { authExchange } from '@urql/exchange-auth';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { Client, fetchExchange, subscriptionExchange, type CombinedError } from 'urql';
import { hasCode, problemOf } from '../errors';
import { GRAPHQL_URL } from '../gateway';
import { currentSession, refresh } from '../session';
import { openSocket } from '../socket';

/** What a page shows of an error of this client. */
export function problem(error: CombinedError | undefined) {
  return error && problemOf(error.graphQLErrors);
}

/** An object that is part of the one it stands in, so that the cache keeps it there. */
const embedded = () => null;

export function makeClient() {
  const socket = openSocket();
  return new Client({
    url: GRAPHQL_URL,
    // Files are sent as multipart. The header proves that no other site's form sent them.
    fetchOptions: { headers: { 'GraphQL-Require-Preflight': 'true' } },
    preferGetMethod: false,
    exchanges: [
      cacheExchange({
        keys: { ApplicantPayload: embedded, DocumentPayload: embedded, LogoutPayload: embedded },
        resolvers: { Query: { faqsConnection: relayPagination(), notifications: relayPagination() } },
      }),
      // Requests whose token was not taken are sent once more, with the next one.
      authExchange(async ({ appendHeaders }) => {
        let sent: string | undefined;
        return {
          addAuthToOperation: operation => {
            sent = currentSession()?.token;
            return sent ? appendHeaders(operation, { Authorization: `Bearer ${sent}` }) : operation;
          },
          didAuthError: ({ graphQLErrors }) => sent !== undefined && hasCode(graphQLErrors, 'UNAUTHENTICATED'),
          refreshAuth: async () => {
            await refresh(sent);
          },
        };
      }),
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: sink => ({ unsubscribe: socket.subscribe({ query, variables }, sink) }),
        }),
      }),
      fetchExchange,
    ],
  });
}
