import { createConnection } from 'node:net';

/** True where somebody listens there. */
export async function isAnswered(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const attempt = createConnection({ path: socket });
    attempt.once('connect', () => {
      attempt.destroy();
      resolve(true);
    });
    attempt.once('error', () => {
      resolve(false);
    });
  });
}
