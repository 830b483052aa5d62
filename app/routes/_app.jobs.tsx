import { Outlet } from '@remix-run/react';
import type { PageHandle } from '../page-handle';

/** Only a step of the breadcrumb: the list and each job are below it. */
export const handle: PageHandle = { title: (t) => t('jobs.title') };

export default Outlet;
