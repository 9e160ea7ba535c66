const files = import.meta.glob<string>('./examples/*.graphql', { query: '?raw', import: 'default', eager: true });

/**
 * Operations to begin with, a tab each: one or two for every area, in the order of their files. Comments that begin with
 * `demo:` speak of the demo's accounts and are only for it; those with `elsewhere:` are for all others.
 */
export function examples(demo: boolean): { query: string }[] {
  const [shown, left] = demo ? ['demo', 'elsewhere'] : ['elsewhere', 'demo'];
  const query = (text: string) =>
    text.replaceAll(new RegExp(`^# ${left}:.*\\n`, 'gm'), '').replaceAll(new RegExp(`^# ${shown}: `, 'gm'), '# ');
  return Object.keys(files)
    .sort()
    .map(file => ({ query: query(files[file] ?? '') }));
}
