import { deriveKey } from '../process/derive-key';

/**
 * What cookies have in their names, because browsers keep one jar for all ports of a host, and two servers would sign
 * each other's people out: the port that is set. Where any free one is taken (0), it is another at each start, and the
 * secret tells the servers apart.
 */
export const nameForCookies = ({ frontend_port }: { frontend_port: number }, serverSecret: string): string =>
  frontend_port === 0
    ? deriveKey(serverSecret, 'sysmanage cookie name v1').toString('hex', 0, 6)
    : String(frontend_port);
