// Lints the schema and what is asked of it (`npm run lint`), from the root of the repository: ESLint looks at nothing outside of
// the folder that it runs in. Two rules have no options for exceptions of their own: those are counted in
// `eslint-suppressions.json`, so that one more or one less is told.
import graphql from '@graphql-eslint/eslint-plugin';
import * as typescript from '@typescript-eslint/parser';

const { configs, parser, processor } = graphql;
const plugins = { '@graphql-eslint': graphql };
const graphQLConfig = { schema: 'schema.graphql', documents: 'examples/web/src/*.ts' };
const languageOptions = { parser, parserOptions: { graphQLConfig } };

const schema = { ...configs['flat/schema-recommended'].rules, ...configs['flat/schema-relay'].rules };
const [, naming] = schema['@graphql-eslint/naming-convention'];
const objects = 'ObjectTypeDefinition,ObjectTypeExtension';

export default [
  // Relay's compiler checks what it reads itself, in its own dialect of directives and arguments of fragments.
  { ignores: ['**/generated/**', 'examples/web/src/relay/**'] },
  {
    files: ['examples/web/src/*.ts'],
    languageOptions: { parser: typescript },
    processor,
  },
  {
    files: ['examples/web/src/**/*.graphql'],
    languageOptions,
    plugins,
    rules: configs['flat/operations-recommended'].rules,
  },
  {
    files: ['schema.graphql'],
    languageOptions,
    plugins,
    rules: {
      ...schema,
      // The schema is printed as most tools print it: what fits on a line in plain quotes, the rest as a block.
      '@graphql-eslint/description-style': 'off',
      '@graphql-eslint/naming-convention': [
        'error',
        // An `UploadType` is a row of the office's: a type of uploads.
        { ...naming, [objects]: { ...naming[objects], style: 'PascalCase', ignorePattern: '^UploadType$' } },
      ],
      // Suppressed: `Click.clickId` is what networks call it, beside the `id`; a `SubId` is named by its `subId`, as affiliates
      // say; and `User.username` begins with another word.
      '@graphql-eslint/no-typename-prefix': 'error',
      '@graphql-eslint/relay-edge-types': [
        'error',
        {
          // Connections have `nodes` beside `edges`, and lists that can't grow are plain lists.
          listTypeCanWrapOnlyEdgeType: false,
          // Suppressed: a `LegacyUsage` is a count, which nobody asks for by itself.
          shouldImplementNode: true,
          withEdgeSuffix: true,
        },
      ],
      // What is no object of its own has no id.
      '@graphql-eslint/strict-id-in-types': [
        'error',
        {
          exceptions: {
            // Relay's, and what mutations answer with.
            suffixes: ['Connection', 'Edge', 'PageInfo', 'Payload'],
            types: [
              // Counted or drawn when it is asked for.
              ...['AssessmentDictionary', 'AssessmentMap', 'AssessmentReport', 'LegacyUsage', 'MonthSummary'],
              ...['PaymentSummary', 'SummaryReport', 'TrackingDashboard', 'TrackingReportRow', 'TrackingSummary'],
              // Part of what they stand in.
              ...['ClusterScore', 'ErrorExtensions', 'Fee', 'FieldViolation', 'TypologyScore'],
              // The same for everybody and for good; they have a `code`.
              ...['Cluster', 'Typology'],
              // For whoever has the secret, who is not told which row it opens.
              ...['AuthToken', 'ConfirmedSignUp', 'OpenInvitation'],
            ],
          },
        },
      ],
    },
  },
];
