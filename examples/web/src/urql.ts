// urql, as its documentation sets it up, with its default cache and GET for queries.
import { cacheExchange, Client, fetchExchange } from '@urql/core';
import { graphql } from './generated/index.js';

const Faqs = graphql(`
  query FaqsForUrql {
    faqs { id question answer }
  }
`);

const url = `${process.argv[2] ?? 'http://127.0.0.1:8080'}/graphql`;
for (const preferGetMethod of [false, 'force'] as const) {
  const client = new Client({ url, exchanges: [cacheExchange, fetchExchange], preferGetMethod });
  const { data, error } = await client.query(Faqs, {}).toPromise();
  if (error) throw error;
  if (!data?.faqs.length) throw new Error('no questions');
  console.log(`urql by ${preferGetMethod ? 'GET' : 'POST'}: ${data.faqs.length} questions`);
}
