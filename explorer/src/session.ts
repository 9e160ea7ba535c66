import logInDocument from './session/log_in.graphql?raw';
import logOutDocument from './session/log_out.graphql?raw';
import { store } from './store';

/** Who the explorer's requests come from. */
export interface Session {
  token: string;
  name: string;
  role: string;
  realm: string;
}

const KEY = 'gerbang:session';

/** Kept as long as the tab is open: a token is no thing to leave behind on a shared machine. */
export const session = store<Session | null>(restored(), value => {
  if (value) sessionStorage.setItem(KEY, JSON.stringify(value));
  else sessionStorage.removeItem(KEY);
});

function restored(): Session | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Session | null;
  } catch {
    return null;
  }
}

export interface Credentials {
  realm: string;
  login: string;
  password: string;
}

interface LogInAnswer {
  data?: { login: { token: { content: string }; user: Omit<Session, 'token'> } };
  errors?: { message: string }[];
}

/** Logs in; rejects with the server's words. */
export async function logIn(input: Credentials): Promise<void> {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: logInDocument, variables: { input } }),
  });
  const { data, errors } = (await response.json()) as LogInAnswer;
  if (!data) throw new Error(errors?.[0]?.message ?? `The server answered ${response.status}.`);
  const { token, user } = data.login;
  session.set({ token: token.content, ...user });
}

/** Ends the session here and on the server. */
export async function logOut(): Promise<void> {
  const headers = authorization();
  session.set(null);
  await fetch('/graphql', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({ query: logOutDocument }),
  });
}

/** The header of a request in this session. */
export function authorization(): Record<string, string> {
  const current = session.get();
  return current ? { Authorization: `Bearer ${current.token}` } : {};
}
