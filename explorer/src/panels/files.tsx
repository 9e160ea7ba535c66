import { useGraphiQL, type GraphiQLPlugin } from '@graphiql/react';
import { choose, chosen, key, operationOf, placesOf } from '../files';

/** Files for the variables of type `Upload` in the current operation. */
function Files() {
  const { schema, documentAST, operationName } = useGraphiQL(({ schema, documentAST, operationName }) => ({
    schema,
    documentAST,
    operationName,
  }));
  const selected = chosen.use();
  const operation = operationOf(documentAST, operationName);
  const places = schema && operation ? placesOf(schema, operation) : [];
  const name = operation?.name?.value;
  return (
    <section className="gerbang-panel" aria-label="Files">
      <h2>Files</h2>
      {places.length === 0 ? (
        <p>The operation has no variable for a file. Give it one of the type Upload, as UploadDocument has.</p>
      ) : (
        <p>Sent with the next run, in place of what the variables say.</p>
      )}
      {places.map(({ path, multiple }) => (
        <label key={key(name, path)}>
          {path}
          <input type="file" multiple={multiple} onChange={event => choose(name, path, [...(event.target.files ?? [])])} />
          <small>{selected.get(key(name, path))?.map(file => `${file.name}, ${file.size} bytes`).join('; ')}</small>
        </label>
      ))}
    </section>
  );
}

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.8" aria-hidden="true">
      <path d="M12 16V4m0 0L7 9m5-5 5 5M4 17v3h16v-3" />
    </svg>
  );
}

export const filesPanel: GraphiQLPlugin = { title: 'Files', icon: Icon, content: Files };
