import { loadAuthority } from '../certificates/authority/authority';
import { readPassphrases } from '../certificates/authority/read-passphrases';
import { createTokenFromServer, newToken } from '../enrolment-tokens/create-token';
import { defineCommand } from './command';
import { readInput } from './read-input';
import { withTrail } from './store';

const NAMES = {
  name: 'NAME',
  servers: '--server',
  expiresInHours: '--hours',
  maxUses: '--uses',
  tags: '--tag',
  autoApprove: '--approve',
};

export const tokensCreate = defineCommand({
  about:
    'Prints it once: machines join with it by their agent’s --token-file. The audit log has it. With the embedded\n' +
    'database, stop the server first.',
  flags: {
    server: { type: 'string', multiple: true, value: 'URL', about: 'where machines find this server, the best first' },
    hours: { type: 'string', value: 'N', about: 'how long it counts; 24 when left out' },
    uses: { type: 'string', value: 'N', about: 'how many machines may join with it; any number when left out' },
    tag: { type: 'string', multiple: true, value: 'TAG', about: 'given to its machines' },
    approve: { type: 'boolean', about: 'let its machines in without a person’s look' },
  },
  run({ operands: [name], flags: { server, hours = '24', uses, tag, approve }, config }) {
    const given = {
      name,
      servers: server,
      expiresInHours: Number(hours),
      maxUses: uses === undefined ? null : Number(uses),
      tags: tag,
      autoApprove: approve,
    };
    const token = readInput(newToken, given, NAMES);
    return withTrail(config, async ({ db, audit, config }) => {
      const passphrases = await readPassphrases(config);
      const authority = await loadAuthority(config.certificates.path, { passphrases, mayMake: false });
      const created = await createTokenFromServer({ db, audit, authority }, token);
      return { json: created, text: created.token };
    });
  },
});
