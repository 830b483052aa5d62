import { Outlet } from '@remix-run/react';
import type { PageHandle } from '../page-handle';

/** Only a step of the breadcrumb: the list and each saved command are below it. */
export const handle: PageHandle = { title: (t) => t('saved.title') };

export default Outlet;
