import { authorization } from './session';

/** What the gateway tells the page: see `src/http/explorer/context.rs`. */
export interface Context {
  /** Accounts with known passwords; empty everywhere but in the demo. */
  accounts: Account[];
  /** The user bases that one can log in to, as the enum `Realm` names them. */
  realms: string[];
  /** The legacy APIs with the operations behind their routes. */
  apis: Api[];
  /** Whether the explorer is for administrators, and nobody has logged in who is one. */
  restricted: boolean;
}

export interface Account {
  realm: string;
  role: string;
  email: string;
  password: string;
  /** What there is to see with it. */
  note: string;
}

export interface Api {
  slug: string;
  title: string;
  operations: Operation[];
}

export interface Operation {
  name: string;
  /** The routes that it answers, such as `GET /api/clients`. */
  routes: string[];
  query: string;
  variables: Variable[];
}

export interface Variable {
  name: string;
  required: boolean;
  /** A value of its type, to be replaced. */
  example: unknown;
}

/** Nothing of it is needed to write a query, so an answer that fails leaves those parts empty. */
export async function loadContext(): Promise<Context> {
  const nothing = { accounts: [], realms: [], apis: [], restricted: false };
  try {
    const response = await fetch('/explorer/context.json', { headers: authorization() });
    return response.ok ? ((await response.json()) as Context) : nothing;
  } catch {
    return nothing;
  }
}

export function findOperation(context: Context, name: string): Operation | undefined {
  return context.apis.flatMap(api => api.operations).find(operation => operation.name === name);
}

/** The variables as text for the editor: those that can be left out are comments, since null is not the same as absent. */
export function variablesText({ variables }: Operation): string {
  if (!variables.length) return '';
  const line = ({ name, required, example }: Variable) =>
    `  ${required ? '' : '// '}${JSON.stringify(name)}: ${JSON.stringify(example)},`;
  return ['{', ...variables.map(line), '}'].join('\n');
}
