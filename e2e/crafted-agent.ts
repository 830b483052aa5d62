import 'reflect-metadata';
import { KeyObject, sign, webcrypto, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import * as x509 from '@peculiar/x509';
import { createTRPCClient, createWSClient, type TRPCClient, wsLink } from '@trpc/client';
import { WebSocket } from 'ws';
import { createFrameCodec, deriveChannelKeys } from '../agent/frame-codec';
import {
  AGENT_SOCKET_PATH,
  CONNECTION_TOKEN_HEADER,
  enrolmentProofText,
  type Hello,
  type Registration,
} from '../agent/protocol';
import type { AppRouter } from '../server/router';
import type { Server } from './start-server';

/** Ends the connection; until then it says over it what one likes. */
type HangUp = (() => Promise<void>) & { client: TRPCClient<AppRouter> };

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/**
 * A machine that says what we like, over the same doors and with the same cryptography as a real one: our agent would
 * never say what an attacker's does.
 */
export async function craftAgent(server: Server, said: Partial<Registration> = {}) {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const privateKey = KeyObject.from(keys.privateKey);
  const ca = await readFile(join(server.dataDir, 'certs/ca.crt'));
  const csr = await x509.Pkcs10CertificateRequestGenerator.create({
    name: 'CN=crafted',
    keys,
    signingAlgorithm: ALGORITHM,
  });
  const claims = {
    csr: csr.toString('pem'),
    fqdn: 'crafted.example.com',
    platform: 'linux' as const,
    osName: 'Debian GNU/Linux',
    osVersion: '12',
    addresses: ['192.0.2.7'],
    agentVersion: '1.0.0',
    ...said,
  };

  async function call<Result>(procedure: string, input: object, agent = new Agent({ ca })): Promise<Result> {
    const call = request(`${server.agentsUrl}/trpc/${procedure}`, {
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/json' },
    });
    call.end(JSON.stringify(input));
    const body = await new Promise<string>((resolve, reject) => {
      call.once('error', reject).once('response', (response) => resolve(text(response)));
    });
    const answer = JSON.parse(body) as { result?: { data: Result } };
    if (!answer.result) throw new Error(`${procedure} was refused: ${body}`);
    return answer.result.data;
  }

  const { enrolmentId, challenge } = await call<{ enrolmentId: string; challenge: string }>('agents.register', claims);
  return {
    fqdn: claims.fqdn,
    hostId: enrolmentId,

    /** Collects the certificate, once it is approved, connects, says hello and stays. Call the result to hang up. */
    async connect(hello: Partial<Hello> = {}): Promise<HangUp> {
      const signature = sign('sha256', Buffer.from(enrolmentProofText(enrolmentId, challenge)), privateKey).toString(
        'base64',
      );
      const { certificate } = await call<{ certificate: string }>('agents.certificate', {
        enrolmentId,
        challenge,
        signature,
      });
      const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      // Keeps the TLS connection that the token is asked on, and counts on.
      const agent = new Agent({ ca, cert: certificate, key, keepAlive: true });
      const { token, secret } = await call<{ token: string; secret: string }>('agents.connectionToken', {}, agent);
      const { serialNumber } = new X509Certificate(certificate);
      const { toServer, toAgent } = deriveChannelKeys(Buffer.from(secret, 'base64url'), serialNumber);
      const codec = createFrameCodec({ send: toServer, receive: toAgent }, (fault) => {
        throw new Error(`the server sent a wrong frame: ${fault}`);
      });
      const socket = createWSClient({
        url: server.agentsUrl.replace('https:', 'wss:') + AGENT_SOCKET_PATH,
        WebSocket: class extends WebSocket {
          constructor(address: string) {
            super(address, { agent, headers: { [CONNECTION_TOKEN_HEADER]: token } });
          }
        } as unknown as typeof globalThis.WebSocket,
        experimental_encoder: codec,
      });
      const client = createTRPCClient<AppRouter>({ links: [wsLink({ client: socket })] });
      await client.agents.hello.mutate({
        protocol: 1,
        ...claims,
        kernel: '6.1.0',
        architecture: 'x64',
        hardware: {
          manufacturer: 'QEMU',
          model: 'Standard PC',
          virtualisation: 'kvm',
          cpuModel: 'EPYC',
          cpuCores: 2,
          memoryBytes: 4e9,
        },
        bootedAt: new Date().toISOString(),
        ...hello,
      });
      return Object.assign(() => socket.close(), { client });
    },
  };
}
