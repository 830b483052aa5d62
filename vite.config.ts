import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { vitePlugin as remix } from '@remix-run/dev';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';
import remixConfig from './remix.config.js';
import { wordFiles, wordVersions } from './tools/word-files';
import { missingFrom, readWords } from './tools/words.mjs';

/** The languages of which the browser must load English, too. */
function partialLanguages(): string[] {
  const english = readWords('en');
  return readdirSync(join(import.meta.dirname, 'public/locales'))
    .map((folder) => folder.replace('_', '-'))
    .filter((language) => missingFrom(readWords(language), english, language).length > 0);
}

export default defineConfig(({ command }) => ({
  plugins: [tailwindcss(), remix(remixConfig), wordFiles()],
  define: {
    'import.meta.env.WORD_VERSIONS': JSON.stringify(wordVersions()),
    'import.meta.env.PARTIAL_LANGUAGES': JSON.stringify(partialLanguages()),
  },
  build: {
    // The browsers that Tailwind 4 needs anyway know this much.
    target: 'es2022',
    // Small scripts that several pages share go together: one by one they compress badly.
    rollupOptions: { output: { experimentalMinChunkSize: 1_500 } },
  },
  // What only pages need goes into their build, so that a server can do without its packages. The rest of Remix is the
  // server's, too, and must be the same there. In development Vite cannot run what is not made of modules.
  ssr: command === 'build' ? { noExternal: true, external: ['@remix-run/node'] } : {},
  // All routes at once: a package found later would be bundled with a second copy of React, and no hook works across
  // two.
  optimizeDeps: { entries: ['app/entry.client.tsx', 'app/root.tsx', 'app/routes/*.{ts,tsx}'] },
}));
