import type { Fetcher } from '@graphiql/toolkit';
import { parse, type DocumentNode } from 'graphql';
import { createClient } from 'graphql-ws';
import { multipart, operationOf } from './files';
import { resumed, subscribed } from './live';
import { authorization, session } from './session';

const ACCEPT = 'application/graphql-response+json, application/json';

/** Runs operations at the gateway: JSON, multipart where files were chosen, a WebSocket for subscriptions. */
export const fetcher: Fetcher = (given, options) => {
  const live = resumed();
  if (live) return live;
  // What the headers' editor says comes last, so that it wins.
  const headers: Record<string, string> = { ...authorization(), ...options?.headers };
  // GraphiQL reads the document a moment after a tab was changed; until then it names the operation of the last one.
  const operation = operationOf(parsed(given.query), given.operationName);
  const request = operation ? { ...given, operationName: operation.name?.value } : given;
  if (operation?.operation === 'subscription') return subscribe(request, headers);
  const form = operation && multipart(request, operation);
  return form
    ? send(form, { ...headers, 'GraphQL-Require-Preflight': 'true' })
    : send(JSON.stringify(request), { ...headers, 'Content-Type': 'application/json' }, given.operationName);
};

/** What cannot be parsed is for the server to explain. */
function parsed(query: string): DocumentNode | undefined {
  try {
    return parse(query);
  } catch {
    return undefined;
  }
}

async function send(body: BodyInit, headers: Record<string, string>, name?: string | null): Promise<any> {
  const response = await fetch('/graphql', { method: 'POST', headers: { Accept: ACCEPT, ...headers }, body });
  // The server refuses everything that a dead token is sent with.
  if (response.status === 401 && headers.Authorization && headers.Authorization === authorization().Authorization) {
    session.set(null);
    // The schema may be everybody's, also when the session has ended.
    const { Authorization: _dead, ...anonymous } = headers;
    if (name === 'IntrospectionQuery') return send(body, anonymous);
  }
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`The server answered ${response.status}: ${text.slice(0, 500)}`);
  }
}

/** A socket of its own for each subscription: it carries the headers of the moment and ends with it. */
function subscribe(request: Parameters<Fetcher>[0], headers: Record<string, string>) {
  const url = new URL('/graphql', location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  return subscribed(sink => {
    const client = createClient({ url: url.href, connectionParams: headers, retryAttempts: 3 });
    client.subscribe(request, {
      next: answer => sink.next(answer),
      error: problem => sink.error(problem instanceof CloseEvent ? closed(problem) : problem),
      complete: () => sink.complete(),
    });
    return () => void client.dispose();
  });
}

function closed({ code, reason }: CloseEvent): Error {
  return new Error(`The connection was closed: ${code} ${reason}`.trim());
}
