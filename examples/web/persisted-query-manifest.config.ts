import {
  fromGraphQLCodegenPersistedDocuments,
  type PersistedQueryManifestConfig,
} from '@apollo/generate-persisted-query-manifest';

const config: PersistedQueryManifestConfig = {
  documents: fromGraphQLCodegenPersistedDocuments('./src/generated/persisted-documents.json'),
  output: './src/generated/persisted-query-manifest.json',
};

export default config;
