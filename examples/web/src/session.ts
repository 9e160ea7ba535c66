// Who is logged in, and with which token. Knows no GraphQL client, so that each can be told from here.
import { useSyncExternalStore } from 'react';
import { hasCode } from './errors';
import { GatewayError, post } from './gateway';
import { LogIn, RefreshToken } from './operations';

export interface Session {
  token: string;
  user: { id: string; name: string };
}

// Every tab reads the same store, so that one that slept finds the token that another has refreshed. Whatever script runs on
// the page can read it, too: let no foreign one in (`Content-Security-Policy`).
const KEY = 'session';
const changes = new EventTarget();
let ended = false;

function write(session: Session | undefined) {
  if (session) localStorage.setItem(KEY, JSON.stringify(session));
  else localStorage.removeItem(KEY);
  changes.dispatchEvent(new Event('change'));
}

function parse(stored: string | null): Session | undefined {
  return stored ? (JSON.parse(stored) as Session) : undefined;
}

export function currentSession(): Session | undefined {
  return parse(localStorage.getItem(KEY));
}

export async function logIn(login: string, password: string) {
  const { login: answer } = await post(LogIn, { input: { realm: 'SCHOLARSHIP', account: { login }, password } });
  ended = false;
  write({ token: answer.token.content, user: answer.user });
}

/** Forgets the session on this side; `LogOut` ends it on the other. */
export function forgetSession() {
  ended = false;
  write(undefined);
}

/**
 * Gives a token in place of one that the gateway did not take. Whoever else asks meanwhile, in this tab or another, waits for the
 * same one. If the session can't go on it is forgotten, and the error is the gateway's.
 */
export async function refresh(dead: string | undefined): Promise<string> {
  return navigator.locks.request('refresh', async () => {
    const session = currentSession();
    if (!session) throw new GatewayError([]);
    if (session.token !== dead) return session.token;
    // Somebody may log out, or in as another, before the answer is there.
    const replace = (next: Session | undefined) => currentSession()?.token === dead && write(next);
    try {
      const { refreshToken } = await post(RefreshToken, { input: { token: dead } });
      replace({ ...session, token: refreshToken.token.content });
      return refreshToken.token.content;
    } catch (error) {
      if (error instanceof GatewayError && hasCode(error.errors, 'UNAUTHENTICATED')) {
        ended = true;
        replace(undefined);
      }
      throw error;
    }
  });
}

function onChange(listener: () => void) {
  changes.addEventListener('change', listener);
  window.addEventListener('storage', listener);
  return () => {
    changes.removeEventListener('change', listener);
    window.removeEventListener('storage', listener);
  };
}

/** Who is logged in, and whether nobody is because the session ended by itself. */
export function useSession() {
  const session = parse(useSyncExternalStore(onChange, () => localStorage.getItem(KEY)));
  return { session, ended: !session && ended };
}
