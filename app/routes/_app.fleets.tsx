import { Outlet } from '@remix-run/react';
import type { PageHandle } from '../page-handle';

/** Only a step of the breadcrumb: the list and each fleet are below it. */
export const handle: PageHandle = { title: (t) => t('nav.fleets') };

export default Outlet;
