import type { ReactNode } from 'react';
import type { Problem } from '../errors';

interface Props<Node> {
  name: string;
  /** A Relay connection as far as it was fetched. */
  connection: { edges: { node: Node }[]; pageInfo: { hasNextPage: boolean } } | undefined;
  busy: boolean;
  problem: Problem | undefined;
  onMore: () => void;
  row: (node: Node) => ReactNode;
}

/** A list that grows at its end. */
export function Connection<Node extends { id: string }>({ name, connection, busy, problem, onMore, row }: Props<Node>) {
  return (
    <>
      <ul aria-label={name} aria-busy={busy}>
        {connection?.edges.map(({ node }) => <li key={node.id}>{row(node)}</li>)}
      </ul>
      {problem && <p className="wrong" role="alert">{problem.message}</p>}
      {connection?.pageInfo.hasNextPage && <button disabled={busy} onClick={onMore}>{`More ${name}`}</button>}
    </>
  );
}
