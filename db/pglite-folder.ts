import { join } from 'node:path';

/** The folder of the embedded database. */
export const pgliteFolder = (directory: string) => join(directory, 'pglite');
