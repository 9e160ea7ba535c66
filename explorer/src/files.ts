import {
  getNamedType,
  isInputObjectType,
  isListType,
  isNonNullType,
  typeFromAST,
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { store } from './store';

/** A place of an operation's variables that takes files, such as `input.file`. */
export interface Place {
  path: string;
  multiple: boolean;
}

/** The files chosen so far, by operation and path. */
export const chosen = store<ReadonlyMap<string, readonly File[]>>(new Map());

export function key(operation: string | undefined, path: string): string {
  return `${operation ?? ''} ${path}`;
}

export function choose(operation: string | undefined, path: string, files: readonly File[]): void {
  const next = new Map(chosen.get());
  if (files.length) next.set(key(operation, path), files);
  else next.delete(key(operation, path));
  chosen.set(next);
}

/** The operation that will run: the named one, or the only one. */
export function operationOf(document: DocumentNode | undefined, name?: string | null): OperationDefinitionNode | undefined {
  const operations = document?.definitions.filter(definition => definition.kind === 'OperationDefinition') ?? [];
  return operations.find(operation => operation.name?.value === name) ?? operations[0];
}

/** How deep input objects are looked into; none of the schema's nests files deeper. */
const DEPTH = 4;

export function placesOf(schema: GraphQLSchema, operation: OperationDefinitionNode): Place[] {
  return operation.variableDefinitions?.flatMap(definition => {
    // The schema's types only: an unknown one is for the editor to underline.
    const type = typeFromAST(schema, definition.type as Parameters<typeof typeFromAST>[1]) as GraphQLInputType | undefined;
    return type ? placesIn(type, definition.variable.name.value, DEPTH) : [];
  }) ?? [];
}

function placesIn(type: GraphQLInputType, path: string, depth: number): Place[] {
  const bare = isNonNullType(type) ? type.ofType : type;
  if (getNamedType(bare).name === 'Upload') return [{ path, multiple: isListType(bare) }];
  if (!isInputObjectType(bare) || depth === 0) return [];
  return Object.values(bare.getFields()).flatMap(field => placesIn(field.type, `${path}.${field.name}`, depth - 1));
}

/**
 * The body of a request with files, as the GraphQL multipart request specification has it. `undefined` if none were
 * chosen for this operation.
 */
export function multipart(
  request: { query: string; operationName?: string | null; variables?: Record<string, unknown> },
  operation: OperationDefinitionNode,
): FormData | undefined {
  const variables = structuredClone(request.variables ?? {});
  const declared = new Set(operation.variableDefinitions?.map(definition => definition.variable.name.value));
  const map: Record<string, string[]> = {};
  const parts: File[] = [];
  for (const [at, files] of chosen.get()) {
    const [name, path = ''] = at.split(' ');
    if (name !== (operation.name?.value ?? '') || !declared.has(path.split('.')[0] ?? '')) continue;
    const multiple = files.length > 1 || Array.isArray(valueAt(variables, path));
    put(variables, path, multiple ? files.map(() => null) : null);
    files.forEach((file, index) => {
      map[parts.length] = [`variables.${path}${multiple ? `.${index}` : ''}`];
      parts.push(file);
    });
  }
  if (!parts.length) return undefined;
  const form = new FormData();
  form.append('operations', JSON.stringify({ ...request, variables }));
  form.append('map', JSON.stringify(map));
  parts.forEach((file, index) => form.append(String(index), file));
  return form;
}

type Json = Record<string, unknown>;

function valueAt(variables: Json, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (value as Json | null | undefined)?.[name], variables);
}

function put(variables: Json, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop() ?? '';
  let place = variables;
  for (const name of names) place = (place[name] ??= {}) as Json;
  place[last] = value;
}
