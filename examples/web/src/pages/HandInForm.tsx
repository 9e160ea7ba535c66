import type { Problem } from '../errors';
import type { HandInMutation, UploadDocumentInput } from '../generated/graphql';
import { Field, Form } from './Form';

interface Props {
  busy: boolean;
  document: HandInMutation['uploadDocument']['document'] | undefined;
  problem: Problem | undefined;
  onHandIn: (input: UploadDocumentInput) => void;
}

export function HandInForm({ busy, document, problem, onHandIn }: Props) {
  const submit = (values: FormData) =>
    onHandIn({ name: String(values.get('name')), file: values.get('file') as File });
  return (
    <Form name="Documents" button="Hand in" busy={busy} problem={problem} onSubmit={submit}>
      <Field name="name" label="What it is" problem={problem} />
      <Field name="file" label="PDF, JPEG or PNG, at most 5 MB" type="file" problem={problem} />
      {document && <p role="status">{`${document.name} arrived, ${document.size} bytes.`}</p>}
    </Form>
  );
}
