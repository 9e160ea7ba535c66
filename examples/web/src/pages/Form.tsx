import { useId, type ReactNode, type SubmitEvent } from 'react';
import { words, type Problem } from '../errors';

interface FormProps {
  name: string;
  button: string;
  busy: boolean;
  problem?: Problem | undefined;
  onSubmit: (values: FormData) => void;
  children: ReactNode;
}

/** A form that keeps what was written until it was taken, and says what is wrong with it as a whole. */
export function Form({ name, button, busy, problem, onSubmit, children }: FormProps) {
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    onSubmit(new FormData(event.currentTarget));
  };
  return (
    <form aria-label={name} onSubmit={submit} noValidate>
      {children}
      <button disabled={busy}>{button}</button>
      {problem && <p className="wrong" role="alert">{problem.message}</p>}
    </form>
  );
}

interface FieldProps {
  /** Its path in the input (`account.login`), which is what the gateway calls it in `extensions.fields`. */
  name: string;
  label: string;
  type?: 'text' | 'password' | 'file';
  value?: string;
  autoComplete?: string;
  problem?: Problem | undefined;
}

export function Field({ name, label, type = 'text', value, autoComplete, problem }: FieldProps) {
  const id = useId();
  const violations = problem?.fields[name] ?? [];
  const wrong = violations.length > 0;
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        name={name}
        type={type}
        defaultValue={value}
        autoComplete={autoComplete}
        aria-invalid={wrong}
        aria-describedby={wrong ? `${id}-wrong` : undefined}
      />
      {wrong && (
        <ul id={`${id}-wrong`} className="wrong">
          {violations.map(violation => (
            <li key={violation.rule} data-rule={violation.rule}>{words(violation)}</li>
          ))}
        </ul>
      )}
    </>
  );
}
