import type { GraphiQLPlugin } from '@graphiql/react';
import { type FormEvent, useState } from 'react';
import type { Context } from '../context';
import { type Credentials, logIn, session } from '../session';

/** Who to be: the demo's accounts one click away, a form for all others. */
export function accountsPanel({ accounts, realms }: Context): GraphiQLPlugin {
  function Accounts() {
    const [problem, setProblem] = useState('');
    const current = session.use();
    const become = async (credentials: Credentials) => {
      try {
        await logIn(credentials);
        setProblem('');
      } catch (error) {
        setProblem(error instanceof Error ? error.message : String(error));
      }
    };
    const submit = (event: FormEvent<HTMLFormElement>) => {
      event.preventDefault();
      const form = new FormData(event.currentTarget);
      const text = (name: string) => String(form.get(name) ?? '');
      void become({ realm: text('realm'), login: text('login'), password: text('password') });
    };
    return (
      <section className="gerbang-panel" aria-label="Accounts">
        <h2>Log in</h2>
        <p>Requests of every tab carry the token, except where the headers of a tab name another.</p>
        {problem && <p role="alert">{problem}</p>}
        {accounts.length > 0 && (
          <>
            <h3>The demo's accounts</h3>
            <ul>
              {accounts.map(({ realm, role, email, password, note }) => (
                <li key={email}>
                  <button type="button" onClick={() => void become({ realm, login: email, password })}>
                    {email}
                  </button>
                  <small>
                    {role} of {realm}: {note}
                  </small>
                </li>
              ))}
            </ul>
          </>
        )}
        <h3>{accounts.length > 0 ? 'Another account' : 'Your account'}</h3>
        <form onSubmit={submit}>
          <label>
            User base
            <select name="realm">
              {realms.map(realm => (
                <option key={realm}>{realm}</option>
              ))}
            </select>
          </label>
          <label>
            E-mail address, phone or user name
            <input name="login" autoComplete="username" required />
          </label>
          <label>
            Password
            <input name="password" type="password" autoComplete="current-password" required />
          </label>
          <button type="submit">Log in</button>
        </form>
        {current && (
          <p>
            <small>The token, for your own client: </small>
            <output className="gerbang-token">{current.token}</output>
          </p>
        )}
      </section>
    );
  }
  return { title: 'Accounts', icon: Icon, content: Accounts };
}

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.8" aria-hidden="true">
      <circle cx="12" cy="8" r="4" />
      <path d="M4 21c0-4.4 3.6-7 8-7s8 2.6 8 7" />
    </svg>
  );
}
