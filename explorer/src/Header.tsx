import { logOut, session } from './session';

/** Where we are and who we are. */
export function Header({ notice }: { notice: string }) {
  const current = session.use();
  return (
    <header className="gerbang-header">
      <a href="/">Gerbang</a>
      <span role="status">
        {current ? `Logged in as ${current.name}, ${current.role} of ${current.realm}` : 'Not logged in'}
      </span>
      {current && (
        <button type="button" onClick={() => void logOut()}>
          Log out
        </button>
      )}
      {notice && <strong role="alert">{notice}</strong>}
    </header>
  );
}
