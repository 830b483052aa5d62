/**
 * The Remix plugin's options. `vite.config.ts` builds with them, and nothing else reads this file.
 * @type {import('@remix-run/dev').VitePluginConfig}
 */
export default {
  // tools/build/builders.mjs builds beside the old one and changes places at the end.
  buildDirectory: process.env.BUILD_DIRECTORY ?? 'build/app',
  future: {
    v3_fetcherPersist: true,
    // An act's route would be asked for when its button is pressed, and without an answer the whole page would be lost.
    v3_lazyRouteDiscovery: false,
    v3_relativeSplatPath: true,
    v3_routeConfig: true,
    v3_singleFetch: true,
    v3_throwAbortReason: true,
  },
};
