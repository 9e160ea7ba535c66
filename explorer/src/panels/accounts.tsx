import type { GraphiQLPlugin } from '@graphiql/react';
import { type FormEvent, useState } from 'react';
import type { Context } from '../context';
import { type Credentials, logIn, session } from '../session';

/** Who to be: the demo's accounts one click away, a form for all others. */
export function accountsPanel({ accounts, realms }: Context): GraphiQLPlugin {
  function Accounts() {
    const [problem, setProblem] = useState<{ place: 'list' | 'form'; message: string }>();
    const current = session.use();
    const become = async (place: 'list' | 'form', credentials: Credentials) => {
      setProblem(undefined);
      try {
        await logIn(credentials);
      } catch (error) {
        setProblem({ place, message: error instanceof Error ? error.message : String(error) });
      }
    };
    const problemAt = (place: 'list' | 'form') =>
      problem?.place === place && (
        <p role="alert" id="gerbang-problem">
          {problem.message}
        </p>
      );
    // Announced with the fields as well as when it appears.
    const described = problem?.place === 'form' && { 'aria-invalid': true, 'aria-describedby': 'gerbang-problem' };
    const submit = (event: FormEvent<HTMLFormElement>) => {
      event.preventDefault();
      const form = new FormData(event.currentTarget);
      const text = (name: string) => String(form.get(name) ?? '');
      void become('form', { realm: text('realm'), login: text('login'), password: text('password') });
    };
    return (
      <section className="gerbang-panel" aria-label="Accounts">
        <h2>Log in</h2>
        <p>Requests of every tab carry the token, except where the headers of a tab name another.</p>
        {accounts.length > 0 && (
          <>
            <h3>The demo's accounts</h3>
            {problemAt('list')}
            <ul>
              {accounts.map(({ realm, role, email, password, note }) => (
                <li key={email}>
                  <button type="button" onClick={() => void become('list', { realm, login: email, password })}>
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
            <input name="login" autoComplete="username" required {...described} />
          </label>
          <label>
            Password
            <input name="password" type="password" autoComplete="current-password" required {...described} />
          </label>
          {problemAt('form')}
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
