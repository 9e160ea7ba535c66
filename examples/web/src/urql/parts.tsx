import { useEffect, useState } from 'react';
import { useClient, useMutation, useQuery, useSubscription } from 'urql';
import type { NotificationReceivedSubscription, NotificationRowFragment } from '../generated/graphql';
import * as operations from '../operations';
import { Connection } from '../pages/Connection';
import { HandInForm } from '../pages/HandInForm';
import { ProfileForm } from '../pages/ProfileForm';
import { notificationRow, questionRow } from '../pages/rows';
import { forgetSession } from '../session';
import { onReconnect } from '../socket';
import { problem } from './client';

export function Questions() {
  const [after, setAfter] = useState<string | null>();
  const [{ data, error, fetching }] = useQuery({ query: operations.Faqs, variables: { first: 3, after } });
  const connection = data?.faqsConnection;
  return (
    <Connection
      name="questions"
      connection={connection}
      busy={fetching}
      problem={problem(error)}
      onMore={() => setAfter(connection?.pageInfo.endCursor)}
      row={questionRow}
    />
  );
}

export function Notifications() {
  const [after, setAfter] = useState<string | null>();
  const client = useClient();
  const [{ data, error, fetching }] = useQuery({ query: operations.Notifications, variables: { first: 5, after } });
  const [{ data: heard = [] }] = useSubscription({ query: operations.NotificationReceived }, addToFront);
  useEffect(() => {
    // The first page anew: the cache puts those behind it where they were.
    const ask = () => client.query(operations.Notifications, { first: 5 }, { requestPolicy: 'network-only' });
    return onReconnect(() => void ask().toPromise());
  }, [client]);
  const connection = data && withFirst(heard, data.notifications);
  return (
    <Connection
      name="notifications"
      connection={connection}
      busy={fetching}
      problem={problem(error)}
      onMore={() => setAfter(connection?.pageInfo.endCursor)}
      row={notificationRow}
    />
  );
}

function addToFront(heard: NotificationRowFragment[] = [], { notificationReceived }: NotificationReceivedSubscription) {
  return [notificationReceived, ...heard];
}

/** The list with what was heard of in front, but for what it has by now. */
function withFirst<List extends { edges: { node: NotificationRowFragment }[] }>(heard: NotificationRowFragment[], list: List) {
  const known = new Set(list.edges.map(({ node }) => node.id));
  const edges = heard.filter(({ id }) => !known.has(id)).map(node => ({ node }));
  return { ...list, edges: [...edges, ...list.edges] };
}

export function Profile() {
  const [{ data, error }] = useQuery({ query: operations.Profile });
  const [saving, save] = useMutation(operations.SaveProfile);
  if (!data?.applicant) return <p>{problem(error)?.message}</p>;
  return (
    <ProfileForm
      profile={data.applicant}
      busy={saving.fetching}
      saved={saving.data !== undefined && !saving.error}
      problem={problem(saving.error)}
      onSave={input => void save({ input })}
    />
  );
}

export function HandIn() {
  const [{ data, error, fetching }, handIn] = useMutation(operations.HandIn);
  return (
    <HandInForm
      busy={fetching}
      document={data?.uploadDocument.document}
      problem={problem(error)}
      onHandIn={input => void handIn({ input })}
    />
  );
}

export function LogOut() {
  const [{ error, fetching }, logOut] = useMutation(operations.LogOut);
  const submit = async () => {
    const answer = await logOut({});
    if (!answer.error) forgetSession();
  };
  return (
    <>
      {problem(error)?.message}
      <button disabled={fetching} onClick={() => void submit()}>Log out</button>
    </>
  );
}
