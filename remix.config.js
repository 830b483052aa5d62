/**
 * The Remix plugin's options. `vite.config.ts` builds with them, and nothing else reads this file.
 * @type {import('@remix-run/dev').VitePluginConfig}
 */
export default {
  buildDirectory: 'build/app',
  future: {
    v3_fetcherPersist: true,
    v3_lazyRouteDiscovery: true,
    v3_relativeSplatPath: true,
    v3_routeConfig: true,
    v3_singleFetch: true,
    v3_throwAbortReason: true,
  },
};
