// @ts-check
import js from '@eslint/js';
// @ts-expect-error It comes without types.
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/**
 * Which top-level folder may take what from which other. `run`: modules it may load; `types`: those it may only know
 * the types of. Everything not named is forbidden. Why: docs/decisions/0002, 0008, 0011 and "To change X, go to Y" in
 * the README.
 *
 * @type {Record<string, { run?: string[], types?: string[] }>}
 */
const borders = {
  app: { run: ['words/isolate', 'words/machine-words'], types: ['server'] },
  server: {
    run: [
      'db',
      'words',
      'agent/protocol',
      'agent/commands/command-kinds',
      'agent/commands/protocol',
      'agent/wire-text',
      'agent/wire-words',
      'agent/configuration/schema',
      'agent/fingerprint',
      'agent/frame-codec',
      'agent/enrolment-token',
      'agent/server-address',
      'agent/name-to-ascii',
      'agent/discovery/message',
      'agent/discovery/interfaces',
      'agent/discovery/sockets',
      'agent/discovery/rate-window',
      'agent/discovery/read-messages',
      'agent/discovery/default-config',
      // Tests draw with it.
      'agent/commands/simulation/testing-random',
    ],
  },
  agent: { run: ['words'], types: ['server'] },
  db: { run: ['words'] },
  words: {},
  e2e: {
    run: [
      'db',
      'agent/protocol',
      'agent/commands/command-kinds',
      'agent/commands/protocol',
      'agent/fingerprint',
      'agent/frame-codec',
      'agent/enrolment-token',
    ],
    types: ['server'],
  },
  tools: { run: ['words/machine-words'] },
};

const environment = {
  object: 'process',
  property: 'env',
  message: 'Only server/config.ts reads the environment; take it from the configuration.',
};
const processEnv = {
  name: 'node:process',
  importNames: ['env'],
  message: 'Only server/config.ts reads the environment.',
};

/** Whatever people read has its words in public/locales: `t('…')`. */
const read =
  'JSXAttribute[name.name=/^(label|title|text|placeholder|alt|description|verb|aria-(label|description|valuetext))$/]';
const shown = ':matches(JSXElement, JSXFragment) > JSXExpressionContainer';
const word = 'Literal[value=/[A-Za-z]{2}/]';
const literals = [
  'JSXText[value=/[A-Za-z]{2}/]',
  `${read} > ${word}`,
  // In braces: by itself, as what is chosen of two, or within a template.
  ...[shown, `${read} > JSXExpressionContainer`].flatMap((braces) => [
    `${braces} > ${word}`,
    ...['ConditionalExpression', 'LogicalExpression'].map((choice) => `${braces} > ${choice} > ${word}:not(.test)`),
    `${braces} > ConditionalExpression > ConditionalExpression > ${word}`,
    `${braces} > TemplateLiteral > TemplateElement[value.raw=/[A-Za-z]{2}/]`,
  ]),
].map((selector) => ({ selector, message: 'What people read goes through i18next.' }));

/** @param {string} folder */
function keepBorders(folder) {
  const { run = [], types = [] } = borders[folder] ?? {};
  const foreign = Object.keys(borders).filter((other) => other !== folder);
  const patterns = foreign.map((other) => {
    const allowed = run.flatMap((path) =>
      path === other ? [''] : path.startsWith(`${other}/`) ? [path.slice(other.length + 1) + '$'] : [],
    );
    const except = allowed.length > 0 ? `(?!${allowed.join('|')})` : '';
    return {
      regex: `^(\\.\\./)+${other}/${except}`,
      allowTypeImports: types.includes(other),
      message: types.includes(other)
        ? `${folder}/ takes only types from ${other}/.`
        : `${folder}/ may not take this from ${other}/.`,
    };
  });
  if (folder === 'server')
    patterns.push({
      regex: '^(\\.\\./)+cli/(?!testing)',
      allowTypeImports: false,
      message: 'Commands call the rest of server/.',
    });
  return defineConfig({
    files: [`${folder}/**/*.{ts,tsx,js,mjs}`],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { paths: [processEnv], patterns }],
      // The rule above does not look at `import()`, which always loads.
      'no-restricted-syntax': [
        'error',
        ...patterns.map(({ regex, message }) => ({
          selector: `ImportExpression[source.value=/${regex.replaceAll('/', '\\/')}/]`,
          message,
        })),
        ...(folder === 'app' ? literals : []),
      ],
    },
  });
}

/** The borders alone, which need no types: what tools/borders.test.ts lints with. */
export const borderConfig = defineConfig(
  { languageOptions: { parser: tseslint.parser }, plugins: { '@typescript-eslint': tseslint.plugin } },
  { rules: { 'no-restricted-properties': ['error', environment] } },
  ...Object.keys(borders).map(keepBorders),
  // Tests of the two ends together. What ships keeps the border: docs/decisions/0008.
  { files: ['server/**/*.agent{,.rules,.db}.test.ts'], rules: { '@typescript-eslint/no-restricted-imports': 'off' } },
  {
    files: [
      'server/config.ts',
      'agent/process/configure.ts',
      'db/run-test-postgresql.mjs',
      'tools/**',
      'e2e/**',
      '*.config.{ts,js}',
      '**/*.test.{ts,tsx}',
    ],
    rules: { 'no-restricted-properties': 'off' },
  },
);

export default defineConfig(
  globalIgnores(['build/', 'data/', 'node_modules/', 'e2e/results/', 'db/migrations/']),
  js.configs.recommended,
  tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      globals: globals.node,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Our objects are closures, whose methods know no `this` to lose.
      '@typescript-eslint/unbound-method': 'off',
      // An `async` function without `await` is how a throw becomes a rejection.
      '@typescript-eslint/require-await': 'off',
    },
  },
  ...borderConfig,
  {
    files: ['app/**/*.{ts,tsx}'],
    extends: [reactHooks.configs.flat.recommended, jsxA11y.flatConfigs.recommended],
    languageOptions: { globals: globals.browser },
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: '@remix-run/react',
              importNames: ['useActionData'],
              message: 'It forgets by itself: app/forms/use-answer.ts.',
            },
          ],
        },
      ],
      // Remix is steered by throwing responses and redirects.
      '@typescript-eslint/only-throw-error': 'off',
    },
  },
  { files: ['app/forms/use-answer.ts'], rules: { 'no-restricted-imports': 'off' } },
  {
    // `expect.any` and its like are `any` by design.
    files: ['**/*.test.{ts,tsx}', 'e2e/**/*.ts'],
    rules: { '@typescript-eslint/no-unsafe-assignment': 'off', '@typescript-eslint/no-unsafe-argument': 'off' },
  },
  // It does not see that a JSDoc cast has given a type to what was `any`.
  { files: ['**/*.mjs'], rules: { '@typescript-eslint/no-unsafe-assignment': 'off' } },
  { files: ['*.config.{js,ts}'], extends: [tseslint.configs.disableTypeChecked] },
  { files: ['e2e/**'], rules: { 'no-empty-pattern': 'off' } },
);
