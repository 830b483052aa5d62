import { join } from 'node:path';
import type { ServerBuild } from '@remix-run/node';
import { expect, onTestFinished, test } from 'vitest';
import { listen } from './http/listen';
import { createLog } from './log';
import { importFile } from './process/import-file';
import { projectRoot } from './process/project';
import { testServices } from './testing';
import { createWebServer } from './web';

/** All pages are loaded for it. */
const PATIENCE = { timeout: 60_000 };

test(
  'what fails in a page is a line of the log, by the id that the page shows, without what is secret in it',
  PATIENCE,
  async () => {
    const lines: string[] = [];
    const log = createLog({ level: 'info', format: 'json' }, { write: (line) => void lines.push(line) });
    const services = { ...(await testServices()), log };
    const build = (await importFile(join(projectRoot, 'build/app/server/index.js'))) as ServerBuild;
    const route = build.routes['routes/sign-in']!;
    const { module } = route;
    onTestFinished(() => void (route.module = module));
    route.module = {
      ...module,
      loader() {
        throw new Error('the fault, near postgres://sysmanage:hunter2@db.example.com/sysmanage');
      },
    };
    const web = await createWebServer(services, { apiPort: 6443, certificate: null });
    onTestFinished(web.close);
    const { port, close } = await listen(web.server, { port: 0, host: '127.0.0.1' });
    onTestFinished(close);
    const answer = await fetch(`http://127.0.0.1:${port}/sign-in?next=%2Fhosts`);
    expect(answer.status).toBe(500);
    const line = lines
      .map((text) => JSON.parse(text) as { msg: string; requestId?: string })
      .find(({ msg }) => msg === 'page failed');
    expect(line).toMatchObject({ level: 50, path: '/sign-in', err: { message: expect.stringContaining('the fault') } });
    expect(await answer.text()).toContain(String(line!.requestId));
    expect(lines.join('')).not.toContain('hunter2');
  },
);
