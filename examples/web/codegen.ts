import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: '../../schema.graphql',
  documents: ['src/*.ts'],
  emitLegacyCommonJSImports: false,
  generates: {
    'src/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false, persistedDocuments: { hashAlgorithm: 'sha256' } },
      config: {
        enumsAsTypes: true,
        strictScalars: true,
        scalars: {
          Amount: 'string | number',
          Date: 'string',
          DateTime: 'string',
          Decimal: 'string',
          FieldViolations: 'Record<string, FieldViolation[]>',
          File: 'never',
          JSON: 'unknown',
          RawBody: 'string',
          Rupiah: 'number',
          SafeInt: 'number',
          Upload: 'Blob',
        },
        useTypeImports: true,
      },
    },
  },
};

export default config;
