import type { Asker } from '../hosts/visible-hosts';
import type { Services } from '../services';

/** Who looks at the dashboard, and where what it says is. */
export type Looking = Pick<Services, 'db' | 'config'> & Asker;
