import type { Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { answerBare } from './upgrade';

/**
 * Answers what is no request: 431 when its head is too large, 408 when it does not come to its end, 400 otherwise. Node
 * does too, without any of the headers that our answers have.
 */
export function refuseUnreadable(server: Server, headers: Record<string, string>): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex & { _httpMessage?: ServerResponse | null }) => {
    const status = statusOf(error.code ?? '');
    // Told already, and on its way out. Destroyed while more of it comes in, the connection is reset and the answer lost.
    if (status && socket.writableEnded) return;
    // What failed before HTTP (TLS, the connection itself) has nobody left to answer, and a second head in the middle of
    // an answer would be read as a part of it.
    if (!status || !socket.writable || socket._httpMessage?.headersSent) return void socket.destroy();
    answerBare(socket, status, headers);
  });
}

function statusOf(code: string): number | null {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408;
  return code.startsWith('HPE_') ? 400 : null;
}
