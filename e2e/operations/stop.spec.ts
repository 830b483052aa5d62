import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '../fixtures';
import { startProgram } from '../start-process';
import { startServer } from '../start-server';

// A service manager may change its mind at once. What was half made must not stand in the way of the next start.
for (const made of ['pglite.new', 'certs']) {
  test(`a first start that is stopped as soon as there is ${made}`, async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'sysmanage-e2e-stop-'));
    const starting = startProgram('server/sysmanage.js', ['serve', '--no-local-agent'], {
      SYSMANAGE_DATA_DIR: dataDir,
      SYSMANAGE_API_PORT: '0',
      SYSMANAGE_FRONTEND_PORT: '0',
    });
    await expect.poll(() => existsSync(join(dataDir, made)), { intervals: [10], timeout: 60_000 }).toBe(true);
    expect(await starting.stop(), starting.output()).toBe(0);
    expect(starting.output()).toBe('');
    const server = await startServer({ dataDir });
    expect(await server.stop(), server.output()).toBe(0);
    rmSync(dataDir, { recursive: true });
  });
}
