import { afterEach } from 'vitest';
import { type StoreHome, createStoreHome } from '../unit/store/store-home.ts';
import { storeContract } from './store.contract.ts';

const homes: StoreHome[] = [];

afterEach(() => {
  for (const home of homes.splice(0)) {
    home.remove();
  }
});

storeContract('the SQLite store', () => {
  const home = createStoreHome();
  homes.push(home);
  return home.open();
});
