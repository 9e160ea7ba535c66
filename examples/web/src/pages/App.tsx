import type { ComponentType, ReactNode } from 'react';
import { useSession } from '../session';
import { LogInForm } from './LogInForm';
import './style.css';

/** What a GraphQL client has to bring. */
export interface Parts {
  /** Makes a client, and gives it to what is in it. */
  Provider: ComponentType<{ children: ReactNode }>;
  Questions: ComponentType;
  Notifications: ComponentType;
  Profile: ComponentType;
  HandIn: ComponentType;
  LogOut: ComponentType;
}

export function App({ Provider, Questions, Notifications, Profile, HandIn, LogOut }: Parts) {
  const { session, ended } = useSession();
  // Each user gets a client of their own, so that none sees what is in the cache of the one before.
  return (
    <Provider key={session?.user.id}>
      {session ? (
        <>
          <header>
            <strong>{session.user.name}</strong>
            <LogOut />
          </header>
          <main>
            <h1>My scholarship</h1>
            <h2>Notifications</h2>
            <Notifications />
            <h2>Profile</h2>
            <Profile />
            <h2>Documents</h2>
            <HandIn />
          </main>
        </>
      ) : (
        <main>
          <h1>Scholarship</h1>
          <LogInForm ended={ended} />
          <h2>Questions</h2>
          <Questions />
        </main>
      )}
    </Provider>
  );
}
