// A list of an object's own, page by page in both directions: Relay asks for the next one through `node`.
import { graphql } from 'relay-runtime';

export const partnerQuery = graphql`
  query partnerClientsQuery($id: ID!) {
    partner(id: $id) {
      name
      ...partnerClients_partner @arguments(first: 10)
    }
  }
`;

export const partnerClients = graphql`
  fragment partnerClients_partner on Partner
  @refetchable(queryName: "partnerClientsPaginationQuery")
  @argumentDefinitions(
    first: { type: "Int" }
    after: { type: "String" }
    last: { type: "Int" }
    before: { type: "String" }
  ) {
    clients(first: $first, after: $after, last: $last, before: $before) @connection(key: "partnerClients_clients") {
      edges {
        node {
          id
          ...clientList_client
        }
      }
    }
  }
`;
