import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

/** What an operation was refused with. */
export class GatewayError extends Error {
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

interface Answer<Data> {
  data?: Data;
  errors?: { message: string; extensions?: { code?: string } }[];
}

/** A small client: queries and mutations by `fetch`, files as multipart, subscriptions over a WebSocket. */
export class Gateway {
  token: string | undefined;

  constructor(private readonly url: string) {}

  async run<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables): Promise<Data> {
    const request = { query: print(document), variables };
    return this.send<Data>(JSON.stringify(request), { 'Content-Type': 'application/json' });
  }

  /** The same with a file in place of the variable `at`, as the GraphQL multipart request specification has it. */
  async upload<Data, Variables>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
    at: string & keyof Variables,
    name: string,
  ): Promise<Data> {
    const form = new FormData();
    form.append('operations', JSON.stringify({ query: print(document), variables: { ...variables, [at]: null } }));
    form.append('map', JSON.stringify({ file: [`variables.${at}`] }));
    form.append('file', variables[at] as Blob, name);
    // Proves that no other site's form sent it.
    return this.send<Data>(form, { 'GraphQL-Require-Preflight': 'true' });
  }

  /** What happens from now on, until the loop that reads it ends. */
  subscribe<Data, Variables extends Record<string, unknown>>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
  ): AsyncIterableIterator<Data> {
    const client = createClient({
      url: this.url.replace(/^http/, 'ws'),
      // Browsers have one of their own, and so does Node.js from 22 on.
      webSocketImpl: WebSocket,
      connectionParams: this.token ? { Authorization: `Bearer ${this.token}` } : {},
    });
    async function* events() {
      try {
        for await (const { data, errors } of client.iterate<Data>({ query: print(document), variables })) {
          if (errors?.[0]) throw errors[0];
          if (data) yield data;
        }
      } finally {
        await client.dispose();
      }
    }
    return events();
  }

  private async send<Data>(body: string | FormData, headers: Record<string, string>): Promise<Data> {
    const authorization: Record<string, string> = this.token ? { Authorization: `Bearer ${this.token}` } : {};
    const response = await fetch(this.url, { method: 'POST', headers: { ...headers, ...authorization }, body });
    const { data, errors } = (await response.json()) as Answer<Data>;
    const [error] = errors ?? [];
    if (error || !data) throw new GatewayError(error?.message ?? `HTTP ${response.status}`, error?.extensions?.code ?? '');
    return data;
  }
}
