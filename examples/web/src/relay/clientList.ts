// What Relay's compiler asks of a server: global ids behind `node`, connections, and fragments that refetch themselves.
import { graphql } from 'relay-runtime';

export const clientListQuery = graphql`
  query clientListQuery($first: Int!) {
    ...clientList_clients @arguments(first: $first)
  }
`;

export const clientList = graphql`
  fragment clientList_clients on Query
  @refetchable(queryName: "clientListPaginationQuery")
  @argumentDefinitions(first: { type: "Int!" }, after: { type: "String" }) {
    clients(first: $first, after: $after) @connection(key: "clientList_clients") {
      edges {
        node {
          id
          ...clientList_client
        }
      }
    }
  }
`;

export const client = graphql`
  fragment clientList_client on Client @refetchable(queryName: "clientListClientQuery") {
    name
    assessedAt
  }
`;
