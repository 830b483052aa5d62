import { useOutletContext } from '@remix-run/react';
import type { HostDetail, SamplePoint } from '../host-types';

/** What the page around them hands to all views of a host, kept up to date by its one live stream. */
export interface HostContext {
  host: HostDetail;
  /** Measurements that came since the page was loaded, oldest first. */
  heard: readonly SamplePoint[];
}

export const useHost = () => useOutletContext<HostContext>();
