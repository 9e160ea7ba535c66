import type { Problem } from '../errors';
import type { ProfileRowFragment, UpdateApplicantInput } from '../generated/graphql';
import { Field, Form } from './Form';

interface Props {
  profile: ProfileRowFragment;
  busy: boolean;
  saved: boolean;
  problem: Problem | undefined;
  onSave: (input: UpdateApplicantInput) => void;
}

export function ProfileForm({ profile, busy, saved, problem, onSave }: Props) {
  const submit = (values: FormData) =>
    onSave({ birthDate: String(values.get('birthDate')), address: String(values.get('address')) });
  return (
    <Form name="Profile" button="Save" busy={busy} problem={problem} onSubmit={submit}>
      <Field name="birthDate" label="Date of birth" value={profile.birthDate} problem={problem} />
      <Field name="address" label="Address" value={profile.address} problem={problem} />
      {saved && <p role="status">Saved.</p>}
    </Form>
  );
}
