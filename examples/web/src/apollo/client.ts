import { ApolloClient, ApolloLink, CombinedGraphQLErrors, InMemoryCache } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { ErrorLink } from '@apollo/client/link/error';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { relayStylePagination } from '@apollo/client/utilities';
import UploadHttpLink from 'apollo-upload-client/UploadHttpLink.mjs';
import { OperationTypeNode } from 'graphql';
import { from, switchMap } from 'rxjs';
import { hasCode, problemOf } from '../errors';
import { GRAPHQL_URL } from '../gateway';
import { currentSession, refresh } from '../session';
import { openSocket } from '../socket';

/** What a page shows of an error of this client. */
export function problem(error: unknown) {
  return error ? problemOf(CombinedGraphQLErrors.is(error) ? error.errors : []) : undefined;
}

/** Gives each request the token of the moment, and keeps in its context which one that was. */
const authorize = new SetContextLink(({ headers }) => {
  const token = currentSession()?.token;
  return { token, headers: token ? { ...headers, Authorization: `Bearer ${token}` } : headers };
});

/** A request whose token was not taken is sent once more, with the next one. */
const renew = new ErrorLink(({ error, operation, forward }) => {
  if (!CombinedGraphQLErrors.is(error) || !hasCode(error.errors, 'UNAUTHENTICATED')) return;
  const { token } = operation.getContext() as { token?: string };
  return token ? from(refresh(token)).pipe(switchMap(() => forward(operation))) : undefined;
});

/** Queries and mutations, and files as multipart. The header proves that no other site's form sent them. */
const http = () => new UploadHttpLink({ uri: GRAPHQL_URL, headers: { 'GraphQL-Require-Preflight': 'true' } });

export function makeClient() {
  return new ApolloClient({
    clientAwareness: { name: 'web-example', version: '1' },
    link: ApolloLink.from([
      renew,
      authorize,
      ApolloLink.split(
        ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
        new GraphQLWsLink(openSocket()),
        http(),
      ),
    ]),
    cache: new InMemoryCache({
      typePolicies: {
        Query: { fields: { faqsConnection: relayStylePagination(), notifications: relayStylePagination() } },
      },
    }),
  });
}
