import { tellAuthorities } from '../certificates/tell-authorities';
import { tellSplit } from '../clones/tell-split';
import { tellCancelled, tellDue } from '../commands/tell-due';
import { tellRenewal } from '../hosts/tell-renewal';
import { tellConfiguration } from '../configuration/tell-configuration';
import type { Sources } from './inbox';
import { tellSettings } from './tell-settings';

/** All that a connected machine can be told, and which noun knows. A kind without a source does not compile. */
export const INBOX_SOURCES: Sources = {
  settings: tellSettings,
  split: tellSplit,
  authorities: tellAuthorities,
  renew: tellRenewal,
  // Before what is due: nothing is begun that is cancelled already.
  cancel: tellCancelled,
  commands: tellDue,
  configuration: tellConfiguration,
};
