import {
  UNSAFE_flatRoutes as flatRoutes,
  UNSAFE_getRouteConfigAppDirectory as appDirectory,
  UNSAFE_routeManifestToRouteConfig as toRouteConfig,
} from '@remix-run/dev';

/** A file in `routes/` is a route: its name is the path, dots are slashes. Tests live beside them and are none. */
export default toRouteConfig(flatRoutes(appDirectory(), ['**/*.test.ts', '**/*.test.tsx']));
