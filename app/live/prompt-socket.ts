/** How long a server may take to accept a socket. Chromium alone would wait for four minutes. */
const OPENS_WITHIN_MS = 10_000;

/** What a browser reports of a connection that ended without a close frame (RFC 6455, section 7.4.1). */
const ABNORMAL_CLOSURE = 1006;

/**
 * The browser's WebSocket, except that it is closed as soon as it is told to be. On its own it first waits for the
 * server to agree, Chromium for a minute. Where the bytes are swallowed on their way nobody agrees, and the page would
 * call itself live all that time. Made on demand: Node 20, where pages are rendered, has no WebSocket.
 */
export const promptSocket = () =>
  class extends WebSocket {
    #isClosed = false;

    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      const timer = setTimeout(() => super.close(), OPENS_WITHIN_MS);
      this.addEventListener('open', () => clearTimeout(timer));
      // The first listener there is. Whoever was told by `close` below is not told again by the browser.
      this.addEventListener('close', (event) => {
        clearTimeout(timer);
        if (this.#isClosed) event.stopImmediatePropagation();
        this.#isClosed = true;
      });
    }

    override close(code?: number, reason?: string) {
      const isOpen = this.readyState === WebSocket.OPEN;
      super.close(code, reason);
      if (!isOpen) return;
      queueMicrotask(() => this.dispatchEvent(new CloseEvent('close', { code: ABNORMAL_CLOSURE, wasClean: false })));
    }
  };
