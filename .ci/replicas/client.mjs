// A client of the gateway: operations, routes, and subscriptions in both ways.
import { randomBytes } from 'node:crypto';

/** The demo's. */
export const PASSWORD = 'rahasia-demo-123';

/** An address of a network of its own, since limits of an earlier run count for a while. */
export const address = () => `2001:db8:${randomBytes(12).toString('hex').match(/..../g).join(':')}`;

/** A client at one address, which limits count it by: the servers believe what comes by 127.0.0.1. */
export class Client {
  constructor(url, token, address) {
    Object.assign(this, { url, token, address });
  }

  as(token) {
    return new Client(this.url, token, this.address);
  }

  from(address) {
    return new Client(this.url, this.token, address);
  }

  fetch(path, options = {}) {
    const headers = { ...options.headers };
    if (this.token) headers.authorization = `Bearer ${this.token}`;
    if (this.address) headers['x-forwarded-for'] = this.address;
    return fetch(this.url + path, { redirect: 'manual', signal: AbortSignal.timeout(15_000), ...options, headers });
  }

  async get(path, headers) {
    const answer = await this.fetch(path, { headers });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  }

  /** Status, data, and the first error's code. */
  async ask(query, variables) {
    const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
    const answer = await this.fetch('/graphql', { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    const text = await answer.text();
    let body = {};
    try {
      body = JSON.parse(text);
    } catch {
      // A proxy's own page.
    }
    return { status: answer.status, headers: answer.headers, data: body.data, code: body.errors?.[0]?.extensions?.code, text };
  }

  /** The data of an operation that has to succeed. */
  async must(query, variables) {
    const answer = await this.ask(query, variables);
    if (answer.status !== 200 || answer.code) throw new Error(`${query}: ${answer.status} ${answer.text}`);
    return answer.data;
  }

  /** A mutation that has to succeed: its payload. */
  async change(field, input, selection = '__typename', type = `${field[0].toUpperCase()}${field.slice(1)}Input`) {
    return (await this.must(`mutation($input: ${type}!) { ${field}(input: $input) { ${selection} } }`, { input }))[field];
  }

  tryToLogIn(realm, email, password) {
    const query = 'mutation($input: LoginInput!) { login(input: $input) { token { content } } }';
    return this.ask(query, { input: { realm, account: { email }, password } });
  }

  /** A token. */
  async logIn(realm, email, password) {
    const { data, text } = await this.tryToLogIn(realm, email, password);
    if (!data) throw new Error(text);
    return data.login.token.content;
  }

  /** The id of a click that this makes. */
  async click(link = 'user123') {
    const { status, headers } = await this.get(`/c/${link}`);
    return status === 302 ? Client.clickOf(headers) : undefined;
  }

  static clickOf(headers) {
    return headers.get('location').match(/clickid=(\w+)/)[1];
  }

  /** Whether the token opens anything. */
  async isKnown() {
    const answer = await this.ask('{ me { id } }');
    if (answer.status === 401 && answer.code === 'UNAUTHENTICATED') return false;
    if (answer.status === 200 && answer.data?.me) return true;
    throw new Error(`neither known nor refused: ${answer.status} ${answer.text}`);
  }

  /** A subscription by graphql-transport-ws: what it has heard, and the code that its socket is closed with. */
  async watch(query) {
    const socket = new WebSocket(`${this.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const heard = [];
    const ended = new Promise((resolve) => socket.addEventListener('close', ({ code }) => resolve(code)));
    const say = (message) => socket.send(JSON.stringify(message));
    await new Promise((resolve, reject) => {
      ended.then((code) => reject(new Error(`the socket was closed with ${code}`)));
      // A handshake that is refused is not followed by `close` in each version.
      socket.addEventListener('error', () => reject(new Error('no socket was opened')));
      socket.addEventListener('open', () => say({ type: 'connection_init', payload: this.token && { Authorization: `Bearer ${this.token}` } }));
      socket.addEventListener('message', ({ data }) => {
        const message = JSON.parse(data);
        if (message.type === 'ping') say({ type: 'pong' });
        if (message.type === 'connection_ack') {
          say({ type: 'subscribe', id: '1', payload: { query } });
          resolve();
        }
        if (['next', 'error', 'complete'].includes(message.type)) heard.push(message);
      });
    });
    return { heard, ended, close: () => socket.close() };
  }

  /** The same by Server-Sent Events; ended with the last event's name, or `broken`. */
  async listen(query) {
    const stop = new AbortController();
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
    const answer = await this.fetch('/graphql', { method: 'POST', headers, body: JSON.stringify({ query }), signal: stop.signal });
    if (answer.status !== 200) throw new Error(`${query}: ${answer.status} ${await answer.text()}`);
    const heard = [];
    let last;
    const read = async () => {
      let text = '';
      for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
        const events = (text + chunk).split('\n\n');
        text = events.pop();
        for (const event of events) {
          const field = (name) => event.match(new RegExp(`^${name}: ?(.*)$`, 'm'))?.[1];
          last = field('event') ?? last;
          if (last === 'next' && field('data')) heard.push(JSON.parse(field('data')));
        }
      }
      return last;
    };
    return { heard, ended: read().catch(() => 'broken'), close: () => stop.abort() };
  }
}
