/**
 * Loaded into an agent that stands for another machine. The lock of an identity is a name that one machine knows, and
 * the machines of a journey are all one: without this a copied agent would not start beside its original.
 */
import { Server } from 'node:net';

const { listen } = Server.prototype;

/**
 * @this {Server}
 * @param {any[]} given as `net.Server` overloads it
 * @returns {Server}
 */
Server.prototype.listen = function (...given) {
  const [name] = given;
  if (typeof name === 'string' && name.includes('sysmanage-agent-')) given[0] = `${name.slice(0, -1)}~`;
  listen.apply(this, /** @type {Parameters<typeof listen>} */ (given));
  return this;
};
