import type { GraphQLFormattedError } from 'graphql';
import type { ErrorCode, ErrorExtensions, FieldViolation, ValidationRule } from './generated/graphql';

/** What a page shows of an error: at each field what is wrong there, and the rest in one sentence. */
export interface Problem {
  message: string;
  fields: Record<string, FieldViolation[]>;
}

/** Words of this front end's own for some rules. Where it has none, the gateway's are good enough to show. */
const WORDS: Partial<Record<ValidationRule, (violation: FieldViolation) => string>> = {
  DATE: ({ example }) => `Write the date as ${example}.`,
  REQUIRED: () => 'Fill this in.',
};

export function words(violation: FieldViolation): string {
  return WORDS[violation.rule]?.(violation) ?? violation.message;
}

/** What stands in `extensions`, which the schema has the type of. Other servers on the way may have sent none. */
function extensionsOf(error: GraphQLFormattedError): Partial<ErrorExtensions> {
  return error.extensions ?? {};
}

export function hasCode(errors: readonly GraphQLFormattedError[], code: ErrorCode): boolean {
  return errors.some(error => extensionsOf(error).code === code);
}

/** Of the errors of an operation, if the gateway answered at all. */
export function problemOf(errors: readonly GraphQLFormattedError[]): Problem {
  const [error] = errors;
  if (!error) return { message: 'The gateway can’t be reached. Try again.', fields: {} };
  const { code, fields, retryAfter } = extensionsOf(error);
  if (code === 'VALIDATION_FAILED') return { message: 'Look at the marked fields.', fields: fields ?? {} };
  if (code === 'RATE_LIMITED') return { message: `Too often. Try again in ${retryAfter} s.`, fields: {} };
  return { message: error.message, fields: {} };
}
