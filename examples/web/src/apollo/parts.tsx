import { useMutation, useQuery } from '@apollo/client/react';
import { useEffect } from 'react';
import * as operations from '../operations';
import { Connection } from '../pages/Connection';
import { HandInForm } from '../pages/HandInForm';
import { ProfileForm } from '../pages/ProfileForm';
import { notificationRow, questionRow } from '../pages/rows';
import { forgetSession } from '../session';
import { onReconnect } from '../socket';
import { problem } from './client';

export function Questions() {
  const { data, error, loading, fetchMore } = useQuery(operations.Faqs, { variables: { first: 3 } });
  const connection = data?.faqsConnection;
  return (
    <Connection
      name="questions"
      connection={connection}
      busy={loading}
      problem={problem(error)}
      onMore={() => void fetchMore({ variables: { after: connection?.pageInfo.endCursor } })}
      row={questionRow}
    />
  );
}

export function Notifications() {
  const { data, error, loading, fetchMore, refetch, subscribeToMore } = useQuery(operations.Notifications, {
    variables: { first: 5 },
  });
  useEffect(
    () =>
      subscribeToMore({
        document: operations.NotificationReceived,
        updateQuery: (_, { complete, previousData, subscriptionData: { data: { notificationReceived: node } } }) => {
          if (!complete) return;
          const { notifications } = previousData;
          if (notifications.edges.some(edge => edge.node.id === node.id)) return;
          const edges = [{ __typename: 'NotificationEdge' as const, node }, ...notifications.edges];
          return { notifications: { ...notifications, edges } };
        },
      }),
    [subscribeToMore],
  );
  useEffect(() => onReconnect(() => void refetch()), [refetch]);
  const connection = data?.notifications;
  return (
    <Connection
      name="notifications"
      connection={connection}
      busy={loading}
      problem={problem(error)}
      onMore={() => void fetchMore({ variables: { after: connection?.pageInfo.endCursor } })}
      row={notificationRow}
    />
  );
}

export function Profile() {
  const { data, error } = useQuery(operations.Profile);
  const [save, saving] = useMutation(operations.SaveProfile);
  if (!data?.applicant) return <p>{problem(error)?.message}</p>;
  return (
    <ProfileForm
      profile={data.applicant}
      busy={saving.loading}
      saved={saving.data !== undefined}
      problem={problem(saving.error)}
      onSave={input => void save({ variables: { input } }).catch(() => undefined)}
    />
  );
}

export function HandIn() {
  const [handIn, { data, error, loading }] = useMutation(operations.HandIn);
  return (
    <HandInForm
      busy={loading}
      document={data?.uploadDocument.document}
      problem={problem(error)}
      onHandIn={input => void handIn({ variables: { input } }).catch(() => undefined)}
    />
  );
}

export function LogOut() {
  const [logOut, { error, loading }] = useMutation(operations.LogOut, { onCompleted: forgetSession });
  return (
    <>
      {problem(error)?.message}
      <button disabled={loading} onClick={() => void logOut().catch(() => undefined)}>Log out</button>
    </>
  );
}
