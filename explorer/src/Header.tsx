import { unseen } from './live';
import { logOut, session } from './session';

/** Where we are, who we are, and what goes on out of view. */
export function Header({ notice }: { notice: string }) {
  const current = session.use();
  const subscriptions = unseen.use();
  return (
    <header className="gerbang-header">
      <a className="gerbang-skip" href="#graphiql-session">
        Skip to the editor
      </a>
      <h1>
        <a href="/">Gerbang</a> explorer
      </h1>
      <span role="status">
        {current ? `Logged in as ${current.name}, ${current.role} of ${current.realm}` : 'Not logged in'}
      </span>
      {current && (
        <button type="button" onClick={() => void logOut()}>
          Log out
        </button>
      )}
      <span role="status">{subscriptions.length > 0 && `Goes on in its tab: ${subscriptions.join(', ')}`}</span>
      {notice && <strong role="alert">{notice}</strong>}
    </header>
  );
}
