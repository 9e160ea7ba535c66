// Apollo Client, as its documentation sets it up.
import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { graphql } from './generated/index.js';

const Services = graphql(`
  query ServicesForApollo {
    services { id name fees { name amount } }
  }
`);

const client = new ApolloClient({
  link: new HttpLink({ uri: `${process.argv[2] ?? 'http://127.0.0.1:8080'}/graphql` }),
  cache: new InMemoryCache(),
});
const { data } = await client.query({ query: Services });
if (!data?.services.length) throw new Error('no services');
const [first] = data.services;
// Ids are unique across types, so that the cache finds each object again.
const cached = client.cache.identify({ __typename: 'Service', id: first?.id });
if (!cached || !(cached in (client.cache.extract() as object))) throw new Error(`${cached} is not in the cache`);
console.log(`Apollo Client: ${data.services.length} services, the first as ${cached}`);
