/**
 * The Remix plugin's options. `vite.config.ts` builds with them, and nothing else reads this file.
 * @type {import('@remix-run/dev').VitePluginConfig}
 */
export default {
  // tools/builders.mjs builds beside the old one and changes places at the end.
  buildDirectory: process.env.BUILD_DIRECTORY ?? 'build/app',
  future: {
    v3_fetcherPersist: true,
    v3_lazyRouteDiscovery: true,
    v3_relativeSplatPath: true,
    v3_routeConfig: true,
    v3_singleFetch: true,
    v3_throwAbortReason: true,
  },
};
