import { Outlet } from '@remix-run/react';
import type { PageHandle } from '../page-handle';

/** Only a step of the breadcrumb: the list and each user are below it. */
export const handle: PageHandle = { title: (t) => t('nav.users') };

export default Outlet;
