const files = import.meta.glob<string>('./examples/*.graphql', { query: '?raw', import: 'default', eager: true });

/** Operations to begin with, a tab each: one or two for every area, in the order of their files. */
export const examples = Object.keys(files)
  .sort()
  .map(file => ({ query: files[file] ?? '' }));
