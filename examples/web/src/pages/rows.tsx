import type { FaqsQuery, NotificationRowFragment } from '../generated/graphql';

type Faq = FaqsQuery['faqsConnection']['edges'][number]['node'];

export const questionRow = ({ question, answer }: Faq) => (
  <details>
    <summary>{question}</summary>
    {answer}
  </details>
);

export const notificationRow = ({ title, message, createdAt }: NotificationRowFragment) => (
  <>
    <strong>{title}</strong> <time dateTime={createdAt}>{new Date(createdAt).toLocaleString()}</time>
    <br />
    {message}
  </>
);
