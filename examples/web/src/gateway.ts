import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print, type GraphQLFormattedError } from 'graphql';

/** Where the gateway is: `VITE_GATEWAY_URL` when this is built. It is told of this origin by `[server] cors_origins`. */
export const GRAPHQL_URL = `${import.meta.env.VITE_GATEWAY_URL ?? 'http://127.0.0.1:8080'}/graphql`;

/** An operation was refused, for these reasons. */
export class GatewayError extends Error {
  constructor(readonly errors: readonly GraphQLFormattedError[]) {
    super(errors[0]?.message ?? 'The gateway gave no answer.');
  }
}

/** Runs an operation without a client and without a token: logging in and refreshing must not wait for themselves. */
export async function post<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables) {
  const response = await fetch(GRAPHQL_URL, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: print(document), variables }),
  });
  const { data, errors } = (await response.json()) as { data?: Data; errors?: GraphQLFormattedError[] };
  if (errors || !data) throw new GatewayError(errors ?? []);
  return data;
}
