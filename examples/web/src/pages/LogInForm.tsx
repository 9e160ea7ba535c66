import { useState } from 'react';
import { problemOf, type Problem } from '../errors';
import { GatewayError } from '../gateway';
import { logIn } from '../session';
import { Field, Form } from './Form';

export function LogInForm({ ended }: { ended: boolean }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const submit = async (values: FormData) => {
    setBusy(true);
    try {
      await logIn(String(values.get('account.login')), String(values.get('password')));
    } catch (error) {
      setProblem(problemOf(error instanceof GatewayError ? error.errors : []));
      setBusy(false);
    }
  };
  return (
    <>
      {ended && <p role="status">Your session has ended. Log in again.</p>}
      <Form name="Log in" button="Log in" busy={busy} problem={problem} onSubmit={submit}>
        <Field name="account.login" label="E-mail address" autoComplete="username" problem={problem} />
        <Field name="password" label="Password" type="password" autoComplete="current-password" problem={problem} />
      </Form>
    </>
  );
}
