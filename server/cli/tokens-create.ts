import { loadAuthority } from '../certificates/authority/authority';
import { readPassphrases } from '../certificates/authority/read-passphrases';
import { createTokenFromServer, newToken } from '../enrolment-tokens/create-token';
import { defineCommand } from './command';
import { readInput } from './read-input';
import { withTrail } from './store';
import { words } from '../../words/words';

const NAMES = {
  name: 'NAME',
  servers: '--server',
  expiresInHours: '--hours',
  maxUses: '--uses',
  tags: '--tag',
  autoApprove: '--approve',
};

export const tokensCreate = defineCommand({
  about: words('server.tokens_create.about'),
  flags: {
    server: { type: 'string', multiple: true, value: 'URL', about: words('server.tokens_create.server') },
    hours: { type: 'string', value: 'N', about: words('server.tokens_create.hours') },
    uses: { type: 'string', value: 'N', about: words('server.tokens_create.uses') },
    tag: { type: 'string', multiple: true, value: 'TAG', about: words('server.tokens_create.tag') },
    approve: { type: 'boolean', about: words('server.tokens_create.approve') },
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
      const authority = await loadAuthority(config.certificates.path, { passphrases, isReader: true });
      const created = await createTokenFromServer({ db, audit, authority }, token);
      return { json: created, lines: [created.token] };
    });
  },
});
